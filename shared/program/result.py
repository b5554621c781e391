"""Write the result of a run: a line of JSON on stdout, outputs for schedulers, a last line on stderr."""

import json
import math
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.exit_codes import ExitCode
from shared.program.outputs import deliver
from shared.program.run import Outcome, Run
from shared.program.signals import result_is_written
from shared.redaction import Redactor, one_line
from shared.settings.environment import Environment
from shared.settings.run_settings import NOTIFY_URL, RunSettings
from shared.terminal.screen import Painted, Piece, Screen
from shared.terminal.streams import write

SCHEMA = 1


def conclude(
    name: str, run: Run | None, outcome: Outcome, environ: Mapping[str, str], redactor: Redactor
) -> Mapping[str, Any]:
    """Write the result. Return it as plain data without secrets. ``run`` is None if its settings were refused."""
    result = _redacted(name, run, outcome, redactor)
    label = "done" if outcome.code == ExitCode.DONE else f"exit {int(outcome.code)}"
    # "##[" anywhere in a line is a command to GitHub's Actions runner, "##vso[" to Azure's.
    line = json.dumps(result).replace("##", "#\\u0023")
    screen = run.screen if run else Screen(environ)
    screen.show(None)  # a live line, if a signal came right after its start
    result_is_written()
    said: list[Piece] = [Painted(f"Slipway: {label}:", _colour(outcome.code)), f" {result['message']}"]
    if screen.shows_stdout:  # a person reads: the answer comes last, after the line for programs
        write(sys.stdout, screen.painted([Painted(line, "dim")]) + "\n")
        if run:
            run.say_waiting()
        screen.say(*said)
    else:
        screen.say(*said)
        write(sys.stdout, line + "\n")
    if screen.live and outcome.closing:
        screen.say(redactor.text(outcome.closing))
    names = [variable.name for variable in RunSettings.variables()]
    given = run.environment if run else Environment(environ, names)
    deliver(result, given)
    if given.is_given(NOTIFY_URL):  # the last, because it may take seconds
        from shared.program.outputs.notice import notify

        notify(result, given, run.notify_url if run else None)
    return result


def _redacted(name: str, run: Run | None, outcome: Outcome, redactor: Redactor) -> dict[str, Any]:
    """Return the fields of the result line as plain data without secrets."""
    own: dict[str, Any] = {  # our own words are not redacted, even if a secret equals one of them
        "schema": SCHEMA,
        "blueprint": name,
        "run_id": None,
        "status": outcome.status,
        "exit_code": int(outcome.code),
        "retry": outcome.code.retry,
    }
    result: dict[str, Any] = {"run_id": run.run_id if run else None, "message": outcome.message}
    if run:
        result.update(run.facts)
        if run.client:
            result["api_calls"] = run.client.usage.calls
            result["quota_remaining"] = run.client.usage.quota_remaining
        result["files"] = run.artifacts.written
    if outcome.data is not None:
        result["data"] = outcome.data
    # Redact first: cleaning changes texts, and a changed secret would not be found.
    return own | {key: clean(redactor.data(value)) for key, value in result.items()}


def _colour(code: ExitCode) -> str:
    """Return red if somebody must fix something, yellow if a retry or newer data may be enough."""
    return "green" if code == ExitCode.DONE else "yellow" if code.retry or code == ExitCode.STALE else "red"


def clean(value: Any) -> Any:
    """Return plain data for the result line: datetimes as ISO 8601 text, text on one line, the rest as in JSON."""
    if isinstance(value, str):
        return one_line(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return timestamps.write(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # such as 1e999 in an answer, which JSON cannot express
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [clean(item) for item in value]
    return value
