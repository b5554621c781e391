"""Decide how a sync went. Pure functions of the server's answer; the local clock is not used."""

from shared import timestamps
from shared.exit_codes import ExitCode
from shared.fivetran.connector import SET_READY, Connector
from shared.fivetran.record import Record
from shared.fivetran.stamps import SHOWS_WITHIN, NewStamps, Reading, changed
from shared.status import Status
from shared.verdict import Verdict

_SYNC_STATES = frozenset({"scheduled", "syncing", "paused", "rescheduled"})
_SETUP_STATES = frozenset({"connected", "broken", "incomplete"})

_UNDECIDED = (
    "a sync has ended, which may have started before the trigger; it counts once none has been running for "
    f"{SHOWS_WITHIN.seconds} s"
)


def verdict(connector: Connector, record: Record | None) -> Verdict:
    """Return the verdict: 0 for a success after the trigger, 1 for a failure after it, else 255 or why none will come.

    Without a record the later of the two stamps decides.
    """
    if record and not record.started:
        reason = "the step before started nothing: it was refused, skipped or not sent"
        if connector.paused:
            reason += (
                "; the connector is paused. If it may be skipped, wait in execute_sync itself (FIVETRAN_WAIT=TRUE)"
            )
        return Verdict(ExitCode.NOT_STARTED, Status.NOT_STARTED, reason)
    new = record.new_stamps(connector) if record else changed(connector, Reading())
    if record and record.lost_over_one and (new.succeeded_at is None) != (new.failed_at is None):
        return _one_of_two(connector, new)
    if new.success:
        return Verdict(ExitCode.DONE, Status.SUCCEEDED, f"the sync succeeded at {timestamps.write(new.succeeded_at)}")
    if new.failed_at:
        if connector.syncing and record and record.forced:
            reason = "the sync is running; the new failure may be that of the sync that was stopped for it"
            return Verdict(ExitCode.NOT_FINISHED, Status.SYNCING, reason)
        reason = f"the sync failed at {timestamps.write(new.failed_at)}: {connector.why()}"
        return Verdict(ExitCode.SYNC_FAILED, Status.FAILED, reason)
    if record and record.is_queued and connector.paused and not connector.syncing:
        reason = "the historical sync is queued until the connector is resumed"
        resume = "update_connector with FIVETRAN_PAUSED=FALSE resumes it"
        return Verdict(ExitCode.PAUSED, Status.QUEUED, f"{reason}; {resume}")
    found = unfinished(connector)
    if found.status == Status.SCHEDULED and record and record.undecided(connector):
        return found._replace(reason=_UNDECIDED)
    return found


def _one_of_two(connector: Connector, new: NewStamps) -> Verdict:
    """Return the verdict if a sync has ended that may be the triggered one or the one that was running before."""
    if connector.busy:
        return unfinished(connector)
    end = "succeeded" if new.succeeded_at else "failed"
    reason = (
        f"a sync {end} at {timestamps.write(new.succeeded_at or new.failed_at)}; it may be the triggered one or the "
        "one that was running before, because the trigger's answer was lost. Trigger it again"
    )
    return Verdict(ExitCode.TRIGGER_UNKNOWN, Status.UNKNOWN, reason)


def unfinished(connector: Connector) -> Verdict:
    """Return the verdict without a new timestamp: not finished yet, or it will not run by itself."""
    if connector.syncing:
        return Verdict(ExitCode.NOT_FINISHED, Status.SYNCING, "the sync is running")
    if connector.paused:
        return Verdict(ExitCode.PAUSED, Status.PAUSED, f"the connector is paused and will not run; {connector.why()}")
    if connector.broken:
        reason = f"the connector's setup is {connector.setup_state} and it will not run: {connector.why()}"
        return Verdict(ExitCode.SETUP_BROKEN, Status.SETUP_BROKEN, reason)
    if connector.waits_for_approval:
        reason = f"the connector's schema waits for somebody to set it to ready, and no sync will run; {SET_READY}"
        return Verdict(ExitCode.SETUP_BROKEN, Status.SETUP_BROKEN, reason)
    if connector.cut_off:
        reason = (
            f"the destination of group {connector.group_id} is {connector.destination}, so no sync into it will run; "
            "fix it in Fivetran's dashboard"
        )
        return Verdict(ExitCode.SETUP_BROKEN, Status.SETUP_BROKEN, reason)
    for state, known in ((connector.sync_state, _SYNC_STATES), (connector.setup_state, _SETUP_STATES)):
        if state not in known:
            reason = f"the state {state!r} is not known to this version of Slipway; {connector.why()}"
            return Verdict(ExitCode.STATE_UNKNOWN, Status.UNKNOWN_STATE, reason)
    if connector.sync_state != "rescheduled" and connector.reads_schema:
        reason = "Fivetran is reading the connector's schema (blocked_on_capture), and syncs once it has"
        return Verdict(ExitCode.NOT_FINISHED, Status.SCHEDULED, reason)
    if connector.sync_state != "rescheduled":
        return Verdict(ExitCode.NOT_FINISHED, Status.SCHEDULED, "the sync is scheduled and has not been seen to end")
    return postponed(connector)


def postponed(connector: Connector, advice: str = "trigger it again then, or wait with FIVETRAN_WAIT=TRUE") -> Verdict:
    """Return the verdict of a sync that Fivetran put off. ``advice`` is given if it will not run it by itself."""
    when = timestamps.write(connector.rescheduled_for) or "a time that the API does not say"
    if connector.manual:
        reason = (
            f"Fivetran put the sync off until {when} and will not run it by itself, because the schedule is manual; "
            f"{advice}"
        )
        return Verdict(ExitCode.NOT_STARTED, Status.RESCHEDULED, reason)
    return Verdict(ExitCode.NOT_FINISHED, Status.RESCHEDULED, f"Fivetran put the sync off until {when}")
