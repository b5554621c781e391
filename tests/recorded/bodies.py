"""Recorded answers of the real services, if a folder of them is there.

They are public and not part of this project. ``SLIPWAY_RECORDED`` names their folder. Without one these tests are not
collected, and one test says so.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import ROOT

FOLDER = Path(os.environ.get("SLIPWAY_RECORDED") or ROOT.parent / "shared" / "recorded")


class Recorded(NamedTuple):
    """One answer. ``name``: its path in the folder. If no headers were recorded, it has the content type only."""

    name: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def read() -> list[Recorded]:
    """Return all answers of the folder, [] if it does not exist."""
    lines = (FOLDER / "SOURCES.jsonl").read_text("utf-8").splitlines() if FOLDER.is_dir() else []
    return [_read(one["file"], one["status"]) for one in map(json.loads, lines)]


def _read(file: str, status: Any) -> Recorded:
    raw = (FOLDER / file).read_bytes()
    ending = file.rpartition(".")[2]
    if ending != "http":
        kind = "text/html" if ending == "html" else "application/json"
        return Recorded(file, int(str(status or 0).split()[0]), {"Content-Type": kind}, raw)
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode().splitlines()
    pairs = (line.partition(": ")[::2] for line in lines)
    return Recorded(file, int(first.split()[1]), {key.title(): value for key, value in pairs}, body)


ALL = read()
