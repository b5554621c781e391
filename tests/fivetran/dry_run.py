"""A dry run, and what it printed instead of sending."""

from typing import Any

from tests.conftest import SECRET, Emulator, Finished
from tests.fivetran.conftest import Play

ID = "speak_inexpensive"
DRY = {"SLIPWAY_DRY_RUN": "TRUE", "FIVETRAN_CONNECTOR_ID": ID}


def dry(play: Play, emulator: Emulator, name: str, **variables: str) -> Finished:
    """Run a blueprint. Assert that it sent only reads, changed no file and no connector."""
    before = {path: path.stat().st_mtime_ns for path in play.cwd.rglob("*")}
    state = {**emulator.connector(ID), **emulator.connector("sleepy_lantern")}
    emulator.forget_requests()
    done = play(name, **{**DRY, **variables})
    assert {row["method"] for row in emulator.requests()} <= {"GET"}
    assert {path: path.stat().st_mtime_ns for path in play.cwd.rglob("*")} == before
    assert {**emulator.connector(ID), **emulator.connector("sleepy_lantern")} == state
    assert SECRET not in done.stdout + done.stderr
    assert done.result.get("files") == []
    return done


def planned(done: Finished) -> list[dict[str, Any]]:
    assert (done.code, done.result["status"]) == (0, "dry_run"), done
    found: list[dict[str, Any]] = done.result["data"]["requests"]
    assert all(f"would send {one['method']} {one['url']}" in done.stderr for one in found)
    return found
