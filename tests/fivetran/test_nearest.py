"""For an unknown id, one list is read to suggest the right one. The error remains the same."""

import pytest

from tests.conftest import Blueprint, Emulator

TRIGGER = "fivetran/execute_sync"
PAGE = "https://fivetran.com/dashboard/connectors"
GUESSES = [
    ("Speak_Inexpensive", "; did you mean speak_inexpensive? (404"),
    ("speak_inexpensve", "; did you mean speak_inexpensive? (404"),
    ("projected_sickle", "; that is a group: FIVETRAN_GROUP_ID is for groups (404"),
    ("Projected_Sickle", "; that is a group: FIVETRAN_GROUP_ID is for groups (404"),
    ("shop", "; that is the schema of speak_inexpensive (404"),
    ("postgres", "; that is the service of speak_inexpensive (404"),
    ("nothing_like_it", "; check the id on the connector's Setup tab (404"),
]


@pytest.mark.parametrize(("wanted", "said"), GUESSES)
def test_what_was_meant_is_guessed_out_of_one_list(wanted: str, said: str, play: Blueprint, emulator: Emulator) -> None:
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID=wanted)
    assert (done.code, done.result["status"]) == (204, "unknown_id")
    assert said in done.result["message"]
    paths = [row["path"] for row in emulator.requests()]
    assert paths == [f"/v1/connections/{wanted}", "/v1/connections"]
    assert done.result["api_calls"] == 2


def test_a_placeholder_costs_no_list(play: Blueprint, emulator: Emulator) -> None:
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="your_connector_id")
    assert (done.code, len(emulator.requests())) == (204, 1)
    assert "; is it still the placeholder? (404" in done.result["message"]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_list_that_cannot_be_read_changes_nothing(status: int, play: Blueprint, emulator: Emulator) -> None:
    emulator.answers("GET", "/v1/connections", {"status": status, "json": {"code": "Oops"}})
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="speak_inexpensve")
    assert (done.code, len(emulator.requests())) == (204, 2)
    assert "; check the id on the connector's Setup tab (404" in done.result["message"]


def test_a_list_of_nonsense_changes_nothing(play: Blueprint, emulator: Emulator) -> None:
    rows = [None, 7, {}, {"id": 7, "schema": ["shop"]}, {"schema": "shop"}]
    emulator.answers("GET", "/v1/connections", {"status": 200, "json": {"code": "Success", "data": {"items": rows}}})
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="shop")
    assert done.code == 204, done
    assert "; check the id" in done.result["message"]


def test_refused_credentials_ask_for_no_list(play: Blueprint, emulator: Emulator) -> None:
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="speak_inexpensve", FIVETRAN_API_KEY="revoked-key")
    assert (done.code, len(emulator.requests())) == (200, 1)


def test_a_batch_reads_the_list_once(play: Blueprint, emulator: Emulator) -> None:
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID="speak_inexpensve,gratuitous_bunty,nothing_like_it")
    assert done.code == 204
    lists = [row for row in emulator.requests() if row["path"] == "/v1/connections"]
    assert len(lists) <= 2  # one may be the batch's own
    assert "did you mean gratuitous_bounty?" in done.stderr
    assert ": Fivetran: " not in done.stderr + done.stdout  # the vendor's name is in a line once only


def test_a_transformation_is_guessed_too(play: Blueprint) -> None:
    done = play("fivetran/run_transformation", FIVETRAN_TRANSFORMATION_ID="reluctant_harvst")
    assert (done.code, "; did you mean reluctant_harvest? (404" in done.result["message"]) == (204, True)


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGE}/speak_inexpensive/status?groupId=projected_sickle",
        "https://fivetran.com/dashboard/connections/speak_inexpensive",
        f"{PAGE}/speak_inexpensive#setup",
    ],
)
def test_the_id_in_a_pasted_address_is_used_and_said(address: str, play: Blueprint, emulator: Emulator) -> None:
    done = play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=address)
    assert (done.code, done.result["connector_id"]) == (0, "speak_inexpensive")
    said = "Slipway: FIVETRAN_CONNECTOR_ID is a page's address; the id in it is used: speak_inexpensive"
    assert said in done.stderr.splitlines()


def test_the_page_of_a_group_stands_for_the_group(play: Blueprint) -> None:
    page = "https://fivetran.com/dashboard/destinations/projected_sickle/setup"
    done = play("fivetran/list_connectors", FIVETRAN_GROUP_ID=page)
    assert (done.code, done.result["data"]["count"]) == (0, 8), done
    assert "the id in it is used: projected_sickle" in done.stderr


def test_a_pattern_that_matches_nothing_is_named(play: Blueprint) -> None:
    done = play("fivetran/list_connectors", FIVETRAN_SERVICE="Postgres")
    assert done.result["message"] == "0 of 14 connectors; none matches FIVETRAN_SERVICE 'Postgres' (case-sensitive)"


def test_addresses_may_be_several(play: Blueprint) -> None:
    both = f"{PAGE}/speak_inexpensive/status, {PAGE}/gratuitous_bounty/status"
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID=both)
    assert (done.code, done.result["message"].startswith("2 connectors: 2 triggered")) == (0, True), done
