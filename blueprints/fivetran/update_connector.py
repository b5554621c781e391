"""Change a Fivetran connector: pause or resume it, set its schedule or any other field.

It changes only what is given, and runs no setup tests unless FIVETRAN_CUSTOM_UPDATE asks for them. The result has old
and new values, but never those under config and auth. A change may stop a sync that is running.
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

from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.update import UpdateSettings, changed, check_against, in_words
from shared.fivetran.update_confirmation import send
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIERS, number_between
from shared.status import Status


class Settings(SelectionSettings, UpdateSettings, FivetranSettings):
    connector_ids = Variable(
        "FIVETRAN_CONNECTOR_ID",
        IDENTIFIERS,
        "the connector to change, as in speak_inexpensive; several comma-separated, or FIVETRAN_GROUP_ID instead",
        None,
    )
    confirm_count = Variable(
        "FIVETRAN_CONFIRM_COUNT",
        number_between(1, 1_000_000),
        "required to change several connectors: their number; if it is wrong, nothing is changed",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    if settings.many:
        from shared.fivetran.batch.update import update

        return update(run, settings, settings, changing=settings, confirm_count=settings.confirm_count)
    connector_id = settings.only_id
    run.note(connector_id=connector_id)
    api = Fivetran(run, settings)
    with run.response_file(f"update_{connector_id}") as response:
        before = api.get_connector(connector_id)
        check_against(before, settings.changes())
        for clash in settings.clashes():
            run.say(f"Slipway: warning: {clash}")
        sent = send(run, api, connector_id, settings.changes())
        response.save(sent.answer)
        after = Connector(data(sent.answer))
    run.note(**after.facts())
    changes = changed(before.data, after.data, settings.changes())
    return Outcome(
        Status.UPDATED, f"{after.id} was updated: {in_words(changes)}{sent.words}", data={"changed": changes}
    )


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
