"""Notices: sent once if wanted, in Slack's form, without a secret. A failed notice does not change the run's end."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from shared.program.outputs import notice
from shared.program.outputs.notice import body, is_wanted
from shared.settings.webhook import webhook

TOKEN = "/services/T00000000/B00000000/token-of-the-tests"
FAILS = "stubborn_kettle"


@pytest.fixture
def hook(emulator: Any) -> str:
    emulator.answers("POST", TOKEN, {"status": 200, "text": "ok", "times": "always"})
    return f"{emulator.url}{TOKEN}"


def notices(emulator: Any) -> list[dict[str, Any]]:
    return [row for row in emulator.requests("POST") if row["path"] == TOKEN]


def failed(blueprint: Any, url: str | None, **variables: str) -> Any:
    """Run a step that fails finally, because the connector does not exist."""
    done = blueprint(
        "fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID="no_such_one", SLIPWAY_NOTIFY_URL=url, **variables
    )
    assert done.code == 204
    return done


def test_a_process_tells_of_a_failed_sync(process: Any, emulator: Any, hook: str, tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(hook + "\n")
    done = process(
        "fivetran/execute_sync",
        FIVETRAN_CONNECTOR_ID=FAILS,
        FIVETRAN_WAIT="TRUE",
        FIVETRAN_POLL_INTERVAL="1",
        SLIPWAY_NOTIFY_URL_FILE=str(tmp_path / "hook"),
    )
    assert done.code == 1, done.stderr
    (sent,) = notices(emulator)
    said = sent["body"] if isinstance(sent["body"], dict) else json.loads(sent["body"])
    assert said["text"] == f"Slipway: fivetran/execute_sync exited with 1: {done.result['message']}"
    fields = {one["title"]: one["value"] for one in said["attachments"][0]["fields"]}
    assert fields["connector_id"] == FAILS
    assert (fields["status"], fields["exit_code"], fields["retry"]) == ("failed", "1", "false")
    assert "authorization" not in sent["headers"]
    assert TOKEN not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("code", "retry", "on", "dry_run", "wanted"),
    [
        (1, False, "", "", True),
        (219, False, "failure", "false", True),
        (0, False, "", "", False),
        (255, True, "", "", False),
        (143, True, "failure", "", False),
        (0, False, "all", "", True),
        (255, True, "all", "", True),
        (1, False, "all", "true", False),
        (1, False, "", "1", False),
    ],
)
def test_a_notice_is_sent_of_final_failures_or_of_all(
    code: int, retry: bool, on: str, dry_run: str, wanted: bool
) -> None:
    assert is_wanted({"exit_code": code, "retry": retry}, on, dry_run) is wanted


def test_a_success_is_told_where_all_are_asked_for(blueprint: Any, emulator: Any, hook: str) -> None:
    for on, expected in (("failure", 0), ("ALL", 1)):
        done = blueprint("fivetran/check_credentials", SLIPWAY_NOTIFY_URL=hook, SLIPWAY_NOTIFY_ON=on)
        assert done.code == 0
        assert len(notices(emulator)) == expected
    assert notices(emulator)[0]["body"] != ""
    assert done.stderr.splitlines()[-1].startswith("Slipway: done")


def test_input_that_is_refused_is_told_too(blueprint: Any, emulator: Any, hook: str) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="../x", SLIPWAY_NOTIFY_URL=hook)
    assert done.code == 206
    assert len(notices(emulator)) == 1


def test_nothing_a_text_holds_is_markup_or_a_mention() -> None:
    hostile = "<!channel> & <https://evil.example|click> *bold*"
    result = {"blueprint": "b", "exit_code": 1, "retry": False, "message": hostile, "link": hostile, "data": {"a": 1}}
    said = body(result)
    assert said["text"] == (
        "Slipway: b exited with 1: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; *bold*"
    )
    assert said["mrkdwn"] is False
    assert "<" not in json.dumps(said)
    assert "data" not in {one["title"] for one in said["attachments"][0]["fields"]}


def test_long_texts_and_many_fields_are_cut() -> None:
    many = {f"field_{number}": "x" * 9000 for number in range(100)}
    said = body({"blueprint": "b", "exit_code": 0, "retry": False, "message": "y" * 9000, **many})
    assert len(said["text"]) == 3000
    assert len(said["attachments"][0]["fields"]) == 30
    assert max(len(one["value"]) for one in said["attachments"][0]["fields"]) == 1000


def test_no_secret_is_in_a_notice(blueprint: Any, emulator: Any, hook: str) -> None:
    secret = "s3cr3t-value-of-the-test"
    done = blueprint(
        "fivetran/get_connector",
        FIVETRAN_API_SECRET=secret,
        FIVETRAN_CONNECTOR_ID=secret,
        SLIPWAY_NOTIFY_URL=hook,
    )
    assert done.code == 204
    (sent,) = notices(emulator)
    assert secret not in json.dumps(sent["body"])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"hang": 30}, "no answer within"),
        ({"status": 200, "text": "x" * 99, "drip": "all", "interval": 1}, "no answer within"),
        ({"status": 404, "text": "no_service"}, "it answered 404"),
        ({"status": 302, "text": "", "headers": {"Location": "https://elsewhere.example/"}}, "it answered 302"),
        ({"reset": "before"}, "ConnectionError"),
    ],
)
def test_a_webhook_that_fails_is_asked_once_and_changes_nothing(
    answer: dict[str, Any], why: str, blueprint: Any, emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "SECONDS", 0.3)
    emulator.answers("POST", TOKEN, {**answer, "times": "always"})
    done = failed(blueprint, f"{emulator.url}{TOKEN}")
    assert f"the notice did not reach the address of SLIPWAY_NOTIFY_URL: {why}" in done.stderr.replace("there was ", "")
    assert TOKEN not in done.stderr
    assert len(notices(emulator)) == 1


def test_a_webhook_that_nobody_serves_changes_nothing(blueprint: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = failed(blueprint, f"http://127.0.0.1:{unused.getsockname()[1]}{TOKEN}")
    assert "SLIPWAY_NOTIFY_URL: ConnectionError" in done.stderr
    assert TOKEN not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "hooks.example.com/x",
        "ftp://hooks.example.com/x",
        "http://hooks.example.com/x",
        "https://user:pass@hooks.example.com/x",
        "https://hooks.example.com/x#part",
        "https://hooks..example.com/x",
        "https://hooks.example.com/a b",
        "https:\\\\hooks.example.com/x",
        "https://hooks.example.com:99999/x",
        "",
    ],
)
def test_an_address_that_is_no_webhooks_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"webhook|https") as refused:
        webhook(url)
    assert not url or url not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com/x?sig=a%20b&sv=1", "http://127.0.0.1:8000/hook", "http://[::1]:8000/hook"]
)
def test_https_and_this_machine_are_fine(url: str) -> None:
    assert webhook(url) == url


def test_a_refused_address_ends_the_run_before_anything_is_sent(blueprint: Any, emulator: Any) -> None:
    done = blueprint(
        "fivetran/execute_sync",
        FIVETRAN_CONNECTOR_ID="speak_inexpensive",
        SLIPWAY_NOTIFY_URL="http://hooks.example.com/my-own-token",
        SLIPWAY_NOTIFY_ON="sometimes",
    )
    assert done.code == 206
    assert "SLIPWAY_NOTIFY_URL is plain http to another machine" in done.stderr
    assert "SLIPWAY_NOTIFY_ON" in done.stderr
    assert "my-own-token" not in done.stderr + done.stdout
    assert emulator.requests() == []


def test_both_spellings_are_refused(blueprint: Any, emulator: Any, hook: str, tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(hook)
    done = blueprint(
        "fivetran/check_credentials", SLIPWAY_NOTIFY_URL=hook, SLIPWAY_NOTIFY_URL_FILE=str(tmp_path / "hook")
    )
    assert done.code == 206
    assert notices(emulator) == []
