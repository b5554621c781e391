"""Measure how long the sync that we wait for has run, by the server's clock only."""

from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.sync_watch import Judged
from shared.past_runs import PastRuns
from shared.status import Status
from shared.verdict import Verdict


class SyncAge:
    """The age of one sync. ``usual``: we triggered it and it is no historical sync, so earlier durations apply to it.

    The age of a sync that was already running is not known, and a historical sync takes longer.
    """

    def __init__(self, record: Record | None) -> None:
        self._record = record
        self._began = record.began_at if record else None
        self._postponed = False
        self._unfinished = False  # a poll saw it unfinished, so the next end is this sync's
        self.usual = self._began is not None and (record is None or record.operation == "sync")

    def seen(self, connector: Connector, judged: Judged) -> float | None:
        """Return the age in seconds at this reading, None if it is not known.

        A sync that Fivetran postponed begins when it is first seen to run again.
        """
        self._unfinished = self._unfinished or not judged.final
        if judged.verdict.status == Status.RESCHEDULED:
            self._postponed, self._began = True, None
        elif self._postponed and self._began is None and connector.syncing:
            self._began = connector.read_at
        if self._began is None or connector.read_at is None:
            return None
        return (connector.read_at - self._began).total_seconds()

    def keep(self, verdict: Verdict, connector: Connector, past: PastRuns) -> None:
        """Store its duration if it is exact: we triggered it, it was not postponed, and a poll saw it unfinished."""
        record = self._record
        if record is None or record.before is None or not (self.usual and self._unfinished) or self._postponed:
            return
        if verdict.code in (ExitCode.DONE, ExitCode.SYNC_FAILED):
            succeeded = verdict.code == ExitCode.DONE
            past.keep(self._began, connector.succeeded_at if succeeded else connector.failed_at, succeeded=succeeded)
