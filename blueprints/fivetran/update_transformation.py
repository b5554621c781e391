"""Change a Fivetran transformation: pause or resume it, or set when it runs.

It changes only what is given, and sends nothing if that is in effect already. A new schedule replaces the old one.
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
from shared.fivetran.transformations.update import TransformationUpdateSettings, flat, sent_fields, update
from shared.fivetran.update import changed, in_words
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.status import Status


class Settings(TransformationUpdateSettings, FivetranSettings):
    pass


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    run.note(transformation_id=settings.transformation_id)
    api = TransformationAdministration(run, settings)
    with run.response_file(f"update_transformation_{settings.transformation_id}") as response:
        before = api.get_transformation(settings.transformation_id)
        changes = settings.changes(before.kind)
        updated = update(run, api, before, changes)
        run.note(**updated.after.facts())
        response.save(updated.after.answer)
    differs = changed(flat(before.data), flat(updated.after.data), sent_fields(changes, before))
    message = f"{before.id} was updated: {in_words(differs)}{updated.words}"
    if not updated.sent:
        message = f"{before.id} has these settings already; nothing was sent"
    return Outcome(Status.UPDATED if updated.sent else Status.UNCHANGED, message, data={"changed": differs})


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
