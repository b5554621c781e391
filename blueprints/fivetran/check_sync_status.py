"""Report how a Fivetran sync went: 0 succeeded, 1 failed, 255 not finished yet; other codes mean it cannot finish.

After execute_sync in the same working directory it needs only the credentials: it finds the run by the upstream run
ids, else by this run's own id, else by the file names without a run id. With only a connector id, the later of its
last success and last failure decides. FIVETRAN_WAIT=TRUE waits until the sync has ended; with
FIVETRAN_EXECUTION_TIME it may be one that Fivetran's own schedule starts.
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
from shared.fivetran.lookup import find, lookup
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, ScheduledWaitSettings
from shared.fivetran.sync_check import check
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIERS, MOMENT


class Settings(SelectionSettings, ScheduledWaitSettings, FivetranSettings):
    writes = False
    needs_selection = False
    connector_ids = Variable(
        "FIVETRAN_CONNECTOR_ID",
        IDENTIFIERS,
        "the connector to check, several comma-separated; blank: what the previous step synced",
        None,
    )
    execution_time = Variable(
        "FIVETRAN_EXECUTION_TIME",
        MOMENT,
        "execution_time of the trigger's result, if the steps share no disk; or any time: a sync that ended after it "
        "counts, whoever started it",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    asked = settings.many or settings.connector_ids
    earlier = [] if asked else lookup(run).several()
    if settings.many or earlier:
        from shared.fivetran.batch.check import check as check_many

        return check_many(
            run, settings, earlier, selection=settings, waiting=settings, execution_time=settings.execution_time
        )
    record = find(run, settings.connector_id, settings.execution_time)
    connector_id = record.connector_id if record else str(settings.connector_id)
    run.note(connector_id=connector_id, execution_time=record.execution_time if record else None)
    api = Fivetran(run, settings)
    judged = check(run, settings, api, connector_id, record)
    return Outcome(judged.status, judged.reason, judged.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
