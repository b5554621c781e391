"""Decide whether stale data can become fresh by itself. A pure function of the server's answer."""

from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector
from shared.fivetran.health import schedule
from shared.fivetran.verdict import unfinished
from shared.status import Status
from shared.verdict import Verdict


def hopeless(connector: Connector, judged: Verdict, remaining: float) -> Verdict | None:
    """Return why a connector will not become fresh within ``remaining`` seconds, None if it may.

    ``judged`` is its freshness verdict, which must not be DONE.
    """
    if judged.code != ExitCode.STALE:
        return judged  # its age or limit is unknown
    found = unfinished(connector)
    if found.code != ExitCode.NOT_FINISHED:
        return found._replace(reason=f"no sync will come: {judged.reason}")
    if connector.manual and not (connector.syncing or connector.reads_schema):
        manual = "" if schedule(connector) in judged.reason else " and its schedule is manual"
        reason = f"no sync will come, since nothing runs{manual}: {judged.reason}"
        return Verdict(ExitCode.NOT_STARTED, Status.NOT_STARTED, reason)
    due, now = connector.rescheduled_for, connector.read_at
    if found.status == Status.RESCHEDULED and due and now and (due - now).total_seconds() > remaining:
        reason = f"its sync is postponed past the deadline of this wait: {judged.reason}"
        return Verdict(ExitCode.DEADLINE_REACHED, Status.DEADLINE_REACHED, reason)
    return None
