"""Start a Fivetran transformation, as users do after a sync: by its id, which list_transformations shows.

With FIVETRAN_WAIT=TRUE it waits for the end: 0 succeeded, 211 failed or succeeded only in part, 213 cancelled, 215
blocked or in a state that is not known.
"""

import os
import sys

if not __package__:  # started as a file: find shared/ beside blueprints/
    sys.path.insert(0, os.path.realpath(__file__ + "/../../.."))
    if not os.path.isfile(sys.path[0] + "/shared/prepare.py"):
        sys.stderr.write("Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n")
        sys.exit(206)
if __name__ == "__main__":
    from shared.prepare import prepare

    prepare()

from shared.fivetran.api import Fivetran
from shared.fivetran.settings import FivetranSettings, WaitSettings
from shared.fivetran.transformation_run import TransformationWait, start
from shared.run import Outcome, Run, blueprint
from shared.settings import BOOLEAN, IDENTIFIER, Variable


class Settings(FivetranSettings):
    transformation_id = Variable("FIVETRAN_TRANSFORMATION_ID", IDENTIFIER, "the transformation to run")
    full_refresh = Variable("FIVETRAN_FULL_REFRESH", BOOLEAN, "TRUE builds incremental models from the start", False)
    wait = Variable("FIVETRAN_WAIT", BOOLEAN, "TRUE waits until the transformation has ended", False)
    wait_timeout = WaitSettings.wait_timeout
    poll_interval = WaitSettings.poll_interval
    start_timeout = WaitSettings.start_timeout


@blueprint(Settings)
def main(run: Run[Settings]) -> Outcome:
    settings = run.settings
    run.response_name = f"transformation_{settings.transformation_id}"
    run.note(transformation_id=settings.transformation_id)
    api = Fivetran(run)
    before, _ = api.get_transformation(settings.transformation_id)
    run.note(**before.facts())
    answer = start(run, api, before, settings.full_refresh)
    run.achieved = f"a run of {before.id} was started"
    run.save_response(answer)
    if not settings.wait:
        return Outcome("triggered", run.achieved)
    run.say(f"Fivetran: {run.achieved}")
    ended = TransformationWait(run, api, before).until_ended()
    run.save_response(ended.answer)
    return Outcome(ended.verdict.status, f"{before.id}: {ended.verdict.reason}", ended.verdict.code)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
