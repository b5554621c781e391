"""The trigger's story: look, join or clear away, ask the policies, send once, and know what became of it.

Nothing is sent before the sidecar says so, so that whoever comes next knows, whenever this process may die.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shared import timestamps
from shared.answer import Answer
from shared.errors import (
    AlreadyRunning,
    ArtifactUnusable,
    CredentialsRefused,
    NotArrived,
    Paused,
    RateLimited,
    RequestRefused,
    SetupBroken,
    SlipwayError,
    TriggerUnknown,
    UnknownId,
    Unreachable,
)
from shared.fivetran.api import Fivetran, data
from shared.fivetran.connector import Connector
from shared.fivetran.trace import Trace, execution_time
from shared.fivetran.traces import Traces, TraceStore
from shared.looks import looks
from shared.run import Run
from shared.variables import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN, YOUNG

_TURNED_AWAY = (RequestRefused, CredentialsRefused, UnknownId, RateLimited, NotArrived)
"""Whatever these say of the request, it started nothing."""


class Policy(NamedTuple):
    """What may happen before something is started; the values are those of the variables.

    ``resync``: a historical sync, of ``scope`` (None: of everything). Fivetran tries to complete a running one first,
    or turns it away with 409.
    """

    force: bool = True
    on_running: str = "join"
    on_paused: str = "fail"
    on_broken: str = "fail"
    resync: bool = False
    scope: Mapping[str, Sequence[str]] | None = None

    @property
    def operation(self) -> str:
        """What a retry must ask for too to be one: a sync, or a historical one of the same scope."""
        return f"resync {json.dumps(self.scope, sort_keys=True)}" if self.resync else "sync"

    @property
    def what(self) -> str:
        return "a historical sync" if self.resync else "a sync"

    def of_running(self) -> str:
        """What becomes of a sync that is running."""
        if self.resync:
            return "Fivetran tries to complete it first"
        return f"it will {'be stopped and restarted' if self.force else 'not be interrupted'} (FIVETRAN_FORCE)"


class Started(NamedTuple):
    """``status`` is triggered, joined or skipped; ``trace`` is what to judge the sync by."""

    status: str
    message: str
    connector: Connector
    trace: Trace
    answer: Answer


class Trigger:
    """One connector's trigger. ``send(force)`` makes the one request that must not be repeated."""

    looked_just_now = True
    """False where the details come from a list that was read a while before: a sync may have begun since."""

    def __init__(
        self,
        run: Run[Any],
        api: Fivetran,
        policy: Policy,
        send: Callable[[str, bool], Answer],
        traces: TraceStore | None = None,
    ) -> None:
        self.run = run
        self.api = api
        self.policy = policy
        self.send = send
        self.traces = traces or Traces(run.artifacts, run.run_id)

    def start(self, connector_id: str) -> Started:
        """Tell the whole story for one connector. Raises the SlipwayError that ended it; the sidecar says how far."""
        try:
            connector, answer = self.api.get_connector(connector_id)
        except SlipwayError as error:
            self.nothing_sent(connector_id, error)
            raise
        self.run.note(**connector.facts(), execution_time=execution_time(connector))
        return self.begin(connector, answer)

    def begin(self, connector: Connector, answer: Answer) -> Started:
        """The story from where the connector's details are known; ``answer`` is what they were read from."""
        connector_id = connector.id
        earlier = self.traces.read(connector_id)
        if earlier and earlier.operation == self.policy.operation and earlier.answers_retry(connector):
            message = "an earlier try of this run started the sync; joined it instead of triggering again"
            known = earlier._replace(state=ACCEPTED)
            self.traces.write(known)  # that try may have died before it wrote all of it
            return Started("joined", message, connector, known, answer)
        self.traces.clear(connector_id)
        trace = Trace(
            connector_id,
            execution_time(connector),
            INTENDED,
            connector.succeeded_at,
            connector.failed_at,
            running_before=connector.syncing,
            forced=self.policy.force and (connector.syncing or not self.looked_just_now),
            operation=self.policy.operation,
        )
        self.traces.write(trace)
        try:
            joined = self._allowed(connector)
        except SlipwayError as error:
            self.traces.write(trace._replace(state=REFUSED))
            error.answer = error.answer or answer
            raise
        if joined == "skipped":
            self.traces.write(trace._replace(state=REFUSED))
            return Started("skipped", "the connector is paused; skipped as asked", connector, trace, answer)
        if joined == "joined":
            return self._join(connector, trace, answer)
        return self._send(connector, trace, answer)

    def nothing_sent(self, connector_id: str, error: SlipwayError) -> None:
        """Not even read, so nothing was sent: yesterday's files must not answer for that. What this run's own earlier
        try started stays known, because a later try is to join it.
        """
        seen_at = error.answer.date if error.answer else None
        try:
            earlier = self.traces.read(connector_id)
            if earlier and earlier.started and (seen_at is None or seen_at - earlier.execution_time < YOUNG):
                return
            self.traces.clear(connector_id)
            self.traces.write(Trace(connector_id, seen_at or timestamps.EPOCH, REFUSED))
        except ArtifactUnusable as unusable:  # what the API said decides
            self.run.say(f"Slipway: warning: {unusable.message}")

    def _allowed(self, connector: Connector) -> str:
        """The policies: ``joined``, ``skipped`` or ``go``; or the error that says why not."""
        self._say_decision(connector)
        if connector.paused:
            if self.policy.on_paused == "skip":
                return "skipped"
            if self.policy.on_paused == "fail":
                raise Paused(
                    f"Fivetran: {connector.id} is paused, so a sync would never start; resume it, "
                    "or set FIVETRAN_ON_PAUSED=resume or skip"
                )
            self.run.say(f"Fivetran: {connector.id} is paused; resuming it as FIVETRAN_ON_PAUSED says")
            self.api.resume(connector.id)
        if connector.broken:
            self._mend(connector)
        if connector.syncing and not self.policy.force:
            if self.policy.on_running == "fail":
                raise AlreadyRunning(f"Fivetran: a sync of {connector.id} is running and is not to be interrupted")
            return "joined" if self.policy.on_running == "join" else "go"
        return "go"

    def _say_decision(self, connector: Connector) -> None:
        """Before anything is sent, so that a dry run says it too."""
        running = f"; a sync is running and {self.policy.of_running()}" if connector.syncing else ""
        self.run.say(f"Fivetran: {connector.id} is {connector.setup_state} and {connector.sync_state}{running}")

    def _mend(self, connector: Connector) -> None:
        """The setup is broken or incomplete: fail, test again, or go on regardless."""
        state = f"Fivetran: the setup of {connector.id} is {connector.setup_state}"
        if self.policy.on_broken == "fail":
            raise SetupBroken(f"{state}: {connector.why()}; or set FIVETRAN_ON_BROKEN=test or sync")
        if self.policy.on_broken == "sync":
            self.run.say(f"{state}; triggering all the same, as FIVETRAN_ON_BROKEN says")
            return
        self.run.say(f"{state}; running its setup tests, as FIVETRAN_ON_BROKEN says")
        answer = self.api.run_setup_tests(connector.id)
        tested = Connector(data(answer))
        if tested.broken:
            raise SetupBroken(f"{state} and its setup tests did not mend it: {tested.why()}", answer)

    def _join(self, connector: Connector, trace: Trace, answer: Answer) -> Started:
        joined = trace._replace(state=ACCEPTED, running_before=True, forced=False)
        self.traces.write(joined)
        message = "a sync is running already; joined it, nothing was triggered"
        return Started("joined", message, connector, joined, answer)

    def _send(self, connector: Connector, trace: Trace, details: Answer) -> Started:
        """The one request. Before it the sidecar says ``sending``, after it what became of it."""
        self.traces.write(trace._replace(state=SENDING))
        try:
            answer = self.send(connector.id, self.policy.force)
        except _TURNED_AWAY as error:
            if error.answer is not None and error.answer.status == 409:
                return self._conflict(connector, trace, error)
            self.traces.write(trace._replace(state=REFUSED))
            raise
        except Unreachable as error:
            return self._look_for(connector, trace, error, details)
        self._achieved(connector)
        accepted = self._with_stopped_sync(trace._replace(state=ACCEPTED))
        self.traces.write(accepted)
        stopped = "; the one that was running was stopped" if accepted.stopped_one and not self.policy.resync else ""
        message = f"{self.policy.what} of {connector.id} was triggered{stopped}"
        return Started("triggered", message, connector, accepted, answer)

    def _achieved(self, connector: Connector) -> None:
        self.run.achieved = f"{self.policy.what} of {connector.id} was triggered"

    def _conflict(self, connector: Connector, trace: Trace, error: SlipwayError) -> Started:
        """409: a sync was started between our look and our request, or something else is in the way.

        The API uses 409 for more than running syncs, so only a sync that can be seen is joined.
        """
        now = next(self._looks(connector.id, 0.0), None)
        running = now is not None and (now.syncing or _stamped(now, trace))
        if running and self.policy.on_running == "join" and error.answer is not None:
            return self._join(connector, trace, error.answer)
        self.traces.write(trace._replace(state=REFUSED))
        if running:
            raise AlreadyRunning(f"{error.message}: a sync is already running", error.answer) from error
        if self.policy.resync:  # the only 409 that is documented for it, and the sync may have ended since
            raise AlreadyRunning(f"{error.message}: a sync was running and was not completed", error.answer) from error
        raise error

    def _with_stopped_sync(self, trace: Trace) -> Trace:
        """Stamps that the stopped sync left belong to what was there before ours: they move into the baseline.

        Only once ours is seen running: a stamp beside a sync that has ended may be ours. Where there is a new stamp
        and nothing runs, ``syncing`` may just show late, so that is looked at again.
        """
        if not trace.stopped_one:
            return trace
        self.traces.write(trace)
        for now in self._looks(trace.connector_id):
            if now.syncing:
                return trace._replace(succeeded_at=now.succeeded_at, failed_at=now.failed_at)
            if not _stamped(now, trace):
                break
        return trace

    def _look_for(self, connector: Connector, trace: Trace, error: SlipwayError, details: Answer) -> Started:
        """The answer was lost. The trigger is never sent again; the connector tells whether it arrived."""
        self.run.say(f"{error.message}; the trigger's answer was lost, looking whether it arrived")
        idle = False
        for now in self._looks(connector.id):
            if _arrived(now, trace, idle):
                accepted = trace._replace(state=ACCEPTED)
                if trace.stopped_one:  # the stamp that shows the restart is the stopped sync's
                    accepted = accepted._replace(succeeded_at=now.succeeded_at, failed_at=now.failed_at)
                self.traces.write(accepted)
                message = (
                    f"{self.policy.what} of {connector.id} was triggered; the answer was lost, but the sync is there"
                )
                return Started("triggered", message, connector, accepted, error.answer or details)
            idle = idle or now.sync_state == "scheduled"
        self.traces.write(trace._replace(state=UNKNOWN))
        raise TriggerUnknown(
            f"Fivetran: unknown whether the trigger of {connector.id} arrived ({error.message}); it was not repeated, "
            "because that would restart a sync that it started. Check the sync, or retry with the same run id",
            error.answer,
        ) from error

    def _looks(self, connector_id: str, seconds: float | None = None) -> Iterator[Connector]:
        return looks(self.run, lambda: self.api.get_connector(connector_id)[0], seconds)


def _stamped(now: Connector, trace: Trace) -> bool:
    """A stamp that was not there before the trigger."""
    pairs = ((now.succeeded_at, trace.succeeded_at), (now.failed_at, trace.failed_at))
    return any(stamp is not None and stamp > (before or timestamps.EPOCH) for stamp, before in pairs)


def _arrived(now: Connector, trace: Trace, idle: bool) -> bool:
    """Newly syncing, or a stamp that was not there. Over a running sync its end and another one prove it."""
    stamped = _stamped(now, trace)
    return now.syncing and (stamped or idle) if trace.running_before else now.syncing or stamped
