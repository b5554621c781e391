"""check_sync_status for one connector."""

from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.verdict import verdict
from shared.program.run import ResponseFile, Run
from shared.status import Status
from shared.verdict import Verdict


def check(run: Run, settings: WaitSettings, api: Fivetran, connector_id: str, record: Record | None) -> Verdict:
    """Return the verdict on a connector's sync. Save the connector's details; the sync's go into the result.

    With FIVETRAN_WAIT poll until the sync has ended. ``record`` is the trigger's, None if there is none.
    """
    with run.response_file(f"connector_{connector_id}") as response:
        judged, connector = _judged(run, settings, api, connector_id, record, response)
        run.note(**connector.facts())
        response.save(connector.answer)
    if judged.code in (ExitCode.DONE, ExitCode.SYNC_FAILED):
        from shared.fivetran.sync_details import add_sync_details  # imported late: only an ended sync needs it

        add_sync_details(run, api, settings.quota_reserve, connector, record, judged)
    return judged


def _judged(
    run: Run, settings: WaitSettings, api: Fivetran, connector_id: str, record: Record | None, response: ResponseFile
) -> tuple[Verdict, Connector]:
    if settings.wait:
        from shared.fivetran.sync_wait import SyncWait  # imported late: a check alone starts faster

        return SyncWait(run, settings, api, connector_id, record, response).until_ended()
    connector = api.get_connector(connector_id)
    judged = verdict(connector, record)
    if judged.status == Status.SCHEDULED:
        from shared.fivetran.destination import Destinations  # imported late: few checks need it

        judged = Destinations(api, run.say).verdict(connector, record, settings.start_timeout)
    return judged, connector
