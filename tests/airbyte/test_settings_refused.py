"""Invalid input to Airbyte's blueprints: the right exit code, a clear message, nothing sent, no file left."""

import os
from typing import Any

import pytest

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
ALL = ("execute_sync", "check_sync_status", "cancel_sync", "list_connections", "check_credentials", "check_freshness")
TOKEN = {"AIRBYTE_API_TOKEN": "token-of-the-tests"}
CLIENT = {"AIRBYTE_CLIENT_ID": "client-of-the-tests", "AIRBYTE_CLIENT_SECRET": "secret-of-the-tests"}
USER = {"AIRBYTE_USERNAME": "airbyte", "AIRBYTE_PASSWORD": "password-of-the-tests"}
NEEDED = {"AIRBYTE_CONNECTION_ID": SHOP, "AIRBYTE_WORKSPACE_ID": SHOP}
HTML = {"status": 200, "html": "<!doctype html><title>A shop</title>"}


def refused(airbyte: Any, name: str, said: str, code: int = 206, **variables: str | None) -> None:
    done = airbyte(name, **{**NEEDED, **variables})
    assert done.code == code, done.stderr
    assert said in done.result["message"]
    assert (airbyte.paths(), airbyte.blueprint.files() - {".env"}) == ([], set())
    assert done.result["retry"] is False
    for value in {**TOKEN, **CLIENT, **USER}.values():
        assert value == "airbyte" or value not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("text", ["../../etc/passwd", SHOP + "0"])
def test_an_id_that_is_no_uuid(own: Any, name: str, text: str) -> None:
    variable = "AIRBYTE_WORKSPACE_ID" if name == "list_connections" else "AIRBYTE_CONNECTION_ID"
    refused(own, name, f"{variable} is not a UUID; copy it from the address of its page", **{variable: text})


WORKSPACE_PAGE = "https://cloud.airbyte.com/workspaces/cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'"{SHOP}"', "AIRBYTE_CONNECTION_ID has quotes around it; remove them (docker --env-file keeps quotes)"),
        (f"{SHOP},{SHOP}", f"AIRBYTE_CONNECTION_ID names {SHOP} more than once; give each id once"),
        (WORKSPACE_PAGE, "AIRBYTE_CONNECTION_ID is the address of a page that does not have this id in it"),
    ],
)
def test_what_was_copied_along_with_an_id_is_named(own: Any, text: str, said: str) -> None:
    refused(own, "execute_sync", said, AIRBYTE_CONNECTION_ID=text)


def test_the_id_in_the_address_of_a_page_is_used_and_said(own: Any) -> None:
    done = own("check_credentials", AIRBYTE_CONNECTION_ID=f"{WORKSPACE_PAGE}/connections/{SHOP}/timeline")
    assert done.code == 0, done.stderr
    assert f"Slipway: AIRBYTE_CONNECTION_ID is a page's address; the id in it is used: {SHOP}" in done.stderr


def test_what_is_odd_about_a_refused_token_is_said(public: Any) -> None:
    none = {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}
    public.switch(static_token_seconds=0)
    done = public("execute_sync", SHOP, **none, AIRBYTE_API_TOKEN="Bearer abcdef")
    assert done.code == 200
    assert done.result["message"].endswith("; AIRBYTE_API_TOKEN begins with Bearer; give only what comes after it")


@pytest.mark.parametrize("name", ["check_sync_status", "cancel_sync"])
@pytest.mark.parametrize("text", ["0", "-1", "latest", SHOP, "1" * 19])
def test_a_job_id_that_is_no_number(own: Any, name: str, text: str) -> None:
    refused(own, name, "AIRBYTE_JOB_ID is no job id", AIRBYTE_JOB_ID=text)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("text", ["0", "65536", "http"])
def test_a_port_out_of_range(own: Any, name: str, text: str) -> None:
    refused(own, name, "AIRBYTE_SERVER_PORT is no port; use 1 to 65535", AIRBYTE_SERVER_PORT=text)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", [TOKEN | CLIENT, CLIENT | USER, TOKEN | USER, TOKEN | CLIENT | USER])
def test_several_kinds_of_credentials(own: Any, name: str, given: dict[str, str]) -> None:
    refused(own, name, "are several kinds of credentials at once; keep one kind", **given)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("half", [*CLIENT, *USER])
def test_half_a_pair_of_credentials(own: Any, name: str, half: str) -> None:
    refused(own, name, f"is required with {half}", **{half: (CLIENT | USER)[half]})


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", [TOKEN, CLIENT, USER])
@pytest.mark.parametrize(
    "server",
    [
        {"AIRBYTE_SERVER_HOST": "airbyte.example.com"},
        {"AIRBYTE_API_URL": "http://airbyte.example.com/api/public/v1"},
    ],
)
def test_credentials_over_plain_http(own: Any, name: str, given: dict[str, str], server: dict[str, str]) -> None:
    refused(own, name, "would send the credentials over plain http", **server, **given)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", [TOKEN, CLIENT, USER])
def test_a_dotenv_that_somebody_left_to_be_sent_credentials(own: Any, name: str, given: dict[str, str]) -> None:
    file = own.blueprint.cwd / ".env"
    file.write_text(f"AIRBYTE_SERVER_HOST=127.0.0.1\nAIRBYTE_SERVER_PORT={own.own['AIRBYTE_SERVER_PORT']}\n")
    os.chmod(file, 0o600)
    planted = {"AIRBYTE_SERVER_HOST": None, "AIRBYTE_SERVER_PORT": None}
    refused(own, name, "comes from .env but the credentials do not", **planted, **given)


def sent(airbyte: Any, name: str, code: int, **variables: str | None) -> Any:
    done = airbyte(name, **{**NEEDED, "SLIPWAY_RETRY_TIMEOUT": "0", **variables})
    assert done.code == code, done.stderr
    assert not [
        path for path in airbyte.paths() if path in ("POST /connections/sync", "POST /jobs", "POST /jobs/cancel")
    ]
    assert "secret-of-the-tests" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (
            {"status": 400, "json": {"message": "Bad Request"}},
            200,
            "refused AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET",
        ),
        ({"status": 401, "json": {"errorId": "1b9d"}}, 200, "refused AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"),
        ({"status": 400, "empty": True}, 200, "refused AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"),
        (HTML, 223, "that is no Airbyte API"),
        ({"status": 404, "html": "<h1>Not Found</h1>"}, 201, "knows no such path"),
        ({"status": 302, "headers": {"Location": "/login"}, "empty": True}, 201, "redirects to /login"),
        ({"status": 200, "json": {"token_type": "Bearer"}}, 223, "answered without an access_token"),
        ({"status": 503, "empty": True}, 223, "no access token, so nothing was sent"),
        ({"status": 429, "empty": True}, 222, "too many requests"),
    ],
)
def test_a_token_endpoint_that_gives_no_token(
    public: Any, name: str, answer: dict[str, Any], code: int, said: str
) -> None:
    public.answers("*/applications/token", {**answer, "times": "always"})
    assert said in sent(public, name, code).result["message"]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (HTML, 223),
        ({"status": 404, "html": "<h1>Nothing here</h1>"}, 201),
        ({"json": []}, 223),
        ({"text": "hello"}, 223),
    ],
)
def test_a_server_that_is_not_airbyte(own: Any, name: str, answer: dict[str, Any], code: int) -> None:
    own.answers("*", {**answer, "times": "always"})
    assert "AIRBYTE_SERVER_HOST" in sent(own, name, code).result["message"]


@pytest.mark.parametrize("name", ALL)
def test_plain_http_without_credentials_is_fine(own: Any, name: str) -> None:
    """The host's name does not exist. That it is looked up shows that the address was not refused."""
    done = sent(own, name, 223, AIRBYTE_SERVER_HOST="airbyte.invalid")
    assert "plain http" not in done.result["message"]
    assert "; check AIRBYTE_SERVER_HOST and AIRBYTE_SERVER_PORT, and the network" in done.result["message"]


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status"])
def test_a_static_token_that_ends_in_the_middle_of_a_wait(public: Any, name: str) -> None:
    public.switch(static_token_seconds=60)
    public.set(SHOP, start={"seconds": 600})
    none = {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}
    done = public(name, SHOP, AIRBYTE_WAIT="TRUE", **none, **TOKEN)
    assert done.code == 200
    for said in ("AIRBYTE_API_TOKEN is wrong or has expired", "give AIRBYTE_CLIENT_ID", "goes on"):
        assert said in done.stdout
    assert sum(public.blueprint.slept) == pytest.approx(60, abs=2)
    assert "token-of-the-tests" not in done.stdout + done.stderr
