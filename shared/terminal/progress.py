"""The progress of a wait: a live line in a terminal, a line for each change in a log.

``OneProgress`` and ``Progress`` implement ``shared.polling.Reporter``.
"""

import sys
from collections.abc import Sequence
from math import ceil

from shared.exit_codes import ExitCode
from shared.program.run import Run
from shared.status import Status
from shared.terminal.colours import colour_of
from shared.terminal.screen import Painted, Piece, columns, cut_in_the_middle
from shared.timestamps import elapsed, span

SPINNER, PLAIN_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
TURN = 0.1
"""Seconds between two frames of the spinner."""
RUNNING = frozenset({"syncing", "running"})
GOES_ON = {"fivetran/run_transformation": "the transformation goes on. list_transformations tells how it went."}
"""The end of the message of an interrupted wait, for blueprints that do not wait for a sync."""
MOST_NAMED = 3
"""As many of those that are left at the end of a batch's wait are named."""
BAR, SHORTEST_BAR = 20, 8
"""Usual and minimum width of the bar, in columns."""


class _Watched:
    """The part that both live lines share: the time waited and the time of the next poll."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._clock = run.clock
        self._began = run.clock()
        self._next: float | None = None
        self._line = run.screen.live_line(self.pieces)
        self._goes_on = GOES_ON.get(run.name, "the sync goes on. check_sync_status tells how it went.")

    @property
    def live(self) -> bool:
        return self._run.screen.live

    def reading(self, text: str) -> None:
        """Report what the last poll read. A live line shows it already."""
        if not self.live:
            self._run.say(text)

    def trouble(self, text: str) -> None:
        """Report a failed poll. The wait goes on."""
        self._run.say(text)

    def sleep(self, seconds: float) -> None:
        """Sleep until the next poll."""
        self._run.waiting = self._goes_on
        self._next = self._clock() + seconds
        self._run.sleep(seconds)
        self._next = None

    def pieces(self, width: int) -> Sequence[Piece]:
        raise NotImplementedError

    @property
    def _waited(self) -> str:
        return elapsed(self._clock() - self._began)

    @property
    def _next_check(self) -> str:
        """Say when the next poll is, rounded up: at 0 s it has begun."""
        left = None if self._next is None else ceil(max(self._next - self._clock(), 0))
        return "checking" if left is None else f"next check in {elapsed(left)}"


class OneProgress(_Watched):
    """The wait for one connector or job, as a context manager. The live line shows ``name`` and ``state``.

    ``last_took``: seconds that the last run took, None if that is not known.
    """

    def __init__(self, run: Run, name: str, last_took: float | None = None) -> None:
        super().__init__(run)
        self.state = "starting"
        self.name = name
        self.last_took = last_took

    def __enter__(self) -> "OneProgress":
        self._run.waiting = self._goes_on
        self._line.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._line.stop()

    def pieces(self, width: int) -> Sequence[Piece]:
        """Render ``⠹ speak_inexpensive · syncing · 2 min 14 s · last run took 6 min · next check in 11 s``.

        In a narrow window shorten the words, then drop the last run, then the next check, then shorten the name.
        """
        between = f" {dot()} "
        state = self._run.redactor.text(self.state)
        took = [] if self.last_took is None else [f"last run took {span(self.last_took)}"]
        full = [self._waited, *took, self._next_check]
        terse = [part.replace("last run took", "last took").replace("next check in", "next in") for part in full]
        for times in (full, terse, [self._waited, self._next_check], [self._waited]):
            rest = between.join(["", state, *times])
            room = width - 2 - columns(rest)
            if columns(self.name) <= room:
                break
        name = cut_in_the_middle(self.name, max(room, 8))
        painted = Painted(state, colour_of(state))
        return [spinner(self._clock()), " ", Painted(name, "bold"), between, painted, between.join(["", *times])]


class Progress(_Watched):
    """The wait for ``total`` subjects. Each is reported when its state changes and when it has ended."""

    def __init__(self, run: Run, total: int, vendor: str) -> None:
        super().__init__(run)
        self._vendor = vendor
        self.total = total
        self._goes_on = "the syncs go on. check_sync_status tells how they went."
        self.done = 0
        self.failed = 0
        self.running = 0
        self._states: dict[str, str] = {}

    def changed(self, subject: str, state: str, text: str) -> None:
        """Report a subject's state. Nothing is written if it is the same as before."""
        before = self._states.get(subject)
        if before == state:
            return
        self._states[subject] = state
        self.running += (state in RUNNING) - (before in RUNNING)
        if not self.live:
            self._run.say(f"{self._vendor}: {subject}: {text}")
        self._line.start()

    def ended(self, subject: str, code: ExitCode, status: Status, text: str) -> None:
        """Report that a subject is finished. A failure is a line in a terminal, too."""
        self.running -= self._states.pop(subject, "") in RUNNING
        self.done += code == ExitCode.DONE
        self.failed += code != ExitCode.DONE
        if not self.live or code != ExitCode.DONE:
            self._run.say(f"{self._vendor}: {subject}: {text if text else status}")
        self._line.start()

    def counts(self) -> str:
        """Return the counts, as in ``3 of 8 finished (1 failed), 4 running, 1 waiting``."""
        finished = self.done + self.failed
        failed = f" ({self.failed} failed)" if self.failed else ""
        waiting = self.total - finished - self.running
        return f"{finished} of {self.total} finished{failed}, {self.running} running" + (
            f", {waiting} waiting" if waiting > 0 else ""
        )

    def summary(self) -> str:
        """Return the counts, and at the end of a long wait the subjects that are left: ``...: c1, c2``."""
        left = self.total - self.done - self.failed
        names = f": {', '.join(self._states)}" if 0 < left == len(self._states) <= MOST_NAMED < self.total else ""
        return self.counts() + names

    def pieces(self, width: int) -> Sequence[Piece]:
        """Render ``⠹ ━━━━━─────────────  2 of 8 finished (1 failed), 6 running · 2 min 14 s · next check in 11 s``."""
        between = f" {dot()} "
        times = between.join(["", self._waited, self._next_check])
        room = min(width - 4 - columns(self.counts() + times), BAR)
        bar = self._bar(room) if room >= SHORTEST_BAR else []
        if 2 + columns(self.counts() + times) > width:
            times = between + self._waited
        whole = self._run.redactor.text(self.summary())
        before = 2 + (room + 2 if bar else 0)
        counts = whole if before + columns(whole + times) <= width else self.counts()
        return [spinner(self._clock()), " ", *bar, counts, times]

    def _bar(self, size: int) -> list[Piece]:
        """Return the bar: succeeded and failed parts in their colours, the rest thin."""
        full, thin = ("━", "─") if _can_show("━─") else ("#", ".")
        total = max(self.total, 1)
        done = size * self.done // total
        finished = size * (self.done + self.failed) // total
        return [
            Painted(full * done, "green"),
            Painted(full * (finished - done), "red"),
            Painted(thin * (size - finished), "dim"),
            "  ",
        ]

    def close(self) -> None:
        """Remove the live line."""
        self._line.stop()


def spinner(now: float) -> Painted:
    """Return the spinner's character at the time ``now`` (seconds)."""
    frames = SPINNER if _can_show(SPINNER) else PLAIN_SPINNER
    return Painted(frames[int(now / TURN) % len(frames)], "cyan")


def dot() -> str:
    """Return the separator of two parts."""
    return "·" if _can_show("·") else "-"


def _can_show(text: str) -> bool:
    """Return whether stderr's encoding has these characters."""
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError, AttributeError):
        return False
    return True
