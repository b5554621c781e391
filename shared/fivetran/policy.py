"""What a user allows a trigger to do."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple


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

    @property
    def queues(self) -> bool:
        """Whether a paused connector's historical sync is left to run when it is resumed."""
        return self.resync and self.on_paused == "queue"

    def why_not_paused(self) -> str:
        """Why a paused connector is not triggered, and what would help."""
        if self.resync:
            return (
                "so a historical sync would be queued until it is resumed; set FIVETRAN_ON_PAUSED=queue if that is "
                "wanted, or resume or skip"
            )
        said = " (queue is for historical syncs, and is taken for fail here)" if self.on_paused == "queue" else ""
        return f"so a sync would never start; resume it, or set FIVETRAN_ON_PAUSED=resume or skip{said}"

    def of_running(self) -> str:
        """What becomes of a sync that is running."""
        if self.resync:
            return "Fivetran tries to complete it first"
        return f"it will {'be stopped and restarted' if self.force else 'not be interrupted'} (FIVETRAN_FORCE)"
