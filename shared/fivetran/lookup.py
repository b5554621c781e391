"""Find the record of the trigger that a check is about."""

from datetime import datetime

from shared.artifacts.lookup import Lookup
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC
from shared.program.run import Run


def lookup(run: Run) -> Lookup[Record]:
    """Return the lookup of records that earlier steps left for this run."""
    return Lookup(
        run.artifacts,
        FORCE_SYNC,
        run_id=run.run_id,
        upstream_ids=run.upstream_ids,
        noun="connector",
        variable="FIVETRAN_CONNECTOR_ID",
        required="FIVETRAN_CONNECTOR_ID",
    )


def find(run: Run, connector_id: str | None, execution_time: datetime | None = None) -> Record | None:
    """Return the record of the sync to judge. None means that the connector's later time stamp decides.

    A given ``execution_time`` wins over all files. Raise what ``Lookup.find`` raises.
    """
    if execution_time and connector_id:
        return Record(connector_id, execution_time)
    found = lookup(run).find(connector_id)
    return Record(found.connector_id, execution_time) if found and execution_time else found
