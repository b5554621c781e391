"""Turn an operation into a program: answer arguments, load settings, call the operation, always write a result.

``@blueprint(Settings)`` turns an operation into ``main(environ, argv) -> ExitCode``. This is the only place where
exceptions become a message and an exit code. A bug keeps its traceback.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from shared import __version__
from shared.errors import ArtifactUnusable, InvalidInput, SlipwayError
from shared.exit_codes import ExitCode
from shared.http.client import Planned
from shared.program.outputs import DAGSTER_PIPES
from shared.program.result import conclude
from shared.program.run import Outcome, Run
from shared.program.signals import TO_LEAVE, Interrupted, begin, ignore_signals, leave_within, result_is_known
from shared.program.startup import leave_with, loaded
from shared.program.unexpected import expected
from shared.redaction import Redactor
from shared.settings.kinds import BOOLEAN
from shared.settings.run_settings import RunSettings
from shared.status import Status
from shared.terminal.streams import say, write

if TYPE_CHECKING:
    from shared.program.outputs.dagster_pipes import Pipes

MOST_PLANNED = 20
"""The most requests of a dry run that are shown."""
S = TypeVar("S", bound=RunSettings)
Operation = Callable[[Run, S], Outcome]
Main = Callable[..., ExitCode]


def blueprint(declaration: type[S]) -> Callable[[Operation[S]], Main]:
    """Turn an operation into ``main(environ, argv=()) -> ExitCode``.

    ``main`` loads the settings, calls the operation, and writes a result in any case. It answers ``--help`` and
    ``--version`` and refuses every other argument, because other users can read command lines.
    """

    def decorate(operation: Operation[S]) -> Main:
        def main(environ: Mapping[str, str], argv: Sequence[str] = ()) -> ExitCode:
            module = sys.modules[declaration.__module__]
            name = "/".join(os.path.splitext(os.path.realpath(str(module.__file__)))[0].split(os.sep)[-2:])
            if list(argv) in (["--help"], ["-h"], ["--help", "all"]):
                from shared.settings.help import full_help_text, help_text, terminal_width

                text = full_help_text if argv[1:] else help_text
                return _print(text(name, str(module.__doc__), declaration, terminal_width()))
            if list(argv) == ["--version"]:
                return _print(f"slipway {__version__}")
            return _execute(name, operation, declaration, environ, argv)

        main.declaration = declaration  # type: ignore[attr-defined]  # the documentation's tables are made from it
        return main

    return decorate


def _execute(
    name: str, operation: Operation[S], declaration: type[S], environ: Mapping[str, str], argv: Sequence[str]
) -> ExitCode:
    run: Run | None = None
    settings: S | None = None
    redactor = Redactor()
    outcome: Outcome | None = None
    pipes: Pipes | None = None
    try:  # around everything else, because a signal may arrive at any time
        begin()
        loaded()
        pipes = _dagster(environ)
        try:
            if argv:
                raise InvalidInput(f"unknown argument{_option(argv[0], declaration)}; see --help")
            settings = declaration(environ, redactor)
            run = Run(name, settings, environ)
            if pipes:
                run.speak = pipes.heard(run.speak)
            run.artifacts.check()
            for warning in settings.warnings:
                run.warn(warning)
            for note in settings.notes:
                run.say(f"Slipway: {note}")
            outcome = operation(run, settings)
        except Interrupted:
            raise
        except Planned:
            outcome = _planned(run)
        except SlipwayError as error:
            ignore_signals()  # the outcome is known
            lost_file = run and run.achieved and isinstance(error, ArtifactUnusable)
            message = f"{run.achieved}, but {error.message}" if run and lost_file else error.message
            outcome = Outcome(error.status, message, error.code)
        except (Exception, SystemExit) as error:  # a library's sys.exit() must not look like success
            failure = expected(error, redactor)
            outcome = Outcome(failure.status, failure.message, failure.code)
        ignore_signals()
    except Interrupted as interruption:
        ignore_signals()
        leave_within(TO_LEAVE, 128 + interruption.number)
        outcome = outcome or _interrupted(interruption, run)
    result_is_known(outcome.code)
    if settings and outcome.code == ExitCode.CREDENTIALS_REFUSED:
        outcome.message = "; ".join([outcome.message, *settings.suspicions()])
    elif run and run.on_retry and outcome.code.retry:
        outcome.message = f"{outcome.message.removesuffix('.')}; {run.on_retry}"
    result = conclude(name, run, outcome, environ, redactor)
    if pipes:
        pipes.close(result)
    leave_within(0, outcome.code)
    leave_with(outcome.code)
    return outcome.code


def _dagster(environ: Mapping[str, str]) -> "Pipes | None":
    """Return the connection to Dagster if it started this process by Pipes."""
    if not any(environ.get(name) for name in DAGSTER_PIPES):
        return None
    from shared.program.outputs.dagster_pipes import Pipes  # few processes need it

    return Pipes(environ).open()


def _interrupted(interruption: Interrupted, run: Run | None) -> Outcome:
    codes = {"SIGHUP": ExitCode.HUNG_UP, "SIGTERM": ExitCode.TERMINATED}
    code = codes.get(interruption.name, ExitCode.INTERRUPTED)
    if not run or not run.waiting:
        return Outcome(Status.INTERRUPTED, f"{interruption.name} arrived; a sync that was started goes on", code)
    stopped = "Stopped waiting" if code == ExitCode.INTERRUPTED else f"{interruption.name} arrived: stopped waiting"
    return Outcome(Status.INTERRUPTED, f"{stopped}; {run.waiting}", code)


def _option(argument: str, declaration: type[RunSettings]) -> str:
    """Return an option's name and the setting to use instead, for a message. Anything else may be a secret."""
    known = declaration.variables()
    name = argument.partition("=")[0]
    if name != argument and name in {one.name for one in known}:
        return f" {name}=...; write it before the command, or export it"
    match = re.match(r"--?[A-Za-z][A-Za-z_-]{1,40}(?==|$)", argument)
    if not match:
        return "; settings are environment variables"
    meant = match[0].strip("-").replace("-", "_").lower()
    found = [one for one in known if meant in (one.field, one.name.lower())]
    found = found or [one for one in known if one.name.lower().endswith("_" + meant)]
    if len(found) != 1:
        return f" {match[0]}; settings are environment variables"
    return f" {match[0]}; set {found[0].name}{'=TRUE' * (found[0].kind is BOOLEAN)} instead"


def _planned(run: Run | None) -> Outcome:
    """Return the outcome of a dry run with its requests, at most the first twenty (a dry run writes no file)."""
    requests = run.client.planned if run and run.client else []
    shown = run.redactor.data(requests[:MOST_PLANNED]) if run else []
    for request in shown:
        say(f"Slipway: dry run: would send {request['method']} {request['url']} {json.dumps(request['body'])}")
    more = f"; {len(requests)} requests would be, the first {len(shown)} in data" if len(requests) > len(shown) else ""
    message = f"dry run: nothing was sent but reads, no file was touched{more}"
    return Outcome(Status.DRY_RUN, message, data={"count": len(requests), "requests": shown})


def _print(text: str) -> ExitCode:
    write(sys.stdout, text.rstrip("\n") + "\n")
    return ExitCode.DONE
