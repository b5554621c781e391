"""How far many connectors are: a live line where a person watches, a line a change where a log is kept."""

import sys
import time
from collections.abc import Callable

from shared.exit_codes import ExitCode
from shared.program.run import Run
from shared.terminal.streams import say, write
from shared.timestamps import span

TICK = 1.0
OFTEN = 0.1
"""Seconds between two drawings of the live line."""
_CLEAR = "\r\x1b[K"
_WIDTH = 79


class Progress:
    """``total`` connectors; each is told of when its state changes, once more when it has ended."""

    def __init__(self, run: Run, total: int) -> None:
        self.total = total
        terminal = run.environment.text("TERM") or "dumb"
        self.live = terminal != "dumb" and sys.stderr is not None and sys.stderr.isatty()
        self.done = 0
        self.failed = 0
        self.running = 0
        self._states: dict[str, str] = {}
        self._clock: Callable[[], float] = run.clock
        self._began = run.clock()
        self._drawn = 0.0
        self._run = run
        if self.live:
            run.speak = self._speak

    def changed(self, connector_id: str, state: str, text: str) -> None:
        """A connector is in another state than before, and goes on."""
        before = self._states.get(connector_id)
        if before == state:
            return
        self._states[connector_id] = state
        self.running += (state == "syncing") - (before == "syncing")
        if not self.live:
            self._run.say(f"Fivetran: {connector_id}: {text}")
        self._draw()

    def ended(self, connector_id: str, code: ExitCode, status: str, text: str) -> None:
        """A connector has come to its end; a failure is said in a terminal too."""
        self.running -= self._states.pop(connector_id, "") == "syncing"
        self.done += code == ExitCode.DONE
        self.failed += code != ExitCode.DONE
        if not self.live or code != ExitCode.DONE:
            self._run.say(f"Fivetran: {connector_id}: {text if text else status}")
        self._draw()

    def counts(self) -> str:
        left = self.total - self.done - self.failed - self.running
        waiting = f", {left} waiting" if left > 0 else ""
        return f"{self.done} of {self.total} done, {self.running} running, {self.failed} failed{waiting}"

    def heartbeat(self, text: str) -> None:
        """The counts, from time to time, where there is no live line."""
        if not self.live:
            self._run.say(text)

    def sleep(self, seconds: float) -> None:
        """Sleep; where a person watches, the line's time goes on."""
        end = self._clock() + seconds
        while self.live and (left := end - self._clock()) > TICK:
            self._run.sleep(min(TICK, left))
            self._draw()
        self._run.sleep(max(end - self._clock(), 0.0))

    def close(self) -> None:
        """Leave the last live line where it is."""
        if self._drawn:
            self._draw(at_once=True)
            write(sys.stderr, "\n")
        if self.live:
            self.live = False
            self._run.speak = say

    def _draw(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if self.live and (at_once or now - self._drawn >= OFTEN):
            self._drawn = now
            line = f"Fivetran: {self.counts()} ({span(self._clock() - self._began)})"
            write(sys.stderr, _CLEAR + line[:_WIDTH])

    def _speak(self, text: str) -> None:
        """A line above the live one, where there is one: what has not begun to change has no progress to show."""
        if not self._drawn:
            say(text)
            return
        write(sys.stderr, _CLEAR)
        say(text)
        self._draw(at_once=True)
