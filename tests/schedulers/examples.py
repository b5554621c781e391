"""The examples: the files of ``schedulers/``, and what the documentation gives to paste, as ``docs/<file>``."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEDULERS = ROOT / "schedulers"
PAGE = ROOT / "docs/schedulers.md"
PASTES: dict[str, str] = dict(
    re.findall(r"^<!-- to paste: (\S+) -->\n```\w+\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
)


def source(name: str) -> str:
    """An example's text."""
    return PASTES[name.removeprefix("docs/")] if name.startswith("docs/") else (SCHEDULERS / name).read_text()


def load(name: str) -> Any:
    """What an example that is data says; of several documents the last."""
    if name.endswith(".json"):
        return json.loads(source(name))
    return list(yaml.safe_load_all(source(name)))[-1]


def both(name: str) -> list[str]:
    """The file and what is to paste of it."""
    return [name, f"docs/{name}"]
