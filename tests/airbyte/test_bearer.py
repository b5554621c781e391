"""Access tokens: fetched, renewed before they expire and once after a 401. No call waits for one that cannot come."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses

from shared.airbyte.bearer import ASSUMED_LIFETIME, ClientCredentials, token_lifetime
from shared.airbyte.settings import CLIENT, Server
from shared.errors import CredentialsRefused, NotArrived, RateLimited, RequestRefused, SlipwayError, Unreachable
from shared.http.client import Client
from shared.http.response import Answer

BASE = "https://airbyte.example.com/api/public/v1"
OWN = "https://airbyte.example.com/api/v1"
TOKEN_URL = f"{BASE}/applications/token"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """A client whose tokens come from ``responses``. ``seen`` returns the tokens of its requests."""

    def __init__(self, base: str = BASE) -> None:
        self.clock = Clock()
        self.remembered: list[str] = []
        server = Server(base, base == BASE, "AIRBYTE_API_URL", CLIENT)
        auth = ClientCredentials(server, "the-client", "the-secret", self.remembered.append, self.clock)
        self.client = Client(vendor="Airbyte", base_url=base, accept="application/json", auth=auth, retry_timeout=0.0)


@pytest.fixture
def caller() -> Caller:
    return Caller()


def tokens(*names: str, **more: Any) -> None:
    for name in names:
        responses.post(TOKEN_URL, json={"access_token": name, "token_type": "Bearer", **more})


def seen() -> list[str]:
    """Return the tokens of all requests except those for a token."""
    calls = [call.request for call in responses.calls]
    return [call.headers["Authorization"][7:] for call in calls if "token" not in str(urlsplit(call.url).path)]


def fetched() -> int:
    return len(responses.calls) - len(seen())


@responses.activate
def test_a_token_serves_many_requests(caller: Caller) -> None:
    tokens("first", expires_in=900)
    responses.get(f"{BASE}/jobs", json={})
    for _ in range(3):
        caller.client.get("/jobs")
    assert seen() == ["first"] * 3
    assert fetched() == 1
    assert caller.client.usage.calls == 4


@pytest.mark.parametrize(
    ("told", "waits", "expected"),
    [
        pytest.param({"expires_in": 900}, (869, 2), ["first", "first", "second"], id="half a minute before its end"),
        pytest.param({"expires_in": 10}, (7.9, 0.2), ["first", "first", "second"], id="a short one at four fifths"),
        pytest.param({}, (ASSUMED_LIFETIME - 29,), ["first", "second"], id="of unknown life after 150 seconds"),
    ],
)
@responses.activate
def test_a_token_is_renewed_before_its_end(
    caller: Caller, told: dict[str, int], waits: tuple[float, ...], expected: list[str]
) -> None:
    tokens("first", "second", **told)
    responses.get(f"{BASE}/jobs", json={})
    caller.client.get("/jobs")
    for seconds in waits:
        caller.clock.now += seconds
        caller.client.get("/jobs")
    assert seen() == expected


@responses.activate
def test_a_401_is_answered_with_a_new_token_once(caller: Caller) -> None:
    tokens("revoked", "fresh", expires_in=900)
    responses.get(f"{BASE}/jobs", status=401)
    responses.get(f"{BASE}/jobs", json={"data": []})
    assert caller.client.get("/jobs").status == 200
    assert seen() == ["revoked", "fresh"]
    assert caller.client.usage.calls == 4


@responses.activate
def test_a_trigger_that_got_401_is_sent_again_whole(caller: Caller) -> None:
    tokens("revoked", "fresh", expires_in=900)
    responses.post(f"{BASE}/jobs", status=401)
    responses.post(f"{BASE}/jobs", json={"jobId": 1})
    assert caller.client.write("POST", "/jobs", {"jobType": "sync"}).status == 200
    bodies = [call.request.body for call in responses.calls if call.request.url == f"{BASE}/jobs"]
    assert [json.loads(str(body, "utf-8") if isinstance(body, bytes) else str(body)) for body in bodies] == [
        {"jobType": "sync"}
    ] * 2


@responses.activate
def test_a_second_401_in_a_row_stands(caller: Caller) -> None:
    tokens("first", "second", "third", expires_in=900)
    responses.get(f"{BASE}/jobs", status=401)
    assert caller.client.get("/jobs").status == 401
    assert fetched() == 2


@responses.activate
def test_every_token_is_told_to_the_redactor(caller: Caller) -> None:
    tokens("first", "second", expires_in=900)
    responses.get(f"{BASE}/jobs", json={})
    caller.client.get("/jobs")
    caller.clock.now += 900
    caller.client.get("/jobs")
    assert caller.remembered == ["first", "second"]


@pytest.mark.parametrize("status", [401, 404, 429, 503])
@responses.activate
def test_so_is_one_in_a_refusal_which_may_be_saved(caller: Caller, status: int) -> None:
    responses.post(TOKEN_URL, status=status, json={"access_token": "first"})
    with pytest.raises(SlipwayError):
        caller.client.get("/jobs")
    assert caller.remembered == ["first"]


def token_body(base: str) -> Any:
    caller = Caller(base)
    responses.post(f"{base}/applications/token", json={"access_token": "first"})
    responses.post(f"{base}/jobs/get", json={})
    caller.client.ask("/jobs/get", {"id": 1})
    assert "Authorization" not in responses.calls[0].request.headers
    return json.loads(responses.calls[0].request.body or "")


GRANT = {"grant_type": "client_credentials", "grant-type": "client_credentials"}


@pytest.mark.parametrize(("base", "grant"), [(BASE, GRANT), (OWN, {})])
@responses.activate
def test_the_public_endpoint_alone_gets_the_grant_type_and_in_both_spellings(base: str, grant: dict[str, str]) -> None:
    assert token_body(base) == {"client_id": "the-client", "client_secret": "the-secret", **grant}


HAL = {"message": "Bad Request", "_links": {}, "_embedded": {"errors": [{"message": "Invalid client id or token"}]}}


@pytest.mark.parametrize(("status", "body"), [(400, HAL), (401, {"errorId": "x"}), (403, {}), (401, None)])
@responses.activate
def test_bad_credentials_are_said_to_be_just_that(status: int, body: Any) -> None:
    caller = Caller()
    responses.post(TOKEN_URL, status=status, json=body)
    with pytest.raises(CredentialsRefused) as refused:
        caller.client.write("POST", "/jobs", {})
    assert "AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET" in refused.value.message
    assert ("Invalid client id or token" in refused.value.message) == (body is HAL)
    assert seen() == []


@pytest.mark.parametrize(
    "answer", [{"status": 503}, {"status": 500}, {"body": "<html>"}, {"json": {"token": "secret"}}]
)
@responses.activate
def test_without_a_token_the_request_did_not_arrive(answer: dict[str, Any]) -> None:
    caller = Caller()
    responses.post(TOKEN_URL, **answer)
    with pytest.raises(NotArrived) as failed:
        caller.client.write("POST", "/jobs", {})
    assert seen() == []
    assert failed.value.answer is None, "an answer that may hold a token is not kept"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        pytest.param({"status": 404, "body": "<html>404</html>"}, RequestRefused, "AIRBYTE_API_URL", id="not there"),
        pytest.param({"status": 429}, RateLimited, None, id="asked too often"),
        pytest.param({"json": {"access_token": "first\r\nX-Injected: yes"}}, Unreachable, None, id="no header's token"),
    ],
)
@responses.activate
def test_what_the_token_endpoint_may_say_instead(
    caller: Caller, answer: dict[str, Any], error: type[Exception], words: str | None
) -> None:
    responses.post(TOKEN_URL, **answer)
    with pytest.raises(error, match=words):
        caller.client.get("/jobs")
    assert seen() == []


@responses.activate
def test_a_token_is_fetched_in_a_dry_run_too() -> None:
    caller = Caller()
    caller.client.dry_run = True
    tokens("first")
    responses.get(f"{BASE}/jobs", json={})
    assert caller.client.get("/jobs").status == 200


def jwt(claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))


DATE = {"Date": "Sun, 22 Nov 2026 06:00:00 GMT"}
SIX = 1795327200


@pytest.mark.parametrize(
    ("found", "token", "headers", "lifetime"),
    [
        ({"expires_in": 900}, "opaque", {}, 900),
        ({"expires_in": 900}, jwt({"iat": SIX, "exp": SIX + 60}), {}, 900),
        ({}, jwt({"iat": SIX, "exp": SIX + 60}), {}, 60),
        ({}, jwt({"exp": SIX + 600}), DATE, 600),
        ({}, jwt({"exp": SIX + 600}), {}, ASSUMED_LIFETIME),
        ({}, jwt({"iat": SIX, "exp": SIX - 60}), {}, ASSUMED_LIFETIME),
        ({}, jwt(["no", "claims"]), {}, ASSUMED_LIFETIME),
        ({}, "opaque", DATE, ASSUMED_LIFETIME),
        ({}, "not.base64!.x", DATE, ASSUMED_LIFETIME),
        ({"expires_in": 0}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": -5}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": "900"}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": True}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": float("nan")}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": 10**400}, "opaque", {}, ASSUMED_LIFETIME),
        ({"expires_in": 10**9}, "opaque", {}, 86400),
    ],
)
def test_how_long_a_token_lives(found: Any, token: str, headers: dict[str, str], lifetime: float) -> None:
    assert token_lifetime(found, token, Answer(200, headers, b"")) == lifetime
