"""One execution of a blueprint, while its story is told: settings, steps said, facts known, files left."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from shared.artifacts.files import MODE, Artifacts
from shared.artifacts.response_files import response_text
from shared.exit_codes import ExitCode
from shared.http.client import Client
from shared.http.response import Answer
from shared.program.run_id import safe_name, scheduler_run_id, split_ids
from shared.settings.run_settings import RunSettings
from shared.terminal.streams import say

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
        self.seen: Answer | None = None  # by the last look of a wait
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

    def saw(self, answer: Answer, facts: Mapping[str, Any]) -> None:
        """What a look of a wait read. It is kept where the wait ends without an answer of its own."""
        self.seen = answer
        self.note(**facts)

    def save_response(self, answer: Answer, name: str | None = None, listed: bool = True) -> str:
        """Leave the API's answer under ``responses/{name}_response.json`` (default: ``response_name``)."""
        name = name or self.response_name or self.name.replace("/", "_")
        content = response_text(answer, self.redactor.text).encode()
        return self.artifacts.write("responses", f"{name}_response.json", content, self.response_mode, listed)
