"""The examples: the files of ``schedulers/``, and the snippets of the documentation as ``docs/<file>``."""

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
    """Return an example's text."""
    return PASTES[name.removeprefix("docs/")] if name.startswith("docs/") else (SCHEDULERS / name).read_text()


def load(name: str) -> Any:
    """Return the content of an example that is data. Of several documents, return the last one."""
    if name.endswith(".json"):
        return json.loads(source(name))
    return list(yaml.safe_load_all(source(name)))[-1]


def both(name: str) -> list[str]:
    """Return the names of the file and of the snippet."""
    return [name, f"docs/{name}"]
