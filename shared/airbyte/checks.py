"""Check, before anything is sent, that the API has this kind of job and that the connection can sync."""

from collections.abc import Sequence

from shared.airbyte.api import Api
from shared.airbyte.job import EMPTYING, Connection
from shared.errors import InvalidInput, Paused, SetupBroken, UnknownState


def check_kind(api: Api, kind: str, streams: Sequence[str] | None = None) -> None:
    """Raise InvalidInput if this API does not have the kind of job, or single streams."""
    if streams and not api.takes_streams:
        raise InvalidInput("AIRBYTE_STREAMS is not in the public API; use the Configuration API by AIRBYTE_SERVER_HOST")
    if kind not in api.kinds:
        raise InvalidInput(
            f"AIRBYTE_JOB_TYPE {kind} is not in the public API ({', '.join(sorted(api.kinds))} are); "
            "use one of those, or the Configuration API by AIRBYTE_SERVER_HOST"
        )


def check_status(connection: Connection, kind: str) -> None:
    """Check that a connection can run this kind of job: all if it is active, a reset or clear if it is inactive.

    Raise Paused (216), SetupBroken (218) or UnknownState (215) if not.
    """
    name = f"the connection {connection.id} ({connection.name or 'without a name'})"
    why = connection.data.get("statusReason")
    reason = f" ({why})" if isinstance(why, str) and why else ""
    if connection.status == "inactive" and kind in EMPTYING:
        return
    if connection.status == "inactive":
        raise Paused(
            f"{name} is inactive{reason} and will not sync; enable it with the switch on its page in Airbyte, which "
            "switches a connection off by itself after 30 failures in a row",
            vendor="Airbyte",
        )
    if connection.status == "deprecated":
        raise SetupBroken(
            f"{name} is deprecated: it was deleted in Airbyte; use the one that replaced it", vendor="Airbyte"
        )
    if connection.status == "locked":
        raise SetupBroken(
            f"{name} is locked{reason}: Airbyte disabled it for the time being; see its page in Airbyte",
            vendor="Airbyte",
        )
    if connection.status != "active":
        raise UnknownState(
            f"{name} has the status {connection.status!r}, which this version of Slipway does not know",
            vendor="Airbyte",
        )
