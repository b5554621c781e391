"""The crontab in a real cron, in a mount namespace of its own, so that no user's crontab changes."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = """
mount -t tmpfs none /var/spool/cron && mkdir -m 1730 /var/spool/cron/crontabs && chgrp crontab /var/spool/cron/crontabs
mount -t tmpfs none /run && mount -t tmpfs none /etc/cron.d && : > /run/empty && mount --bind /run/empty /etc/crontab
crontab "$1" && exec cron -f
"""


def crontab(folder: Path, environ: dict[str, str]) -> str:
    """Return the example with its paths changed, as its first line says, and a run each minute instead of each hour."""
    changed = {"SLIPWAY": str(ROOT), "DATA": str(folder)}
    lines = []
    for line in (ROOT / "schedulers/crontab").read_text().splitlines():
        name, equals, _ = line.partition("=")
        lines.append(
            f"{name}={changed[name]}" if equals and name in changed else line.replace("15 * * * *", "* * * * *")
        )
    extra = {"PYTHON": sys.executable, "PAUSE": "1", "SLIPWAY_RETRY_TIMEOUT": environ["SLIPWAY_RETRY_TIMEOUT"]}
    return "\n".join([*(f"{name}={value}" for name, value in extra.items()), *lines, ""])


@pytest.fixture
def cron(tmp_path: Path, example: dict[str, str], process: Any) -> Iterator[Path]:
    folder: Path = process.cwd
    names = ("FIVETRAN_API_URL", "FIVETRAN_API_KEY", "FIVETRAN_API_SECRET")
    (folder / ".env").write_text("".join(f"{name}={example[name]}\n" for name in names))
    (folder / ".env").chmod(0o600)
    (tmp_path / "crontab").write_text(crontab(folder, example))
    command = ["unshare", "--mount", "sh", "-ec", START, "sh", str(tmp_path / "crontab")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        yield folder
        process.send_signal(signal.SIGTERM)


def test_cron_fires_the_chain_and_leaves_log_result_and_the_next_step(cron: Path, emulator: Any) -> None:
    end = time.monotonic() + 100
    while not (cron / "synced.log").exists() and time.monotonic() < end:
        time.sleep(0.5)
    log = (cron / "speak_inexpensive.log").read_text()
    assert (cron / "synced.log").exists(), log
    assert json.loads((cron / "speak_inexpensive.json").read_text())["status"] == "succeeded"
    assert "Slipway: done: a sync of speak_inexpensive was triggered" in log
    assert len(emulator.requests("POST")) == 1


def test_a_line_that_finds_the_lock_taken_does_nothing(process: Any, example: dict[str, str], emulator: Any) -> None:
    (line,) = [line for line in (ROOT / "schedulers/crontab").read_text().splitlines() if line.startswith("15 ")]
    command = line.split(maxsplit=5)[5]
    environ = {**example, "SLIPWAY": str(ROOT), "DATA": str(process.cwd), "PYTHON": sys.executable}
    (process.cwd / "speak_inexpensive.json").write_text("yesterday's")
    lock = ["flock", "speak_inexpensive.lock", "sh", "-c", command]
    done = subprocess.run(lock, cwd=process.cwd, env=environ, capture_output=True, text=True)
    assert done.returncode == 75  # notify.py does not count this as a failure
    assert done.stderr == ""
    assert emulator.requests() == []
    assert (process.cwd / "speak_inexpensive.json").read_text() == "yesterday's"
