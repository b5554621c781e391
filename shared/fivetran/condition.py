"""How a connector is doing, in words: the answer to "why is this data stale?". Pure functions of what the API says."""

from shared import timestamps
from shared.fivetran.connector import Connector
from shared.redaction import one_line
from shared.timestamps import span

_SYNC_STATES = frozenset({"scheduled", "syncing", "paused", "rescheduled"})
_HEALTHY = frozenset({"ok", "syncing"})
_SEVERITY = ("setup broken", "setup incomplete", "failing", "paused", "rescheduled", "never synced", "delayed")


def condition(connector: Connector) -> str:
    """One or two words, the gravest first that is true; ``ok`` and ``syncing`` are the healthy ones."""
    if connector.setup_state != "connected":
        return f"setup {one_line(connector.setup_state or 'unknown', 40)}"
    if connector.sync_state not in _SYNC_STATES:
        return f"state {one_line(connector.sync_state or 'unknown', 40)}"
    if failing(connector):
        return "failing"
    if connector.paused:
        return "paused"
    if connector.sync_state == "rescheduled":
        return "rescheduled"
    if connector.syncing:
        return "syncing"
    if connector.succeeded_at is None:
        return "never synced"
    return "delayed" if connector.data["status"].get("update_state") == "delayed" else "ok"


def severity(connector: Connector) -> int:
    """For sorting, the worst first."""
    found = condition(connector)
    if found in _HEALTHY:
        return len(_SEVERITY)
    return _SEVERITY.index(found) if found in _SEVERITY else 0


def failing(connector: Connector) -> bool:
    """The last sync that ended failed: ``failed_at`` alone says nothing, a later success does not clear it."""
    if connector.failed_at is None:
        return False
    return connector.succeeded_at is None or connector.failed_at > connector.succeeded_at


def explained(connector: Connector) -> list[str]:
    """Sentences: what state it is in, when it last succeeded and failed, and what keeps new data from coming."""
    success, failure = _when(connector, "succeeded_at", "success"), _when(connector, "failed_at", "failure")
    return [f"it is {condition(connector)}: {_cause(connector)}", f"{success}; {failure}", _schedule(connector)]


def _when(connector: Connector, field: str, name: str) -> str:
    moment = getattr(connector, field)
    if moment is None:
        return f"no {name} yet"
    if connector.read_at is None:
        return f"last {name} at {timestamps.write(moment)}"
    ago = span(max((connector.read_at - moment).total_seconds(), 0.0))  # by the server's clock, which stamps are of
    return f"last {name} {ago} ago, at {timestamps.write(moment)}"


def _schedule(connector: Connector) -> str:
    if connector.manual:
        return "its schedule is manual: it syncs only when triggered"
    if connector.frequency is None:
        return "it syncs by itself, how often the API does not say"
    return f"it syncs by itself every {connector.frequency} minutes"


def _cause(connector: Connector) -> str:
    found = condition(connector)
    if connector.setup_state != "connected":
        return "nothing syncs until its setup is mended; run_setup_tests says what is wrong"
    if found.startswith("state "):
        return "this version of Slipway does not know that state; see the dashboard"
    if found == "failing":
        return "the last sync failed, the data is as old as the last success"
    if found == "paused":
        return "nothing syncs until it is resumed; update_connector with FIVETRAN_PAUSED=FALSE does that"
    if found == "rescheduled":
        when = timestamps.write(connector.rescheduled_for) or "a time that the API does not say"
        return f"the source allows no more calls until {when}{_by_hand(connector)}"
    if found == "syncing":
        return "a sync is running, new data is on its way"
    if found == "never synced":
        return "no sync has succeeded yet"
    return "it is later than its schedule says" if found == "delayed" else "nothing is wrong that the API knows of"


def _by_hand(connector: Connector) -> str:
    return ", and its schedule being manual it must be triggered then" if connector.manual else ""
