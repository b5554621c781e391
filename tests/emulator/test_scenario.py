"""Scenarios, control endpoints, the request log, queued answers."""

from __future__ import annotations

import json

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"

NEW = {"service": "stripe", "group_id": "decent_dropsy"}
SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"


@pytest.mark.parametrize(
    ("scenario", "key"),
    [
        ({"switches": {}}, "switches"),
        ({"fivetran": {"switch": {}}}, "switch"),
        ({"fivetran": {"switches": {"date_hedaer": True}}}, "date_hedaer"),
        ({"fivetran": {"switches": {"timestamp_digits": 4}}}, "timestamp_digits"),
        ({"fivetran": {"switches": {"timestamp_digits": True}}}, "timestamp_digits"),
        ({"fivetran": {"switches": {"syncing_delay": -1}}}, "syncing_delay"),
        ({"fivetran": {"switches": {"quota": 1.5}}}, "quota"),
        ({"fivetran": {"connectors": {ID: {"colour": "red"}}}}, "colour"),
        ({"fivetran": {"connectors": {ID: {"paused": "yes"}}}}, "paused"),
        ({"fivetran": {"connectors": {ID: {"succeeded_at": "yesterday"}}}}, "succeeded_at"),
        ({"fivetran": {"connectors": {ID: {"outcomes": ["maybe"]}}}}, "outcomes"),
        ({"fivetran": {"connectors": {ID: {"outcomes": [{"result": "success", "second": 1}]}}}}, "second"),
        ({"fivetran": {"connectors": {ID: {"setup_tests": [{"title": "x"}]}}}}, "setup_tests"),
        (
            {"fivetran": {"connectors": {"nobody_here": {"paused": True}}}},
            "nobody_here: unknown; a new connector needs",
        ),
        ({"fivetran": {"connectors": {"speak_inexpensiv": {}}}}, f"did you mean {ID}?"),
        ({"fivetran": {"connectors": {"a/b": NEW}}}, "connectors.a/b: an id is"),
        ({"fivetran": {"connectors": {"a_b": {**NEW, "group_id": "x"}}}}, "a_b.group_id: there is no such group"),
        ({"fivetran": {"connectors": {ID: {"succeeded_at": 1e300}}}}, "succeeded_at"),
        ({"fivetran": {"connectors": {ID: {"succeeded_at": "2026-13-40T00:00:00Z"}}}}, "is not a UTC timestamp"),
        ({"fivetran": {"connectors": {ID: {"failed_at": "0001-01-01T00:00:00Z"}}}}, "failed_at"),
        ({"fivetran": {"connectors": {ID: {"outcomes": [{"seconds": 1e10}]}}}}, "outcomes[0].seconds"),
        ({"fivetran": {"connectors": {ID: {"service_version": 10**30}}}}, "service_version"),
        ({"fivetran": {"connectors": {ID: {"source": {"a": 5}}}}}, "source.a: an object is wanted"),
        ({"fivetran": {"connectors": {ID: {"source": {"a": {"tables": {"b": {"locked": 1}}}}}}}}, "a.tables.b.locked"),
        ({"fivetran": {"switches": {"date_skew": 1e18}}}, "date_skew"),
        ({"fivetran": {"transformations": {"reluctant_harvst": {}}}}, "did you mean reluctant_harvest?"),
        ({"airbyte": {"connections": {"x": {"name": "a", "workspace_id": "b"}}}}, "a UUID"),
        ({"airbyte": {"connections": {SHOP: {"start": {"failing": 3_000_000}}}}}, "failing"),
        ({"routes": [{"method": "PSOT", "path": "/v1/*", "answers": []}]}, "method"),
        ({"routes": [{"path": "v1/groups", "answers": []}]}, "path"),
        ({"routes": [{"path": "/v1/groups?limit=1", "answers": []}]}, "has no query"),
        ({"routes": [{"path": "/v1/*", "answers": [{"headers": {"A B": "c"}}]}]}, "A B"),
        ({"routes": [{"path": "/v1/*", "answers": [{"headers": {"A": "\u2603"}}]}]}, "headers.A"),
        ({"fivetran": {"transformations": {"reluctant_harvest": {"outcomes": ["DONE"]}}}}, "outcomes"),
        ({"fivetran": {"groups": {"decent_dropsy": {"title": "x"}}}}, "title"),
        ({"routes": {}}, "routes"),
        ({"routes": [{"answers": []}]}, "path"),
        ({"routes": [{"path": "/v1/*", "answer": []}]}, "answer"),
        ({"routes": [{"path": "/v1/*", "answers": [{"code": 500}]}]}, "code"),
        ({"routes": [{"path": "/v1/*", "answers": [{"status": 99}]}]}, "status"),
        ({"routes": [{"path": "/v1/*", "answers": [{}]}]}, "answers[0]"),
        ({"routes": [{"path": "/v1/*", "answers": [{"times": 2}]}]}, "answers[0]"),
        ({"routes": [{"path": "/v1/*", "answers": [{"empty": True, "times": 0}]}]}, "times"),
        ({"routes": [{"path": "/v1/*", "answers": [{"json": {}, "html": ""}]}]}, "html"),
        ({"routes": [{"path": "/v1/*", "answers": [{"pass": True, "status": 500}]}]}, "status"),
        ({"routes": [{"path": "/v1/*", "answers": [{"pass": True, "text": "x"}]}]}, "text"),
        ({"routes": [{"path": "/v1/*", "answers": [{"reset": "sometimes"}]}]}, "reset"),
        ({"routes": [{"path": "/v1/*", "answers": [{"reset": "before", "json": {}}]}]}, "reset"),
        ({"routes": [{"path": "/v1/*", "answers": [{"hang": 1, "reset": "before"}]}]}, "hang"),
        (
            {"routes": [{"path": "/v1/*", "answers": [{"headers": {"A": "b\r\nC: d"}, "empty": True}]}]},
            "headers.A",
        ),
        ([], "scenario"),
    ],
)
def test_an_error_names_the_key_and_changes_nothing(emulated, scenario, key):
    before = emulated.control("GET", f"connectors/{ID}")
    if isinstance(scenario, dict):
        scenario = {"routes": [{"path": "/v1/*", "answers": [{"status": 500}]}], **scenario}
    answer = emulated.client.post("/_emulator/scenario", json=scenario)
    assert answer.status_code == 400
    assert key in answer.json["error"]
    assert emulated.control("GET", f"connectors/{ID}") == before
    assert emulated.ask("GET", PATH).status_code == 200


def test_an_error_suggests_the_nearest_name(emulated):
    answer = emulated.client.post("/_emulator/scenario", json={"fivetran": {"switches": {"quote": 1}}})
    assert answer.json["error"].endswith("did you mean quota?")


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"fivetran": "\\ud800"}', '{"fivetran": NaN}', "\xff"])
def test_a_scenario_that_is_no_json(emulated, text):
    answer = emulated.client.post("/_emulator/scenario", data=text.encode("latin-1"))
    assert answer.status_code == 400
    assert answer.json["error"].startswith("body: not JSON: ")


def test_one_wrong_connector_leaves_the_others_as_they_were(emulated):
    connectors = {ID: {"paused": True}, "gratuitous_bounty": {"paused": 1}}
    emulated.client.post("/_emulator/scenario", json={"fivetran": {"connectors": connectors}})
    assert emulated.details(ID)["paused"] is False


def test_scenarios_are_merged(emulated):
    emulated.switch(timestamp_digits=0)
    emulated.switch(missing_stamps="absent")
    found = emulated.details(ID)
    assert found["succeeded_at"].count(".") == 0
    assert len(found["created_at"].partition(".")[2]) == len("123456Z")
    assert "failed_at" not in found


def test_a_scenario_adds_connectors_and_groups(emulated):
    new = {"service": "stripe", "group_id": "twin", "schema": "<script>alert(1)</script>", "succeeded_at": 0}
    emulated.scenario(groups={"twin": {"name": "Warehouse"}}, connectors={"odd-one": new})
    assert emulated.details("odd-one")["schema"] == "<script>alert(1)</script>"
    assert emulated.details("odd-one")["succeeded_at"] == "1970-01-01T00:00:00.000000Z"
    assert [one["id"] for one in emulated.data("GET", "/v1/groups/twin/connections")["items"]] == ["odd-one"]
    assert [one["name"] for one in emulated.data("GET", "/v1/groups")["items"]].count("Warehouse") == 2


@pytest.mark.parametrize("state", ["scheduled", "syncing", "rescheduled", "paused"])
def test_a_state_can_be_made_true(emulated, state):
    emulated.control("PATCH", f"connectors/{ID}", {"sync_state": state})
    found = emulated.details(ID)
    assert found["status"]["sync_state"] == state
    assert found["paused"] is (state == "paused")
    assert ("rescheduled_for" in found["status"]) is (state == "rescheduled")
    emulated.wait(5)
    assert emulated.state(ID) == ("scheduled" if state == "syncing" else state)


def test_a_state_that_nobody_knows_is_merely_shown(emulated):
    emulated.control("PATCH", f"connectors/{ID}", {"sync_state": "pondering", "setup_state": "mended"})
    status = emulated.details(ID)["status"]
    assert (status["sync_state"], status["setup_state"]) == ("pondering", "mended")
    emulated.control("PATCH", f"connectors/{ID}", {"sync_state": None})
    assert emulated.state(ID) == "scheduled"


def test_a_rescheduled_state_keeps_the_time_that_is_given(emulated):
    change = {"sync_state": "rescheduled", "rescheduled_for": "2027-01-15T09:00:00Z"}
    emulated.control("PATCH", f"connectors/{ID}", change)
    assert emulated.details(ID)["status"]["rescheduled_for"] == "2027-01-15T09:00:00.000000Z"


@pytest.mark.parametrize("stamp", ["2024-03-17T12:31:40.870504Z", 1710678700.870504])
def test_stamps_are_numbers_or_texts(emulated, stamp):
    emulated.control("PATCH", f"connectors/{ID}", {"succeeded_at": stamp})
    assert emulated.details(ID)["succeeded_at"] == "2024-03-17T12:31:40.870504Z"
    assert emulated.control("GET", f"connectors/{ID}")["succeeded_at"] == 1710678700.870504


def test_stamps_can_be_taken_away(emulated):
    emulated.control("PATCH", f"connectors/{ID}", {"succeeded_at": None})
    assert emulated.details(ID)["succeeded_at"] is None


def test_control_of_an_unknown_connector(emulated):
    assert emulated.client.get("/_emulator/connectors/nobody").status_code == 404
    assert emulated.client.patch("/_emulator/connectors/nobody", json={}).status_code == 404
    assert emulated.client.patch(f"/_emulator/connectors/{ID}", json={"colour": 1}).status_code == 400


def test_a_reset_is_a_fresh_world(emulated):
    emulated.switch(quota=5)
    emulated.routes("/v1/*", {"status": 500, "times": "always"})
    emulated.wait(86400)
    emulated.ask("GET", PATH)
    emulated.control("POST", "reset", {"sync_seconds": 2, "connectors": 3})
    assert emulated.control("GET", "requests") == []
    answer = emulated.ask("GET", "/v1/connections?limit=1000")
    assert (answer.status_code, answer.headers["X-Rate-Limit"], len(answer.json["data"]["items"])) == (
        200,
        "20000",
        17,
    )
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(2)
    assert emulated.details(ID)["succeeded_at"] == "2027-01-15T08:00:02.250000Z"
    emulated.control("POST", "reset")
    assert len(emulated.data("GET", "/v1/connections")["items"]) == 14


def test_a_clock_that_stands_still_moves_on_request_until_the_reset(emulated):
    emulated.control("POST", "clock", {"still": True})
    before = emulated.control("GET", "")["now"]
    emulated.time += 3600
    assert emulated.control("POST", "clock", {"advance": 60})["now"] == pytest.approx(before + 60, abs=0.01)
    emulated.control("POST", "reset")
    assert emulated.control("GET", "")["now"] == emulated.time


@pytest.mark.parametrize("seconds", [-1, "60", 1e300, None, True])
def test_a_time_to_which_the_clock_cannot_go(emulated, seconds):
    before = emulated.details(ID)
    answer = emulated.client.post("/_emulator/clock", json={"advance": seconds})
    assert (answer.status_code, "advance" in answer.json["error"]) == (400, True)
    assert emulated.details(ID) == before


def test_the_clock_does_not_leave_the_calendar(emulated):
    found = [emulated.client.post("/_emulator/clock", json={"advance": 3e9}).status_code for _ in range(80)]
    assert set(found) == {200, 400}
    assert emulated.ask("GET", PATH).status_code == 200


def test_a_reset_returns_to_the_scenario_of_the_start(emulate):
    emulated = emulate(scenario={"fivetran": {"connectors": {ID: {"paused": True}}}})
    emulated.control("PATCH", f"connectors/{ID}", {"paused": False})
    emulated.control("POST", "reset")
    assert emulated.details(ID)["paused"] is True


@pytest.mark.parametrize("body", [{"sync_second": 1}, {"connectors": -1}, {"sync_seconds": "2"}])
def test_a_reset_that_is_not_understood(emulated, body):
    assert emulated.client.post("/_emulator/reset", json=body).status_code == 400


def test_the_overview_names_the_endpoints(emulated):
    emulated.routes("/v1/account/*", {"status": 500}, method="GET")
    emulated.ask("GET", PATH)
    found = emulated.control("GET", "")
    assert found["routes"] == [{"method": "GET", "path": "/v1/account/*", "answers": 1}]
    assert found["requests"] == 1
    assert len(found["endpoints"]) == 8


def test_the_log_has_the_exact_requests_and_no_credentials(emulated):
    emulated.ask("POST", f"{PATH}/sync/?a=1&b=%20c", json={"force": True}, headers={"Cookie": "c=1", "X-Mine": "m"})
    emulated.ask("GET", "/v1/connections/a%2Fb")
    emulated.ask("POST", f"{PATH}/sync", data=b"not json", content_type="text/plain")
    first, second, third = emulated.control("GET", "requests")
    assert (first["method"], first["path"], first["query"]) == (
        "POST",
        f"{PATH}/sync/",
        {"a": "1", "b": " c"},
    )
    assert (first["body"], first["status"]) == ({"force": True}, 200)
    assert (first["headers"]["x-mine"], first["headers"]["content-type"]) == ("m", "application/json")
    assert not first["headers"].keys() & {"authorization", "cookie"}
    assert (second["path"], second["body"], second["status"]) == ("/v1/connections/a%2Fb", None, 404)
    assert (third["body"], third["status"]) == ("not json", 415)
    emulated.control("DELETE", "requests")
    assert emulated.control("GET", "requests") == []


def test_answers_are_used_once_each_in_their_order_and_then_the_world_answers(emulated):
    emulated.routes(
        "/v1/connections/*",
        {
            "status": 429,
            "headers": {"Retry-After": "7", "X-Rate-Limit-Remaining": "0"},
            "json": {"code": "TooManyRequests"},
        },
        {"status": 502, "html": "<h1>Bad gateway</h1>", "times": 2},
        {"status": 200, "empty": True},
        {"text": "fine"},
        {"status": 503},
        method="GET",
    )
    found = [emulated.ask("GET", PATH) for _ in range(7)]
    assert [one.status_code for one in found] == [429, 502, 502, 200, 200, 503, 200]
    assert (found[0].headers["Retry-After"], found[0].json) == ("7", {"code": "TooManyRequests"})
    assert found[1].content_type == "text/html; charset=utf-8"
    assert (found[3].data, "Content-Type" in found[3].headers) == (b"", False)
    assert found[4].data == b"fine"
    assert found[6].json["code"] == "Success"
    assert [one["status"] for one in emulated.control("GET", "requests")] == [one.status_code for one in found]


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_any_json_can_be_scripted(emulated, value):
    emulated.routes(PATH, {"json": value})
    assert json.loads(emulated.ask("GET", PATH).data) == value


def test_an_answer_may_last(emulated):
    emulated.routes("/v1/account/info", {"status": 500, "times": "always"})
    assert {emulated.ask("GET", "/v1/account/info").status_code for _ in range(9)} == {500}
    assert emulated.ask("GET", PATH).status_code == 200


def test_method_path_and_slash_decide_what_is_meant(emulated):
    emulated.routes("/v1/conn*/speak_inexpensive/sync", {"status": 500, "times": "always"}, method="post")
    assert emulated.ask("POST", f"/v1/connectors/{ID}/sync/").status_code == 500
    assert emulated.ask("GET", f"{PATH}/sync").status_code == 405
    assert emulated.ask("POST", "/v1/connections/gratuitous_bounty/sync").status_code == 200


def test_an_answer_of_its_own_has_no_effect_unless_it_says_so(emulated):
    emulated.routes(f"{PATH}/sync", {"status": 502, "html": "no"}, {"status": 502, "html": "no", "handled": True})
    assert emulated.ask("POST", f"{PATH}/sync").status_code == 502
    assert emulated.state(ID) == "scheduled"
    assert emulated.ask("POST", f"{PATH}/sync").status_code == 502
    assert emulated.state(ID) == "syncing"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"reset": "before"}, "scheduled"),
        ({"reset": "after"}, "syncing"),
        ({"hang": True}, "scheduled"),
        ({"hang": 5, "handled": True}, "syncing"),
        ({"truncated": True}, "syncing"),
        ({"drip": "body"}, "syncing"),
        ({"pass": True, "delay": 3}, "syncing"),
        ({"status": 200, "json": {}, "truncated": True}, "scheduled"),
    ],
)
def test_what_takes_effect(emulated, answer, state):
    emulated.routes(f"{PATH}/sync", answer)
    emulated.ask("POST", f"{PATH}/sync")
    assert emulated.state(ID) == state


def test_a_delay_is_waited_for(emulated):
    emulated.routes(PATH, {"delay": 3}, {"status": 500, "delay": 4})
    assert [emulated.ask("GET", PATH).status_code for _ in range(2)] == [200, 500]
    assert emulated.slept == [3, 4]


def test_a_request_that_a_reset_overtakes_has_no_effect(emulated, monkeypatch):
    emulated.routes(f"{PATH}/sync", {"pass": True, "delay": 3})
    core = emulated.app.extensions["emulator"]
    monkeypatch.setattr(core, "sleep", lambda _: core.reset(0, 5.0))
    emulated.ask("POST", f"{PATH}/sync")
    assert (emulated.control("GET", "requests"), emulated.state(ID)) == ([], "scheduled")
    assert emulated.ask("GET", PATH).headers["X-Rate-Limit-Remaining"] == "19998"


def test_headers_of_the_worlds_own_answer_can_be_replaced(emulated):
    headers = {"X-Rate-Limit-Remaining": "5", "Date": "Mon, 01 Jan 2024 00:00:00 GMT", "X-Rate-Limit": None}
    emulated.routes(PATH, {"headers": headers}, {"headers": {"Date": None}})
    first, second = emulated.ask("GET", PATH), emulated.ask("GET", PATH)
    assert first.json["code"] == "Success"
    assert (first.headers["X-Rate-Limit-Remaining"], first.headers["Date"]) == ("5", headers["Date"])
    assert "X-Rate-Limit" not in first.headers
    assert "Date" not in second.headers


def test_scripted_answers_carry_the_same_clock(emulated):
    emulated.switch(date_skew=3600)
    emulated.routes(PATH, {"status": 503})
    assert emulated.ask("GET", PATH).headers["Date"] == "Fri, 15 Jan 2027 09:00:00 GMT"


def test_a_bug_is_a_500_and_not_hidden(emulated, caplog):
    emulated.app.extensions["fivetran"].account.connectors[ID].created_at = "broken"
    answer = emulated.ask("GET", PATH)
    assert (answer.status_code, answer.json["code"]) == (500, "InternalServerError")
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:81", "", "127.0.0.1@evil"])
def test_other_hosts_are_refused(emulated, host):
    for path in (PATH, "/_emulator/requests"):
        answer = emulated.ask("GET", path, headers={"Host": host})
        assert (answer.status_code, b"speak" in answer.data) == (421, False)
    assert emulated.control("GET", "requests") == []


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1", "[::1]"])
def test_its_own_hosts_are_served(emulated, host):
    assert emulated.ask("GET", PATH, headers={"Host": host}).status_code == 200


def test_bound_to_all_addresses_it_serves_addresses_but_no_strange_names(emulate):
    emulated = emulate(any_address=True, names=frozenset({"localhost", "emulator"}))
    for host, status in [
        ("10.0.0.7:9000", 200),
        ("[fe80::1]:9", 200),
        ("emulator:9", 200),
        ("evil.example", 421),
    ]:
        assert emulated.ask("GET", PATH, headers={"Host": host}).status_code == status


EVIL = {"Origin": "https://evil.example"}


@pytest.mark.parametrize(
    "headers", [EVIL, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
@pytest.mark.parametrize("path", ["/_emulator/scenario", "/_emulator/reset", f"/v1/connections/{ID}/sync"])
def test_a_foreign_web_page_is_refused(emulated, headers, path):
    body = '{"fivetran": {"connectors": {"speak_inexpensive": {"setup_state": "broken"}}}}'
    answer = emulated.ask("POST", path, data=body, content_type="text/plain", headers=headers)
    assert answer.status_code == 403
    assert emulated.details(ID)["status"] == {**emulated.details(ID)["status"], "setup_state": "connected"}
    assert [row["method"] for row in emulated.control("GET", "requests")] == ["GET", "GET"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}])
def test_a_program_or_a_page_of_its_own_is_served(emulated, headers):
    assert emulated.ask("GET", f"/v1/connections/{ID}", headers=headers).status_code == 200
