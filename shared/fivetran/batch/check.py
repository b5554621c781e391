"""Asking how many syncs went."""

from collections.abc import Mapping
from typing import Any

from shared.errors import InvalidInput
from shared.fivetran.batch.batch import Fleet
from shared.fivetran.batch.reading import Seen
from shared.fivetran.batch.report import Row
from shared.fivetran.batch.wait import FleetWait
from shared.fivetran.lookup import of_each
from shared.fivetran.record import Trace
from shared.fivetran.verdict import verdict
from shared.program.run import Outcome, Run


def check(run: Run[Any], traces: list[Trace]) -> Outcome:
    """The verdict of each selected connector, or of each in ``traces`` where those are what was asked about."""
    fleet = Fleet(run, [trace.connector_id for trace in traces])
    try:
        if run.settings.wait:
            fleet.select()
        known = _evidence(run, fleet, traces)
        if run.settings.wait:
            _wait(fleet, known)
        else:
            fleet.each(fleet.look(), "connector", lambda seen: _judged(fleet, seen, known), fleet.keep)
        return fleet.conclude()
    finally:
        fleet.progress.close()


def _evidence(run: Run[Any], fleet: Fleet, traces: list[Trace]) -> Mapping[str, Trace]:
    """What each is judged by. A named connector that the step before did not trigger is an error, as it is for one."""
    if run.settings.execution_time:
        return {}
    if traces:
        return {trace.connector_id: trace for trace in traces}
    known = of_each(run.artifacts, run.run_id, run.upstream_ids)
    others = [one for one in fleet.ids if one not in known]
    if known and others and run.settings.connector_ids:
        raise InvalidInput(
            f"FIVETRAN_CONNECTOR_ID names {', '.join(others[:5])}, but the step before triggered "
            f"{', '.join(sorted(known)[:5])}; leave it blank to check that, or run this step apart from it"
        )
    return known


def _judged(fleet: Fleet, seen: Seen, known: Mapping[str, Trace]) -> Row:
    assert seen.connector is not None
    trace = _trace(fleet, known, seen.connector_id)
    found = verdict(seen.connector, trace.baseline() if trace else None)
    fleet.save(seen.answer, "connector", seen.connector_id)
    row = Row(seen.connector_id, found.code, found.status, found.reason)
    return row.about(seen.connector, execution_time=trace.execution_time if trace else None)


def _wait(fleet: Fleet, known: Mapping[str, Trace]) -> None:
    def ended(row: Row, seen: Seen | None) -> None:
        if seen is not None:
            fleet.save(seen.answer, "connector", row.connector_id)
        trace = _trace(fleet, known, row.connector_id)
        fleet.end(row.about(None, execution_time=trace.execution_time if trace else None))

    baselines = {one: trace.baseline() if (trace := _trace(fleet, known, one)) else None for one in fleet.ids}
    FleetWait(fleet, baselines, ended).until_ended()


def _trace(fleet: Fleet, known: Mapping[str, Trace], connector_id: str) -> Trace | None:
    """By what a connector is judged: a time given as a variable holds for all."""
    given = fleet.run.settings.execution_time
    return Trace(connector_id, given, exact=False) if given else known.get(connector_id)
