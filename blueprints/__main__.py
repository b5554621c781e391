"""Run a blueprint by its name: ``python -m blueprints fivetran/execute_sync``. What the container image starts.

Without a name it lists them. --help and --version are answered here, and behind a name by the blueprint.
"""

import os
import sys

if not __package__:  # started as a file: find shared/ beside blueprints/
    sys.path.insert(0, os.path.realpath(__file__ + "/../.."))
    if not os.path.isfile(sys.path[0] + "/shared/program/signals.py"):
        sys.stderr.write("Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n")
        sys.exit(206)
if __name__ == "__main__":
    from shared.program.signals import prepare

    prepare()

from collections.abc import Mapping, Sequence
from importlib import import_module

FOLDER = os.path.dirname(os.path.realpath(__file__))
INVALID_INPUT = 206


def names() -> list[str]:
    """Every blueprint, as ``fivetran/execute_sync``."""
    vendors = [entry.name for entry in os.scandir(FOLDER) if entry.is_dir() and not entry.name.startswith(("_", "."))]
    files = [(vendor, *os.path.splitext(file)) for vendor in vendors for file in os.listdir(f"{FOLDER}/{vendor}")]
    return sorted(f"{vendor}/{stem}" for vendor, stem, suffix in files if suffix == ".py" and not stem.startswith("_"))


def overview() -> str:
    """The blueprints, each with what it does."""
    lines = ["usage: <blueprint> [--help | --version], settings as environment variables", ""]
    for name in names():
        doc = str(import_module("blueprints." + name.replace("/", ".")).__doc__)
        lines.append(f"  {name:<32}{doc.strip().split(chr(10))[0]}")
    return "\n".join(lines) + "\n"


def main(environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("--help", "-h"):
        sys.stdout.write(overview())
        return 0
    if arguments[0] == "--version":
        from shared import __version__

        sys.stdout.write(f"slipway {__version__}\n")
        return 0
    name, *rest = arguments
    if name not in names():
        sys.stderr.write(f"Slipway: there is no blueprint {name[:80]!r}; there are {', '.join(names())}\n")
        return INVALID_INPUT
    _share_with_the_group()
    return int(import_module("blueprints." + name.replace("/", ".")).main(environ, rest))


def _share_with_the_group() -> None:
    """Any uid with gid 0, as OpenShift runs containers: the next step's uid must be able to write beside our files."""
    if os.getuid() != 0 and os.getgid() == 0:
        os.umask(os.umask(0) & ~0o070)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
