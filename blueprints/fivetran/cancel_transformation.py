"""Cancel the current run of a Fivetran transformation, and wait up to a minute until it has ended.

Exit code 0 if it was cancelled, had ended before, or nothing was running; 255 if it has not ended yet.
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

from shared.fivetran.endpoints.transformation_administration import TransformationAdministration
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.transformations.cancel import cancel
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER


class Settings(FivetranSettings):
    transformation_id = Variable("FIVETRAN_TRANSFORMATION_ID", IDENTIFIER, "the transformation whose run to cancel")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    run.note(transformation_id=settings.transformation_id)
    api = TransformationAdministration(run, settings)
    with run.response_file(f"cancel_transformation_{settings.transformation_id}") as response:
        before = api.get_transformation(settings.transformation_id)
        run.note(**before.facts())
        return cancel(run, api, before, response)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
