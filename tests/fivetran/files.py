"""The files that runs left."""

import json
from typing import Any

from tests.conftest import Blueprint


def saved(blueprint: Blueprint, name: str) -> Any:
    return json.loads(blueprint.file("responses", name).read_text())


def everything(blueprint: Blueprint) -> str:
    """Return the content of all files that runs left."""
    return "".join((blueprint.cwd / name).read_bytes().decode("latin-1") for name in blueprint.files())
