"""What all Fivetran calls have in common: credentials, media types, envelope, paging, quota."""

from __future__ import annotations

import base64
import json

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"


def test_any_pair_is_let_in_and_the_account_says_whose_it_is(emulated):
    data = emulated.data("GET", "/v1/account/info")
    assert data["account_id"]
    assert data["user_id"]


@pytest.mark.parametrize("auth", [("", "secret"), ("key", ""), ("revoked-key", "secret")])
def test_credentials_that_are_refused(emulated, auth):
    answer = emulated.ask("GET", PATH, auth=auth)
    assert (answer.status_code, answer.json["code"]) == (401, "AuthFailed")


@pytest.mark.parametrize("header", [None, "Basic", "Basic !!!", "Bearer abc", "Basic a2V5"])
def test_credentials_that_are_missing_or_malformed(emulated, header):
    emulated.control("POST", "scenario", {"airbyte": {"switches": {"cloud_under_v1": False}}})
    headers = {} if header is None else {"Authorization": header}
    assert emulated.ask("GET", PATH, auth=None, headers=headers).status_code == 401


def test_the_code_of_a_refusal_can_be_another(emulated):
    emulated.switch(unauthorized_code="IllegalState")
    assert emulated.ask("GET", PATH, auth=None).json["code"] == "IllegalState"


def test_only_the_named_pair_is_let_in(emulate):
    emulated = emulate(key="mine", secret="my-own")
    assert emulated.ask("GET", PATH, auth=("mine", "my-own")).status_code == 200
    for auth in [("mine", "other"), ("other", "my-own"), ("key", "secret")]:
        assert emulated.ask("GET", PATH, auth=auth).status_code == 401


def test_credentials_come_before_everything_else(emulated):
    for method, path in [("GET", "/v1/nowhere"), ("GET", "/v1/connections/nobody"), ("PUT", PATH)]:
        assert emulated.ask(method, path, auth=None).status_code == 401


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/json;version=2", 200),
        ("application/json; version=2", 200),
        ("*/*", 200),
        ("text/html, */*;q=0.8", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("application/json;version=9", 406),
    ],
)
def test_accept(emulated, accept, status):
    assert emulated.ask("GET", PATH, headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json;version=2", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        (None, 415),
    ],
)
def test_content_type(emulated, content_type, status):
    answer = emulated.ask("POST", f"{PATH}/sync", data=b'{"force": false}', content_type=content_type)
    assert answer.status_code == status
    assert emulated.state(ID) == ("syncing" if status == 200 else "scheduled")


NO_JSON = [b"{", b"[]", b'"force"', b"\xff", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b'{"a":' * 100_000]


@pytest.mark.parametrize("body", NO_JSON)
def test_a_body_that_is_no_json_object(emulated, body):
    answer = emulated.ask("POST", f"{PATH}/sync", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "InvalidInput")


def test_routes_and_methods_that_are_not(emulated):
    answer = emulated.ask("GET", "/v1/nowhere")
    assert (answer.status_code, answer.json) == (404, {"code": "NotFound", "message": "HTTP 404 Not Found"})
    assert emulated.ask("GET", f"/v1/connectors/{ID}/status").status_code == 404
    assert emulated.ask("PUT", PATH).status_code == 405
    assert emulated.ask("GET", f"{PATH}/sync").status_code == 405


@pytest.mark.parametrize("code", ["NotFound_Connection", "NotFound_Connector", "NotFound_Integration"])
def test_an_unknown_connection_in_every_spelling(emulated, code):
    emulated.switch(not_found_code=code)
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/sync"), ("POST", "/test")]:
        for word in ("connections", "connectors"):
            answer = emulated.ask(method, f"/v1/{word}/nobody_here{path}", json={})
            assert (answer.status_code, answer.json["code"]) == (404, code)


def test_older_paths_can_be_gone(emulated):
    older = ["connectors", f"connectors/{ID}", "groups/decent_dropsy/connectors", "metadata/connectors"]
    for path in older:
        assert emulated.ask("GET", f"/v1/{path}").status_code == 200
    emulated.switch(legacy_paths=False)
    for path in older:
        assert emulated.ask("GET", f"/v1/{path}").status_code == 404
    assert emulated.ask("POST", f"{PATH}/force").status_code == 404
    assert emulated.ask("GET", PATH).status_code == 200


def test_message_may_be_missing_where_there_is_data(emulated):
    emulated.switch(messages=False)
    assert emulated.ask("GET", PATH).json.keys() == {"code", "data"}
    assert emulated.ask("POST", f"{PATH}/sync").json.keys() == {"code", "message"}


def test_a_list_goes_on_where_the_cursor_says(emulate):
    emulated = emulate(connectors=250)
    path, seen, pages = "/v1/connections?limit=100", [], 0
    while path:
        data = emulated.data("GET", path)
        seen += [one["id"] for one in data["items"]]
        pages += 1
        cursor = data.get("next_cursor")
        path = f"/v1/connections?limit=100&cursor={cursor}" if cursor else ""
    assert pages == 3
    assert len(seen) == len(set(seen)) == 264


def test_a_full_last_page_is_the_last(emulated):
    first = emulated.data("GET", "/v1/connections?limit=7")
    last = emulated.data("GET", f"/v1/connections?limit=7&cursor={first['next_cursor']}")
    assert len(last["items"]) == 7
    assert "next_cursor" not in last
    beyond = base64.b64encode(b'{"skip": 1000}').decode()
    assert emulated.data("GET", f"/v1/connections?cursor={beyond}") == {"items": []}


def test_a_cursor_is_a_number_of_rows_to_skip(emulated):
    cursor = emulated.data("GET", "/v1/connections?limit=3")["next_cursor"]
    assert json.loads(base64.b64decode(cursor)) == {"skip": 3}


def test_a_list_has_a_hundred_rows_unless_told_otherwise(emulate):
    emulated = emulate(connectors=1500)
    assert len(emulated.data("GET", "/v1/connections")["items"]) == 100
    assert len(emulated.data("GET", "/v1/connections?limit=1000")["items"]) == 1000
    assert len(emulated.data("GET", "/v1/groups/bulging_archive/connections?limit=1000")["items"]) == 1000


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=ten",
        "limit=-1",
        "cursor=???",
        "cursor=e30=",
        "cursor=eyJza2lwIjotMX0=",
        f"limit={'9' * 5000}",
        f"cursor={'W1tb' * 10_000}",
    ],
)
def test_a_page_that_cannot_be(emulated, query):
    assert emulated.ask("GET", f"/v1/connections?{query}").status_code == 400


def test_lists_can_be_narrowed_by_group_and_exact_schema(emulated):
    def ids(path):
        return [one["id"] for one in emulated.data("GET", path)["items"]]

    assert ids("/v1/connections?schema=shop") == [ID]
    assert ids("/v1/connections?schema=sho") == []
    assert ids("/v1/connections?group_id=decent_dropsy&schema=shop") == []
    assert ids("/v1/groups/decent_dropsy/connections") == ids("/v1/connections?group_id=decent_dropsy")
    assert len(ids("/v1/connections")) == len(ids("/v1/connections?group_id=decent_dropsy")) + len(
        ids("/v1/groups/projected_sickle/connections")
    )
    assert emulated.ask("GET", "/v1/groups/nobody/connections").json["code"] == "NotFound_Group"


def test_rows_move_on_like_details(emulated):
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    row = emulated.data("GET", "/v1/connections?schema=shop")["items"][0]
    details = emulated.details(ID)
    only_in_details = {"config", "setup_tests", "source_sync_details", "daily_sync_time"}
    assert {key: row.pop(key) for key in only_in_details} == dict.fromkeys(only_in_details)
    assert row == {key: details[key] for key in row}
    assert row["succeeded_at"] == "2027-01-15T08:00:05.250000Z"


def test_generated_connections_are_the_same_for_the_same_index(emulate):
    few, many = (emulate(connectors=amount).data("GET", "/v1/connections?limit=1000")["items"] for amount in (20, 900))
    assert many[: len(few)] == few
    assert all(one["id"].count("_") == 1 for one in many)


def test_the_quota_counts_down_and_comes_back(emulated):
    emulated.switch(quota=3)
    left = [emulated.ask("GET", PATH).headers["X-Rate-Limit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    emulated.wait(600)
    answer = emulated.ask("GET", PATH)
    assert (answer.status_code, answer.json["code"]) == (429, "TooManyRequests")
    assert answer.headers["Retry-After"] == "3000"
    assert answer.headers["X-Rate-Limit"] == "3"
    emulated.wait(3000)
    assert emulated.ask("GET", PATH).status_code == 200


def test_each_call_comes_back_an_hour_after_it_was_made(emulated):
    emulated.switch(quota=2)
    emulated.ask("GET", PATH)
    emulated.wait(1000)
    emulated.ask("GET", PATH)
    assert emulated.ask("GET", PATH).headers["Retry-After"] == "2600"
    emulated.wait(2600)
    assert [emulated.ask("GET", PATH).status_code for _ in range(2)] == [200, 429]
    assert emulated.ask("GET", PATH).headers["Retry-After"] == "1000"


def test_a_refused_trigger_triggers_nothing(emulated):
    emulated.switch(quota=0)
    assert emulated.ask("POST", f"{PATH}/sync").status_code == 429
    emulated.switch(quota=10)
    assert emulated.state(ID) == "scheduled"


def test_refused_credentials_do_not_use_up_the_quota(emulated):
    emulated.switch(quota=1)
    for _ in range(5):
        assert emulated.ask("GET", PATH, auth=None).headers["X-Rate-Limit-Remaining"] == "1"
    assert emulated.ask("GET", PATH).status_code == 200


def test_rate_limit_headers_can_be_missing(emulated):
    emulated.switch(rate_limit_headers=False)
    assert not [name for name, _ in emulated.ask("GET", PATH).headers if name.startswith("X-Rate")]


def test_secrets_are_masked_at_every_depth(emulated):
    for one in emulated.data("GET", "/v1/connections")["items"]:
        shown = json.dumps(emulated.details(one["id"])) + json.dumps(one)
        assert "s3cret" not in shown
    config = emulated.details(ID)["config"]
    assert (config["password"], config["host"], config["port"]) == ("******", "db.example.com", 5432)
    assert emulated.details("handmade_widget")["config"]["secrets_list"] == [{"key": "token", "value": "******"}]
