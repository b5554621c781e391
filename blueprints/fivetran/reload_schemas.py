"""Reload a Fivetran connector's schemas, tables and columns from its source. This may take minutes."""

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
from shared.fivetran.endpoints.schemas import Schemas
from shared.fivetran.schemas.config import SchemaConfig
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER, select
from shared.status import Status
from shared.terminal.heartbeat import heartbeat


class Settings(FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to reload, as in speak_inexpensive")
    exclude_mode = Variable(
        "FIVETRAN_EXCLUDE_MODE",
        select("preserve", "include", "exclude"),
        "which tables are synced afterwards: the same as before, all, or none",
        "preserve",
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    api = Schemas(run, settings)
    with run.response_file(f"reload_schemas_{connector_id}") as response:
        with heartbeat(run, f"Fivetran: reloading the schemas of {connector_id} from its source"):
            answer = api.reload_schemas(connector_id, settings.exclude_mode.upper())
        run.achieved = f"the schemas of {connector_id} were reloaded"
        response.save(answer)
    counts = SchemaConfig(data(answer)).counts()
    found = "{tables_synced} of {tables} tables in {schemas} schemas are synced".format(**counts)
    return Outcome(Status.RELOADED, f"{run.achieved}: {found}", data=counts)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
