"""check_credentials, with each API."""

from typing import Any

import pytest

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
HTML = {"html": "<!doctype html><title>Airbyte</title>", "times": "always"}


def test_credentials_that_are_accepted(airbyte: Any) -> None:
    done = airbyte("check_credentials", SHOP)
    assert (done.code, done.result["status"]) == (0, "accepted")
    wants = {"own": "wants no credentials", "public": "accepts client credentials"}[airbyte.api]
    assert wants in done.result["message"]
    assert "is active" in done.result["message"]
    assert "/health" in airbyte.paths()[-3]


@pytest.mark.parametrize(
    ("switches", "given"),
    [
        ({}, {"AIRBYTE_CLIENT_ID": "revoked-client"}),
        ({"bad_credentials_status": 401}, {"AIRBYTE_CLIENT_ID": "revoked-client"}),
        ({}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None, "AIRBYTE_API_TOKEN": "revoked-token"}),
        ({}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}),
        ({"public_auth": "basic"}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}),
    ],
)
def test_credentials_that_are_refused(public: Any, switches: dict[str, Any], given: dict[str, str | None]) -> None:
    public.switch(**switches)
    done = public("check_credentials", **given)
    assert (done.code, done.result["status"]) == (200, "credentials_refused")


@pytest.mark.parametrize("how", ["basic", "bearer"])
def test_credentials_that_are_missing_on_the_configuration_api(own: Any, how: str) -> None:
    own.switch(configuration_auth=how)
    done = own("check_credentials")
    assert done.code == 200
    assert "the server wants credentials" in done.result["message"]


def test_basic_authentication_on_either_api(airbyte: Any) -> None:
    airbyte.switch(configuration_auth="basic", public_auth="basic")
    given = {"AIRBYTE_USERNAME": "airbyte", "AIRBYTE_PASSWORD": "password-of-the-tests"}
    assert airbyte("check_credentials", AIRBYTE_CLIENT_ID=None, AIRBYTE_CLIENT_SECRET=None, **given).code == 0


def test_a_server_that_is_not_healthy(airbyte: Any) -> None:
    airbyte.switch(healthy=False)
    assert airbyte("check_credentials", SLIPWAY_RETRY_TIMEOUT="0").code == 223


def test_a_page_of_html_is_no_airbyte(airbyte: Any) -> None:
    airbyte.answers("*/health", HTML)
    done = airbyte("check_credentials", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert "that is no Airbyte API" in done.result["message"]


@pytest.mark.parametrize("key", ["available", "db"])
def test_health_in_the_words_of_any_version(own: Any, key: str) -> None:
    own.switch(health_key=key)
    assert own("check_credentials").code == 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 429, "empty": True, "times": 9}, 222),
        ({"status": 403, "html": "<h1>Forbidden</h1>"}, 200),
        ({"status": 404, "html": "<h1>Not Found</h1>"}, 201),
        (HTML, 223),
    ],
)
def test_an_answer_of_no_airbyte_accepts_no_credentials(own: Any, answer: dict[str, Any], code: int) -> None:
    own.answers("/api/v1/connections/get", answer)
    assert own("check_credentials", SLIPWAY_RETRY_TIMEOUT="0").code == code
