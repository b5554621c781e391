"""Send a notice about a failed step to Slack and by e-mail. Use it after ``||`` in a crontab line.

``notify.py CODE FILE`` takes the step's exit code and the file with its result, and exits with CODE, so that the
failure remains a failure. SLACK_WEBHOOK_URL is an incoming webhook, MAIL_TO an address; SENDMAIL is /usr/sbin/sendmail
if not given.
"""

import json
import os
import subprocess
import sys
import urllib.request
from email.message import EmailMessage
from pathlib import Path
from typing import Any

STILL_RUNNING = 75
"""The exit code of ``flock -E 75`` while the previous run is still running: no failure, so no notice."""


def main(code: int, file: Path) -> int:
    if code == STILL_RUNNING:
        return code
    text = notice(code, file)
    ways = {"SLACK_WEBHOOK_URL": slack, "MAIL_TO": mail}
    given = {name: os.environ[name] for name in ways if os.environ.get(name)}
    if not given:
        sys.stderr.write("notify.py: set SLACK_WEBHOOK_URL or MAIL_TO\n")
    for name, target in given.items():
        try:
            ways[name](target, text)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            # Only the error's type: its text may contain the webhook's address, which is a secret.
            no_program = name == "MAIL_TO" and isinstance(error, FileNotFoundError)
            why = "there is no sendmail here; set SENDMAIL" if no_program else type(error).__name__
            sys.stderr.write(f"notify.py: no notice by {name}: {why}\n")
    return code


def notice(code: int, file: Path) -> str:
    """Return the notice on one line. A result with another exit code is an earlier run's and is not used."""
    unknown = f"Slipway: a step exited with {code} and left no result in {file.name}; its log says more"
    try:
        result: Any = json.loads(file.read_text("utf-8"))
        known = f"Slipway: {result['blueprint']} exited with {code}: {result['message']}"
        return known if result["exit_code"] == code else unknown
    except (OSError, ValueError, KeyError, TypeError):  # killed before it had a result
        return unknown


def slack(url: str, text: str) -> None:
    """Post to an incoming webhook."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("no address of a webhook")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = json.dumps({"text": escaped}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - see above
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


def mail(address: str, text: str) -> None:
    """Hand a message to the local sendmail."""
    message = EmailMessage()
    message["To"], message["Subject"] = address, text[:100].replace("\n", " ")
    message.set_content(text)
    program = os.environ.get("SENDMAIL") or "/usr/sbin/sendmail"
    subprocess.run([program, "-t", "-oi"], input=message.as_bytes(), check=True, timeout=60)


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit("usage: notify.py CODE FILE, as in: ... > result.json || notify.py $? result.json")
    raise SystemExit(main(int(sys.argv[1]), Path(sys.argv[2])))
