"""Which server, API and credentials the variables choose, and which combinations are refused."""

import os
from pathlib import Path

import pytest

from shared.airbyte.job_settings import JobSettings, WaitSettings
from shared.airbyte.settings import BASIC, CLIENT, NONE, TOKEN, AirbyteSettings
from shared.errors import InvalidInput, InvalidInterval
from shared.exit_codes import ExitCode
from shared.settings.declaration import Variable

A_TOKEN = {"AIRBYTE_API_TOKEN": "token-of-the-tests"}
A_CLIENT = {"AIRBYTE_CLIENT_ID": "client-of-the-tests", "AIRBYTE_CLIENT_SECRET": "secret-of-the-tests"}
A_USER = {"AIRBYTE_USERNAME": "airbyte", "AIRBYTE_PASSWORD": "password-of-the-tests"}
PUBLIC = {"AIRBYTE_API_URL": "https://airbyte.example.com/api/public/v1"}
HOST = {"AIRBYTE_SERVER_HOST": "localhost"}


@pytest.fixture(autouse=True)
def bare_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "url", "public", "credentials"),
    [
        ({}, "http://localhost:8000/api/v1", False, NONE),
        (A_USER, "http://localhost:8000/api/v1", False, BASIC),
        (A_TOKEN, "https://api.airbyte.com/v1", True, TOKEN),
        (A_CLIENT, "https://api.airbyte.com/v1", True, CLIENT),
        (HOST, "http://localhost:8000/api/v1", False, NONE),
        (HOST | A_USER, "http://localhost:8000/api/v1", False, BASIC),
        (HOST | A_CLIENT, "http://localhost:8000/api/v1", False, CLIENT),
        (HOST | A_TOKEN, "http://localhost:8000/api/v1", False, TOKEN),
        (HOST | {"AIRBYTE_SERVER_PORT": "8001"}, "http://localhost:8001/api/v1", False, NONE),
        (HOST | {"AIRBYTE_API_VERSION": "v1beta1"}, "http://localhost:8000/api/v1beta1", False, NONE),
        ({"AIRBYTE_SERVER_HOST": "10.1.2.3"}, "http://10.1.2.3:8000/api/v1", False, NONE),
        ({"AIRBYTE_SERVER_HOST": "[::1]"}, "http://[::1]:8000/api/v1", False, NONE),
        ({"AIRBYTE_SERVER_HOST": "airbyte.example.com."}, "http://airbyte.example.com.:8000/api/v1", False, NONE),
        (
            A_USER | {"AIRBYTE_SERVER_HOST": "https://airbyte.example.com/", "AIRBYTE_SERVER_PORT": "443"},
            "https://airbyte.example.com:443/api/v1",
            False,
            BASIC,
        ),
        (PUBLIC, "https://airbyte.example.com/api/public/v1", True, NONE),
        (PUBLIC | A_CLIENT, "https://airbyte.example.com/api/public/v1", True, CLIENT),
        (PUBLIC | HOST, "https://airbyte.example.com/api/public/v1", True, NONE),
    ],
)
def test_one_rule_says_which_server_and_api(given: dict[str, str], url: str, public: bool, credentials: str) -> None:
    server = AirbyteSettings(given).server
    assert (server.url, server.public, server.credentials) == (url, public, credentials)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (A_TOKEN | A_CLIENT, "several kinds of credentials"),
        (A_CLIENT | A_USER, "several kinds of credentials"),
        (A_TOKEN | A_USER, "several kinds of credentials"),
        (A_TOKEN | {"AIRBYTE_PASSWORD": "password"}, "several kinds of credentials"),
        ({"AIRBYTE_CLIENT_ID": "client"}, "AIRBYTE_CLIENT_SECRET is required with AIRBYTE_CLIENT_ID"),
        ({"AIRBYTE_CLIENT_SECRET": "secret"}, "AIRBYTE_CLIENT_ID is required with AIRBYTE_CLIENT_SECRET"),
        ({"AIRBYTE_USERNAME": "airbyte"}, "AIRBYTE_PASSWORD is required with AIRBYTE_USERNAME"),
        ({"AIRBYTE_PASSWORD": "password"}, "AIRBYTE_USERNAME is required with AIRBYTE_PASSWORD"),
        ({"AIRBYTE_SERVER_PORT": "0"}, "AIRBYTE_SERVER_PORT is no port"),
        ({"AIRBYTE_SERVER_PORT": "65536"}, "use 1 to 65535"),
        ({"AIRBYTE_SERVER_PORT": "-1"}, "is no port"),
        ({"AIRBYTE_SERVER_PORT": "http"}, "is no port"),
        ({"AIRBYTE_SERVER_PORT": "٨٠٠٠"}, "is no port"),
        ({"AIRBYTE_SERVER_HOST": "localhost:8000"}, "has a port; give that by AIRBYTE_SERVER_PORT"),
        ({"AIRBYTE_SERVER_HOST": "http://localhost:8000"}, "has a port"),
        ({"AIRBYTE_SERVER_HOST": "localhost/api"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "ftp://localhost"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "local host"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "[1]"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "[1.2.3.4]"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "[::1::]"}, "is no host name"),
        ({"AIRBYTE_API_URL": "http://[1]:8000/api/public/v1"}, "AIRBYTE_API_URL "),
        (HOST | {"AIRBYTE_USERNAME": "ab\udcffcd", "AIRBYTE_PASSWORD": "efgh"}, "bytes that are not UTF-8 text"),
        ({"AIRBYTE_SERVER_HOST": "airbyte..example.com"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": ".example.com"}, "is no host name"),
        ({"AIRBYTE_SERVER_HOST": "a" * 64 + ".example.com"}, "is no host name"),
        ({"AIRBYTE_API_URL": "https://airbyte..example.com/v1"}, "is no http or https URL"),
        ({"AIRBYTE_API_URL": "https://" + "a" * 64 + ".example.com/v1"}, "is no http or https URL"),
        ({"AIRBYTE_API_TOKEN": "token\u20acof-the-tests"}, "AIRBYTE_API_TOKEN has characters that no token has"),
        ({"AIRBYTE_API_VERSION": "../v1"}, "is no API version"),
        ({"AIRBYTE_API_URL": "http://localhost:8000/api/v1"}, "is the Configuration API's"),
        ({"AIRBYTE_API_URL": "localhost:8000"}, "is no http or https URL"),
        ({"AIRBYTE_API_URL": "https://a.example.com/v1?x=1"}, "has a query"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        AirbyteSettings(given)
    assert said in refused.value.message
    assert refused.value.code == ExitCode.INPUT_INVALID


def test_a_host_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        AirbyteSettings({"AIRBYTE_SERVER_HOST": "airbyte:hunter22@localhost"})
    assert "hunter22" not in refused.value.message


FAR = {"AIRBYTE_SERVER_HOST": "airbyte.example.com"}
FAR_PUBLIC = {"AIRBYTE_API_URL": "http://airbyte.example.com/api/public/v1"}


@pytest.mark.parametrize("given", [FAR | A_USER, FAR | A_CLIENT, FAR | A_TOKEN, FAR_PUBLIC | A_CLIENT])
def test_credentials_do_not_travel_over_plain_http(given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        AirbyteSettings(given)
    assert "AIRBYTE_ALLOW_HTTP=TRUE" in refused.value.message
    AirbyteSettings({**given, "AIRBYTE_ALLOW_HTTP": "TRUE"})


@pytest.mark.parametrize("given", [FAR, FAR_PUBLIC, HOST | A_USER, {"AIRBYTE_SERVER_HOST": "127.0.0.1"} | A_CLIENT])
def test_plain_http_is_fine_without_credentials_or_to_this_machine(given: dict[str, str]) -> None:
    assert AirbyteSettings(given).server.url.startswith("http://")


def dotenv(**values: str) -> None:
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    os.chmod(".env", 0o600)


@pytest.mark.parametrize(
    "planted",
    [
        PUBLIC,
        {"AIRBYTE_SERVER_HOST": "https://evil.example.com"},
        {"AIRBYTE_SERVER_PORT": "9999"},
        {"AIRBYTE_ALLOW_HTTP": "TRUE"},
    ],
)
def test_a_dotenv_may_not_choose_the_server_for_credentials_from_elsewhere(planted: dict[str, str]) -> None:
    dotenv(**planted)
    with pytest.raises(InvalidInput) as refused:
        AirbyteSettings(A_USER)
    assert "comes from .env but the credentials do not" in refused.value.message


def test_a_dotenv_may_not_redirect_half_of_its_own_credentials() -> None:
    dotenv(AIRBYTE_CLIENT_ID="client-of-the-file", **PUBLIC)
    with pytest.raises(InvalidInput):
        AirbyteSettings({"AIRBYTE_CLIENT_SECRET": "secret-of-the-tests"})


@pytest.mark.parametrize("credentials", [A_CLIENT, A_TOKEN, A_USER, {}])
def test_a_dotenv_may_choose_the_server_for_its_own_credentials(credentials: dict[str, str]) -> None:
    dotenv(**PUBLIC, **credentials)
    assert AirbyteSettings({}).server.url == PUBLIC["AIRBYTE_API_URL"]


def test_secrets_are_known_in_every_form() -> None:
    assert set(AirbyteSettings(A_CLIENT).secrets()) == set(A_CLIENT.values())
    assert "airbyte:password-of-the-tests" in AirbyteSettings(HOST | A_USER).secrets()


class Further(JobSettings, WaitSettings, AirbyteSettings):
    from shared.airbyte.settings import JOB_ID, UUID

    connection_id = Variable("AIRBYTE_CONNECTION_ID", UUID, "a connection", None)
    job_id = Variable("AIRBYTE_JOB_ID", JOB_ID, "a job", None)


@pytest.mark.parametrize(
    "text",
    ["speak_inexpensive", "749c19dc4f974f30bb0f126e53506960", "749c19dc-4f97-4f30-bb0f-126e5350696", "../etc/passwd"],
)
def test_an_id_that_is_no_uuid_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="AIRBYTE_CONNECTION_ID is not a UUID"):
        Further({"AIRBYTE_CONNECTION_ID": text})


def test_an_id_is_taken_in_any_case() -> None:
    given = {"AIRBYTE_CONNECTION_ID": " 749C19DC-4F97-4F30-BB0F-126E53506960 "}
    assert Further(given).connection_id == "749c19dc-4f97-4f30-bb0f-126e53506960"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "abc", "1" * 19, "\uff14\uff12"])
def test_a_job_id_is_a_whole_number(text: str) -> None:
    with pytest.raises(InvalidInput, match="AIRBYTE_JOB_ID is no job id"):
        Further({"AIRBYTE_JOB_ID": text})


@pytest.mark.parametrize("name", ["AIRBYTE_POLL_INTERVAL", "AIRBYTE_WAIT_TIMEOUT"])
@pytest.mark.parametrize("text", ["0", "-5", "9999999", "soon"])
def test_an_interval_out_of_range_has_a_code_of_its_own(name: str, text: str) -> None:
    with pytest.raises(InvalidInterval, match=name):
        Further({name: text})


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Further({})
    assert (settings.wait, settings.poll_interval, settings.wait_timeout) == (True, None, 13800.0)
    assert (settings.job_type, settings.on_running, settings.server_port) == ("sync", "join", 8000)


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        Further(
            {"AIRBYTE_CONNECTION_ID": "x", "AIRBYTE_SERVER_PORT": "0", "AIRBYTE_JOB_TYPE": "sink"} | A_USER | A_TOKEN
        )
    for name in ("AIRBYTE_CONNECTION_ID", "AIRBYTE_SERVER_PORT", "AIRBYTE_JOB_TYPE", "several kinds"):
        assert name in refused.value.message
