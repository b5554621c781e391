"""A group's destination: one that is not connected stops every sync of its group, and no connector says so.

It costs a call of its own, made only where a sync is late or about to be given up.
"""

from collections.abc import Callable

from shared.errors import SlipwayError
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.health import READY
from shared.status import Status


class Destinations:
    """The destinations of an account, each asked for once."""

    def __init__(self, api: Fivetran, say: Callable[[str], None]) -> None:
        self._api = api
        self._say = say
        self._known: dict[str, str] = {}

    def explain(self, connector: Connector, api: Fivetran | None = None) -> bool:
        """Read the destination of a connector whose own state does not say why nothing comes.

        Returns whether it stops the syncs; ``connector.destination`` is its state from then on. Where it cannot be
        read that is said once, and nothing is concluded. ``api`` takes the place of the account's, for its deadline.
        """
        known_already = connector.paused or connector.broken or connector.schema_status not in ("", READY)
        if not connector.group_id or known_already or connector.syncing:
            return False
        if connector.group_id not in self._known:
            self._known[connector.group_id] = self._ask(connector.group_id, api or self._api)
        connector.destination = self._known[connector.group_id]
        return connector.destination not in ("", "connected")

    def _ask(self, group_id: str, api: Fivetran) -> str:
        try:
            return str(data(api.get_destination(group_id)).get("setup_status") or "").casefold()
        except SlipwayError as error:  # a key that may read connectors need not be allowed to read destinations
            self._say(f"Slipway: warning: the destination was not looked at: {error.message}")
            return ""


def is_late(connector: Connector, max_age: float | None = None) -> bool:
    """Whether newer data should have come: then it is worth a call to ask why."""
    return freshness(connector, max_age).status == Status.STALE
