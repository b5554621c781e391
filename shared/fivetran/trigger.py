"""The trigger's story: look, join or clear away, ask the policies, send once. What became of it is the aftermath.

Nothing is sent before the sidecar says so, so that whoever comes next knows, whenever this process may die.
"""

from collections.abc import Callable
from typing import NamedTuple

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, YOUNG
from shared.errors import (
    TURNED_AWAY,
    AlreadyRunning,
    ArtifactUnusable,
    Paused,
    SetupBroken,
    SlipwayError,
    Unreachable,
)
from shared.fivetran.aftermath import Aftermath
from shared.fivetran.api import Fivetran, data
from shared.fivetran.connector import Connector
from shared.fivetran.policy import Policy
from shared.fivetran.record import Record, execution_time
from shared.fivetran.record_files import Traces, TraceStore
from shared.fivetran.stamps import Reading
from shared.http.response import Answer
from shared.program.run import Run
from shared.status import Status


class Started(NamedTuple):
    """``status`` is triggered, joined or skipped; ``trace`` is what to judge the sync by."""

    status: Status
    message: str
    connector: Connector
    trace: Record
    answer: Answer


class Trigger:
    """One connector's trigger. ``send(force)`` makes the one request that must not be repeated."""

    looked_just_now = True
    """False where the details come from a list that was read a while before: a sync may have begun since."""

    def __init__(
        self,
        run: Run,
        api: Fivetran,
        policy: Policy,
        send: Callable[[str, bool], Answer],
        traces: TraceStore | None = None,
    ) -> None:
        self.run = run
        self.api = api
        self.policy = policy
        self.send = send
        self.traces = traces or Traces(run.artifacts, run.run_id, run.say)

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
        if known := self._of_earlier_try(connector):
            message = "an earlier try of this run started the sync; joined it instead of triggering again"
            self.traces.write(known)  # that try may have died before it wrote all of it
            return Started(Status.JOINED, message, connector, known, answer)
        self.traces.clear(connector_id)
        trace = Record(
            connector_id,
            execution_time(connector),
            INTENDED,
            before=Reading.of(connector),
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
            return Started(Status.SKIPPED, "the connector is paused; skipped as asked", connector, trace, answer)
        if joined == "joined":
            return self._join(connector, trace, answer)
        return self._send(connector, trace, answer)

    def _of_earlier_try(self, connector: Connector) -> Record | None:
        """The record of what an earlier try of this run started and this one joins.

        Where that try did not learn what became of its request, the sync is looked for as after a lost answer: the
        request may still be on its way.
        """
        earlier = self.traces.read(connector.id)
        if earlier is None or earlier.operation != self.policy.operation:
            return None
        now: Connector | None = connector
        if not earlier.answers_retry(connector) and earlier.may_show_late(connector):
            self.run.say(
                f"Fivetran: an earlier try of this run sent a trigger of {connector.id}; looking whether it arrived"
            )
            now = Aftermath(self.run, self.api, self.policy, self.traces, earlier).arrived()
            earlier = earlier._replace(state=ACCEPTED).read_again(now) if now else earlier
        if now is None or not earlier.answers_retry(now):
            return None
        known = earlier._replace(state=ACCEPTED)
        return known.read_again(now) if known.after is None and now.syncing else known

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
            self.traces.write(Record(connector_id, seen_at or timestamps.EPOCH, REFUSED))
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
            from shared.fivetran.update import resume  # costs start-up, and few connectors are paused

            resume(self.run, self.api, connector.id)
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
        states = f"{connector.setup_state or 'in no known setup'} and {connector.sync_state or 'in no known state'}"
        self.run.say(f"Fivetran: {connector.id} is {states}{running}")

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

    def _join(self, connector: Connector, trace: Record, answer: Answer) -> Started:
        joined = trace._replace(state=ACCEPTED, before=Reading.of(connector)._replace(syncing=True), forced=False)
        self.traces.write(joined)
        message = "a sync is running already; joined it, nothing was triggered"
        return Started(Status.JOINED, message, connector, joined, answer)

    def _send(self, connector: Connector, trace: Record, details: Answer) -> Started:
        """The one request. Before it the sidecar says ``sending``, after it what became of it."""
        self.traces.write(trace._replace(state=SENDING))
        aftermath = Aftermath(self.run, self.api, self.policy, self.traces, trace, reads_again=self.looked_just_now)
        what = f"{self.policy.what} of {connector.id} was triggered"
        try:
            answer = self.send(connector.id, self.policy.force)
        except TURNED_AWAY as error:
            return self._join(connector, trace, aftermath.joinable(error))
        except Unreachable as error:
            self.run.achieved = self.run.achieved or f"the trigger of {connector.id} was sent and its answer was lost"
            found = aftermath.found(error)
            self._achieved(connector)
            message = f"{what}; the answer was lost, but the sync is there"
            return Started(Status.TRIGGERED, message, connector, found, error.answer or details)
        self._achieved(connector)
        accepted = aftermath.accepted()
        stopped = "; the one that was running was stopped" if accepted.stopped_one and not self.policy.resync else ""
        return Started(Status.TRIGGERED, f"{what}{stopped}", connector, accepted, answer)

    def _achieved(self, connector: Connector) -> None:
        self.run.achieved = f"{self.policy.what} of {connector.id} was triggered"
