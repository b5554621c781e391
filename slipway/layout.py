"""Where the blueprints are: inside this package where it is installed, beside it in a checkout."""

import os
from importlib import import_module

PARTS = ("blueprints", "shared")


class Incomplete(Exception):
    """Files of this installation are missing."""


def home() -> str:
    """The folder (or the path in a zip file) that holds blueprints/ and shared/. Raises Incomplete."""
    package = os.path.dirname(os.path.realpath(__file__))
    try:
        import_module("slipway.blueprints")
        found = package
    except ModuleNotFoundError:
        found = os.path.dirname(package)
    if os.path.isdir(package):  # in a zip file there are no folders to look for
        missing = [part for part in PARTS if not os.path.isfile(f"{found}/{part}/__init__.py")]
        if missing:
            raise Incomplete(f"{package} is incomplete: {' and '.join(missing)} missing; install Slipway anew")
    return found
