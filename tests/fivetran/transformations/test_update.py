"""update_transformation: its request, what it says has changed, and what follows a lost answer."""

from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator, Finished
from tests.fivetran.refusal import refused

ID = "reluctant_harvest"
PATH = f"/v1/transformations/{ID}"
SHOP = "speak_inexpensive"


def update(blueprint: Blueprint, **variables: str) -> Finished:
    return blueprint("fivetran/update_transformation", **{"FIVETRAN_TRANSFORMATION_ID": ID, **variables})


@pytest.mark.parametrize(
    ("variables", "sent", "words"),
    [
        ({"FIVETRAN_PAUSED": "TRUE"}, {"paused": True}, "paused false -> true"),
        (
            {"FIVETRAN_RUN_INTERVAL": "6h"},
            {"schedule": {"schedule_type": "INTERVAL", "interval": 360}},
            "schedule.interval 1440 -> 360",
        ),
        (
            {"FIVETRAN_RUN_AFTER": SHOP},
            {"schedule": {"schedule_type": "INTEGRATED", "connection_ids": [SHOP]}},
            'schedule.schedule_type "INTERVAL" -> "INTEGRATED", schedule.connection_ids',
        ),
        (
            {"FIVETRAN_TRANSFORMATION_ID": "mellow_orchard", "FIVETRAN_RUN_AFTER": SHOP},
            {"schedule": {"schedule_type": "INTEGRATED"}, "transformation_config": {"connection_ids": [SHOP]}},
            "transformation_config.connection_ids",
        ),
        (
            {
                "FIVETRAN_CUSTOM_UPDATE": '{"paused": true, "transformation_config": {"name": "x"}}',
                "FIVETRAN_PAUSED": "off",
            },
            {"paused": False, "transformation_config": {"name": "x"}},
            'transformation_config.name "nightly" -> "x"',
        ),
    ],
)
def test_only_what_is_given_is_sent_and_what_changed_is_told(
    blueprint: Blueprint, emulator: Emulator, variables: dict[str, str], sent: dict[str, Any], words: str
) -> None:
    done = update(blueprint, **variables)
    assert (done.code, done.result["status"]) == (0, "updated"), done.stderr
    (row,) = emulator.requests("PATCH")
    assert row["body"] == sent
    assert done.result["message"].endswith(f"was updated: {words}")


def test_what_is_so_already_is_not_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    done = update(blueprint, FIVETRAN_PAUSED="FALSE", FIVETRAN_RUN_INTERVAL="1d")
    assert (done.code, done.result["status"], done.result["data"]) == (0, "unchanged", {"changed": {}})
    assert [row["method"] for row in emulator.requests()] == ["GET"]


@pytest.mark.parametrize("answer", [{"pass": True}, {"reset": "after"}])
def test_a_schedule_replaces_one_that_also_waits_for_syncs(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any]
) -> None:
    assert update(blueprint, FIVETRAN_RUN_INTERVAL="6h", FIVETRAN_RUN_AFTER=SHOP).code == 0
    emulator.forget_requests()
    emulator.answers("PATCH", PATH, answer)
    done = update(blueprint, FIVETRAN_RUN_INTERVAL="6h")
    assert (done.code, done.result["status"]) == (0, "updated"), done.stderr
    assert emulator.requests("PATCH")[0]["body"] == {"schedule": {"schedule_type": "INTERVAL", "interval": 360}}
    assert done.result["data"]["changed"] == {
        "schedule.connection_ids": {"old": [SHOP], "new": None},
        "schedule.smart_syncing": {"old": True, "new": None},
    }
    assert update(blueprint, FIVETRAN_RUN_INTERVAL="6h").result["status"] == "unchanged"


def test_a_lost_answer_over_a_schedule_that_still_waits_is_223(blueprint: Blueprint, emulator: Emulator) -> None:
    assert update(blueprint, FIVETRAN_RUN_INTERVAL="6h", FIVETRAN_RUN_AFTER=SHOP).code == 0
    emulator.answers("PATCH", PATH, {"reset": "before"})
    done = update(blueprint, FIVETRAN_RUN_INTERVAL="6h", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, f"{ID} is not changed" in done.result["message"]) == (223, True), done.stderr


def test_a_dry_run_shows_the_change_and_sends_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    done = update(blueprint, FIVETRAN_PAUSED="TRUE", SLIPWAY_DRY_RUN="TRUE")
    assert done.result["data"]["requests"][0]["body"] == {"paused": True}
    assert emulator.requests("PATCH") == []


@pytest.mark.parametrize(
    ("answers", "code", "says"),
    [
        ([{"reset": "after"}], 0, "the answer was lost, but the change is in effect"),
        ([{"status": 500, "html": "no", "handled": True}], 0, "the change is in effect"),
        ([{"reset": "before"}], 223, f"{ID} is not changed"),
    ],
)
def test_a_lost_answer_is_looked_for_and_nothing_is_sent_twice(
    blueprint: Blueprint, emulator: Emulator, answers: list[dict[str, Any]], code: int, says: str
) -> None:
    emulator.answers("PATCH", PATH, *answers)
    done = update(blueprint, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, says in done.result["message"]) == (code, True), done.result
    assert len(emulator.requests("PATCH")) == 1


def test_a_lost_answer_over_one_that_cannot_be_read_is_202(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"reset": "after"})
    emulator.answers("GET", PATH, {"pass": True}, {"status": 503, "html": "busy", "times": "always"})
    done = update(blueprint, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="0")
    refused(done, 202, "it cannot be read, and it was not sent again")


def test_nothing_to_change_is_206_and_an_unknown_id_204(blueprint: Blueprint, emulator: Emulator) -> None:
    refused(update(blueprint), 206, "Nothing to change: set FIVETRAN_PAUSED, FIVETRAN_RUN_AFTER")
    refused(update(blueprint, FIVETRAN_RUN_TIME="noon"), 206, "FIVETRAN_RUN_TIME")
    assert "Nothing to change" not in update(blueprint, FIVETRAN_RUN_TIME="noon").result["message"]
    assert emulator.requests() == []
    refused(
        update(blueprint, FIVETRAN_TRANSFORMATION_ID="reluctant_harvst", FIVETRAN_PAUSED="TRUE"), 204, "did you mean"
    )


def test_the_connectors_of_a_shared_dotenv_change_no_schedule(blueprint: Blueprint, emulator: Emulator) -> None:
    assert update(blueprint, FIVETRAN_PAUSED="TRUE", FIVETRAN_CONNECTOR_ID=SHOP).code == 0
    assert emulator.requests("PATCH")[0]["body"] == {"paused": True}
