"""Start a historical sync of a Fivetran connector: of all its tables, or of those in FIVETRAN_SCOPE.

It writes the same files as execute_sync, so that check_sync_status can follow. Fivetran first tries to complete a
running sync; if that fails, the exit code is 203. A paused connector only queues the re-sync: the exit code is 216, or
0 with FIVETRAN_ON_PAUSED=queue.
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

from shared.fivetran.endpoints.administration import Administration
from shared.fivetran.resync import ResyncSettings
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.sync_details import add_sync_details
from shared.fivetran.sync_wait import SyncWait
from shared.fivetran.trigger import trigger
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.status import Status


class Settings(ResyncSettings, FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to re-sync, as in speak_inexpensive")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    api = Administration(run, settings)
    scope = settings.scope
    with run.response_file(f"resync_{connector_id}") as response:
        started = trigger(run, api, settings.policy, lambda one, _: api.resync_connector(one, scope), connector_id)
        response.save(started.answer)
    if started.status == Status.TRIGGERED and started.record.is_queued:
        return Outcome(Status.QUEUED, started.message, data={"scope": scope})
    if not run.waits(settings.wait) or started.status == Status.SKIPPED:
        return Outcome(started.status, started.message, data={"scope": scope})
    run.say(f"Fivetran: {started.message}")
    with run.response_file(f"connector_{connector_id}") as response:
        ended = SyncWait(run, settings, api, connector_id, started.record, response).until_ended()
        response.save(ended.connector.answer)
    add_sync_details(run, api, settings.quota_reserve, ended.connector, started.record, ended.verdict)
    return Outcome(ended.verdict.status, ended.verdict.reason, ended.verdict.code, {"scope": scope})


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
