"""Show how many connectors are fresh while check_freshness waits."""

from shared.fivetran.batch.row import Row
from shared.program.run import Run
from shared.terminal.progress import RUNNING, Progress


class FreshnessProgress(Progress):
    """The live line of the wait."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, 0, Row.vendor)
        self._goes_on = "it started no sync and stopped none. Run it again to go on waiting."
        run.waiting = self._goes_on  # the message of an interrupted run says this from now on

    def fresh(self, connector_id: str, text: str) -> None:
        """Count a connector that is fresh. ``text`` is reported outside a terminal, unless it is empty."""
        self.running -= self._states.pop(connector_id, "") in RUNNING
        self.done += 1
        if text and not self.live:
            self._run.say(f"{self._vendor}: {connector_id}: {text}")
        self._line.start()

    def counts(self) -> str:
        """Return the counts as text, such as ``51 of 54 fresh, 1 syncing, 2 waiting``."""
        if not self.total:
            return "reading the connectors"
        others = self.total - self.done - self.running
        syncing = f", {self.running} syncing" if self.running else ""
        return f"{self.done} of {self.total} fresh{syncing}" + (f", {others} waiting" if others > 0 else "")
