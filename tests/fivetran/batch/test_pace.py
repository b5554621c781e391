"""When a batch polls, and which durations it keeps."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.fivetran.batch.pace import MOST, SHORTEST, Pace
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from shared.past_runs import PastRuns
from shared.poll_schedule import plain
from shared.program.run import Run
from shared.settings.run_settings import RunSettings
from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.past_runs import kept

BEGAN = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)
IDS = ("speak_inexpensive", "gratuitous_bounty", "stubborn_kettle")
FOLDER = Path("shipyard-artifacts/fivetran-blueprints/variables")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run("fivetran/x", RunSettings({}), {})


def remembered(run: Run, connector_id: str, *lengths: float) -> None:
    past = PastRuns(run, connector_id)
    for day, length in enumerate(lengths):
        began = BEGAN - timedelta(days=100 - day)
        past.keep(began, began + timedelta(seconds=length), succeeded=True)


def records(*ids: str, **fields: Any) -> dict[str, Record | None]:
    return {one: Record(one, BEGAN, before=Reading(read_at=BEGAN), **fields) for one in ids}


def test_a_batch_polls_when_any_of_its_connectors_is_likely_to_end(run: Run) -> None:
    remembered(run, "a", 100, 110, 90)
    remembered(run, "b", 3000, 3100, 2900)
    schedule = Pace(run, records("a", "b")).schedule()
    assert schedule.pause(95) < plain(95)
    assert schedule.pause(1500) > plain(1500)
    assert schedule.pause(2990) < schedule.pause(2200)
    assert schedule.pause(0) >= SHORTEST


@pytest.mark.parametrize("why", ["one has no history", "one ran already", "too many"])
def test_where_not_all_is_known_it_polls_by_the_age_alone(run: Run, why: str) -> None:
    remembered(run, "a", 100, 110, 90)
    known = records("a", *(["b"] if why == "one has no history" else []))
    if why == "one ran already":
        remembered(run, "b", 100)
        known["b"] = Record("b", BEGAN, before=Reading(read_at=BEGAN, syncing=True))
    if why == "too many":
        known |= records(*(f"c{number}" for number in range(MOST)))
    assert Pace(run, known).schedule().pause(95) == plain(95)


def test_of_a_large_batch_no_file_is_read(run: Run) -> None:
    said: list[str] = []
    run.speak = said.append
    FOLDER.mkdir(parents=True)
    (FOLDER / "a_durations.json").write_text("{")
    Pace(run, records("a", *(f"c{number}" for number in range(MOST))))
    assert said == []
    Pace(run, records("a"))
    assert len(said) == 1


def test_what_a_batch_saw_end_is_kept_and_used_by_the_next(play: Play, emulator: Emulator) -> None:
    waits = {"FIVETRAN_CONNECTOR_ID": ",".join(IDS), "FIVETRAN_WAIT": "TRUE"}
    polls = []
    for _ in range(2):
        for number, one in enumerate(IDS, 1):
            emulator.outcomes(one, {"result": "failure" if number == 3 else "success", "seconds": 300 * number})
        assert play("fivetran/execute_sync", **waits).code == 1
        polls.append(len(play.slept))
        assert sum(play.slept) < 1020
    for number, one in enumerate(IDS, 1):
        took = pytest.approx(300 * number, abs=3), "failed" if number == 3 else "succeeded"
        runs = kept(play.cwd / FOLDER / f"{one}_durations.json")
        assert (len(runs), runs[0], runs[1][1]) == (2, took, took[1])


def test_a_check_counts_from_the_triggers_of_the_batch(play: Play, emulator: Emulator) -> None:
    for one in IDS:
        emulator.outcomes(one, {"result": "success", "seconds": 1500})
    assert play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=",".join(IDS)).code == 0
    emulator.advance(900)
    done = play("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=",".join(IDS), FIVETRAN_WAIT="TRUE")
    assert done.code == 0
    assert 80 <= play.slept[0] <= 105
    assert play.slept[4] > 100  # the syncs grow older although no row of the list changes
