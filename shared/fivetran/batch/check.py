"""Asking how many syncs went."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shared.errors import InvalidInput
from shared.fivetran.batch.batch import Fleet
from shared.fivetran.batch.reading import Seen
from shared.fivetran.batch.report import Row
from shared.fivetran.batch.wait import FleetWait
from shared.fivetran.lookup import of_each
from shared.fivetran.record import Record
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, WaitSettings
from shared.fivetran.verdict import verdict
from shared.program.run import Outcome, Run

RecordOf = Callable[[str], Record | None]


def check(
    run: Run,
    account: FivetranSettings,
    traces: list[Record],
    *,
    selection: SelectionSettings,
    waiting: WaitSettings,
    execution_time: datetime | None,
) -> Outcome:
    """The verdict of each selected connector, or of each in ``traces`` where those are what was asked about."""
    fleet = Fleet(run, account, selection, [trace.connector_id for trace in traces])
    try:
        if waiting.wait:
            fleet.select()
        known = {} if execution_time else _records(run, fleet, traces)

        def record_of(connector_id: str) -> Record | None:
            """By what a connector is judged: a time given as a variable holds for all."""
            return Record(connector_id, execution_time) if execution_time else known.get(connector_id)

        if waiting.wait:
            _wait(fleet, waiting, record_of)
        else:
            fleet.each(fleet.look(), "connector", lambda seen: _judged(fleet, seen, record_of), fleet.keep)
        return fleet.conclude()
    finally:
        fleet.progress.close()


def _records(run: Run, fleet: Fleet, traces: list[Record]) -> Mapping[str, Record]:
    """What each is judged by. A named connector that the step before did not trigger is an error, as it is for one."""
    if traces:
        return {trace.connector_id: trace for trace in traces}
    known = of_each(run.artifacts, run.run_id, run.upstream_ids)
    others = [one for one in fleet.ids if one not in known]
    if known and others and fleet.settings.connector_ids:
        raise InvalidInput(
            f"FIVETRAN_CONNECTOR_ID names {', '.join(others[:5])}, but the step before triggered "
            f"{', '.join(sorted(known)[:5])}; leave it blank to check that, or run this step apart from it"
        )
    return known


def _judged(fleet: Fleet, seen: Seen, record_of: RecordOf) -> Row:
    assert seen.connector is not None
    trace = record_of(seen.connector_id)
    found = verdict(seen.connector, trace)
    fleet.save(seen.answer, "connector", seen.connector_id)
    row = Row(seen.connector_id, found.code, found.status, found.reason)
    return row.about(seen.connector, execution_time=trace.execution_time if trace else None)


def _wait(fleet: Fleet, settings: WaitSettings, record_of: RecordOf) -> None:
    def ended(row: Row, seen: Seen | None) -> None:
        if seen is not None:
            fleet.save(seen.answer, "connector", row.connector_id)
        trace = record_of(row.connector_id)
        fleet.end(row.about(None, execution_time=trace.execution_time if trace else None))

    records = {one: record_of(one) for one in fleet.ids}
    FleetWait(fleet, settings, records, ended).until_ended()
