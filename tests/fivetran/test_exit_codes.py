"""Every exit code of four blueprints, with answers that the tests define."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from shared.artifacts import pickles
from tests.conftest import Finished
from tests.fivetran.samples import NOON, at, connection

URL = "https://api.fivetran.com/v1/connections/speak_inexpensive"
LIST = "https://api.fivetran.com/v1/connections"
ACCOUNT = "https://api.fivetran.com/v1/account/info"
DATE = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}
ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "10", "FIVETRAN_WAIT_TIMEOUT": "60"}
TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)
Run = Callable[..., Finished]


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def details(api: responses.RequestsMock, *states: dict[str, Any]) -> None:
    """Let the connector's details have these states, one after the other. The last one remains."""
    for state in states:
        api.get(URL, json={"code": "Success", "data": connection(**state)}, headers=DATE)


def accepts(api: responses.RequestsMock, url: str = URL + "/sync", method: str = "POST") -> None:
    api.add(method, url, json={"code": "Success", "message": "done"})


def sent(api: responses.RequestsMock) -> list[str]:
    return [str(call.request.method) for call in api.calls]


def refused() -> requests.ConnectionError:
    nobody: Any = None
    return requests.ConnectionError(MaxRetryError(nobody, "/x", NewConnectionError(nobody, "Connection refused")))


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 401, "json": {"code": "AuthFailed"}}, 200, "FIVETRAN_API_KEY"),
    ({"status": 401, "body": ""}, 200, "FIVETRAN_API_SECRET"),
    (
        {"status": 403, "json": {"code": "Forbidden", "message": "Required permission: X"}},
        200,
        "Required permission: X",
    ),
    ({"status": 400, "json": {"code": "InvalidInput", "message": "bad\n::error::"}}, 201, "bad ::error::"),
    ({"status": 406, "body": "<html>"}, 201, "406"),
    ({"status": 301, "headers": {"Location": "https://elsewhere.example/v1"}}, 201, "https://elsewhere.example/v1"),
    ({"status": 302, "headers": {"Location": "https://login.example"}}, 201, "https://login.example"),
    ({"status": 307}, 201, "FIVETRAN_API_URL"),
    ({"status": 404, "json": {"code": "NotFound_Connection", "message": "no"}}, 204, "NotFound_Connection"),
    ({"status": 404, "json": {"code": "NotFound_Connector"}}, 204, "NotFound_Connector"),
    ({"status": 400, "json": {"code": "NotFound_Integration"}}, 204, "NotFound_Integration"),
    ({"status": 404, "body": "<html>not here</html>"}, 204, "FIVETRAN_API_URL"),
    ({"status": 429, "json": {"code": "TooManyRequests"}}, 222, "TooManyRequests"),
    ({"status": 429, "body": "", "headers": {"Retry-After": "3600"}}, 222, "too many requests"),
]
BROKEN: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 500, "json": {"code": "NotFound_Connection"}}, 223, "500"),
    ({"status": 502, "body": "<html><h1>Bad Gateway</h1></html>"}, 223, "502"),
    ({"status": 503, "body": ""}, 223, "503"),
    ({"status": 200, "body": "<html>Welcome</html>"}, 223, "no JSON object"),
    ({"status": 200, "body": ""}, 223, "no JSON object"),
    ({"status": 200, "json": []}, 223, "no JSON object"),
    ({"body": refused()}, 223, "refused the connection; check FIVETRAN_API_URL, and the network"),
    ({"body": requests.ReadTimeout("timed out")}, 223, "timed out"),
    ({"body": requests.exceptions.SSLError("certificate verify failed")}, 223, "certificate verify failed"),
]
NO_USE: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 200, "json": {"code": "Success"}}, 223, "without data"),
    ({"status": 200, "json": {"code": "Success", "data": []}}, 223, "without data"),
]
NO_CONNECTION: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 200, "json": {"code": "Success", "data": {}}}, 223, "no connection object"),
    ({"status": 200, "json": {"data": connection(failed_at="soon")}}, 223, "failed_at"),
]
READS = REFUSALS + BROKEN + NO_USE


def concluded(done: Finished, code: int, *words: str) -> dict[str, Any]:
    """Assert that a run ended with this exit code and one result line that has the code and the words.

    Only a bug has a traceback. Return the result.
    """
    result = done.result
    assert (done.code, result["exit_code"]) == (code, code), done
    assert result["schema"] == 1
    assert all(word in result["message"] for word in words), result["message"]
    assert "\n" not in result["message"]
    assert ("Traceback" in done.stderr) is (code == 249)
    return result


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "code", "words"), READS + NO_CONNECTION)
@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE])
def test_a_read_that_fails(
    alone: Run, api: responses.RequestsMock, tmp_path: Path, name: str, answer: dict[str, Any], code: int, words: str
) -> None:
    api.get(URL, **answer)
    result = concluded(alone(name, **ID, FIVETRAN_PAUSED="TRUE"), code, "Fivetran: ", words)
    assert result["connector_id"] == "speak_inexpensive"
    looked = code == 204 and "json" in answer  # one call more, to suggest an id; not if the address is wrong
    assert sent(api) == ["GET"] * (1 + looked)
    assert result["api_calls"] == 1 + looked
    assert result["retry"] is (code in (222, 223))
    prefix = {TRIGGER: "sync", CHECK: "connector", UPDATE: "update"}[name]
    saved = tmp_path / f"shipyard-artifacts/fivetran-blueprints/responses/{prefix}_speak_inexpensive_response.json"
    answered = not isinstance(answer.get("body"), Exception) and answer not in [one for one, _, _ in NO_CONNECTION]
    assert saved.is_file() is answered
    if answered and "json" not in answer:
        assert json.loads(saved.read_text()).keys() == {"status_code", "content_type", "body"}


@pytest.mark.parametrize(("answer", "code", "words"), READS)
def test_an_account_that_cannot_be_read(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int, words: str
) -> None:
    api.get(ACCOUNT, **answer)
    concluded(alone(WHO), code, "Fivetran: ", words)


@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
@pytest.mark.parametrize(
    ("arguments", "variables", "code", "words"),
    [
        ([], {"FIVETRAN_API_KEY": None}, 206, ["FIVETRAN_API_KEY is required"]),
        (
            [],
            {"FIVETRAN_API_KEY": " ", "FIVETRAN_API_SECRET": "None"},
            206,
            ["FIVETRAN_API_KEY", "FIVETRAN_API_SECRET"],
        ),
        ([], {"FIVETRAN_API_URL": "http://api.example.com"}, 206, ["FIVETRAN_API_URL", "plain http"]),
        ([], {"SLIPWAY_RETRY_TIMEOUT": "-1"}, 205, ["SLIPWAY_RETRY_TIMEOUT"]),
        (["--forced"], {}, 206, ["--forced", "environment variables"]),
    ],
)
def test_input_that_is_refused_sends_nothing(
    alone: Run,
    api: responses.RequestsMock,
    tmp_path: Path,
    name: str,
    arguments: list[str],
    variables: dict[str, str | None],
    code: int,
    words: list[str],
) -> None:
    given = {**ID, "FIVETRAN_PAUSED": "TRUE", **variables}
    concluded(alone(name, *arguments, **given), code, *words)
    assert sent(api) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
def test_a_bug_keeps_its_traceback_and_its_own_code(
    alone: Run, api: responses.RequestsMock, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise ZeroDivisionError("secret-of-the-tests")

    monkeypatch.setattr("shared.http.client.Client.get", bug)
    done = alone(name, **ID, FIVETRAN_PAUSED="TRUE")
    concluded(done, 249, "bug")
    assert "ZeroDivisionError" in done.stderr
    assert "secret-of-the-tests" not in done.stderr + done.stdout


@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
def test_artifacts_that_cannot_be_written(alone: Run, api: responses.RequestsMock, tmp_path: Path, name: str) -> None:
    (tmp_path / "shipyard-artifacts").write_text("a file")
    details(api, {"succeeded_at": at(-5)})
    accepts(api)
    api.patch(URL, json={"code": "Success", "data": connection()})
    api.get(ACCOUNT, json={"code": "Success", "data": {"account_id": "a", "user_id": "u"}})
    concluded(alone(name, **ID, FIVETRAN_PAUSED="TRUE"), 207, "shipyard-artifacts/fivetran-blueprints")
    assert "POST" not in sent(api)


# -- check_credentials ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["user_id", "system_key_id"])
def test_a_key_that_is_accepted_is_told_whose_it_is(alone: Run, api: responses.RequestsMock, whose: str) -> None:
    api.get(ACCOUNT, json={"code": "Success", "data": {"account_id": "acme_account", whose: "interment_burdensome"}})
    concluded(alone(WHO), 0, "acme_account", "interment_burdensome")


MAY_NOT = {"code": "Forbidden", "message": "Access denied. Required permission: ACCOUNT_READ"}


@pytest.mark.parametrize(("lists", "code"), [(200, 0), (403, 200), (500, 200)])
def test_a_key_that_may_not_read_the_account_is_accepted_where_it_lists_connections(
    alone: Run, api: responses.RequestsMock, lists: int, code: int
) -> None:
    api.get(ACCOUNT, status=403, json=MAY_NOT)
    api.get(LIST, status=lists, json={"code": "Success" if lists == 200 else "Forbidden", "data": {"items": []}})
    concluded(alone(WHO), code, "Required permission: ACCOUNT_READ")


# -- execute_sync -----------------------------------------------------------------------------------------------------


def test_a_sync_is_triggered(alone: Run, api: responses.RequestsMock) -> None:
    details(api, {})
    accepts(api)
    result = concluded(alone(TRIGGER, **ID), 0, "was triggered")
    assert (result["status"], result["execution_time"]) == ("triggered", "2026-11-22T11:59:59.999999Z")
    assert [call.request.body for call in api.calls] == [None, b'{"force": true}', None]


@pytest.mark.parametrize(
    ("state", "variables", "code", "status", "methods"),
    [
        ({"sync_state": "syncing"}, {"FIVETRAN_FORCE": "FALSE"}, 0, "joined", ["GET"]),
        ({"sync_state": "syncing"}, {"FIVETRAN_FORCE": "no", "FIVETRAN_ON_RUNNING": "fail"}, 203, None, ["GET"]),
        ({"sync_state": "syncing"}, {}, 0, "triggered", ["GET", "POST", "GET"]),
        ({"sync_state": "syncing"}, {"FIVETRAN_ON_RUNNING": "fail"}, 0, "triggered", ["GET", "POST", "GET"]),
        ({"paused": True}, {}, 216, "paused", ["GET"]),
        ({"sync_state": "paused"}, {}, 216, "paused", ["GET"]),
        ({"paused": True}, {"FIVETRAN_ON_PAUSED": "skip"}, 0, "skipped", ["GET"]),
        ({"paused": True}, {"FIVETRAN_ON_PAUSED": "resume"}, 0, "triggered", ["GET", "PATCH", "POST", "GET"]),
        ({"setup_state": "broken"}, {}, 218, "setup_broken", ["GET"]),
        ({"setup_state": "incomplete"}, {}, 218, "setup_broken", ["GET"]),
        ({"setup_state": "broken"}, {"FIVETRAN_ON_BROKEN": "sync"}, 0, "triggered", ["GET", "POST", "GET"]),
        ({"setup_state": "broken"}, {"FIVETRAN_ON_BROKEN": "test"}, 0, "triggered", ["GET", "POST", "POST", "GET"]),
        ({"sync_state": "rescheduled", "rescheduled_for": at(60)}, {}, 0, "triggered", ["GET", "POST", "GET"]),
    ],
)
def test_policies(
    alone: Run,
    api: responses.RequestsMock,
    state: dict[str, Any],
    variables: dict[str, str],
    code: int,
    status: str | None,
    methods: list[str],
) -> None:
    details(api, state)
    accepts(api)
    api.post(URL + "/test", json={"code": "Success", "data": connection()})
    api.patch(URL, json={"code": "Success", "data": connection()})
    result = concluded(alone(TRIGGER, **ID, **variables), code)
    assert status in (None, result["status"])
    assert sent(api) == methods


def test_setup_tests_that_do_not_mend_it_end_the_run(alone: Run, api: responses.RequestsMock, tmp_path: Path) -> None:
    details(api, {"setup_state": "broken"})
    tasks = [{"code": "reconnect", "message": "Reconnect", "details": "revoked"}]
    api.post(URL + "/test", json={"code": "Success", "data": connection(setup_state="broken", tasks=tasks)})
    concluded(alone(TRIGGER, **ID, FIVETRAN_ON_BROKEN="test"), 218, "Reconnect: revoked")
    assert sent(api) == ["GET", "POST"]


@pytest.mark.parametrize(("answer", "code", "words"), REFUSALS)
def test_a_trigger_that_is_turned_away(
    alone: Run, api: responses.RequestsMock, tmp_path: Path, answer: dict[str, Any], code: int, words: str
) -> None:
    details(api, {})
    api.post(URL + "/sync", **answer)
    concluded(alone(TRIGGER, **ID), code, words)
    assert sent(api) == ["GET", "POST"]
    variables = tmp_path / "shipyard-artifacts/fivetran-blueprints/variables"
    assert (
        json.loads((variables / "speak_inexpensive_force_sync.json").read_text())["connectors"][0]["state"] == "refused"
    )
    assert not (variables / "force_sync.pickle").exists()


def test_a_trigger_that_never_arrived_started_nothing(alone: Run, api: responses.RequestsMock) -> None:
    details(api, {})
    api.post(URL + "/sync", body=refused())
    concluded(alone(TRIGGER, **ID), 223, "refused the connection")
    concluded(alone(CHECK, **ID), 217)


@pytest.mark.parametrize(
    ("answer", "code", "words"), [one for one in BROKEN if not isinstance(one[0].get("body"), requests.ConnectionError)]
)
def test_a_trigger_whose_answer_is_lost_and_that_left_no_mark_is_unknown(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int, words: str
) -> None:
    details(api, {})
    api.post(URL + "/sync", **answer)
    concluded(alone(TRIGGER, **ID), 202, words, "was not repeated")
    assert sent(api).count("POST") == 1


@pytest.mark.parametrize("after", [{"sync_state": "syncing"}, {"succeeded_at": at(1)}, {"failed_at": at(1)}])
def test_a_trigger_whose_answer_is_lost_and_that_left_a_mark_is_accepted(
    alone: Run, api: responses.RequestsMock, after: dict[str, Any]
) -> None:
    details(api, {}, after)
    api.post(URL + "/sync", status=502, body="<html>")
    assert concluded(alone(TRIGGER, **ID), 0, "the answer was lost")["status"] == "triggered"


@pytest.mark.parametrize(("answer", "code", "words"), READS)
def test_no_failed_read_after_a_lost_answer_takes_its_place(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int, words: str
) -> None:
    details(api, {})
    api.post(URL + "/sync", status=504)
    api.get(URL, **answer)
    concluded(alone(TRIGGER, **ID), 202)
    pickled = Path("shipyard-artifacts/fivetran-blueprints/variables/force_sync.pickle").read_bytes()
    assert pickles.loads(pickled)[0] == "speak_inexpensive"


@pytest.mark.parametrize(("answer", "code", "words"), READS)
def test_no_failed_read_after_a_restart_undoes_it(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int, words: str
) -> None:
    details(api, {"sync_state": "syncing"})
    accepts(api)
    api.get(URL, **answer)
    assert concluded(alone(TRIGGER, **ID), 0)["status"] == "triggered"


@pytest.mark.parametrize(
    ("now", "variables", "code", "words"),
    [
        ({"sync_state": "syncing"}, {}, 0, "joined"),
        ({"succeeded_at": at(1)}, {}, 0, "joined"),  # it has ended meanwhile
        ({"sync_state": "syncing"}, {"FIVETRAN_ON_RUNNING": "fail"}, 203, "already running"),
        ({}, {}, 201, "409"),  # something else prevents it
        ({"paused": True}, {}, 201, "409"),
    ],
)
def test_a_conflict_is_a_running_sync_only_if_one_is_seen(
    alone: Run, api: responses.RequestsMock, now: dict[str, Any], variables: dict[str, str], code: int, words: str
) -> None:
    details(api, {}, now)
    api.post(URL + "/sync", status=409, json={"code": "Conflict"})
    concluded(alone(TRIGGER, **ID, FIVETRAN_FORCE="FALSE", **variables), code, words)


WAITED: list[tuple[list[dict[str, Any]], dict[str, str], int, str]] = [
    ([{"sync_state": "syncing"}, {"succeeded_at": at(1)}], {}, 0, "succeeded"),
    ([{"sync_state": "syncing"}, {"failed_at": at(1)}], {}, 1, "failed"),
    ([{"sync_state": "dreaming"}], {}, 215, "dreaming"),
    ([{"paused": True}], {}, 216, "paused"),
    ([{"sync_state": "syncing"}, {"setup_state": "broken"}], {}, 218, "broken"),
    (
        [{"sync_state": "rescheduled", "rescheduled_for": at(5)}],
        {"FIVETRAN_ON_RESCHEDULED": "fail"},
        217,
        "the schedule is manual; trigger it again then, or let this run wait with FIVETRAN_ON_RESCHEDULED=wait",
    ),
    ([{"sync_state": "rescheduled", "rescheduled_for": at(61)}], {}, 221, "past the deadline"),
    ([{}], {"FIVETRAN_START_TIMEOUT": "20"}, 217, "FIVETRAN_START_TIMEOUT"),
    ([{"sync_state": "syncing"}], {}, 221, "not finished within 60 s"),
]


@pytest.mark.parametrize(("states", "variables", "code", "words"), WAITED)
def test_a_trigger_that_waits_ends_as_the_sync_does(
    alone: Run,
    api: responses.RequestsMock,
    tmp_path: Path,
    states: list[dict[str, Any]],
    variables: dict[str, str],
    code: int,
    words: str,
) -> None:
    old = {"succeeded_at": at(-100)}
    details(api, old, *({**old, **state} for state in states))
    accepts(api)
    result = concluded(alone(TRIGGER, **ID, **WAIT, **variables), code, words)
    assert (result["connector_id"], "succeeded_at" in result) == ("speak_inexpensive", True)
    answers = tmp_path / "shipyard-artifacts/fivetran-blueprints/responses"
    assert json.loads((answers / "sync_speak_inexpensive_response.json").read_text())["message"] == "done"
    assert json.loads((answers / "connector_speak_inexpensive_response.json").read_text())["data"]["id"]


# -- check_sync_status ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"succeeded_at": at(-5)}, 0),
        ({"failed_at": at(-5)}, 1),
        ({}, 255),
        ({"sync_state": "syncing"}, 255),
        ({"sync_state": "dreaming"}, 215),
        ({"paused": True}, 216),
        ({"sync_state": "rescheduled", "rescheduled_for": at(5)}, 217),
        ({"setup_state": "broken"}, 218),
    ],
)
def test_a_check_ends_as_the_verdict_says(
    alone: Run, api: responses.RequestsMock, state: dict[str, Any], code: int
) -> None:
    details(api, state)
    result = concluded(alone(CHECK, **ID), code)
    assert result["retry"] is (code == 255)
    assert result["dashboard"].endswith("/speak_inexpensive/status")


@pytest.mark.parametrize(("states", "variables", "code", "words"), WAITED)
def test_a_check_that_waits_ends_as_the_sync_does(
    alone: Run,
    api: responses.RequestsMock,
    states: list[dict[str, Any]],
    variables: dict[str, str],
    code: int,
    words: str,
) -> None:
    details(api, *states)
    concluded(alone(CHECK, **ID, **WAIT, **variables, FIVETRAN_EXECUTION_TIME="2026-11-22T12:00:00Z"), code, words)
    saved = Path("shipyard-artifacts/fivetran-blueprints/responses/connector_speak_inexpensive_response.json")
    assert json.loads(saved.read_text())["data"]["id"] == "speak_inexpensive"


@pytest.mark.parametrize(
    ("answer", "code"),
    [({"status": 401}, 200), ({"status": 404, "json": {"code": "NotFound_Connection"}}, 204)],
)
def test_a_wait_ends_where_the_key_or_the_connector_is_gone(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int
) -> None:
    details(api, {"sync_state": "syncing"})
    api.get(URL, **answer)
    concluded(alone(CHECK, **ID, **WAIT), code)


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({}, 206, "FIVETRAN_CONNECTOR_ID"),
        ({"SLIPWAY_UPSTREAM_RUN_IDS": "run-1,run-2"}, 207, "run-1, run-2"),
        ({"FIVETRAN_POLL_INTERVAL": "0"}, 205, "FIVETRAN_POLL_INTERVAL"),
        ({"FIVETRAN_POLL_INTERVAL": "3601", "FIVETRAN_WAIT_TIMEOUT": "-1"}, 205, "FIVETRAN_WAIT_TIMEOUT"),
        ({"FIVETRAN_POLL_INTERVAL": "0", "FIVETRAN_WAIT": "perhaps"}, 206, "FIVETRAN_WAIT"),
        ({"FIVETRAN_EXECUTION_TIME": "2026-11-22T12:00:00"}, 206, "FIVETRAN_EXECUTION_TIME"),
        ({"FIVETRAN_EXECUTION_TIME": "0001-01-01T00:00:00+10:00", **ID}, 206, "FIVETRAN_EXECUTION_TIME"),
    ],
)
def test_a_check_that_knows_too_little_asks_nothing(
    alone: Run, api: responses.RequestsMock, variables: dict[str, str], code: int, words: str
) -> None:
    concluded(alone(CHECK, **variables), code, words)
    assert sent(api) == []


@pytest.mark.parametrize("content", [b"", pickles.dumps(["../../x", NOON]), b"cos\nsystem\n(S'true'\ntR."])
def test_a_check_refuses_a_pickle_of_anything_else(
    alone: Run, api: responses.RequestsMock, tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "shipyard-artifacts/fivetran-blueprints/variables"
    folder.mkdir(parents=True)
    (folder / "force_sync.pickle").write_bytes(content)
    concluded(alone(CHECK), 207, "force_sync.pickle")
    assert sent(api) == []


# -- update_connector -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [*REFUSALS, *BROKEN, *NO_USE, ({"status": 409, "json": {"code": "Conflict"}}, 201, "Conflict")],
)
def test_an_update_that_fails(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int, words: str
) -> None:
    details(api, {})
    api.patch(URL, **answer)
    concluded(alone(UPDATE, **ID, FIVETRAN_PAUSED="TRUE"), code, words)
    lost = code == 223 and "refused" not in words  # then the connector is read again and shows no change
    assert sent(api) == ["GET", "PATCH"] + ["GET"] * lost


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 502, "body": "<html>"}, 202),
        ({"body": requests.ReadTimeout("timed out")}, 202),
        ({"body": refused()}, 223),
        ({"status": 429, "body": ""}, 222),
    ],
)
def test_a_historical_sync_whose_answer_is_lost_is_not_to_be_tried_again(
    alone: Run, api: responses.RequestsMock, answer: dict[str, Any], code: int
) -> None:
    details(api, {})
    api.patch(URL, **answer)
    concluded(alone(UPDATE, **ID, FIVETRAN_HISTORICAL_SYNC="TRUE"), code)


def test_an_update_is_reported(alone: Run, api: responses.RequestsMock) -> None:
    details(api, {})
    api.patch(URL, json={"code": "Success", "data": connection(paused=True)})
    result = concluded(alone(UPDATE, **ID, FIVETRAN_PAUSED="TRUE"), 0, "paused")
    assert result["data"] == {"changed": {"paused": {"old": False, "new": True}}}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"code": "NotFound", "message": "HTTP 404 Not Found"}, 201, "FIVETRAN_LEGACY_API"),
        ({"code": "NotFound", "message": "Metadata API is deprecated. Use another."}, 201, "FIVETRAN_LEGACY_API"),
        ({"code": "NotFound"}, 201, "FIVETRAN_LEGACY_API"),
        ({"code": "NotFound_Connection", "message": "x"}, 204, "names no connector"),
        (
            {"code": "NotFound", "message": "Connection with id 'speak_inexpensive' not found"},
            204,
            "names no connector",
        ),
        ({}, 204, "names no connector"),
    ],
)
def test_a_route_that_is_gone_is_not_an_unknown_connector(
    alone: Run, api: responses.RequestsMock, body: dict[str, Any], code: int, words: str
) -> None:
    api.get(URL, status=404, json=body)
    concluded(alone("fivetran/get_connector", **ID), code, words)
