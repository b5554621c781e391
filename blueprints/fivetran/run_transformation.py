"""Start a Fivetran transformation by its id, which list_transformations shows.

With FIVETRAN_WAIT=TRUE it waits for the end: 0 succeeded, 211 failed or succeeded only in part, 213 cancelled, 215
blocked or in an unknown state. A retry of the same run joins the run that it started.
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
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.transformations.trigger import start
from shared.fivetran.transformations.wait import TransformationWait, TransformationWaitSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER


class Settings(TransformationWaitSettings, FivetranSettings):
    transformation_id = Variable("FIVETRAN_TRANSFORMATION_ID", IDENTIFIER, "the transformation to run")
    full_refresh = Variable("FIVETRAN_FULL_REFRESH", BOOLEAN, "TRUE builds incremental models from the start", False)


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    run.note(transformation_id=settings.transformation_id)
    api = Fivetran(run, settings)
    with run.response_file(f"transformation_{settings.transformation_id}") as response:
        started = start(run, api, settings.transformation_id, full_refresh=settings.full_refresh)
        response.save(started.answer)
        if not run.waits(settings.wait):
            return Outcome(started.status, started.message)
        run.say(f"Fivetran: {started.message}")
        ended = TransformationWait(run, settings, api, started.record.before, response).until_ended()
        response.save(ended.transformation.answer)
    return Outcome(ended.verdict.status, f"{started.before.id}: {ended.verdict.reason}", ended.verdict.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
