"""The documentation's examples that wait for syncs of Fivetran's schedule, run unchanged."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import slipway
from tests.conftest import Emulator

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "docs/schedulers.md").read_text("utf-8").partition("## When Fivetran schedules the syncs")[2]
LATE = "brisk_metronome"
OLD = "2026-01-01T00:00:00Z"


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", SECTION.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.mark.parametrize("code", [0, 216])
def test_the_line_of_crontab_is_a_gate(process: Any, tmp_path: Path, emulator: Emulator, code: int) -> None:
    fresh = {"succeeded_at": emulator.connector("speak_inexpensive")["succeeded_at"]}
    emulator.scenario({"fivetran": {"groups": {"a_second": {"name": "Warehouse of the test"}}}})
    for one in ("brisk_metronome", "speak_inexpensive"):
        emulator.set(one, group_id="a_second", **fresh)
    if code:
        emulator.set("sleepy_lantern", group_id="a_second")  # a paused connector, which would never become fresh
    programs = {"slipway": f'exec {sys.executable} -m slipway "$@"', "dbt": f"touch {tmp_path}/dbt.ran"}
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    *settings, line = block("crontab").splitlines()
    given = dict(one.replace("/opt/slipway/.venv/bin", str(tmp_path)).split("=", 1) for one in settings)
    fields = line.split(maxsplit=5)
    command = fields[5].replace("/srv/slipway", str(process.cwd)).replace("=Warehouse", "=a_second")
    assert "%" not in command  # in a crontab, % is a line break
    environ = {**process.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **given}  # like cron's environment
    if code:
        command = command.replace("_TIMEOUT=3h", "_TIMEOUT=1")
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, timeout=100)
    assert done.returncode == code, (process.cwd / "fresh.log").read_text()
    assert (tmp_path / "dbt.ran").exists() == (code == 0)
    assert f'"exit_code": {code}' in (process.cwd / "fresh.json").read_text()


def test_the_question_in_python_is_answered_no_yes_or_never(
    process: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = block("python").replace("/srv/slipway", str(process.cwd)).replace('"1m"', '"1"')
    for name, value in process.environ.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102  # as a reader pastes it
    assert names["is_fresh"]() is True
    emulator.set(LATE, succeeded_at=OLD)
    assert names["is_fresh"]() is False
    emulator.set(LATE, paused=True)
    with pytest.raises(slipway.Failed) as never:
        names["is_fresh"]()
    assert never.value.result.code == 216
