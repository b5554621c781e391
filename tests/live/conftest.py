"""Run each test in an empty folder.

``live`` reads ``.env`` of the working directory. In the repository's root that may hold a real account's key, which
tests must not use.
"""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
