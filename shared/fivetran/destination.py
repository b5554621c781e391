"""Check a group's destination. Unless it is connected, nothing in the group syncs, but its connectors do not show that.

This takes another call, which is made only if a sync is late or about to be given up.
"""

from collections.abc import Callable
from threading import Lock

from shared.errors import SlipwayError
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.record import Record
from shared.fivetran.verdict import verdict
from shared.status import Status
from shared.verdict import Verdict


class Destinations:
    """The destinations of an account. Each is read once, and once more after ``forget``."""

    def __init__(self, api: Fivetran, say: Callable[[str], None]) -> None:
        self._api = api
        self._say = say
        self._lock = Lock()
        self._known: dict[str, str] = {}

    def explain(self, connector: Connector) -> bool:
        """Read the destination of a connector whose own state does not explain why there is no newer data.

        Return whether the destination stops the syncs, and set ``connector.destination``. If it cannot be read, report
        that once and conclude nothing.
        """
        known_already = connector.paused or connector.broken or connector.waits_for_approval or connector.reads_schema
        if not connector.group_id or known_already or connector.syncing:
            return False
        with self._lock:  # a batch asks from several threads
            if connector.group_id not in self._known:
                self._known[connector.group_id] = self._ask(connector.group_id)
        connector.destination = self._known[connector.group_id]
        return connector.cut_off

    def forget(self) -> None:
        """Read each destination again when it is needed. It may have changed during a wait."""
        with self._lock:
            self._known.clear()

    def verdict(self, connector: Connector, record: Record | None, start_timeout: float) -> Verdict:
        """Return the verdict. If the sync is ``start_timeout`` seconds overdue, check its destination first."""
        found = verdict(connector, record)
        overdue = found.status == Status.SCHEDULED and _is_overdue(connector, record, start_timeout)
        return verdict(connector, record) if overdue and self.explain(connector) else found

    def _ask(self, group_id: str) -> str:
        try:
            return str(data(self._api.get_destination(group_id)).get("setup_status") or "").casefold()
        except SlipwayError as error:  # a key that may read connectors need not be allowed to read destinations
            if "" not in self._known.values():
                self._say(f"Slipway: warning: the destination was not read: {error.message}")
            return ""


def _is_overdue(connector: Connector, record: Record | None, start_timeout: float) -> bool:
    if record is None or connector.read_at is None:
        return is_late(connector)
    return (connector.read_at - record.execution_time).total_seconds() >= start_timeout


def is_late(connector: Connector, max_age: float | None = None) -> bool:
    """Return whether the data is stale, so that a call to find the reason is worthwhile."""
    return freshness(connector, max_age).status == Status.STALE
