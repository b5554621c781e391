"""The policies that decide whether a trigger may start a sync."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Policy(NamedTuple):
    """What to do about a running, paused or broken connector before a sync. Values as of FIVETRAN_ON_RUNNING and so on.

    ``resync``: a historical sync of the tables in ``scope``, of all if None. Before one, Fivetran tries to complete a
    running sync, or answers 409: https://fivetran.com/docs/rest-api/api-reference/connections/resync-connection
    """

    force: bool = True
    on_running: str = "join"
    on_paused: str = "fail"
    on_broken: str = "fail"
    resync: bool = False
    scope: Mapping[str, Sequence[str]] | None = None

    @property
    def operation(self) -> str:
        """The request, as stored in the record. A retry joins a sync only if this is the same."""
        return f"resync {json.dumps(self.scope, sort_keys=True)}" if self.resync else "sync"

    @property
    def what(self) -> str:
        return "a historical sync" if self.resync else "a sync"

    @property
    def queues(self) -> bool:
        """Whether a paused connector's historical sync is sent, to run when the connector is resumed."""
        return self.resync and self.on_paused == "queue"

    def why_not_paused(self) -> str:
        """Return why a paused connector is not triggered, and which setting would change that."""
        if self.resync:
            return (
                "so a historical sync would be queued until it is resumed; set FIVETRAN_ON_PAUSED=queue if that is "
                "wanted, or resume or skip"
            )
        said = " (queue is for historical syncs, and is taken for fail here)" if self.on_paused == "queue" else ""
        return f"so a sync would never start; resume it, or set FIVETRAN_ON_PAUSED=resume or skip{said}"

    def of_running(self) -> str:
        """Return what happens to a sync that is running."""
        if self.resync:
            return "Fivetran tries to complete it first"
        return f"it will {'be stopped and restarted' if self.force else 'not be interrupted'} (FIVETRAN_FORCE)"
