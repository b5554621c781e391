"""Create a Fivetran transformation of a dbt project or a Quickstart package that runs by itself after syncs.

FIVETRAN_RUN_AFTER names the connectors: it runs whenever all of them have synced. If one with this name exists already,
none is created: exit code 0 if it has the given settings, 201 if it differs.
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
from shared.fivetran.transformations.creation import TransformationSettings, create, described
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.program.run_id import safe_name
from shared.status import Status


class Settings(TransformationSettings, FivetranSettings):
    pass


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = TransformationAdministration(run, settings)
    body = settings.body()
    with run.response_file("create_transformation") as response:
        transformation, created = create(run, api, body)
        response.name = f"create_transformation_{safe_name(transformation.id)}"
        done = "was created" if created else "exists already with these settings"
        run.achieved = f"the transformation {transformation.id} {done}"
        run.note(**transformation.facts())
        response.save(transformation.answer)
    return Outcome(Status.CREATED if created else Status.UNCHANGED, f"{run.achieved}; {described(body)}")


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
