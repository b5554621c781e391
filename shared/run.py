"""One execution of a blueprint: settings in, steps said, files left, one result line and an exit code out.

``@blueprint(Settings)`` turns a story into ``main(environ, argv) -> ExitCode``. This is the one place where
exceptions become message and exit code; a bug keeps its traceback.
"""

import json
import math
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared import __version__, timestamps
from shared.answer import Answer
from shared.artifacts import DEFAULT_DIRECTORY, MODE, Artifacts
from shared.environment import Environment
from shared.errors import ArtifactUnusable, InvalidInput, SlipwayError
from shared.exit_codes import ExitCode
from shared.http import Client, Planned
from shared.identity import safe_name, scheduler_run_id, split_ids
from shared.kinds import BOOLEAN, TEXT, seconds
from shared.prepare import Interrupted, ignore_signals
from shared.redaction import Redactor, one_line
from shared.responses import response_text
from shared.settings import Settings, Variable
from shared.sinks import KESTRA_OUTPUTS, OUTPUT_DIRECTORY, TERMINATION_LOG, deliver
from shared.streams import say, write

SCHEMA = 1
MOST_PLANNED = 20
"""So many requests of a dry run are shown."""


class RunSettings(Settings):
    """What every blueprint takes besides its own: about the run, not about the vendor."""

    rank = 2
    run_id = Variable("SLIPWAY_RUN_ID", TEXT, "a name for this run that stays the same when it is retried", None)
    shipyard_log_id = Variable("SHIPYARD_LOG_ID", TEXT, "the run id where SLIPWAY_RUN_ID is not given", None)
    upstream_run_ids = Variable(
        "SLIPWAY_UPSTREAM_RUN_IDS", TEXT, "run ids of the steps before this one, comma-separated", None
    )
    shipyard_upstream = Variable(
        "SHIPYARD_FLEET_UPSTREAM_LOG_IDS", TEXT, "the same where SLIPWAY_UPSTREAM_RUN_IDS is not given", None
    )
    artifacts_directory = Variable(
        "SHIPYARD_ARTIFACTS_DIRECTORY",
        TEXT,
        "where files go, below the working directory or absolute",
        DEFAULT_DIRECTORY,
    )
    output_directory = Variable(
        OUTPUT_DIRECTORY, TEXT, "a folder that gets each field of the result as a file (Argo Workflows, Tekton)", None
    )
    kestra_outputs = Variable(KESTRA_OUTPUTS, BOOLEAN, "TRUE writes the result as Kestra's outputs line too", False)
    termination_log = Variable(
        TERMINATION_LOG, TEXT, "Kubernetes' terminationMessagePath where it is not /dev/termination-log", None
    )
    dry_run = Variable(
        "SLIPWAY_DRY_RUN", BOOLEAN, "TRUE reads, prints the request that it would send, and changes nothing", False
    )
    retry_timeout = Variable(
        "SLIPWAY_RETRY_TIMEOUT",
        seconds(0, 3600),
        "for how many seconds a call is retried after its first failure",
        60.0,
    )
    read_timeout = Variable(
        "SLIPWAY_READ_TIMEOUT", seconds(1, 3600), "seconds to wait for an answer; five times that for setup tests", 60.0
    )


S = TypeVar("S", bound=RunSettings)


class Outcome:
    """How a story ended: a word for programs, a sentence for people, the exit code, and the operation's data."""

    def __init__(self, status: str, message: str, code: ExitCode = ExitCode.DONE, data: Any = None) -> None:
        self.status = status
        self.message = message
        if not isinstance(code, ExitCode):  # 256 would be cut to 0, which is success
            raise TypeError(f"{code!r} is no exit code")
        self.code = code
        self.data = data


class Run(Generic[S]):
    """What a story works with. ``facts`` are the result line's fields that are known so far."""

    def __init__(self, name: str, settings: S, environ: Mapping[str, str]) -> None:
        self.name = name
        self.settings = settings
        self.vendor = name.partition("/")[0]
        self.redactor = settings.redactor
        for secret in settings.secrets():
            self.redactor.add(secret)
        given = settings.run_id or settings.shipyard_log_id or scheduler_run_id(environ)
        self.run_id = safe_name(given) if given else None
        self.upstream_ids = split_ids(settings.upstream_run_ids or settings.shipyard_upstream or "")
        self.artifacts = Artifacts(settings.artifacts_directory, self.vendor, settings.dry_run)
        self.response_name: str | None = None
        self.response_mode = MODE  # of the response files; PRIVATE_MODE where an answer holds a secret
        self.client: Client | None = None
        self.facts: dict[str, Any] = {}
        self.achieved: str | None = None  # what has been done and stays so, whatever fails after it
        self.speak: Callable[[str], None] = say
        self.sleep: Callable[[float], None] = time.sleep
        self.clock: Callable[[], float] = time.monotonic

    def say(self, text: str) -> None:
        """One line for people, on stderr."""
        self.speak(self.redactor.text(text))

    def note(self, **facts: Any) -> None:
        """Add facts to the result line: ids, moments, links."""
        self.facts.update(facts)

    def save_response(self, answer: Answer, name: str | None = None, listed: bool = True) -> str:
        """Leave the API's answer under ``responses/{name}_response.json`` (default: ``response_name``)."""
        name = name or self.response_name or self.name.replace("/", "_")
        content = response_text(answer, self.redactor.text).encode()
        return self.artifacts.write("responses", f"{name}_response.json", content, self.response_mode, listed)


Story = Callable[[Run[S]], Outcome]
Main = Callable[..., ExitCode]


def blueprint(declaration: type[S]) -> Callable[[Story[S]], Main]:
    """Make a story a program: ``main(environ, argv=()) -> ExitCode``.

    Loads the settings, tells the story, and writes the result whatever happens. ``--help`` and ``--version`` are
    answered here; any other argument is refused, because what is on a command line can be read by others.
    """

    def decorate(story: Story[S]) -> Main:
        def main(environ: Mapping[str, str], argv: Sequence[str] = ()) -> ExitCode:
            module = sys.modules[declaration.__module__]
            name = "/".join(os.path.splitext(os.path.realpath(str(module.__file__)))[0].split(os.sep)[-2:])
            if list(argv) in (["--help"], ["-h"]):
                from shared.help import help_text

                return _print(help_text(name, str(module.__doc__), declaration))
            if list(argv) == ["--version"]:
                return _print(f"slipway {__version__}")
            return _tell(name, story, declaration, environ, argv)

        main.declaration = declaration  # type: ignore[attr-defined]  # the documentation's tables are made from it
        return main

    return decorate


def _tell(
    name: str, story: Story[S], declaration: type[S], environ: Mapping[str, str], argv: Sequence[str]
) -> ExitCode:
    run: Run[S] | None = None
    redactor = Redactor()
    try:
        if argv:
            raise InvalidInput(f"unknown argument{_option(argv[0])}; settings are environment variables, see --help")
        run = Run(name, declaration(environ, redactor), environ)
        run.artifacts.check()
        for warning in run.settings.given.warnings():
            run.say(f"Slipway: warning: {warning}")
        outcome = story(run)
    except Planned:
        outcome = _planned(run)
    except SlipwayError as error:
        lost_file = run and run.achieved and isinstance(error, ArtifactUnusable)
        message = f"{run.achieved}, but {error.message}" if run and lost_file else error.message
        outcome = Outcome(error.status, message, error.code)
        _save_answer(run, error.answer)
    except Interrupted as interruption:
        code = ExitCode.TERMINATED if interruption.name == "SIGTERM" else ExitCode.INTERRUPTED
        outcome = Outcome("interrupted", f"{interruption.name} arrived; a sync that was started goes on", code)
    except (Exception, SystemExit):  # a library's sys.exit() must not pass for success
        write(sys.stderr, _quoted(redactor.text(traceback.format_exc())))
        outcome = Outcome("bug", "a bug in Slipway; please report the traceback on stderr", ExitCode.BUG)
    ignore_signals()
    _conclude(name, run, outcome, environ, redactor)
    return outcome.code


def _option(argument: str) -> str:
    """The name of an option to show in a message. Whatever else was given may be a secret."""
    match = re.match(r"--?[A-Za-z][A-Za-z_-]{1,40}(?==|$)", argument)
    return f" {match[0]}" if match else ""


def _quoted(trace: str) -> str:
    """A traceback for people. No line of it starts with text from outside, which could command a runner."""
    return "".join(f"| {one_line(line, 500)}\n" for line in trace.splitlines())


def _planned(run: Run[S] | None) -> Outcome:
    """The requests in full, of very many the first twenty: no file takes the others, because none is touched."""
    requests = run.client.planned if run and run.client else []
    shown = run.redactor.data(requests[:MOST_PLANNED]) if run else []
    for request in shown:
        say(f"Slipway: dry run: would send {request['method']} {request['url']} {json.dumps(request['body'])}")
    more = f"; {len(requests)} requests would be, the first {len(shown)} in data" if len(requests) > len(shown) else ""
    message = f"dry run: nothing was sent but reads, no file was touched{more}"
    return Outcome("dry_run", message, data={"count": len(requests), "requests": shown})


def _save_answer(run: Run[S] | None, answer: Answer | None) -> None:
    """The answer that caused a failure is kept too; where that fails, the failure itself still decides."""
    if run is None or answer is None or run.response_name is None:
        return
    try:
        run.save_response(answer)
    except ArtifactUnusable as error:
        run.say(f"Slipway: warning: the response was not saved: {error.message}")


def _conclude(name: str, run: Run[S] | None, outcome: Outcome, environ: Mapping[str, str], redactor: Redactor) -> None:
    own: dict[str, Any] = {  # words of ours: a secret that happens to be one of them must not hide it
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
            result["api_calls"] = run.client.calls
            result["quota_remaining"] = run.client.remaining
        result["files"] = run.artifacts.written
    if outcome.data is not None:
        result["data"] = outcome.data
    # Redacted first: to clean is to change, and a changed secret is not found any more.
    result = own | {key: clean(redactor.data(value)) for key, value in result.items()}
    label = "done" if outcome.code == ExitCode.DONE else f"exit {int(outcome.code)}"
    say(f"Slipway: {label}: {result['message']}")
    # "##[" commands an Actions runner, and "##vso[" Azure's, wherever it stands in a line.
    write(sys.stdout, json.dumps(result).replace("##", "#\\u0023") + "\n")
    names = [variable.name for variable in RunSettings.variables()]
    deliver(result, run.settings.given if run else Environment(environ, names))


def clean(value: Any) -> Any:
    """Plain data for the result line: moments as ISO text, text on one line, everything else as JSON knows it."""
    if isinstance(value, datetime):
        return timestamps.write(value)
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # 1e999 in an answer; JSON has no word for it
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [clean(item) for item in value]
    return value


def _print(text: str) -> ExitCode:
    write(sys.stdout, text.rstrip("\n") + "\n")
    return ExitCode.DONE
