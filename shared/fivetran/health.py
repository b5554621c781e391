"""Explain why a connector's data is not newer. Pure functions of the API's connection object."""

from collections.abc import Iterator
from typing import NamedTuple

from shared import timestamps
from shared.fivetran.connector import SET_READY, Connector
from shared.redaction import one_line
from shared.timestamps import span

_SYNC_STATES = frozenset({"scheduled", "syncing", "paused", "rescheduled"})
_HEALTHY = frozenset({"ok", "syncing"})
_SEVERITY = (
    *("setup broken", "setup incomplete", "destination broken", "destination incomplete", "schema blocked"),
    *("failing", "paused", "rescheduled", "reading schema", "never synced", "delayed"),
)


class Finding(NamedTuple):
    """A reason why there is no newer data, or a sign that it is coming."""

    condition: str
    """One or two words."""
    fact: str
    """A main clause, for example "it is paused"."""
    meaning: str
    """What follows from it, and what to do."""
    detail: str
    """The text to show beside the condition; may be empty."""


def condition(connector: Connector) -> str:
    """Return the worst condition in one or two words: ``ok`` and ``syncing`` are healthy."""
    first = next(findings(connector), None)
    return first.condition if first else "ok"


def findings(connector: Connector) -> Iterator[Finding]:
    """Yield all findings, worst first."""
    if connector.setup_state != "connected":
        state = one_line(connector.setup_state or "unknown", 40)
        meaning = "nothing syncs until its setup is fixed; run_setup_tests says what is wrong"
        yield Finding(f"setup {state}", f"its setup is {state}", meaning, meaning)
    if connector.cut_off:
        state = one_line(connector.destination, 40)
        meaning = (
            f"nothing syncs into group {connector.group_id} until its destination is fixed in Fivetran's dashboard"
        )
        yield Finding(f"destination {state}", f"the setup of its destination is {state}", meaning, meaning)
    if connector.waits_for_approval:
        fact = "its schema waits for somebody to approve it (schema_status blocked_on_customer)"
        meaning = f"nothing syncs until somebody has looked at its schema and set it to ready; {SET_READY}"
        yield Finding("schema blocked", fact, meaning, meaning)
    if connector.sync_state not in _SYNC_STATES:
        state = one_line(connector.sync_state or "unknown", 40)
        meaning = "this version of Slipway does not know that state; see the dashboard"
        yield Finding(f"state {state}", f"its state is {state}, which this version does not know", meaning, meaning)
    if connector.failed_at and failing(connector):
        when = timestamps.to_the_minute(connector.failed_at)
        meaning = "the last sync failed, so the data is as old as the last success"
        yield Finding("failing", f"it is failing, last at {when}", meaning, f"last failed {when}")
    if connector.paused:
        meaning = "nothing syncs until it is resumed; update_connector with FIVETRAN_PAUSED=FALSE does that"
        yield Finding("paused", "it is paused", meaning, "nothing syncs until it is resumed")
    if connector.sync_state == "rescheduled":
        yield _rescheduled(connector)
    if connector.reads_schema:
        fact = "Fivetran is reading its schema (schema_status blocked_on_capture)"
        yield Finding("reading schema", fact, f"{fact}; that passes by itself, and then it syncs", "then it syncs")
    if connector.syncing:
        yield Finding(
            "syncing", "a sync is running", "a sync is running, new data is on its way", "new data is on its way"
        )
    if connector.succeeded_at is None:
        yield Finding("never synced", "it has never succeeded", "no sync has succeeded yet", "")
    if connector.data["status"].get("update_state") == "delayed":
        late = "it is later than its schedule says"
        yield Finding("delayed", late, late, "")


def _rescheduled(connector: Connector) -> Finding:
    unsaid = "a time that the API does not say"
    until = timestamps.write(connector.rescheduled_for) or unsaid
    minute = timestamps.to_the_minute(connector.rescheduled_for) if connector.rescheduled_for else unsaid
    alone, by_hand = "", ""
    if connector.manual:
        alone, by_hand = " and will not run it", ", and must be triggered then, because its schedule is manual"
    fact = f"Fivetran put its sync off until {minute}{alone}"
    detail = f"the source allows no more calls until {minute}" + ("; Fivetran will not run it then" if alone else "")
    return Finding("rescheduled", fact, f"the source allows no more calls until {until}{by_hand}", detail)


def severity(connector: Connector) -> int:
    """Return a sort key: the worst condition has the lowest."""
    found = condition(connector)
    if found in _HEALTHY:
        return len(_SEVERITY)
    return _SEVERITY.index(found) if found in _SEVERITY else 0


def failing(connector: Connector) -> bool:
    """Return whether the last finished sync failed. A later success does not clear ``failed_at``, so compare both."""
    if connector.failed_at is None:
        return False
    return connector.succeeded_at is None or connector.failed_at > connector.succeeded_at


def explained(connector: Connector) -> list[str]:
    """Return three sentences about a connector: its condition, its last success and failure, its schedule."""
    success, failure = _when(connector, "succeeded_at", "success"), _when(connector, "failed_at", "failure")
    first = next(findings(connector), Finding("ok", "", "the API reports no problem", ""))
    return [f"it is {first.condition}: {first.meaning}", f"{success}; {failure}", schedule(connector)]


def _when(connector: Connector, field: str, name: str) -> str:
    moment = getattr(connector, field)
    if moment is None:
        return f"no {name} yet"
    if connector.read_at is None:
        return f"last {name} at {timestamps.write(moment)}"
    ago = span(max((connector.read_at - moment).total_seconds(), 0.0))  # by the server's clock, like the timestamps
    return f"last {name} {ago} ago, at {timestamps.write(moment)}"


def schedule(connector: Connector) -> str:
    """Return a sentence about the connector's schedule."""
    if connector.manual:
        return "its schedule is manual: it syncs only when triggered"
    if connector.frequency is None:
        return "it syncs by itself; the API does not say how often"
    return f"it syncs by itself every {connector.frequency} minutes"
