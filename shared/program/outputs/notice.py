"""Send a notice to a webhook: one POST of JSON in the form of Slack's incoming webhooks, which others accept too.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
The address is a secret, so no message here contains a part of it or the text of an exception of requests.
"""

import json
from collections.abc import Mapping
from typing import Any

import requests

from shared.exit_codes import ExitCode
from shared.http.auth import SetHeader
from shared.http.bounds import within
from shared.http.session import new_session
from shared.program.outputs.github_output import plain
from shared.redaction import one_line
from shared.settings.environment import Environment
from shared.settings.kinds import TRUE
from shared.settings.run_settings import NOTIFY_ON, NOTIFY_URL
from shared.settings.webhook import webhook
from shared.status import Status
from shared.terminal.streams import say

SECONDS, AFTER_A_SIGNAL = 5.0, 2.0
"""The most seconds that a notice may take in total. After a signal the scheduler may soon kill the process."""
LONGEST, MOST_FIELDS = 1000, 30
_NOT_A_FIELD = ("schema", "message")


def notify(result: Mapping[str, Any], given: Environment, url: str | None) -> None:
    """Post ``result`` if the settings ask for a notice of it. A failure is only a warning on stderr.

    ``url`` is None if the settings were refused; the address is then read again.
    """
    if not is_wanted(result, (given.text(NOTIFY_ON) or "").lower(), (given.text("SLIPWAY_DRY_RUN") or "").lower()):
        return
    seconds = AFTER_A_SIGNAL if result["status"] == Status.INTERRUPTED else SECONDS
    try:
        url = url or webhook(given.secret(NOTIFY_URL) or "")
    except ValueError:
        return  # the settings' refusal, which is the result, says so by the variable's name
    try:
        status = within(seconds, lambda: _post(url, body(result), seconds))
        why = f"there was no answer within {seconds:.0f} s" if status is None else f"it answered {status}"
        reached = status is not None and 200 <= status < 300
    except Exception as error:  # in any case the operation's outcome stays
        timeout = isinstance(error, requests.Timeout)
        why, reached = f"there was no answer within {seconds:.0f} s" if timeout else type(error).__name__, False
    if not reached:
        say(f"Slipway: warning: the notice did not reach the address of {NOTIFY_URL}: {why}")


def is_wanted(result: Mapping[str, Any], on: str, dry_run: str) -> bool:
    """Return whether to send: a final failure, or any result with ``all``. A dry run sends nothing."""
    if dry_run in TRUE:
        return False
    return on == "all" or (result["exit_code"] != ExitCode.DONE and not result["retry"])


def body(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text and, as an attachment, each field of the result that is not a list or object."""
    code = result["exit_code"]
    ended = "succeeded" if code == ExitCode.DONE else f"exited with {code}"
    fields = [
        {"title": name, "value": literal(plain(value)), "short": True}
        for name, value in result.items()
        if value is not None and name not in _NOT_A_FIELD and not isinstance(value, dict | list)
    ]
    colour = "good" if code == ExitCode.DONE else "warning" if result["retry"] else "danger"
    return {
        "text": literal(f"Slipway: {result['blueprint']} {ended}: {result['message']}", 3 * LONGEST),
        "mrkdwn": False,
        "attachments": [{"color": colour, "mrkdwn_in": [], "fields": fields[:MOST_FIELDS]}],
    }


def literal(text: str, limit: int = LONGEST) -> str:
    """Escape ``text`` so that Slack shows it unchanged: no link, and no mention such as ``<!channel>``."""
    return one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(url: str, notice: dict[str, Any], seconds: float) -> int:
    """Send once, without redirects. Return the status; the answer's body is not read."""
    with new_session(url, "*/*") as session:
        answer = session.post(
            url,
            data=json.dumps(notice),
            headers={"Content-Type": "application/json"},
            auth=SetHeader(None),
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        )
        answer.close()
        return answer.status_code
