"""A wait whose folder has no durations asks Fivetran once for those of earlier syncs."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Emulator
from tests.fivetran.conftest import Play

TRIGGER = "fivetran/execute_sync"
ID = "speak_inexpensive"
HISTORY = f"/v1/connections/{ID}/sync-history"
WAIT = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE"}


def asked(emulator: Emulator) -> int:
    return sum(row["path"] == HISTORY for row in emulator.requests("GET"))


def ten_rows(seconds: float) -> list[dict[str, Any]]:
    began = datetime(2026, 11, 1)
    return [
        {
            "sync_id": str(number),
            "start": f"{began + timedelta(hours=number)}Z",
            "end": f"{began + timedelta(hours=number, seconds=seconds + number)}Z",
            "status": "COMPLETED",
        }
        for number in range(10)
    ]


def answers(emulator: Emulator, *rows: Any) -> None:
    emulator.answers("GET", HISTORY, {"json": {"code": "Success", "data": {"items": list(rows)}}, "times": "always"})


def kept(play: Play) -> int:
    file = play.cwd / f"shipyard-artifacts/fivetran-blueprints/variables/{ID}_durations.json"
    return len(json.loads(file.read_text())["runs"])


def test_it_polls_by_them_and_the_next_wait_need_not_ask(play: Play, emulator: Emulator) -> None:
    answers(emulator, *ten_rows(2000))
    emulator.outcomes(ID, *[{"result": "success", "seconds": 2010}] * 2)
    assert play(TRIGGER, **WAIT).code == 0
    assert asked(emulator) == 2  # before the end and, for the sync's id, after it
    assert sum(play.slept) < 2040
    assert max(play.slept) > 140  # the sync does not end
    assert kept(play) == 11
    assert play(TRIGGER, **WAIT).code == 0
    assert asked(emulator) == 3


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [({}, 50), ({"FIVETRAN_POLL_INTERVAL": "20"}, 500), ({"FIVETRAN_LEGACY_API": "TRUE"}, 500)],
)
def test_a_short_sync_and_a_wait_of_fixed_pauses_do_not_ask(
    play: Play, emulator: Emulator, variables: dict[str, str], seconds: float
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": seconds})
    assert play(TRIGGER, **WAIT, **variables).code == 0
    assert asked(emulator) <= 1  # the one at the end


def test_a_sync_that_ran_already_is_not_worth_asking(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 1000})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(200)
    assert play(TRIGGER, **WAIT, FIVETRAN_FORCE="FALSE", SLIPWAY_RUN_ID="another").code == 0
    assert asked(emulator) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 403, "empty": True}, 0),
        ({"status": 503, "empty": True}, 1),
        ({"status": 200, "html": "<h1>Welcome</h1>"}, 1),
        ({"json": {"code": "Success", "data": {"items": "none"}}}, 0),
        ({"json": {"code": "Success", "data": {"items": [7, {}, {"sync_id": 1, "start": "soon", "end": 9}]}}}, 0),
        (
            {
                "json": {
                    "code": "Success",
                    "data": {
                        "items": [
                            {"sync_id": "1", "start": "2026-11-01T02:00:00Z", "end": "2026-11-01T01:00:00Z"},
                            {"sync_id": "2", "end": "2026-11-01T01:00:00Z", "status": "COMPLETED"},
                        ]
                    },
                }
            },
            0,
        ),
    ],
)
def test_an_account_without_it_and_an_answer_that_is_no_use_change_nothing(
    play: Play, emulator: Emulator, answer: dict[str, Any], said: int
) -> None:
    emulator.answers("GET", HISTORY, {**answer, "times": "always"})
    emulator.outcomes(ID, {"result": "success", "seconds": 75})
    done = play(TRIGGER, **WAIT)
    assert (done.code, done.stderr.count("how long earlier syncs took is not known")) == (0, said)
    assert kept(play) == 1


def test_a_scarce_quota_is_kept_for_others(play: Play, emulator: Emulator) -> None:
    emulator.switches(quota=1000)
    low = {"pass": True, "headers": {"X-Rate-Limit-Remaining": "99"}, "times": "always"}
    emulator.answers("GET", f"/v1/connections/{ID}", low)
    emulator.outcomes(ID, {"result": "success", "seconds": 200})
    assert play(TRIGGER, **WAIT).code == 0
    assert asked(emulator) == 0
