"""Key and secret: in one variable or two, or in files, and never in the output."""

import base64
import json

import pytest

from tests.conftest import KEY, SECRET, Blueprint, Emulator
from tests.fivetran.refusal import refused

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)

ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}


def test_wrong_credentials_are_told_as_such(blueprint: Blueprint) -> None:
    refused(blueprint(WHO, FIVETRAN_API_KEY="revoked-key"), 200, "FIVETRAN_API_KEY", "wrong or revoked")


def server(blueprint: Blueprint) -> str:
    return blueprint.environ["FIVETRAN_API_URL"]


@pytest.mark.parametrize(
    "url", ["http://localhost:{port}/v1", "http://127.0.0.1:{port}/v1/", "HTTP://127.0.0.1:{port}/v1"]
)
def test_loopback_over_plain_http_is_allowed(url: str, blueprint: Blueprint) -> None:
    port = server(blueprint).rpartition(":")[2].partition("/")[0]
    assert blueprint(WHO, FIVETRAN_API_URL=url.format(port=port)).code == 0


@pytest.mark.parametrize("url", ["http://[::1]:9/v1", "http://127.255.0.1:9", "http://192.0.2.1"])
def test_what_is_loopback_or_allowed_passes_the_settings(url: str, blueprint: Blueprint) -> None:
    variables = {} if "192" not in url else {"FIVETRAN_ALLOW_HTTP": "TRUE"}
    done = blueprint(TRIGGER, FIVETRAN_API_URL=url, FIVETRAN_CONNECTOR_ID="a/b", **variables)
    refused(done, 206, "FIVETRAN_CONNECTOR_ID")
    assert "FIVETRAN_API_URL" not in done.result["message"]


def test_one_variable_may_hold_key_and_secret_as_the_official_cli_has_it(blueprint: Blueprint) -> None:
    pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    done = blueprint(WHO, FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None)
    assert done.code == 0
    assert pair not in done.stdout + done.stderr


@pytest.mark.parametrize("pair", ["not base64", "bm8gY29sb24=", "OnNlY3JldA==", "a2V5Og==", "//79:", "YTpi"])
def test_what_is_no_pair_needs_a_secret(pair: str, blueprint: Blueprint, emulator: Emulator) -> None:
    refused(blueprint(WHO, FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None), 206, "FIVETRAN_API_")
    assert emulator.requests() == []


def test_credentials_may_come_from_files(blueprint: Blueprint, emulator: Emulator) -> None:
    for name, value in (("key", KEY), ("secret", SECRET)):
        (blueprint.cwd / name).write_text(value + "\n")
    files: dict[str, str | None] = {"FIVETRAN_API_KEY_FILE": "key", "FIVETRAN_API_SECRET_FILE": "secret"}
    assert blueprint(WHO, **files, FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=None).code == 0


ECHO = (
    f"Invalid key {KEY} with {SECRET}; Basic {base64.b64encode(f'{KEY}:{SECRET}'.encode()).decode()}\n::error::x ##[x]"
)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
def test_an_answer_that_repeats_the_secrets_repeats_them_nowhere(
    status: int, blueprint: Blueprint, emulator: Emulator
) -> None:
    for answer in ({"json": {"code": "Bad", "message": ECHO, KEY: [SECRET]}}, {"html": ECHO}):
        emulator.reset()
        emulator.answers("*", "/v1/account/info", {"status": status, "times": "always", **answer})
        done = blueprint(WHO, SLIPWAY_RETRY_TIMEOUT="0")
        assert done.code not in (0, 249)
        said = done.stdout + done.stderr
        for path in blueprint.cwd.rglob("*.json"):
            said += path.read_text()
        assert KEY not in said
        assert SECRET not in said
        assert base64.b64encode(f"{KEY}:{SECRET}".encode()).decode() not in said
        assert all(line.startswith(("Slipway: ", "Fivetran: ")) for line in done.stderr.splitlines())
        assert "##[" not in done.stdout + done.stderr


def test_secrets_of_an_update_are_sent_and_said_nowhere(blueprint: Blueprint, emulator: Emulator) -> None:
    update = {"config": {"password": "pa55word-of-the-source", "host": "db.example"}}
    done = blueprint(UPDATE, **ID, FIVETRAN_CUSTOM_UPDATE=json.dumps(update))
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("PATCH")
    assert set(sent["body"]["config"]) == {"password", "host"}
    said = done.stdout + done.stderr + "".join(path.read_text() for path in blueprint.cwd.rglob("*.json"))
    assert "pa55word" not in said
    dry = blueprint(UPDATE, **ID, FIVETRAN_CUSTOM_UPDATE=json.dumps(update), SLIPWAY_DRY_RUN="TRUE")
    assert (dry.code, "pa55word" in dry.stdout + dry.stderr) == (0, False)
    assert '"password": "******"' in dry.stderr
