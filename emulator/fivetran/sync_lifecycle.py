"""The state machine of a connection's syncs. Nothing runs in the background: `advance` is called at each request.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/sync-connection and
https://fivetran.com/docs/rest-api/api-reference/connections/connection-details. There is no failed state:
after a failure a connection is `scheduled` again and `failed_at` is later than before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.fivetran.connector import Connector, Outcome, Run
from emulator.fivetran.schema_config import refreshed
from emulator.fivetran.switches import Switches

HISTORY_KEPT = 50  # syncs per connection
BLOCKED = ("blocked_on_capture", "blocked_on_customer")  # values of schema_status; no data moves
DAY = 86400.0  # seconds
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
CATCH_UP = 1000  # syncs advanced per request: one that is rescheduled without delay would never end


@dataclass
class Moment:
    """The current time, and the settings on which syncs depend."""

    now: float  # seconds since the epoch, by the emulator's clock
    sync_seconds: float
    switches: Switches
    stopped_groups: frozenset[str] = frozenset()  # groups whose destination is not connected

    def stamp(self, when: float) -> float:
        """Convert a time of the emulator's clock into a timestamp of the API."""
        return when + self.switches.stamp_skew


def shown_state(one: Connector, at: Moment) -> str:
    """Return `status.sync_state`."""
    if one.sync_state is not None:
        return one.sync_state
    if one.paused:
        return "paused"
    if one.run is not None and at.now >= one.run.shows_at:
        return "syncing"
    return "rescheduled" if one.rescheduled_for is not None else "scheduled"


def advance(one: Connector, at: Moment) -> None:
    """Advance a connection to the current time: end finished syncs, start due ones."""
    if one.schema_status == "blocked_on_capture" and (one.capture_ends_at or at.now + 1.0) <= at.now:
        one.schema_status, one.capture_ends_at = "ready", None
    if one.resync_queued and not one.paused and not is_stopped(one, at):
        resync(one, at)
    for _ in range(CATCH_UP):
        if one.run is not None and one.run.ends_at > at.now:
            return
        if one.run is not None:
            finish(one, one.run, at)
        due = due_at(one, at)
        if due is None or due > at.now:
            return
        if not one.outcomes and one.rescheduled_for is None:  # skip all but the last two of many equal syncs
            due += max((at.now - due) // period(one) - 1, 0) * period(one)
        begin(one, due, at, historical=one.is_historical_sync)
    if one.run is not None and one.run.ends_at <= at.now:
        finish(one, one.run, at)


def is_stopped(one: Connector, at: Moment) -> bool:
    """Return whether no sync of the connection can run: its schemas are blocked, or its destination is broken."""
    return one.schema_status in BLOCKED or one.group_id in at.stopped_groups


def due_at(one: Connector, at: Moment) -> float | None:
    """Return when the schedule starts the next sync, None if it does not."""
    if one.paused or one.schedule_type != "auto" or one.setup_state == "incomplete" or is_stopped(one, at):
        return None
    if one.rescheduled_for is not None:
        return one.rescheduled_for - at.switches.stamp_skew
    return one.next_run_at


def period(one: Connector) -> float:
    """Return the seconds between the syncs of a schedule."""
    return max(one.sync_frequency, 1) * 60.0


def next_after(one: Connector, when: float) -> float:
    """Return when the schedule's next sync is due after one that started at `when`."""
    time = TIME_OF_DAY.fullmatch(one.daily_sync_time or "")
    if one.sync_frequency != 1440 or time is None:
        return when + period(one)
    today = when - when % DAY + int(time[1]) * 3600.0 + int(time[2]) * 60.0
    return today if today > when else today + DAY


def begin(one: Connector, when: float, at: Moment, historical: bool) -> None:
    """Start a sync at `when`. The caller has cancelled a running one."""
    outcome = one.outcomes.pop(0) if one.outcomes else one.default_outcome
    seconds = at.sync_seconds if outcome.seconds is None else outcome.seconds
    shows_at = when + at.switches.syncing_delay
    one.run = Run(when, shows_at, shows_at + seconds, outcome, historical)
    one.is_historical_sync = historical
    one.rescheduled_for = None
    one.resync_queued = False


def finish(one: Connector, run: Run, at: Moment) -> None:
    """End a sync with its outcome."""
    one.run = None
    one.next_run_at = max(next_after(one, run.started_at), run.ends_at)
    stamp = at.stamp(run.ends_at)
    if run.outcome.result == "success":
        if one.succeeded_at is None and one.source:
            one.schema_config = refreshed(one.schema_config, one.source)
        one.succeeded_at = stamp
        one.is_historical_sync = False
        one.tasks = []
        one.setup_state = "connected"
    elif run.outcome.result == "failure":
        one.failed_at = stamp
        if at.switches.failure_adds_task:
            one.tasks = [failure_task(run.outcome)]
    else:
        one.rescheduled_for = stamp + run.outcome.after
        if at.switches.reschedule_stamps_failed_at:
            one.failed_at = stamp
    failure = "FAILURE_WITH_TASK" if at.switches.failure_adds_task else "FAILURE"
    ends = {"success": "COMPLETED", "failure": failure, "rescheduled": "RESCHEDULED"}
    add_to_history(one, run, run.ends_at, ends[run.outcome.result])


def cancel(one: Connector, at: Moment) -> None:
    """Cancel a running sync, if there is one."""
    if one.run is not None:
        add_to_history(one, one.run, at.now, "CANCELED")
        one.run = None
        if at.switches.restart_stamps_failed_at:
            one.failed_at = at.stamp(at.now)


def complete(one: Connector, at: Moment) -> bool:
    """End a running sync now with its outcome. Return False if the outcome is not a success."""
    run = one.run
    if run is None:
        return True
    run.ends_at = at.now
    finish(one, run, at)
    return run.outcome.result == "success"


def trigger(one: Connector, at: Moment, force: bool) -> bool:
    """Start a sync and return True, unless the connection is paused, incomplete, stopped or already syncing."""
    if one.paused or one.setup_state == "incomplete" or is_stopped(one, at) or (one.run is not None and not force):
        return False
    cancel(one, at)
    begin(one, at.now, at, historical=one.is_historical_sync)
    return True


def resync(one: Connector, at: Moment) -> None:
    """Start a historical sync. If no sync can run now, it starts once one can, for example after a resume."""
    if one.paused or is_stopped(one, at):
        one.resync_queued = True
    elif one.setup_state != "incomplete":
        cancel(one, at)
        begin(one, at.now, at, historical=True)


def set_paused(one: Connector, at: Moment, paused: bool) -> None:
    """Pause or resume. Pausing cancels a running sync, which leaves no timestamp.

    Resuming starts a queued re-sync, and the first sync of a Connector SDK connection, which is created paused.
    """
    if paused and one.run is not None:
        add_to_history(one, one.run, at.now, "PAUSED")
        one.run = None
    if one.paused and not paused:
        is_first = one.service == "connector_sdk" and one.succeeded_at is None
        one.next_run_at = at.now if is_first else next_after(one, at.now)
    one.paused = paused
    if not paused and one.resync_queued and not is_stopped(one, at):
        resync(one, at)


def failure_task(outcome: Outcome) -> dict[str, str]:
    """Return the entry of `status.tasks` for a failed sync."""
    text = outcome.message or "The source closed the connection"
    return {"code": "unknown_sync_failure", "message": "Unknown Sync Failure", "details": text}


def add_to_history(one: Connector, run: Run, ended_at: float, status: str) -> None:
    """Add a sync to the sync history."""
    entry = {
        "started_at": run.started_at,
        "ended_at": ended_at,
        "status": status,
        "reason": run.outcome.message,
    }
    one.history = [*one.history, entry][-HISTORY_KEPT:]


def put_into(one: Connector, at: Moment, state: str | None) -> None:
    """Put a connection into a state. An unknown state is only shown."""
    one.sync_state = None
    if state == "paused":
        set_paused(one, at, paused=True)
    elif state in ("scheduled", "syncing", "rescheduled"):
        set_paused(one, at, paused=False)
        one.run = None
        waiting, one.rescheduled_for = one.rescheduled_for, None
        if state == "syncing":
            begin(one, at.now, at, historical=one.is_historical_sync)
            if one.run:
                one.run.shows_at = at.now
        elif state == "rescheduled":
            one.rescheduled_for = waiting or at.stamp(at.now) + Outcome().after
    else:
        one.sync_state = state
