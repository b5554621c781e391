"""The program behind || in a line of a crontab sends a notice, and the line still fails."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.schedulers.examples import SCHEDULERS

FAILED = {"blueprint": "fivetran/execute_sync", "exit_code": 216, "message": "paused <now> & later"}


class Webhook:
    """A server instead of Slack. It keeps what was posted and answers with a given status."""

    def __init__(self) -> None:
        self.posted: list[Any] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/secret-path"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def notify(folder: Path, code: int, result: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    file = folder / "result.json"
    file.write_text(result if isinstance(result, str) else json.dumps(result))
    command = [sys.executable, str(SCHEDULERS / "notify.py"), str(code), str(file)]
    clean = {"PATH": os.environ["PATH"], "no_proxy": "*", **environ}
    return subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60)


def sendmail(folder: Path, ending: str = "") -> dict[str, str]:
    """A sendmail that writes its input to the file ``mail``."""
    program = folder / "sendmail"
    program.write_text(f'#!/bin/sh\necho "$@" > {folder}/arguments\ncat > {folder}/mail\n{ending}\n')
    program.chmod(0o755)
    return {"MAIL_TO": "data@example.com", "SENDMAIL": str(program)}


def test_slack_gets_the_message_and_the_code_stays(webhook: Webhook, tmp_path: Path) -> None:
    done = notify(tmp_path, 216, FAILED, SLACK_WEBHOOK_URL=webhook.url)
    assert (done.returncode, done.stdout, done.stderr) == (216, "", "")
    text = "Slipway: fivetran/execute_sync exited with 216: paused &lt;now&gt; &amp; later"
    assert webhook.posted == [{"text": text}]


def test_a_mail_has_the_message_as_subject_and_body(tmp_path: Path) -> None:
    done = notify(tmp_path, 216, FAILED, **sendmail(tmp_path))
    assert (done.returncode, done.stderr) == (216, "")
    head, _, body = (tmp_path / "mail").read_text().partition("\n\n")
    assert "To: data@example.com\n" in head
    assert "Subject: Slipway: fivetran/execute_sync exited with 216" in head
    assert body.strip() == "Slipway: fivetran/execute_sync exited with 216: paused <now> & later"
    assert (tmp_path / "arguments").read_text().split() == ["-t", "-oi"]


@pytest.mark.parametrize("result", [{**FAILED, "exit_code": 0}, "", "[]", "{}"])
def test_an_earlier_runs_result_or_none_is_not_taken_for_this_failure(
    webhook: Webhook, tmp_path: Path, result: object
) -> None:
    assert notify(tmp_path, 137, result, SLACK_WEBHOOK_URL=webhook.url).returncode == 137
    assert webhook.posted == [
        {"text": "Slipway: a step exited with 137 and left no result in result.json; its log says more"}
    ]


def test_a_notice_that_cannot_be_sent_is_said_without_the_secret_and_costs_no_other(
    webhook: Webhook, tmp_path: Path
) -> None:
    webhook.status = 500
    done = notify(tmp_path, 216, FAILED, SLACK_WEBHOOK_URL=webhook.url, **sendmail(tmp_path))
    assert done.returncode == 216
    assert done.stderr == "notify.py: no notice by SLACK_WEBHOOK_URL: HTTPError\n"
    assert (tmp_path / "mail").exists()
    done = notify(tmp_path, 1, FAILED, **sendmail(tmp_path, "exit 75"))
    assert (done.returncode, done.stderr) == (1, "notify.py: no notice by MAIL_TO: CalledProcessError\n")
    done = notify(tmp_path, 1, FAILED, SLACK_WEBHOOK_URL="no-address")
    assert (done.returncode, done.stderr) == (1, "notify.py: no notice by SLACK_WEBHOOK_URL: ValueError\n")


def test_where_nobody_is_to_be_told_that_is_said(tmp_path: Path) -> None:
    done = notify(tmp_path, 216, FAILED)
    assert (done.returncode, done.stderr) == (216, "notify.py: set SLACK_WEBHOOK_URL or MAIL_TO\n")


def line() -> str:
    """Return the command in the crontab."""
    (found,) = [row for row in (SCHEDULERS / "crontab").read_text().splitlines() if row.startswith("15 ")]
    assert "%" not in found  # in a crontab, % would end the command
    return found.split(maxsplit=5)[5]


@pytest.mark.parametrize(("paused", "code"), [(False, 0), (True, 216)])
def test_the_crontabs_line_sends_a_notice_of_a_failure_only(
    process: Any, emulator: Any, webhook: Webhook, paused: bool, code: int
) -> None:
    emulator.set("speak_inexpensive", paused=paused)
    given = {"SLIPWAY": str(ROOT), "DATA": str(process.cwd), "PYTHON": sys.executable, "PAUSE": "0.3"}
    environ = {**process.environ, **given, "SLACK_WEBHOOK_URL": webhook.url, "no_proxy": "*"}
    done = subprocess.run(["sh", "-c", line()], cwd=process.cwd, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, "")
    assert (process.cwd / "synced.log").exists() == (not paused)
    assert ["216" in one["text"] for one in webhook.posted] == ([True] if paused else [])


def test_the_crontabs_line_sends_none_while_the_run_before_is_going_on(process: Any, webhook: Webhook) -> None:
    given = {"SLIPWAY": str(ROOT), "DATA": str(process.cwd), "PYTHON": sys.executable}
    environ = {**process.environ, **given, "SLACK_WEBHOOK_URL": webhook.url, "no_proxy": "*"}
    held = ["flock", str(process.cwd / "speak_inexpensive.lock"), "sh", "-c", line()]
    done = subprocess.run(held, cwd=process.cwd, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr, webhook.posted) == (75, "", [])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, str(SCHEDULERS / "notify.py")], "usage: notify.py CODE FILE, as in: "),
        ([sys.executable, str(SCHEDULERS / "notify.py"), "result.json", "1"], "usage: notify.py CODE FILE, as in: "),
        (["sh", str(SCHEDULERS / "cron_chain.sh")], "usage: cron_chain.sh CONNECTOR_ID [FILE]"),
    ],
)
def test_missing_arguments_are_answered_with_the_usage(command: list[str], said: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode != 0, said in done.stderr) == (True, True), done.stderr
