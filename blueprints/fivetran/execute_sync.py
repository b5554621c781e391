"""Start a sync of a Fivetran connector now, without waiting for its schedule.

It writes the API's answer to responses/sync_<id>_response.json, and the connector id and execution time to
variables/<run id>_force_sync.pickle for check_sync_status. A retry of the same run joins the sync that it started.
FIVETRAN_WAIT=TRUE also waits until the sync has ended and exits with its outcome. Several connectors, given by their
ids or as a group, are started and awaited together.
"""

import os
import sys

if not __package__:  # started as a file: find shared/ beside blueprints/
    sys.path.insert(0, os.path.realpath(__file__ + "/../../.."))
    if not os.path.isfile(sys.path[0] + "/shared/program/signals.py"):
        sys.stderr.write("Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n")
        sys.exit(206)
if __name__ == "__main__":
    from shared.program.startup import prepare

    prepare()

from shared.fivetran.api import Fivetran
from shared.fivetran.policy import Policy
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, TriggerSettings, WaitSettings
from shared.fivetran.trigger import trigger
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIERS
from shared.status import Status


class Settings(SelectionSettings, TriggerSettings, WaitSettings, FivetranSettings):
    connector_ids = Variable(
        "FIVETRAN_CONNECTOR_ID",
        IDENTIFIERS,
        "the connector to sync, as in speak_inexpensive; several comma-separated, or FIVETRAN_GROUP_ID instead",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    policy = Policy(
        force=settings.force,
        on_running=settings.on_running,
        on_paused=settings.on_paused,
        on_broken=settings.on_broken,
    )
    if settings.many:
        from shared.fivetran.batch.sync import sync

        return sync(run, settings, policy, selection=settings, waiting=settings)
    connector_id = settings.only_id
    run.note(connector_id=connector_id)
    api = Fivetran(run, settings)
    with run.response_file(f"sync_{connector_id}") as response:
        started = trigger(run, api, policy, api.start_sync, connector_id)
        response.save(started.answer)
    if not run.waits(settings.wait) or started.status == Status.SKIPPED:
        return Outcome(started.status, started.message)
    from shared.fivetran.sync_details import add_sync_details  # imported late: a trigger alone starts faster
    from shared.fivetran.sync_wait import SyncWait

    run.say(f"Fivetran: {started.message}")
    with run.response_file(f"connector_{connector_id}") as response:
        ended = SyncWait(run, settings, api, connector_id, started.record, response).until_ended()
        response.save(ended.connector.answer)
    add_sync_details(run, api, settings.quota_reserve, ended.connector, started.record, ended.verdict)
    return Outcome(ended.verdict.status, ended.verdict.reason, ended.verdict.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
