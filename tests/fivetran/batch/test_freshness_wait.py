"""check_freshness while it waits for syncs that Fivetran's schedule starts."""

import os
import pty
import signal
import subprocess
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator, Process
from tests.fivetran.batch.account import rows, statuses

NAME = "fivetran/check_freshness"
LATE = "brisk_metronome"  # automatic, every 15 minutes; the next sync is due in 11
OLD = "2026-01-01T00:00:00Z"
WAIT = {"FIVETRAN_WAIT_UNTIL_FRESH": "TRUE"}


@pytest.fixture
def late(emulator: Emulator) -> Emulator:
    emulator.set(LATE, succeeded_at=OLD)
    return emulator


def lists(emulator: Emulator) -> int:
    return sum(row["path"] == "/v1/connections" for row in emulator.requests())


def test_it_waits_for_the_sync_that_the_schedule_starts_and_triggers_nothing(
    blueprint: Blueprint, late: Emulator
) -> None:
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, **WAIT)
    assert (done.code, done.result["status"]) == (0, "fresh")
    assert 600 < sum(blueprint.slept) < 740  # due after 660 s; a pause is a tenth of that, with a tenth of jitter
    assert rows(blueprint, done.result)[LATE]["succeeded_at"] > OLD
    assert f"Fivetran: {LATE}: fresh: " in done.stderr
    assert "stripe is fresh" in blueprint.file("artifacts", "freshness.html").read_text()
    assert {row["method"] for row in late.requests()} == {"GET"}


def test_without_the_setting_it_does_not_wait_whatever_fivetran_wait_says(blueprint: Blueprint, late: Emulator) -> None:
    (blueprint.cwd / ".env").write_text("FIVETRAN_WAIT=TRUE\n")
    assert blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE).code == 219
    assert blueprint.slept == []
    assert blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, FIVETRAN_WAIT="FALSE", **WAIT).code == 0
    assert blueprint.slept


def test_a_poll_reads_pages_and_not_each_connector(blueprint: Blueprint, late: Emulator) -> None:
    due = late.connector(LATE)["next_run_at"]
    four = [LATE, "intrinsic_coolness", "gratuitous_bounty", "handmade_widget"]
    for one in four[1:]:
        late.set(one, succeeded_at=OLD, schedule_type="auto", next_run_at=due)
    late.forget_requests()
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=",".join(four), FIVETRAN_POLL_INTERVAL="300", **WAIT)
    assert (done.code, blueprint.slept) == (0, [300.0] * 3)
    asked = [row["path"] for row in late.requests() if row["path"].startswith("/v1/connections")]
    assert asked == ["/v1/connections"] * 4


def test_one_that_was_fresh_once_counts_although_it_grows_old(blueprint: Blueprint, late: Emulator) -> None:
    ids = f"speak_inexpensive,{LATE}"  # the first one is 40 minutes old, with a manual schedule
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=ids, FIVETRAN_MAX_AGE="45m", **WAIT)
    assert (done.code, statuses(blueprint, done)) == (0, {"speak_inexpensive": "fresh", LATE: "fresh"})
    read = [row["path"] for row in late.requests() if "speak" in row["path"]]
    assert len(read) + lists(late) == 1


NEVER: list[tuple[str, dict[str, Any], int, str]] = [
    ("sleepy_lantern", {}, 216, "it is paused"),
    ("fractured_compass", {}, 218, "its setup is broken"),
    ("unwritten_letter", {}, 218, "its setup is incomplete"),
    ("intrinsic_coolness", {"schema_status": "blocked_on_customer"}, 218, "its schema waits for somebody"),
    ("intrinsic_coolness", {"sync_state": "melting"}, 215, "its state is melting"),
    ("stubborn_kettle", {}, 217, "nothing runs and its schedule is manual: "),
    ("unopened_parcel", {}, 217, "it has never succeeded"),
    ("postponed_voyage", {}, 217, "Fivetran put its sync off until"),
]


@pytest.mark.parametrize(("one", "fields", "code", "why"), NEVER, ids=[f"{one}-{code}" for one, _, code, _ in NEVER])
def test_it_ends_soon_where_one_will_never_be_fresh_and_says_who_and_why(
    blueprint: Blueprint, late: Emulator, one: str, fields: dict[str, Any], code: int, why: str
) -> None:
    if fields:
        late.set(one, succeeded_at=OLD, **fields)
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=f"{one},{LATE}", **WAIT)
    assert (done.code, done.result["retry"]) == (code, False)
    assert 29 < sum(blueprint.slept) < 60  # it may have been resumed or triggered a moment ago
    found = rows(blueprint, done.result)
    assert why in found[one]["reason"]
    assert one in done.result["message"]
    assert (found[LATE]["exit_code"], found[LATE]["status"]) == (255, "stale")
    assert "another connector will not become fresh" in found[LATE]["reason"]


def test_a_broken_destination_is_218_and_is_read_once_more_before_that_is_said(
    blueprint: Blueprint, late: Emulator
) -> None:
    late.scenario({"fivetran": {"groups": {"projected_sickle": {"setup_status": "broken"}}}})
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, **WAIT)
    assert (done.code, sum("destinations" in row["path"] for row in late.requests())) == (218, 2)
    assert "the setup of its destination is broken" in done.result["message"]


def test_a_destination_that_breaks_meanwhile_is_found_at_the_deadline(blueprint: Blueprint, late: Emulator) -> None:
    broken = {"fivetran": {"groups": {"projected_sickle": {"setup_status": "broken"}}}}
    blueprint.during[2] = lambda: late.scenario(broken)
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, FIVETRAN_WAIT_TIMEOUT="20m", **WAIT)
    assert (done.code, sum(blueprint.slept)) == (218, pytest.approx(1200))


def test_what_was_just_resumed_or_triggered_is_not_given_up(blueprint: Blueprint, late: Emulator) -> None:
    late.set("sleepy_lantern", succeeded_at=OLD)
    late.set("stubborn_kettle", default_outcome="success")

    def trigger() -> None:
        for one in ("sleepy_lantern", "stubborn_kettle"):
            late.set(one, sync_state="syncing")

    blueprint.during[1] = trigger
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID="sleepy_lantern,stubborn_kettle", **WAIT)
    assert done.code == 0, done.result


def test_what_is_read_once_only_is_not_believed(blueprint: Blueprint, late: Emulator) -> None:
    late.set("sleepy_lantern", succeeded_at=OLD)
    busy = {"status": 502, "empty": True, "times": 3}
    late.answers("GET", "/v1/connections/sleepy_lantern", {"pass": True}, busy)
    blueprint.during[1] = lambda: late.set("sleepy_lantern", sync_state="syncing")
    given = {"FIVETRAN_POLL_INTERVAL": "20", "SLIPWAY_RETRY_TIMEOUT": "0"}
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID="sleepy_lantern", **given, **WAIT)
    assert (done.code, blueprint.slept) == (0, [20.0] * 4)


def test_at_the_deadline_those_that_are_left_have_221_and_the_page_is_written(
    blueprint: Blueprint, late: Emulator
) -> None:
    ids = f"speak_inexpensive,{LATE}"
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=ids, FIVETRAN_WAIT_TIMEOUT="5m", **WAIT)
    assert (done.code, done.result["retry"]) == (221, True)
    assert statuses(blueprint, done) == {"speak_inexpensive": "fresh", LATE: "deadline_reached"}
    assert "not fresh within 5 min: " in rows(blueprint, done.result)[LATE]["reason"]
    assert "1 of 2 connectors is stale" in blueprint.file("artifacts", "freshness.html").read_text()


def test_a_sync_that_is_postponed_past_the_deadline_ends_the_wait_early(blueprint: Blueprint, late: Emulator) -> None:
    late.set(LATE, sync_state="rescheduled", rescheduled_for="2100-01-01T00:00:00Z")
    late.set("intrinsic_coolness", succeeded_at=OLD)
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=f"{LATE},intrinsic_coolness", **WAIT)
    assert (done.code, sum(blueprint.slept) < 60) == (221, True)
    assert "2100-01-01" in done.result["message"]


def test_no_failed_poll_ends_the_wait(blueprint: Blueprint, late: Emulator) -> None:
    busy, passes = {"status": 502, "html": "<h1>Bad Gateway</h1>", "times": 2}, {"pass": True, "times": 1}
    late.answers("GET", "/v1/connections", busy, passes, busy, passes, busy)
    done = blueprint(NAME, FIVETRAN_GROUP_ID="Warehouse", FIVETRAN_SERVICE="stripe", SLIPWAY_RETRY_TIMEOUT="0", **WAIT)
    assert done.code == 0, done.result
    assert "looking again" in done.stderr


@pytest.mark.parametrize(
    ("answer", "code"), [({"status": 429, "empty": True}, 222), ({"status": 502, "empty": True}, 221)]
)
def test_the_last_poll_says_whether_it_was_rate_limited(
    blueprint: Blueprint, late: Emulator, answer: dict[str, Any], code: int
) -> None:
    late.answers("GET", f"/v1/connections/{LATE}", {"pass": True}, {**answer, "times": "always"})
    timeout = {"FIVETRAN_WAIT_TIMEOUT": "2m", "SLIPWAY_RETRY_TIMEOUT": "0"}
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, **timeout, **WAIT)
    assert done.code == code
    assert "30 min allowed" in done.result["message"]  # the last reading is kept


def test_an_api_that_never_answers_leaves_no_page(blueprint: Blueprint, late: Emulator) -> None:
    assert blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE).code == 219
    late.answers("GET", "/v1/connections/*", {"status": 503, "empty": True, "times": "always"})
    late.answers("GET", "/v1/connections", {"status": 503, "empty": True, "times": "always"})
    timeout = {"FIVETRAN_WAIT_TIMEOUT": "60", "SLIPWAY_RETRY_TIMEOUT": "0"}
    done = blueprint(NAME, **timeout, **WAIT)
    assert (done.code, "no poll was answered" in done.result["message"]) == (221, True)
    assert not blueprint.file("artifacts", "freshness.html").exists()


def test_an_unknown_id_ends_the_wait_at_once(blueprint: Blueprint, late: Emulator) -> None:
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=f"nobody_here,{LATE}", **WAIT)
    assert (done.code, blueprint.slept) == (204, [])
    assert statuses(blueprint, done) == {"nobody_here": "unknown_id", LATE: "stale"}


def test_without_the_servers_clock_it_does_not_wait_for_hours(blueprint: Blueprint, late: Emulator) -> None:
    late.switches(date_header=False)
    done = blueprint(NAME, FIVETRAN_CONNECTOR_ID=LATE, **WAIT)
    assert (done.code, sum(blueprint.slept) < 60) == (223, True)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"FIVETRAN_WAIT_UNTIL_FRESH": "Ture"}, 206, "neither TRUE nor FALSE"),
        ({"FIVETRAN_WAIT_UNTIL_FRESH": "6h"}, 206, "neither TRUE nor FALSE"),
        ({"FIVETRAN_WAIT_UNTIL_FRSH": "TRUE"}, 206, "did you mean FIVETRAN_WAIT_UNTIL_FRESH?"),
        ({"FIVETRAN_WAIT_TIMEOUT": "-5", **WAIT}, 205, "FIVETRAN_WAIT_TIMEOUT"),
        ({"FIVETRAN_WAIT_TIMEOUT": "0", **WAIT}, 205, "FIVETRAN_WAIT_TIMEOUT"),
        ({"FIVETRAN_POLL_INTERVAL": "2h", **WAIT}, 205, "FIVETRAN_POLL_INTERVAL"),
        ({"FIVETRAN_MAX_AGE": "-1h", **WAIT}, 206, "FIVETRAN_MAX_AGE"),
        ({"FIVETRAN_CONNECTOR_ID": LATE, "FIVETRAN_GROUP_ID": "Warehouse", **WAIT}, 206, "keep one of them"),
    ],
)
def test_bad_input_is_refused_before_anything_is_read(
    blueprint: Blueprint, emulator: Emulator, given: dict[str, str], code: int, said: str
) -> None:
    done = blueprint(NAME, **given)
    assert (done.code, said in done.result["message"]) == (code, True), done.result
    assert not emulator.requests()


def test_an_interrupted_wait_leaves_its_page_and_rows(process: Process, emulator: Emulator) -> None:
    emulator.set(LATE, succeeded_at=OLD)
    running = process.start(NAME, FIVETRAN_GROUP_ID="Warehouse", FIVETRAN_SERVICE="stripe", **WAIT)
    process.until(running, lambda: sum("destinations" in row["path"] for row in emulator.requests()))
    assert running.stderr
    assert running.stderr.readline().startswith(f"Fivetran: {LATE}: ")
    assert "0 of 1 fresh, 1 waiting" in running.stderr.readline()
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate()
    assert running.returncode == 143
    assert '"progress": "0 of 1 fresh, 1 waiting"' in out
    assert "started no sync" in out
    assert process.file("artifacts", "freshness.html").exists()
    assert '"status": "stale"' in process.file("artifacts", "check_freshness_rows.ndjson").read_text()


def test_in_a_terminal_a_live_line_counts_the_fresh_ones(process: Process, emulator: Emulator) -> None:
    emulator.set(LATE, succeeded_at=OLD)
    ours, theirs = pty.openpty()
    given = {"TERM": "xterm", "NO_COLOR": "1", "FIVETRAN_WAIT_TIMEOUT": "1", **WAIT}
    environ = process.environment({"FIVETRAN_CONNECTOR_ID": f"{LATE},speak_inexpensive", **given})
    with subprocess.Popen(
        process.command(NAME), cwd=process.cwd, env=environ, stdout=subprocess.DEVNULL, stderr=theirs
    ) as running:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # EIO: in Linux, the other end of the terminal has been closed
            os.close(ours)
    assert running.returncode == 221
    assert "1 of 2 fresh, 1 waiting · " in said.decode()
