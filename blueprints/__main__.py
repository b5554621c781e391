"""Run a blueprint by its name: ``python -m blueprints fivetran/execute_sync``. The container image starts this.

Without a name it lists the blueprints. --help and --version are answered here; after a name the blueprint answers them.
"""

import os
import sys

if not __package__:  # started as a file: find shared/ beside blueprints/
    sys.path.insert(0, os.path.realpath(__file__ + "/../.."))
    if not os.path.isfile(sys.path[0] + "/shared/program/signals.py"):
        sys.stderr.write("Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n")
        sys.exit(206)
if __name__ == "__main__":
    from shared.program.startup import prepare

    prepare()

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType

USAGE = "usage: <blueprint> [--help | --version], settings as environment variables\n"
INVALID_INPUT = 206
NEAREST = 3
FIRST = ("execute_sync", "check_sync_status", "check_freshness")
"""Blueprints that both vendors have, to name where only a vendor is given."""
NEAR = 0.9


def names() -> list[str]:
    """Return all blueprints, as ``fivetran/execute_sync``. This works in a zip file, too, unlike os.listdir()."""
    from pkgutil import iter_modules

    def inside(package: str) -> list[str]:
        return [one.name for one in iter_modules(import_module(package).__path__)]

    vendors = [name for name in inside("blueprints") if not name.startswith("_")]
    return sorted(f"{vendor}/{name}" for vendor in vendors for name in inside(f"blueprints.{vendor}"))


def find(name: str) -> ModuleType | None:
    """Import and return the blueprint with this name, None if there is none."""
    if not re.fullmatch(r"[a-z]\w*/[a-z]\w*", name, re.ASCII):
        return None
    module = "blueprints." + name.replace("/", ".")
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name not in (module, module.rpartition(".")[0]):
            raise
        return None


def nearest(name: str) -> list[str]:
    """Return the blueprints that are probably meant, given with or without the vendor, else the three most similar."""
    from difflib import SequenceMatcher

    written = re.sub(r"[.\s-]+", "_", re.sub(r"\.py$", "", name.lower()).replace("blueprints", "")).strip("/_")
    known = sorted(names(), reverse=True)  # Fivetran's first
    if same := [one for one in known if written in (one, one.replace("/", "_"), one.partition("/")[2])]:
        return same
    if of_vendor := [one for one in (f"{written}/{first}" for first in FIRST) if one in known]:
        return of_vendor

    def likeness(candidate: str) -> float:
        forms = (candidate, candidate.replace("/", "_"), candidate.partition("/")[2])
        return max(SequenceMatcher(None, written, one).ratio() for one in forms)

    alike = sorted(known, key=likeness, reverse=True)
    return [one for one in alike if likeness(one) >= NEAR][:NEAREST] or alike[:NEAREST]


def overview(usage: str) -> str:
    """Return the list of blueprints, each with the first line of its docstring."""
    lines = [usage]
    width = max(map(len, names())) + 2
    for name in names():
        doc = str(import_module("blueprints." + name.replace("/", ".")).__doc__)
        lines.append(f"  {name:<{width}}{doc.strip().split(chr(10))[0]}")
    return "\n".join(lines) + "\n"


def main(environ: Mapping[str, str], arguments: Sequence[str], usage: str = USAGE) -> int:
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    if not arguments or arguments[0] in ("--help", "-h"):
        sys.stdout.write(overview(usage))
        return 0
    if arguments[0] == "--version":
        from shared import __version__

        sys.stdout.write(f"slipway {__version__}\n")
        return 0
    name, *rest = arguments
    blueprint = find(name)
    if blueprint is None:
        name = " ".join(arguments[:2]) if find("/".join(arguments[:2])) else name
        near = " or ".join(nearest(name[:80]))
        sys.stderr.write(f"Slipway: there is no blueprint {name[:80]!r}; did you mean {near}? --help lists all\n")
        return INVALID_INPUT
    _share_with_the_group()
    return int(blueprint.main(environ, rest))


def _share_with_the_group() -> None:
    """Let the group write to new files if the gid is 0: OpenShift runs each container with another uid and gid 0."""
    if os.getuid() != 0 and os.getgid() == 0:
        os.umask(os.umask(0) & ~0o070)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
