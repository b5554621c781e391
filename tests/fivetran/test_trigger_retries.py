"""A retry of the same run: each state of the record with each state of the connector, and a killed try."""

import json
import pickle
import signal
import time
from datetime import timedelta
from typing import Any

import pytest

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from shared.timestamps import EPOCH, parse
from tests.conftest import Emulator, Process, eventually
from tests.fivetran.conftest import Play
from tests.fivetran.samples import leave, records

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
RETRY = {"FIVETRAN_CONNECTOR_ID": ID, "SLIPWAY_RUN_ID": "run-1"}


def left_by_an_earlier_try(one: Play, emulator: Emulator, state: str, running_before: bool = False) -> Record:
    """Write the record of a try that read the connector as it is now and then came as far as ``state``."""
    emulator.set(ID, succeeded_at=int(emulator.connector(ID)["succeeded_at"]))  # exact in every form
    now = emulator.connector(ID)
    stamps = {
        field: None if now[field] is None else EPOCH + timedelta(seconds=now[field])
        for field in ("succeeded_at", "failed_at")
    }
    before = Reading(**stamps, syncing=running_before)
    record = Record(ID, EPOCH + timedelta(seconds=int(time.time())), state, before)
    leave(Artifacts(str(one.cwd / "shipyard-artifacts"), "fivetran"), "run-1", record)
    return record


def put(emulator: Emulator, now: str) -> None:
    """Set what has happened to the connector since."""
    moment = time.time() + 0.5
    changes: dict[str, dict[str, Any]] = {
        "syncing": {"sync_state": "syncing"},
        "succeeded": {"succeeded_at": moment},
        "failed": {"failed_at": moment},
        "idle": {},
        "paused": {"paused": True},
        "broken": {"setup_state": "broken"},
    }
    if changes[now]:
        emulator.set(ID, **changes[now])


JOINED, ANEW, PAUSED, BROKEN = (0, "joined", 0), (0, "triggered", 1), (216, "paused", 0), (218, "setup_broken", 0)
OURS = {"syncing": JOINED, "succeeded": JOINED, "failed": ANEW, "idle": ANEW, "paused": PAUSED, "broken": BROKEN}
NOT_OURS = {**OURS, "syncing": ANEW, "succeeded": ANEW}
TABLE = [
    (state, running_before, now, expected)
    for state, running_before, row in (
        (ACCEPTED, False, OURS),
        (ACCEPTED, True, OURS),
        (SENDING, False, OURS),
        (SENDING, True, NOT_OURS),
        (UNKNOWN, False, OURS),
        (UNKNOWN, True, NOT_OURS),
        (REFUSED, False, NOT_OURS),
        (INTENDED, False, NOT_OURS),
    )
    for now, expected in row.items()
]


@pytest.mark.parametrize(("state", "running_before", "now", "expected"), TABLE)
def test_every_state_of_the_sidecar_against_every_state_of_the_connector(
    play: Play, emulator: Emulator, state: str, running_before: bool, now: str, expected: tuple[int, str, int]
) -> None:
    earlier = left_by_an_earlier_try(play, emulator, state, running_before=running_before)
    put(emulator, now)
    code, status, posts = expected
    done = play(TRIGGER, **RETRY)
    assert (done.code, done.result["status"], len(emulator.requests("POST"))) == (code, status, posts), done
    kept = records(Artifacts("shipyard-artifacts", "fivetran"), "run-1").read()
    assert kept is not None
    if status == "joined":
        assert kept._replace(after=None) == earlier._replace(state=ACCEPTED)
        assert (
            done.result["execution_time"]
            == json.loads(play.file("variables", "run-1_force_sync.json").read_text())["connectors"][0][
                "execution_time"
            ]
        )
        pickled = pickle.loads(play.file("variables", "run-1_force_sync.pickle").read_bytes())
        assert pickled == [ID, earlier.execution_time]
    else:
        assert kept.state == (ACCEPTED if code == 0 else REFUSED)
        assert play.file("variables", "run-1_force_sync.pickle").exists() is (code == 0)


def test_a_retry_right_after_the_trigger_looks_for_the_sync_that_does_not_show_yet(
    play: Play, emulator: Emulator
) -> None:
    """An accepted sync may take some seconds to show. A second trigger would restart it."""
    left_by_an_earlier_try(play, emulator, ACCEPTED)
    play.during[2] = lambda: put(emulator, "syncing")
    done = play(TRIGGER, **RETRY, SLIPWAY_RETRY_TIMEOUT="30")
    assert (done.code, done.result["status"], emulator.requests("POST")) == (0, "joined", []), done


def test_a_retry_as_a_process(process: Process, emulator: Emulator) -> None:
    left_by_an_earlier_try(process, emulator, SENDING)
    put(emulator, "succeeded")
    assert process(TRIGGER, **RETRY).result["status"] == "joined"


def test_a_record_of_28_hours_ago_is_another_runs(play: Play, emulator: Emulator) -> None:
    left_by_an_earlier_try(play, emulator, ACCEPTED)
    put(emulator, "succeeded")
    emulator.advance(28 * 3600 - 60)
    assert play(TRIGGER, **RETRY).result["status"] == "joined"
    emulator.advance(120)
    assert play(TRIGGER, **RETRY).result["status"] == "triggered"


def test_another_run_and_one_without_an_id_trigger_anew(play: Play, emulator: Emulator) -> None:
    left_by_an_earlier_try(play, emulator, ACCEPTED)
    put(emulator, "succeeded")
    for run_id in ("run-2", None):
        assert play(TRIGGER, **{**RETRY, "SLIPWAY_RUN_ID": run_id}).result["status"] == "triggered"


def test_the_tries_of_one_airflow_task_share_a_run(play: Play, emulator: Emulator) -> None:
    task = {"AIRFLOW_CTX_DAG_ID": "d", "AIRFLOW_CTX_TASK_ID": "t", "AIRFLOW_CTX_DAG_RUN_ID": "manual__2026-11-22T00:00"}
    for number, status in (("1", "triggered"), ("2", "joined")):
        done = play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, AIRFLOW_CTX_TRY_NUMBER=number, **task)
        assert done.result["status"] == status


@pytest.mark.parametrize("code", ["200", "223"])
def test_a_retry_that_cannot_even_read_forgets_nothing_that_was_started(
    play: Play, emulator: Emulator, code: str
) -> None:
    assert play(TRIGGER, **RETRY).code == 0
    wrong = {"FIVETRAN_API_KEY": "revoked-key"} if code == "200" else {"FIVETRAN_API_URL": "http://127.0.0.1:1/v1"}
    assert play(TRIGGER, **RETRY, **wrong, SLIPWAY_RETRY_TIMEOUT="0").code == int(code)
    assert play(TRIGGER, **RETRY).result["status"] == "joined"
    emulator.advance(5)
    assert play(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 0


def test_a_retry_of_the_next_day_that_cannot_even_read_does_not_vouch_for_yesterday(
    play: Play, emulator: Emulator
) -> None:
    assert play(TRIGGER, **RETRY).code == 0
    emulator.advance(29 * 3600)
    assert play(TRIGGER, **RETRY, FIVETRAN_API_KEY="revoked-key").code == 200
    assert play(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 217


def test_a_damaged_sidecar_of_its_own_is_207_and_nothing_is_sent(play: Play, emulator: Emulator) -> None:
    left_by_an_earlier_try(play, emulator, ACCEPTED)
    play.file("variables", "run-1_force_sync.json").write_text("{")
    assert play(TRIGGER, **RETRY).code == 207
    assert emulator.requests("POST") == []


def killed_between_request_and_pickle(process: Process, emulator: Emulator, **variables: str) -> None:
    """Kill a process after its request took effect, while its answer arrives byte by byte."""
    emulator.answers("POST", f"/v1/connections/{ID}/sync", {"pass": True, "drip": "all", "interval": 0.5})
    with process.start(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **variables) as running:
        assert eventually(lambda: any(row["status"] for row in emulator.requests("POST")))
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL


def test_killed_between_request_and_pickle_the_retry_joins(process: Process, emulator: Emulator) -> None:
    killed_between_request_and_pickle(process, emulator, SLIPWAY_RUN_ID="run-1")
    sidecar = json.loads(process.file("variables", "run-1_force_sync.json").read_text())["connectors"][0]
    assert sidecar["state"] == "sending"
    assert not process.file("variables", "run-1_force_sync.pickle").exists()
    assert not [name for name in process.files() if ".tmp" in name]
    again = process(TRIGGER, **RETRY)
    assert (again.code, again.result["status"]) == (0, "joined")
    assert len(emulator.requests("POST")) == 1
    pickled = pickle.loads(process.file("variables", "run-1_force_sync.pickle").read_bytes())
    assert pickled == [ID, parse(sidecar["execution_time"])]
    emulator.advance(1)
    assert process(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 0


def test_killed_between_request_and_pickle_the_check_finds_the_sync(process: Process, emulator: Emulator) -> None:
    killed_between_request_and_pickle(process, emulator)
    assert not process.file("variables", "force_sync.pickle").exists()
    emulator.advance(1)
    assert process(CHECK).code == 0


def test_killed_over_a_running_sync_the_retry_triggers_anew(process: Process, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 60}, {"result": "success", "seconds": 60})
    emulator.set(ID, sync_state="syncing")
    killed_between_request_and_pickle(process, emulator, SLIPWAY_RUN_ID="run-1")
    assert process(TRIGGER, **RETRY).result["status"] == "triggered"  # it cannot know whose sync is running
    assert len(emulator.requests("POST")) == 2


def warnings(text: str) -> list[str]:
    return [line for line in text.splitlines() if "SLIPWAY_RUN_ID" in line]


@pytest.mark.parametrize(
    ("theirs", "fault"),
    [
        ("gratuitous_bounty", None),
        ("gratuitous_bounty", {"status": 404, "empty": True}),
        (f"gratuitous_bounty,intrinsic_coolness,{ID}", None),
    ],
)
def test_files_of_another_connector_with_the_same_run_id_are_not_replaced_in_silence(
    play: Play, emulator: Emulator, theirs: str, fault: dict[str, Any] | None
) -> None:
    assert warnings(play(TRIGGER, FIVETRAN_CONNECTOR_ID=theirs, SLIPWAY_RUN_ID="run-1").stderr) == []
    if fault:
        emulator.answers("GET", f"/v1/connections/{ID}", fault)
    emulator.advance(60)
    (warning,) = warnings(play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-1").stderr)
    others = ", ".join(one for one in theirs.split(",") if one != ID)
    assert f"run-1_force_sync.json was left by a run about {others} and is replaced by this one's about {ID}" in warning
    assert warnings(play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-1").stderr) == []


def test_what_stays_is_not_said_to_be_replaced(play: Play, emulator: Emulator) -> None:
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=f"gratuitous_bounty,{ID}", SLIPWAY_RUN_ID="run-1")
    emulator.answers("GET", f"/v1/connections/{ID}", {"status": 404, "empty": True})
    assert warnings(play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-1").stderr) == []
    left = json.loads(play.file("variables", "run-1_force_sync.json").read_text())["connectors"]
    assert sorted(one["connector_id"] for one in left) == ["gratuitous_bounty", ID]


def test_nor_are_they_by_a_batch(play: Play) -> None:
    given = {"SLIPWAY_RUN_ID": "run-1"}
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **given)
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="gratuitous_bounty,intrinsic_coolness", **given)
    (warning,) = warnings(done.stderr)
    assert f"a run about {ID} and is replaced by this one's about 2 others: both have the run id run-1" in warning
    assert warnings(play(TRIGGER, FIVETRAN_CONNECTOR_ID="intrinsic_coolness,stubborn_kettle", **given).stderr) == []
