"""What became of a trigger: the connector tells where the answer says too little, or is lost. Nothing is sent here."""

from collections.abc import Iterator

from shared.artifacts.record_store import ACCEPTED, REFUSED, UNKNOWN
from shared.confirmation import looks
from shared.errors import AlreadyRunning, SlipwayError, TriggerUnknown
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.policy import Policy
from shared.fivetran.record import Record
from shared.fivetran.record_files import TraceStore
from shared.http.response import Answer
from shared.program.run import Run


class Aftermath:
    """After the one request about a connector. ``trace`` is what was known before it; each way out is written."""

    def __init__(
        self, run: Run, api: Fivetran, policy: Policy, traces: TraceStore, trace: Record, reads_again: bool = True
    ) -> None:
        self.run = run
        self.api = api
        self.policy = policy
        self.traces = traces
        self.trace = trace
        self.reads_again = reads_again
        self.connector_id = trace.connector_id

    def accepted(self) -> Record:
        """The answer said yes. The connector is read once more: what shows now and was not there before is not ours.

        Where a sync was stopped for ours, it is read until ours is seen running, for 30 s at most: only then is it
        plain that a new stamp is the stopped one's.
        """
        accepted = self.trace._replace(state=ACCEPTED)
        self.traces.write(accepted)
        if not self.reads_again and not accepted.stopped_one:
            return accepted
        again = accepted
        for now in self._looks():
            again = accepted.read_again(now)
            if now.syncing or not accepted.stopped_one:
                break
        self.traces.write(again)
        return again

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

    def found(self, error: SlipwayError) -> Record:
        """The answer was lost. The trigger is never sent again; raises TriggerUnknown where no sync shows it."""
        self.run.say(f"{error.message}; the answer was lost, looking whether the request arrived")
        now = self.arrived()
        if now is None:
            self.traces.write(self.trace._replace(state=UNKNOWN))
            raise TriggerUnknown(
                f"Fivetran: unknown whether the trigger of {self.connector_id} arrived ({error.message}); it was not "
                "repeated, because that would restart a sync that it started. Check the sync, or retry with the same "
                "run id",
                error.answer,
            ) from error
        accepted = self.trace._replace(state=ACCEPTED).read_again(now)
        self.traces.write(accepted)
        return accepted

    def arrived(self) -> Connector | None:
        """Read the connector for a while, until it shows that the request arrived. None where it does not."""
        idle = False
        for now in self._looks():
            if _arrived(now, self.trace, idle):
                return now
            idle = idle or now.sync_state == "scheduled"
        return None

    def _runs(self) -> bool:
        now = next(self._looks(), None)
        return now is not None and (now.syncing or _stamped(now, self.trace))

    def _looks(self) -> Iterator[Connector]:
        return looks(self.run, self.api, lambda api: api.get_connector(self.connector_id)[0])


def _stamped(now: Connector, trace: Record) -> bool:
    """A stamp that is of after the trigger, as far as one reading tells."""
    new = trace.new_stamps(now)
    return new.succeeded_at is not None or new.failed_at is not None


def _arrived(now: Connector, trace: Record, idle: bool) -> bool:
    """Newly syncing, or a stamp that was not there. Over a running sync its end and another one prove it."""
    stamped = _stamped(now, trace)
    return now.syncing and (stamped or idle) if trace.running_before else now.syncing or stamped
