"""The library that all blueprints share. It imports no blueprint, no emulator and no test."""

import sys

__version__ = "0.1.0"

if sys.version_info < (3, 10):  # noqa: UP036  # pip checks this only where it installs the package
    sys.stderr.write("Slipway needs Python 3.10 or newer; %s is %d.%d\n" % (sys.executable, *sys.version_info[:2]))  # noqa: UP031
    sys.exit(206)
