"""The command ``slipway``: run a blueprint by its name, the emulator, or the demonstration.

A blueprint runs in this process, as its script does: no second interpreter is started. Only the standard library is
imported before the blueprint's name is known.
"""

import os
import sys
from collections.abc import Sequence

if sys.version_info < (3, 10):  # noqa: UP036  # pip checks this only where it installs the package
    sys.stderr.write("Slipway needs Python 3.10 or newer; %s is %d.%d\n" % (sys.executable, *sys.version_info[:2]))  # noqa: UP031
    sys.exit(206)

USAGE = """\
usage: slipway <blueprint> [--help | --version]   settings as environment variables; --help lists them
       slipway emulator [--help]                  play Fivetran's and Airbyte's APIs on a loopback port
       slipway demo                               watch a whole chain work on the emulator, with no account
       slipway --help | --version
"""
INPUT_INVALID = 206
OURS = ("blueprints", "shared", "emulator", "demo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the blueprint, emulator or demonstration that the arguments name. Return its exit code, 206 for none."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    from slipway.layout import Incomplete, home

    try:
        sys.path.insert(0, home())
        return _start(given)
    except Incomplete as error:
        return _refuse(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in OURS:
            raise
        return _refuse(f"this installation is incomplete: {error.name} is missing; install Slipway again")


def _start(given: Sequence[str]) -> int:
    if given[:1] == ["emulator"]:
        return _emulator(given[1:])
    if given[:1] == ["demo"]:
        return _demo(given[1:])
    from shared.program.startup import prepare

    prepare()
    from blueprints import __main__ as blueprints

    return blueprints.main(os.environ, given, USAGE)


def _emulator(arguments: Sequence[str]) -> int:
    try:
        from emulator.__main__ import main as serve
    except ModuleNotFoundError as error:
        return _without_flask("the emulator", error)
    return serve(arguments, "slipway emulator")


def _demo(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        sys.stdout.write(USAGE)
        return 0
    if arguments:
        return _refuse("slipway demo takes no arguments; see slipway --help")
    try:
        import flask  # noqa: F401  # without it the emulator's process would print a traceback

        from demo.run import main as play
    except ModuleNotFoundError as error:
        return _without_flask("the demonstration", error)
    return play()


def _without_flask(what: str, error: ModuleNotFoundError) -> int:
    """Report that Flask or the emulator is missing, as in slipway.pyz. Raise ``error`` if another module is missing."""
    if error.name not in ("flask", "werkzeug", "emulator", "demo"):
        raise error
    from importlib.util import find_spec

    if find_spec("emulator") is None:
        return _refuse(
            f"{what} is not in slipway.pyz: install Slipway's wheel, or a checkout, with its extra [emulator]"
        )
    return _refuse(f"{what} needs Flask, which {sys.executable} does not find: pip install flask")


def _refuse(why: str) -> int:
    sys.stderr.write(f"Slipway: {why}\n")
    return INPUT_INVALID
