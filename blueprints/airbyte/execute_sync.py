"""Start a sync (or another job) of an Airbyte connection and wait until it has ended.

It writes the API's answer to responses/sync_<connection id>_response.json, and the connection id, job id and execution
time to variables/<run id>_sync.pickle for check_sync_status. A retry of the same run joins the job that it started.
AIRBYTE_WAIT=FALSE only starts the job; AIRBYTE_JOB_TYPE chooses another kind of job. Several connections, given by
their ids, a name pattern or a tag, are synced and awaited together.
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
from shared.airbyte.checks import check_kind
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.names import id_to_trigger
from shared.airbyte.selection import UUIDS, TriggerSettings
from shared.airbyte.trigger import trigger
from shared.exit_codes import ExitCode
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.status import Status


class Settings(TriggerSettings, WaitSettings):
    needs_selection = True
    connection_ids = Variable(
        "AIRBYTE_CONNECTION_ID",
        UUIDS,
        "the connection to sync, from the address of its page; several comma-separated, or AIRBYTE_NAME or AIRBYTE_TAG "
        "instead",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    if settings.many:
        from shared.airbyte.batch.sync import sync

        return sync(run, settings, waiting=settings)
    api = connect(run, settings)
    check_kind(api, settings.job_type, settings.streams)
    connection_id = settings.connection_id or id_to_trigger(run, api, settings)
    run.note(connection_id=connection_id)
    with run.response_file(f"sync_{connection_id}") as response:
        job, started = trigger(run, settings, api, connection_id)
        response.save(started.answer)
    waits = run.waits(settings.wait)
    if job is None:  # a refresh that becomes the next sync, which may start much later
        return Outcome(Status.QUEUED, started.message, ExitCode.NOT_FINISHED if waits else ExitCode.DONE)
    if not waits:
        if settings.min_rows is not None:
            run.say("Slipway: warning: AIRBYTE_MIN_ROWS is checked once the job has ended: check_sync_status does it")
        return Outcome(started.status, started.message)
    from shared.airbyte.job_wait import JobWait  # imported late: a trigger alone starts faster
    from shared.airbyte.stop import CancelledOnStop

    run.say(f"Airbyte: {started.message}")
    cancels = settings.on_stop == "cancel" and started.status is Status.TRIGGERED and started.answered
    with run.response_file(f"job_{job.id}") as response, CancelledOnStop(run, api, job if cancels else None):
        ended = JobWait(run, settings, api, response, is_cancelled_after=cancels).until_ended(job.id)
        response.save(ended.job.answer)
    return Outcome(ended.verdict.status, ended.verdict.reason, ended.verdict.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
