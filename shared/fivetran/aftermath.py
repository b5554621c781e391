"""What became of a trigger: the connector tells where the answer says too little, or is lost. Nothing is sent here."""

from collections.abc import Iterator

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, REFUSED, UNKNOWN
from shared.confirmation import look_for, looks
from shared.errors import AlreadyRunning, SlipwayError, TriggerUnknown
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.policy import Policy
from shared.fivetran.record import Trace
from shared.fivetran.record_files import TraceStore
from shared.http.response import Answer
from shared.program.run import Run


class Aftermath:
    """After the one request about a connector. ``trace`` is what was known before it; each way out is written."""

    def __init__(self, run: Run, api: Fivetran, policy: Policy, traces: TraceStore, trace: Trace) -> None:
        self.run = run
        self.api = api
        self.policy = policy
        self.traces = traces
        self.trace = trace
        self.connector_id = trace.connector_id

    def accepted(self) -> Trace:
        """The answer said yes.

        Stamps that a stopped sync left belong to what was there before ours: they move into the baseline. Only once
        ours is seen running: a stamp beside a sync that has ended may be ours. Where there is a new stamp and nothing
        runs, ``syncing`` may just show late, so that is looked at again.
        """
        accepted = self.trace._replace(state=ACCEPTED)
        self.traces.write(accepted)
        if not accepted.stopped_one:
            return accepted
        for now in self._looks():
            if now.syncing:
                accepted = _with_stamps(accepted, now)
                self.traces.write(accepted)
                break
            if not _stamped(now, self.trace):
                break
        return accepted

    def joinable(self, error: SlipwayError) -> Answer:
        """The request was turned away: returns the answer where that is for a sync that may be joined, else raises.

        That is a 409: a sync was started between our look and our request, or something else is in the way. The API
        uses 409 for more than running syncs, so only a sync that can be seen is joined.
        """
        conflict = error.answer if error.answer is not None and error.answer.status == 409 else None
        running = conflict is not None and self._runs()
        if conflict and running and self.policy.on_running == "join":
            return conflict
        self.traces.write(self.trace._replace(state=REFUSED))
        if running:
            raise AlreadyRunning(f"{error.message}: a sync is already running", conflict) from error
        if conflict and self.policy.resync:  # the only 409 documented for it, and the sync may have ended since
            raise AlreadyRunning(f"{error.message}: a sync was running and was not completed", conflict) from error
        raise error

    def found(self, error: SlipwayError) -> Trace:
        """The answer was lost. The trigger is never sent again; raises TriggerUnknown where no sync shows it."""
        idle = False

        def arrived(api: Fivetran) -> Connector | None:
            nonlocal idle
            now, _ = api.get_connector(self.connector_id)
            if _arrived(now, self.trace, idle):
                return now
            idle = idle or now.sync_state == "scheduled"
            return None

        now = look_for(self.run, self.api, error, arrived)
        if now is None:
            self.traces.write(self.trace._replace(state=UNKNOWN))
            raise TriggerUnknown(
                f"Fivetran: unknown whether the trigger of {self.connector_id} arrived ({error.message}); it was not "
                "repeated, because that would restart a sync that it started. Check the sync, or retry with the same "
                "run id",
                error.answer,
            ) from error
        accepted = self.trace._replace(state=ACCEPTED)
        if accepted.stopped_one:  # the stamp that shows the restart is the stopped sync's
            accepted = _with_stamps(accepted, now)
        self.traces.write(accepted)
        return accepted

    def _runs(self) -> bool:
        now = next(self._looks(), None)
        return now is not None and (now.syncing or _stamped(now, self.trace))

    def _looks(self) -> Iterator[Connector]:
        return looks(self.run, self.api, lambda api: api.get_connector(self.connector_id)[0])


def _with_stamps(trace: Trace, now: Connector) -> Trace:
    return trace._replace(succeeded_at=now.succeeded_at, failed_at=now.failed_at)


def _stamped(now: Connector, trace: Trace) -> bool:
    """A stamp that was not there before the trigger."""
    pairs = ((now.succeeded_at, trace.succeeded_at), (now.failed_at, trace.failed_at))
    return any(stamp is not None and stamp > (before or timestamps.EPOCH) for stamp, before in pairs)


def _arrived(now: Connector, trace: Trace, idle: bool) -> bool:
    """Newly syncing, or a stamp that was not there. Over a running sync its end and another one prove it."""
    stamped = _stamped(now, trace)
    return now.syncing and (stamped or idle) if trace.running_before else now.syncing or stamped
