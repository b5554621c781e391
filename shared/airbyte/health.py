"""Explain why a connection's data is not newer. Pure functions of the API's connection and its newest job."""

from collections.abc import Iterator
from typing import NamedTuple

from shared import timestamps
from shared.airbyte.job import EMPTYING, RUNNING, Connection, Job
from shared.redaction import one_line

SWITCHED_OFF = "Airbyte switches a connection off after 30 failures in a row, silently"


class Finding(NamedTuple):
    """A reason why there is no newer data, or a sign that it is coming."""

    state: str
    """One or two words."""
    fact: str
    """A main clause, for example "it is inactive"."""
    detail: str
    """The text to show beside the state; may be empty."""


def state(connection: Connection, newest: Job | None) -> str:
    """Return the worst state. ``ok`` and ``syncing`` are healthy."""
    first = next(findings(connection, newest), None)
    return first.state if first else "ok"


def findings(connection: Connection, newest: Job | None) -> Iterator[Finding]:
    """Yield all findings, worst first."""
    yield from _of_status(connection)
    if newest is None:
        yield Finding("never synced", "it has had no job yet", "")
        return
    at = timestamps.to_the_minute(newest.updated_at) if newest.updated_at else "a time that the API does not say"
    if newest.status == "failed":
        yield Finding("failing", f"its last job ({newest.name}) failed at {at}", f"{newest.name} failed at {at}")
    elif newest.status == "cancelled":
        yield Finding("cancelled", f"its last job ({newest.name}) was cancelled at {at}", f"{newest.name}, at {at}")
    elif newest.status == "succeeded":
        if newest.kind in EMPTYING:
            removed = f"a {newest.kind} removed its data at {at}, and no sync has succeeded since"
            yield Finding("cleared", removed, removed)
    elif newest.status not in RUNNING:
        shown = one_line(newest.status, 40)
        yield Finding(f"job {shown}", f"{newest.name} has the status {shown}, which this version does not know", "")
    elif newest.kind in EMPTYING:
        yield Finding("clearing", f"a {newest.kind} is removing its data", f"{newest.name} is {newest.status}")
    else:
        yield Finding("syncing", f"{newest.name} is {newest.status}", "new data is on its way")


def _of_status(connection: Connection) -> Iterator[Finding]:
    said = connection.data.get("statusReason")
    reason = f" ({one_line(said, 100)})" if isinstance(said, str) and said else ""
    if connection.status == "inactive":
        fact = f"it is inactive{reason} and syncs nothing until it is enabled on its page; {SWITCHED_OFF}"
        yield Finding("disabled", fact, f"nothing syncs until it is enabled on its page{reason}; {SWITCHED_OFF}")
    elif connection.status == "deprecated":
        yield Finding("deleted", "it is deprecated: it was deleted in Airbyte", "use the one that replaced it")
    elif connection.status == "locked":
        fact = f"it is locked{reason}: Airbyte disabled it for the time being"
        yield Finding("locked", fact, f"Airbyte disabled it for the time being{reason}; see its page")
    elif connection.status != "active":
        shown = one_line(connection.status or "unknown", 40)
        yield Finding(f"status {shown}", f"its status is {shown}, which this version does not know", "")
