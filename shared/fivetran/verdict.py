"""How did the sync go? One pure function of what the server says; no clock of ours is in it."""

from datetime import datetime
from typing import NamedTuple

from shared import timestamps
from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector

_SYNC_STATES = frozenset({"scheduled", "syncing", "paused", "rescheduled"})
_SETUP_STATES = frozenset({"connected", "broken", "incomplete"})


class Baseline(NamedTuple):
    """What was there before the sync that is asked about. A stamp is new if it is later than its own field.

    ``forced``: a running sync was stopped for ours, so a new failure may be the stopped one's.
    ``started``: False where the trigger was refused or never sent.
    """

    succeeded_at: datetime | None
    failed_at: datetime | None
    forced: bool = False
    started: bool = True


class Verdict(NamedTuple):
    """Exit code, a word for programs, a sentence for people."""

    code: ExitCode
    status: str
    reason: str


def verdict(connector: Connector, baseline: Baseline | None) -> Verdict:
    """The documented verdict: failure after the trigger 1, success after it 0, neither 255 or why never.

    Without a baseline the later of the two stamps decides.
    """
    if baseline and not baseline.started:
        return Verdict(
            ExitCode.NOT_STARTED, "not_started", "the step before started nothing: it was refused or not sent"
        )
    success = _new(connector.succeeded_at, baseline.succeeded_at if baseline else None)
    failure = _new(connector.failed_at, baseline.failed_at if baseline else None)
    if success and (not failure or success >= failure):
        return Verdict(ExitCode.DONE, "succeeded", f"the sync succeeded at {timestamps.write(success)}")
    if failure:
        if connector.syncing and baseline and baseline.forced:
            reason = "the sync is running; the new failure may be that of the sync that was stopped for it"
            return Verdict(ExitCode.NOT_FINISHED, "syncing", reason)
        return Verdict(
            ExitCode.SYNC_FAILED, "failed", f"the sync failed at {timestamps.write(failure)}: {connector.why()}"
        )
    return _unfinished(connector)


def _new(stamp: datetime | None, before: datetime | None) -> datetime | None:
    return stamp if stamp is not None and (before is None or stamp > before) else None


def _unfinished(connector: Connector) -> Verdict:
    """Neither stamp is new: still to come, or never without somebody's help."""
    if connector.syncing:
        return Verdict(ExitCode.NOT_FINISHED, "syncing", "the sync is running")
    if connector.paused:
        return Verdict(ExitCode.PAUSED, "paused", f"the connector is paused and will not run; {connector.why()}")
    if connector.broken:
        reason = f"the connector's setup is {connector.setup_state} and it will not run: {connector.why()}"
        return Verdict(ExitCode.SETUP_BROKEN, "setup_broken", reason)
    for state, known in ((connector.sync_state, _SYNC_STATES), (connector.setup_state, _SETUP_STATES)):
        if state not in known:
            reason = f"the state {state!r} is not known to this version of Slipway; {connector.why()}"
            return Verdict(ExitCode.STATE_UNKNOWN, "unknown_state", reason)
    if connector.sync_state != "rescheduled":
        return Verdict(ExitCode.NOT_FINISHED, "scheduled", "the sync is scheduled and has not been seen to end")
    when = timestamps.write(connector.rescheduled_for) or "a time that the API does not say"
    if connector.manual:
        reason = (
            f"Fivetran put the sync off until {when} and, the schedule being manual, will not run it by itself; "
            "trigger it again then, or wait with FIVETRAN_WAIT=TRUE"
        )
        return Verdict(ExitCode.NOT_STARTED, "rescheduled", reason)
    return Verdict(ExitCode.NOT_FINISHED, "rescheduled", f"Fivetran put the sync off until {when}")
