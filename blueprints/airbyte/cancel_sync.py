"""Cancel an Airbyte job: the previous step's, a given one, or the running one of a connection.

Airbyte cancels whatever the job's connection is running at that moment. So the job is read immediately before: if it
has ended, nothing is sent (0); if the connection is running another job, nothing is cancelled (203).
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

from shared.airbyte.api import connect
from shared.airbyte.cancel import cancel, target
from shared.airbyte.lookup import find
from shared.airbyte.names import NameSettings, id_of
from shared.airbyte.settings import JOB_ID, UUID
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.status import Status


class Settings(NameSettings):
    connection_id = Variable(
        "AIRBYTE_CONNECTION_ID", UUID, "the connection whose running job to cancel; blank: the previous step's", None
    )
    job_id = Variable(
        "AIRBYTE_JOB_ID", JOB_ID, "the job to cancel; blank: the one that the previous step started", None
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = connect(run, settings)
    connection_id = settings.connection_id or id_of(api, settings)
    record = find(run, connection_id, settings.job_id)
    run.note(connection_id=record.connection_id if record else connection_id)
    job = target(api, record, connection_id)
    if job is None:
        return Outcome(Status.NOTHING_RUNS, "nothing to cancel: no job of the connection is running")
    with run.response_file(f"cancel_{job.id}") as response:
        return cancel(run, api, job, response)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
