"""Read and write the file in which waits keep the durations of earlier runs."""

import json
from datetime import datetime, timedelta
from pathlib import Path

START = datetime(2026, 10, 1)


def kept(file: Path) -> list[tuple[float, str]]:
    """Return the seconds and the outcome of each run."""
    runs = json.loads(file.read_text())["runs"] if file.exists() else []
    stamps = [[datetime.fromisoformat(one[key].rstrip("Z")) for key in ("started_at", "ended_at")] for one in runs]
    return [
        ((ended - started).total_seconds(), one["outcome"]) for (started, ended), one in zip(stamps, runs, strict=True)
    ]


def leave_twenty(file: Path, seconds: float) -> None:
    """Write twenty runs, one a day, each a second longer than the one before."""
    runs = [
        {
            "started_at": f"{START + timedelta(days=number)}Z",
            "ended_at": f"{START + timedelta(days=number, seconds=seconds + number)}Z",
            "outcome": "succeeded",
        }
        for number in range(20)
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"schema": 1, "runs": runs}))
