"""Find the blueprints: inside this package if it is installed, beside it in a checkout."""

import os
from importlib import import_module

PARTS = ("blueprints", "shared")


class Incomplete(Exception):
    """Files of this installation are missing."""


def home() -> str:
    """Return the folder (or path in a zip file) with blueprints/ and shared/. Raise Incomplete if one is missing."""
    package = os.path.dirname(os.path.realpath(__file__))
    try:
        import_module("slipway.blueprints")
        found = package
    except ModuleNotFoundError:
        found = os.path.dirname(package)
    if os.path.isdir(package):  # in a zip file there are no folders to look for
        missing = [part for part in PARTS if not os.path.isfile(f"{found}/{part}/__init__.py")]
        if missing:
            raise Incomplete(f"{package} is incomplete: {' and '.join(missing)} missing; install Slipway again")
    return found
