"""Change a Fivetran connector: its schedule, pause or resume it, start a historical sync, or any other field.

Only what is given is changed, and setup tests are not run unless FIVETRAN_CUSTOM_UPDATE asks for them. The result
says which fields changed, from what to what; values under config and auth are never shown.
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

from shared.fivetran.api import Fivetran, data
from shared.fivetran.connector import Connector
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.update import UpdateSettings, changed, check_against, send
from shared.run import Outcome, Run, blueprint
from shared.settings import IDENTIFIER, Variable


class Settings(UpdateSettings, FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to change, as in speak_inexpensive")


@blueprint(Settings)
def main(run: Run[Settings]) -> Outcome:
    settings = run.settings
    run.response_name = f"update_{settings.connector_id}"
    run.note(connector_id=settings.connector_id)
    api = Fivetran(run)
    before, _ = api.get_connector(settings.connector_id)
    check_against(before, settings.changes())
    for clash in settings.clashes():
        run.say(f"Slipway: warning: {clash}")
    answer = send(api, settings.connector_id, settings.changes())
    run.save_response(answer)
    after = Connector(data(answer))
    run.note(**after.facts())
    changes = changed(before.data, after.data, settings.changes())
    message = f"{after.id} was updated: {', '.join(changes) or 'everything was so already'}"
    return Outcome("updated", message, data={"changed": changes})


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
