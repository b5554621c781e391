"""Read from Fivetran's sync history how long earlier syncs took, if the artifacts folder does not have that.

A pod or a container often starts with an empty folder. Its wait asks once, when the sync has run for a while, so that
a short sync costs no call. Not every account has the endpoint, so a failure changes nothing but the times of polls.
"""

from datetime import timedelta

from shared.errors import SlipwayError
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.sync_details import LONGEST_WINDOW, SECONDS, is_failed, is_scarce, parsed, rows
from shared.http.deadline import Deadline
from shared.past_runs import FAILED, SUCCEEDED, PastRun, PastRuns
from shared.program.run import Run

ASK_AFTER = 60.0
"""Seconds that a sync must have run before a call to predict its end is worthwhile."""


def learn(run: Run, api: Fivetran, quota_reserve: float | None, connector: Connector, past: PastRuns) -> None:
    """Replace ``past`` by the syncs of the last seven days, as many as Fivetran has kept."""
    now = connector.read_at
    if now is None or not api.has_newer_endpoints or is_scarce(api, quota_reserve):
        return
    once = api.until(Deadline(SECONDS), retry_timeout=0.0)
    try:
        listed = rows(once.get_sync_history(connector.id, now - LONGEST_WINDOW + timedelta(seconds=1), now))
    except (SlipwayError, OverflowError) as error:  # OverflowError: a time stamp near the year 1
        said = error.reason if isinstance(error, SlipwayError) else str(error)
        run.say(f"Fivetran: how long earlier syncs took is not known: {said}")
        return
    found = [(is_failed(row), sync) for row in listed if (sync := parsed(row)) and sync.start]
    past.learn(PastRun(sync.start, sync.end, FAILED if failed else SUCCEEDED) for failed, sync in found if sync.start)
