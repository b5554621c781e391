"""Report how an Airbyte job went: 0 succeeded, 211 failed, 213 cancelled, 255 not finished yet.

After execute_sync in the same working directory it needs nothing more: it finds the job by the upstream run ids, else
by this run's own id, else by the file names without a run id. AIRBYTE_JOB_ID names a job; with only a connection id,
its latest sync is checked. AIRBYTE_WAIT=TRUE waits until the job has ended.
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

from collections.abc import Iterator

from shared.airbyte.api import connect
from shared.airbyte.job_check import check
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import find, lookup
from shared.airbyte.names import id_of
from shared.airbyte.selection import UUIDS, SelectionSettings
from shared.airbyte.settings import JOB_ID
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import BOOLEAN


class Settings(WaitSettings, SelectionSettings):
    writes = False
    connection_ids = Variable(
        "AIRBYTE_CONNECTION_ID",
        UUIDS,
        "the connection whose latest sync to check, several comma-separated; blank: what the previous step synced",
        None,
    )
    job_id = Variable("AIRBYTE_JOB_ID", JOB_ID, "the job to check; blank: the one that the previous step started", None)
    wait = Variable("AIRBYTE_WAIT", BOOLEAN, "TRUE waits until the job has ended", False)

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.job_id and self.many:
            yield Problem("AIRBYTE_JOB_ID", "is of one connection, and several are selected; keep one of them")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    asked = settings.many or settings.connection_ids or settings.connection_name or settings.job_id
    earlier = [] if asked else lookup(run).several()
    if settings.many or earlier:
        from shared.airbyte.batch.check import check as check_many

        return check_many(run, earlier, selection=settings, waiting=settings)
    api = connect(run, settings)
    connection_id = settings.connection_id or id_of(api, settings)
    record = find(run, connection_id, settings.job_id)
    run.note(
        connection_id=record.connection_id if record else connection_id,
        job_id=record.job_id if record else None,
        execution_time=record.execution_time if record else None,
    )
    judged = check(run, settings, api, record, connection_id)
    return Outcome(judged.status, judged.reason, judged.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
