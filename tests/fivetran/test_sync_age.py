"""Since when a sync has been running, and which durations a wait keeps."""

from pathlib import Path
from typing import Any

import pytest

from shared.fivetran import sync_wait
from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.past_runs import kept, leave_twenty

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
WAIT = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE"}


def file(play: Play) -> Path:
    return play.cwd / f"shipyard-artifacts/fivetran-blueprints/variables/{ID}_durations.json"


def lengths(play: Play) -> list[float]:
    return [seconds for seconds, _ in kept(file(play))]


@pytest.mark.parametrize(
    ("result", "outcome", "interval"), [("success", "succeeded", "100"), ("failure", "failed", None)]
)
def test_what_a_wait_saw_end_is_kept_by_the_servers_clock(
    play: Play, emulator: Emulator, result: str, outcome: str, interval: str | None
) -> None:
    emulator.outcomes(ID, {"result": result, "seconds": 1000})
    play(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL=interval)
    assert lengths(play) == [pytest.approx(1000, abs=3)]
    assert kept(file(play))[0][1] == outcome
    emulator.outcomes(ID, {"result": "success", "seconds": 500})
    play(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL=interval)
    assert lengths(play)[1:] == [pytest.approx(500, abs=3)]


def test_with_a_history_the_end_is_noticed_sooner_and_with_fewer_calls(play: Play, emulator: Emulator) -> None:
    polls = {}
    for known in (False, True):
        if known:
            leave_twenty(file(play), 1000)
        emulator.outcomes(ID, {"result": "success", "seconds": 1010})
        assert play(TRIGGER, **WAIT).code == 0
        polls[known] = len(play.slept)
    assert sum(play.slept) - 1010 < 30
    assert polls[True] < 0.7 * polls[False]


def test_the_check_after_a_trigger_counts_from_the_trigger(play: Play, emulator: Emulator) -> None:
    """The first pauses are those for a sync that has been running for 15 minutes, although the wait has just begun."""
    emulator.outcomes(ID, {"result": "success", "seconds": 1500})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(900)
    assert play(CHECK, **WAIT).code == 0
    assert 80 <= play.slept[0] <= 105
    assert lengths(play) == [pytest.approx(1500, abs=3)]


def test_a_sync_that_had_ended_before_anybody_looked_is_not_kept(play: Play, emulator: Emulator) -> None:
    """Its stamp may be that of a later sync."""
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(900)
    assert play(CHECK, **WAIT).code == 0
    assert lengths(play) == []


def test_a_sync_that_runs_already_is_of_no_known_age(play: Play, emulator: Emulator) -> None:
    """Its end may come at any time. Its duration is not kept."""
    emulator.outcomes(ID, {"result": "success", "seconds": 1000})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(900)
    leave_twenty(file(play), 5000)
    done = play(TRIGGER, **WAIT, FIVETRAN_FORCE="FALSE", SLIPWAY_RUN_ID="another")
    assert (done.code, "joined" in done.stderr) == (0, True)
    assert max(play.slept) < 15
    assert min(lengths(play)) == 5000


def test_a_sync_that_was_postponed_is_not_kept_and_is_young_when_it_runs(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, schedule_type="auto")
    put_off = {"result": "rescheduled", "after": 2000, "seconds": 30}
    emulator.outcomes(ID, put_off, {"result": "success", "seconds": 100})
    assert play(TRIGGER, **WAIT).code == 0
    assert max(play.slept[-3:]) < 20  # by the time since the trigger it would be 120 s
    assert lengths(play) == []


def test_a_damaged_file_costs_a_word_and_no_run(play: Play, emulator: Emulator) -> None:
    file(play).parent.mkdir(parents=True)
    file(play).write_text("{")
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    done = play(TRIGGER, **WAIT)
    assert (done.code, done.stderr.count("does not have the lengths of earlier runs")) == (0, 1)
    assert lengths(play) == [pytest.approx(60, abs=3)]


def test_a_file_that_cannot_be_written_is_one_warning(play: Play, emulator: Emulator) -> None:
    file(play).mkdir(parents=True)
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    done = play(TRIGGER, **WAIT)
    assert (done.code, done.stderr.count(file(play).name)) == (0, 1)


def test_a_trigger_that_does_not_wait_neither_reads_nor_writes_it(play: Play) -> None:
    file(play).parent.mkdir(parents=True)
    file(play).write_text("{")
    done: Any = play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    assert (done.code, "_durations" in done.stderr) == (0, False)
    assert file(play).read_text() == "{"


def test_a_terminal_shows_how_long_the_last_run_took(
    play: Play, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_twenty(file(play), 1000)
    shown: list[str] = []

    class Shown(sync_wait.OneProgress):
        def sleep(self, seconds: float) -> None:
            shown.append("".join(str(getattr(piece, "text", piece)) for piece in self.pieces(120)))
            super().sleep(seconds)

    monkeypatch.setattr(sync_wait, "OneProgress", Shown)
    emulator.outcomes(ID, {"result": "success", "seconds": 30})
    assert play(TRIGGER, **WAIT).code == 0
    assert "last run took 16 min" in shown[0]
