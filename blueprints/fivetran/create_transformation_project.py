"""Create a Fivetran dbt project from a Git repository, for create_transformation.

The result has the project's public key: add it to the repository as a deploy key. If the group already has a project
of this repository, none is created.
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
from shared.fivetran.transformations.project import ProjectSettings, create
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.program.run_id import safe_name
from shared.redaction import one_line
from shared.terminal.heartbeat import heartbeat


class Settings(ProjectSettings, FivetranSettings):
    pass


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = TransformationAdministration(run, settings)
    with run.response_file("create_project") as response:
        body = settings.body(str(api.find_group(settings.group_id)["id"]))
        with heartbeat(run, "Fivetran: creating a dbt project"):
            project = create(run, api, body)
        response.name = f"create_project_{safe_name(project.id)}"
        done = "was created" if project.created else "exists already"
        run.achieved = f"the dbt project {project.id} {done}"
        run.note(project_id=project.id, project_status=project.data.get("status"), group_id=body["group_id"])
        response.save(project.answer)
    key = project.config.get("public_key")
    if key:
        run.say(f"Fivetran: let this key read the repository: {one_line(str(key), 2000)}")
    ended = project.verdict()
    return Outcome(ended.status, f"{run.achieved}; {ended.reason}", ended.code, {"public_key": key} if key else None)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
