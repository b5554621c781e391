"""The blueprints that list, against the emulator."""

import json
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator


def saved(blueprint: Blueprint, name: str) -> Any:
    return json.loads(blueprint.file("responses", name).read_text())


def test_connectors_are_listed_with_those_in_trouble_first(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/list_connectors")
    assert done.code == 0
    data = done.result["data"]
    assert data["count"] == 14
    assert [row["condition"] for row in data["connectors"][:6]] == [
        "setup broken",
        "setup incomplete",
        "failing",
        "paused",
        "rescheduled",
        "never synced",
    ]
    assert len(saved(blueprint, "connectors_response.json")["data"]["items"]) == 14
    assert "| fractured_compass" in done.stderr


def test_a_large_account_is_read_to_its_end_and_does_not_flood_stdout(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.reset(connectors=2100)
    done = blueprint("fivetran/list_connectors")
    assert done.code == 0
    assert done.result["data"]["count"] == 2114
    assert len(done.result["data"]["connectors"]) == 20
    assert len(done.stdout) < 10_000
    assert done.result["api_calls"] == 3
    items = saved(blueprint, "connectors_response.json")["data"]["items"]
    assert len({item["id"] for item in items}) == 2114
    assert "and 1114 more, in the response file" in done.stderr


def test_long_texts_do_not_flood_stdout_either(blueprint: Blueprint, emulator: Emulator) -> None:
    rows = [{"id": f"g{number}", "name": "x" * 50_000} for number in range(40)]
    emulator.answers("GET", "/v1/groups", {"json": {"code": "Success", "data": {"items": rows}}})
    done = blueprint("fivetran/list_groups")
    assert done.code == 0
    assert len(done.stdout) < 10_000
    assert len(saved(blueprint, "groups_response.json")["data"]["items"][0]["name"]) == 50_000


def test_malformed_rows_are_left_out_counted_and_said_with_their_places(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    row = {"service": "mysql", "schema": "s", "succeeded_at": None, "status": {"setup_state": "connected"}}
    items: list[Any] = [{"id": f"c{number}", **row} for number in range(1000)]
    items[3:8] = [7, row, {**row, "id": 7}, {**row, "id": "a", "status": "x"}, {**row, "id": "b", "succeeded_at": 5}]
    items[999] = {**row, "id": "c", "service": ["mysql"]}
    emulator.answers("GET", "/v1/connections", {"json": {"code": "Success", "data": {"items": items}}})
    done = blueprint("fivetran/list_connectors")
    assert (done.code, done.result["status"]) == (0, "listed")
    data = done.result["data"]
    assert (data["count"], data["malformed"]) == (994, 6)
    said = [line for line in done.stderr.splitlines() if "warning" in line]
    assert said == [
        "Slipway: warning: 6 of 1000 rows of the list are malformed and left out, counted from 1: 4, 5, 6, 7, 8, 1000"
    ]
    assert len(saved(blueprint, "connectors_response.json")["data"]["items"]) == 1000


@pytest.mark.parametrize("name", ["groups", "connector_types", "transformations"])
def test_each_list_stands_a_malformed_row(blueprint: Blueprint, emulator: Emulator, name: str) -> None:
    path = "/v1/metadata/connector-types" if name == "connector_types" else f"/v1/{name}"
    items = [None, {"id": "good", "name": "Good"}, {"name": "Good"}]
    emulator.answers("GET", path, {"json": {"code": "Success", "data": {"items": items}}})
    done = blueprint(f"fivetran/list_{name}")
    assert (done.code, done.result["data"]["count"], done.result["data"]["malformed"]) == (0, 1, 2)


@pytest.mark.parametrize("items", [{}, None, "text", [7], [{}, {"name": "x"}]])
def test_an_answer_that_is_no_list_or_has_no_usable_row_is_223(
    blueprint: Blueprint, emulator: Emulator, items: Any
) -> None:
    emulator.answers("GET", "/v1/groups", {"json": {"code": "Success", "data": {"items": items}}})
    done = blueprint("fivetran/list_groups")
    assert done.code == 223
    assert "FIVETRAN_API_URL" in done.result["message"]


@pytest.mark.parametrize("group", ["decent_dropsy", "Marketing"])
def test_a_group_is_chosen_by_id_or_name(blueprint: Blueprint, emulator: Emulator, group: str) -> None:
    done = blueprint("fivetran/list_connectors", FIVETRAN_GROUP_ID=group, FIVETRAN_SERVICE="google_*")
    assert {row["connector_id"] for row in done.result["data"]["connectors"]} == {
        "sleepy_lantern",
        "unwritten_letter",
        "nightly_lighthouse",
    }
    assert emulator.requests()[-1]["query"] == {"group_id": "decent_dropsy", "limit": "1000"}


def test_an_exact_schema_is_left_to_the_api_and_a_pattern_is_not(blueprint: Blueprint, emulator: Emulator) -> None:
    exact = blueprint("fivetran/list_connectors", FIVETRAN_SCHEMA="partner_files.daily")
    assert emulator.requests()[-1]["query"]["schema"] == "partner_files.daily"
    pattern = blueprint("fivetran/list_connectors", FIVETRAN_SCHEMA="partner_*")
    assert "schema" not in emulator.requests()[-1]["query"]
    assert exact.result["data"]["count"] == pattern.result["data"]["count"] == 1


def test_an_unknown_group_is_204_and_an_ambiguous_name_206(blueprint: Blueprint, emulator: Emulator) -> None:
    unknown = blueprint("fivetran/list_connectors", FIVETRAN_GROUP_ID="Warehous")
    assert (unknown.code, "did you mean Warehouse" in unknown.result["message"]) == (204, True)
    emulator.scenario({"fivetran": {"groups": {"second_one": {"name": "Warehouse"}}}})
    ambiguous = blueprint("fivetran/list_connectors", FIVETRAN_GROUP_ID="Warehouse")
    assert ambiguous.code == 206
    assert "projected_sickle, second_one" in ambiguous.result["message"]


def test_a_page_cursor_that_repeats_is_an_error(blueprint: Blueprint, emulator: Emulator) -> None:
    page = {"code": "Success", "data": {"items": [], "next_cursor": "again"}}
    emulator.answers("GET", "/v1/groups", {"json": page, "times": "always"})
    done = blueprint("fivetran/list_groups")
    assert done.code == 223
    assert "does not end" in done.result["message"]
    assert len(emulator.requests()) == 2


def test_groups_are_listed(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/list_groups")
    assert [row["name"] for row in done.result["data"]["groups"]] == ["Warehouse", "Marketing"]
    assert done.result["files"] == ["shipyard-artifacts/fivetran-blueprints/responses/groups_response.json"]


def test_connector_types_are_listed_by_a_part_of_their_name(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/list_connector_types", FIVETRAN_TYPE_NAME="GOOGLE")
    assert [row["service"] for row in done.result["data"]["connector_types"]] == [
        "google_ads",
        "google_analytics_4",
        "google_sheets",
    ]
    assert len(saved(blueprint, "connector_types_response.json")["data"]["items"]) == 16


def test_a_connector_type_shows_its_parameters(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/get_connector_type", FIVETRAN_SERVICE="google_ads")
    assert done.result["data"]["required"] == ["config.accounts", "auth.refresh_token"]
    assert "| auth.client_access.client_secret" in done.stderr
    assert saved(blueprint, "connector_type_google_ads_response.json")["data"]["id"] == "google_ads"


def test_an_unknown_service_is_204_with_the_nearest(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/get_connector_type", FIVETRAN_SERVICE="postgress")
    assert done.code == 204
    assert "did you mean postgres" in done.result["message"]


def test_transformations_are_listed_with_their_status(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/list_transformations", FIVETRAN_GROUP_ID="Marketing")
    rows = done.result["data"]["transformations"]
    assert [(row["transformation_id"], row["status"]) for row in rows] == [("mellow_orchard", "PARTIALLY_SUCCEEDED")]


def test_the_legacy_paths_list_the_same(blueprint: Blueprint, emulator: Emulator) -> None:
    new = blueprint("fivetran/list_connectors", FIVETRAN_GROUP_ID="Marketing")
    old = blueprint("fivetran/list_connectors", FIVETRAN_GROUP_ID="Marketing", FIVETRAN_LEGACY_API="TRUE")
    assert old.result["data"] == new.result["data"]
    assert emulator.requests()[-1]["path"] == "/v1/groups/decent_dropsy/connectors"
    blueprint("fivetran/list_connector_types", FIVETRAN_LEGACY_API="TRUE")
    assert emulator.requests()[-1]["path"] == "/v1/metadata/connectors"


@pytest.mark.parametrize(
    "name", ["list_connectors", "list_groups", "list_connector_types", "list_transformations", "get_connector_type"]
)
def test_a_wrong_key_is_200_and_a_502_in_html_is_223(blueprint: Blueprint, emulator: Emulator, name: str) -> None:
    wrong = blueprint(f"fivetran/{name}", FIVETRAN_API_KEY="revoked-key", FIVETRAN_SERVICE="postgres")
    assert wrong.code == 200
    emulator.answers("GET", "/v1/*", {"status": 502, "html": "<h1>bad gateway</h1>", "times": "always"})
    broken = blueprint(f"fivetran/{name}", FIVETRAN_SERVICE="postgres", SLIPWAY_RETRY_TIMEOUT="0")
    assert broken.code == 223
