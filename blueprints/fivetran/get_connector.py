"""Show a Fivetran connector's state, last success and failure, and open tasks: why its data is stale.

It starts nothing and exits with 0 as long as the connector can be read. responses/connector_<id>_response.json has
the details as the API returned them.
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
from shared.fivetran.destination import Destinations, is_late
from shared.fivetran.health import condition, explained
from shared.fivetran.settings import FivetranSettings
from shared.listing import MOST_SHOWN
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.status import Status


class Settings(FivetranSettings):
    writes = False
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to show, as in speak_inexpensive")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    with run.response_file(f"connector_{connector_id}") as response:
        api = Fivetran(run, settings)
        connector = api.get_connector(connector_id)
        run.note(**connector.facts())
        response.save(connector.answer)
    if is_late(connector):
        Destinations(api, run.say).explain(connector)
    words = explained(connector)
    for text in (connector.title, *words):
        run.say(f"Fivetran: {connector_id}: {text}")
    for kind, notices in (("task", connector.tasks), ("warning", connector.warnings)):
        for notice in notices[:MOST_SHOWN]:
            run.say(f"Fivetran: {connector_id}: {kind}: {notice}")
    run.say(f"Fivetran: {connector_id}: {connector.dashboard}")
    found = {
        "condition": condition(connector),
        "schema_status": connector.schema_status or None,
        "destination": connector.destination or None,
        "explanation": words,
        "tasks": connector.tasks[:MOST_SHOWN],
        "warnings": connector.warnings[:MOST_SHOWN],
        "schedule_type": connector.data.get("schedule_type"),
        "sync_frequency": connector.data.get("sync_frequency"),
    }
    return Outcome(Status.READ, f"{connector_id}: {words[0]}; {words[1]}", data=found)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
