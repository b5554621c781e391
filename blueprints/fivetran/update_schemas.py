"""Choose which schemas, tables and columns a Fivetran connector syncs, hash columns, and set sync modes.

It reads the current state first, shows the differences and changes nothing else: FIVETRAN_ENABLE=sales.orders,
FIVETRAN_DISABLE=..., FIVETRAN_HASH=sales.customers.email, or FIVETRAN_SCHEMA_PATCH in the API's form. An unknown
name is an error that suggests a similar one. With SLIPWAY_DRY_RUN=TRUE it only shows the differences. Fivetran
stops a sync that is running before it changes anything.
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

from shared.exit_codes import ExitCode
from shared.fivetran.endpoints.schemas import Schemas
from shared.fivetran.listing import small
from shared.fivetran.schemas.changes import SchemaChangeSettings
from shared.fivetran.schemas.paths import written
from shared.fivetran.schemas.update import update
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.status import Status


class Settings(SchemaChangeSettings, FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to change, as in speak_inexpensive")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    with run.response_file(f"update_schemas_{connector_id}") as response:
        done = update(run, Schemas(run, settings), connector_id, settings.changes())
        if done.differences:
            run.achieved = f"the schema configuration of {connector_id} was updated"
        response.save(done.answer)
    changed = small(("path", "field", "old", "new"), [(written(path), *rest) for path, *rest in done.differences])
    data = {"changes": len(done.differences), "changed": changed, **done.config.counts()}
    if done.missing:
        missing = "; ".join(map(str, done.missing[:5]))
        message = f"Fivetran accepted the change, but its answer lacks {len(done.missing)} of the changes: {missing}"
        return Outcome(Status.NOT_TAKEN, message, ExitCode.REQUEST_REFUSED, data)
    if not done.differences:
        return Outcome(Status.UNCHANGED, f"{connector_id} has these settings already; nothing was sent", data=data)
    return Outcome(Status.UPDATED, f"{run.achieved}: {'; '.join(map(str, done.differences[:5]))}", data=data)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
