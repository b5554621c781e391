"""Which connectors ids, or a group and patterns, select, and what happens with malformed rows."""

from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.batch.account import TWO, WAIT, posts, rows, statuses


def test_a_group_is_found_by_name_and_narrowed_by_patterns(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_sync_status", FIVETRAN_GROUP_ID="Marketing", FIVETRAN_SERVICE="google_*")
    assert set(statuses(blueprint, done)) == {"sleepy_lantern", "unwritten_letter", "nightly_lighthouse"}
    done = blueprint("fivetran/check_sync_status", FIVETRAN_GROUP_ID="decent_dropsy", FIVETRAN_SCHEMA="z?nd*")
    assert set(statuses(blueprint, done)) == {"patient_turnstile"}
    assert not emulator.requests("POST")


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status", "update_connector", "check_freshness"])
@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"FIVETRAN_CONNECTOR_ID": TWO, "FIVETRAN_GROUP_ID": "Marketing"}, 206, "both given"),
        ({"FIVETRAN_CONNECTOR_ID": "a_b", "FIVETRAN_GROUP_ID": "Marketing"}, 206, "both given"),
        ({"FIVETRAN_CONNECTOR_ID": "a_b,c_d,a_b"}, 206, "a_b more than once"),
        ({"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_SERVICE": "nothing_*"}, 206, "none matches FIVETRAN_SERVICE"),
        ({"FIVETRAN_GROUP_ID": "Marketting"}, 204, "did you mean Marketing"),
        ({"FIVETRAN_GROUP_ID": "Twin"}, 206, "several groups"),
        ({"FIVETRAN_GROUP_ID": "Empty"}, 206, "no connectors"),
        ({"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_CONCURRENCY": "0"}, 206, "whole number from 1 to 64"),
    ],
)
def test_a_selection_that_is_none_is_refused_and_nothing_is_sent(
    blueprint: Blueprint, emulator: Emulator, name: str, given: dict[str, str], code: int, said: str
) -> None:
    emulator.scenario(
        {"fivetran": {"groups": {"one": {"name": "Twin"}, "two": {"name": "Twin"}, "no": {"name": "Empty"}}}}
    )
    done = blueprint(f"fivetran/{name}", **given, FIVETRAN_PAUSED="TRUE", FIVETRAN_CONFIRM_COUNT="2")
    assert (done.code, said in done.result["message"]) == (code, True), done.result["message"]
    assert not emulator.requests("POST")
    assert not emulator.requests("PATCH")


def test_a_cursor_that_repeats_ends_it_before_anything_is_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    row = emulator.connector("speak_inexpensive")
    page = {"code": "Success", "data": {"items": [{"id": row["id"], "status": {}}], "next_cursor": "again"}}
    emulator.answers("GET", "/v1/connections", *[{"status": 200, "json": page} for _ in range(5)])
    done = blueprint("fivetran/execute_sync", FIVETRAN_GROUP_ID="Marketing")
    assert (done.code, "does not end" in done.result["message"]) == (223, True)
    assert not emulator.requests("POST")


def test_where_the_list_may_not_be_read_each_is_asked(blueprint: Blueprint, emulator: Emulator) -> None:
    forbidden = {"status": 403, "json": {"code": "Forbidden", "message": "no"}}
    emulator.answers("GET", "/v1/connections", *[forbidden] * 3)
    done = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=TWO)
    assert done.code == 0
    assert "reading each connector by itself instead" in done.stderr


def test_a_row_without_an_id_is_told_of_and_asked_about_under_no_name(blueprint: Blueprint, emulator: Emulator) -> None:
    status = {"setup_state": "connected", "sync_state": "scheduled"}
    items = [{"id": one, "succeeded_at": None, "status": status} for one in (None, 7, "../x", "speak_inexpensive")]
    emulator.answers("GET", "/v1/connections", {"json": {"code": "Success", "data": {"items": items}}})
    done = blueprint("fivetran/check_freshness", FIVETRAN_MAX_AGE="6h")
    assert (done.code, len(emulator.requests())) == (219, 1)
    found = statuses(blueprint, done)
    assert found == {**dict.fromkeys(["(row 1)", "(row 2)", "../x"], "unreachable"), "speak_inexpensive": "stale"}


MALFORMED = [7, {"service": "mysql"}, {"id": ["x"]}, {"id": "gratuitous_bounty", "service": "mysql", "status": "x"}]


def listed(emulator: Emulator, *items: Any) -> None:
    page = {"json": {"code": "Success", "data": {"items": list(items)}}, "times": "always"}
    emulator.answers("GET", "/v1/connections", page)


def test_malformed_rows_are_told_of_each_whatever_the_patterns_and_the_others_go_on(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, *MALFORMED, emulator.connector("speak_inexpensive") | {"status": {"sync_state": "scheduled"}})
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group, **WAIT)
    assert done.code == 223
    unreadable = dict.fromkeys(["(row 1)", "(row 2)", "(row 3)"], "unreachable")
    assert statuses(blueprint, done) == {**unreadable, "speak_inexpensive": "succeeded"}
    assert posts(emulator) == ["speak_inexpensive"]


def test_a_row_that_leaves_out_what_a_pattern_asks_about_is_asked_itself(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    ids = ("speak_inexpensive", "gratuitous_bounty", "handmade_widget", "intrinsic_coolness")
    bare = [emulator.connector(one) | {"status": {"sync_state": "scheduled"}, "service": 7} for one in ids]
    for row in bare[1:]:
        del row["service"]
    listed(emulator, *bare[:3], bare[3] | {"service": None}, bare[0] | {"id": ""})
    nowhere = {"json": {"code": "Success", "data": bare[2]}, "times": "always"}
    emulator.answers("GET", "/v1/connections/handmade_widget", nowhere)
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group, **WAIT)
    assert done.code == 223
    unreadable = dict.fromkeys(["(row 5)", "handmade_widget"], "unreachable")
    assert statuses(blueprint, done) == {**unreadable, "speak_inexpensive": "succeeded"}
    assert posts(emulator) == ["speak_inexpensive"]
    listing = blueprint("fivetran/list_connectors", FIVETRAN_SERVICE="postgres")
    assert (listing.result["data"]["count"], listing.result["data"]["malformed"]) == (0, 4)


def test_where_none_that_was_asked_itself_is_meant_nothing_is_selected(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, {"id": "gratuitous_bounty", "status": {}})
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group)
    assert (done.code, posts(emulator)) == (206, [])


def test_a_wait_is_not_kept_by_rows_without_an_id_nor_broken_by_rows_without_a_state(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, *MALFORMED, {"id": "speak_inexpensive", "succeeded_at": [1]}, {"id": "intrinsic_coolness"})
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_GROUP_ID="Warehouse",
        FIVETRAN_EXECUTION_TIME="2020-01-01T00:00:00Z",
        **WAIT,
    )
    assert done.code == 223
    assert done.result["data"]["counts"] == {"unreachable": 3, "succeeded": 3}


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status", "update_connector", "check_freshness"])
@pytest.mark.parametrize("data", [7, {}, {"id": "gratuitous_bounty", "status": "x"}, {"id": 7, "status": {}}])
def test_a_connector_that_was_asked_for_and_is_malformed_is_no_success(
    blueprint: Blueprint, emulator: Emulator, name: str, data: Any
) -> None:
    listed(emulator, *MALFORMED)
    answer = {"json": {"code": "Success", "data": data}, "times": "always"}
    emulator.answers("GET", "/v1/connections/gratuitous_bounty", answer)
    given = {"FIVETRAN_PAUSED": "FALSE", "FIVETRAN_CONFIRM_COUNT": "2", "FIVETRAN_MAX_AGE": "9d"}
    done = blueprint(f"fivetran/{name}", FIVETRAN_CONNECTOR_ID=TWO, **given)
    assert done.code == 223
    found = rows(blueprint, done.result)
    assert found["gratuitous_bounty"]["exit_code"] == done.code
    assert found["speak_inexpensive"]["exit_code"] == 0
    assert not [row for row in emulator.requests() if row["method"] != "GET" and "gratuitous" in row["path"]]
