"""One execution of a blueprint: its id, its output, the facts of its result, its files."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from shared.artifacts.files import MODE, Artifacts
from shared.artifacts.response_files import response_pieces
from shared.errors import ArtifactUnusable, SlipwayError
from shared.exit_codes import ExitCode
from shared.http.bounds import within
from shared.http.client import Client
from shared.http.response import Answer
from shared.program.run_id import safe_name, scheduler_run_id, split_ids
from shared.program.signals import Interrupted, ignore_signals
from shared.redaction import HIDDEN
from shared.settings.run_settings import RunSettings
from shared.status import Status
from shared.terminal.screen import Painted, Piece, Screen

QUICK = 2.0
"""Seconds that an interrupted run may still use, because the scheduler may kill it soon."""


class Outcome:
    """How an operation ended: a status for programs, a sentence for people, the exit code, the operation's data."""

    def __init__(self, status: Status, message: str, code: ExitCode = ExitCode.DONE, data: Any = None) -> None:
        self.status = status
        self.message = message
        if not isinstance(code, ExitCode):  # the system would cut 256 to 0, which means success
            raise TypeError(f"{code!r} is no exit code")
        self.code = code
        self.data = data
        self.closing = ""  # a last line, shown in a terminal only


class Run:
    """Everything that an operation uses besides its settings. ``facts`` are the result line's fields known so far.

    ``achieved`` describes what was done and stays true even if a later step fails.
    """

    def __init__(self, name: str, settings: RunSettings, environ: Mapping[str, str]) -> None:
        self.name = name
        self.vendor = name.partition("/")[0]
        self.environment = settings.given
        self.dry_run = settings.dry_run
        self.notify_url = settings.notify_url
        self.retry_timeout = settings.retry_timeout
        self.read_timeout = settings.read_timeout
        self.redactor = settings.redactor
        for secret in settings.secrets():
            self.redactor.add(secret)
        given = settings.run_id or settings.shipyard_log_id or scheduler_run_id(environ)
        self.run_id = safe_name(given) if given else None
        self.upstream_ids = split_ids(settings.upstream_run_ids or settings.shipyard_upstream or "")
        self.artifacts = Artifacts(settings.artifacts_directory, self.vendor, settings.dry_run)
        self.client: Client | None = None
        self.facts: dict[str, Any] = {}
        self.achieved: str | None = None
        self.on_retry = ""  # for the message: an effect of a retry that the user may not want
        self.waiting = ""  # during a wait: what goes on after an interruption, and how to see its end
        self.screen = Screen(environ)
        self._last: list[Sequence[Piece]] = []  # lines that are shown together with the verdict
        self.speak: Callable[..., None] = self.screen.say
        self.sleep: Callable[[float], None] = time.sleep
        self.clock: Callable[[], float] = time.monotonic

    def say(self, *pieces: Piece) -> None:
        """Write a line for people to stderr. Painted pieces are coloured in a terminal."""
        clean = self.redactor.text
        self.speak(*(one._replace(text=clean(one.text)) if isinstance(one, Painted) else clean(one) for one in pieces))

    def warn(self, text: str) -> None:
        """Write a warning to stderr and add it to the result's ``warnings``. The same one is written once."""
        warnings = self.facts.setdefault("warnings", [])
        if text not in warnings:
            warnings.append(text)
            self.say(f"Slipway: warning: {text}")

    def say_last(self, *pieces: Piece) -> None:
        """Write a line that belongs to the answer. If stdout is a terminal too, keep it until the result line is
        written, which would scroll it away.
        """
        if self.screen.shows_stdout:
            self._last.append(pieces)
        else:
            self.say(*pieces)

    def say_waiting(self) -> None:
        """Write the lines that ``say_last`` kept."""
        for pieces in self._last:
            self.say(*pieces)

    def waits(self, wanted: bool) -> bool:
        """Return whether a trigger waits, if its settings say ``wanted``. A dry run does not: it started nothing."""
        return wanted and not self.dry_run

    def note(self, **facts: Any) -> None:
        """Add facts such as ids, times and links to the result line."""
        self.facts.update(facts)

    def response_file(self, name: str | None, mode: int = MODE) -> "ResponseFile":
        """Return a context manager that saves the answers of its block: ``responses/{name}_response.json``."""
        return ResponseFile(self, name, mode)

    def save_response(self, answer: Answer, name: str, mode: int = MODE, listed: bool = True) -> str:
        """Save the API's answer as ``responses/{name}_response.json``. Return the path.

        ``listed=False`` keeps the file out of the result line. Secrets are removed from the name too, because it may
        contain an id that the server chose.
        """
        content = response_pieces(answer, self.redactor.text, self.redactor.is_clean)
        name = self.redactor.text(name).replace(HIDDEN, "hidden")
        return self.artifacts.write("responses", f"{name}_response.json", content, mode, listed)


class ResponseFile:
    """Saves an answer, also if the block fails.

    If the block raises a SlipwayError, the answer that caused it is saved. If there is none, or the block is
    interrupted, ``last`` is saved: the answer that a wait read last. While ``name`` is None nothing is saved.
    """

    def __init__(self, run: Run, name: str | None, mode: int) -> None:
        self.name = name
        self.last: Answer | None = None
        self._run = run
        self._mode = mode

    def save(self, answer: Answer) -> str:
        """Save ``answer``. Return the path. Raise ArtifactUnusable."""
        if self.name is None:
            raise ValueError("a response file must have a name before anything is saved in it")
        return self._run.save_response(answer, self.name, self._mode)

    def __enter__(self) -> "ResponseFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SlipwayError):
            ignore_signals()  # the outcome is known; a signal must not replace it
            self._save_failure(error.answer or (None if isinstance(error, ArtifactUnusable) else self.last))
        elif isinstance(error, Interrupted):
            ignore_signals()
            self._save_interrupted()

    def _save_failure(self, answer: Answer | None) -> None:
        """Save the answer of a failure. If saving fails too, the failure itself still decides the exit."""
        if answer is None or self.name is None:
            return
        try:
            self.save(answer)
        except ArtifactUnusable as unusable:
            self._run.say(f"Slipway: warning: the response was not saved: {unusable.message}")

    def _save_interrupted(self) -> None:
        """Save the last answer if that is quick. The exit code does not change."""

        def save() -> bool:
            self._save_failure(self.last)
            return True

        try:
            why = "" if within(QUICK, save) else f"that took more than {QUICK:.0f} s"
        except Exception as error:  # in any case the exit code says that the run was interrupted
            why = str(error)
        if why:
            self._run.say(f"Slipway: warning: what was read last was not saved: {why}")
