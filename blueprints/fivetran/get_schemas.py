"""Show the schemas, tables and columns that a Fivetran connector syncs, as a tree.

The API lists only columns whose settings somebody has changed. FIVETRAN_LIVE_COLUMNS=TRUE reads all columns of the
tables in FIVETRAN_TABLE from the source and writes them to responses/columns_<id>_response.json.
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

from collections.abc import Iterator

from shared.fivetran.answers import data
from shared.fivetran.endpoints.schemas import Schemas
from shared.fivetran.schemas.config import SchemaConfig, check_tables
from shared.fivetran.schemas.paths import paths
from shared.fivetran.schemas.tree import live_columns, show
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER
from shared.status import Status


class Settings(FivetranSettings):
    writes = False
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to show, as in speak_inexpensive")
    table = Variable("FIVETRAN_TABLE", paths(2), "only these tables, as in sales.orders; blank: all", None)
    live_columns = Variable(
        "FIVETRAN_LIVE_COLUMNS", BOOLEAN, "TRUE asks the source for all columns of the tables in FIVETRAN_TABLE", False
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.live_columns and not self.table:
            yield Problem(
                "FIVETRAN_TABLE", "is required with FIVETRAN_LIVE_COLUMNS: each table is a query of the source"
            )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    run.note(connector_id=settings.connector_id)
    api = Schemas(run, settings)
    with run.response_file(f"schemas_{settings.connector_id}") as response:
        answer = api.get_schemas(settings.connector_id)
        response.save(answer)
    config = SchemaConfig(data(answer))
    check_tables(config, settings.table or [])
    if settings.live_columns and settings.table:
        with run.response_file(f"columns_{settings.connector_id}"):  # a refusal must not replace what was read
            columns = live_columns(run, api, settings.connector_id, settings.table)
        config = SchemaConfig(data(answer), columns)
    counts = config.counts()
    shown = show(run, config, settings.table)
    message = "{tables_synced} of {tables} tables in {schemas} schemas are synced".format(**counts)
    handling = config.data.get("schema_change_handling")
    return Outcome(Status.READ, message, data={**counts, "schema_change_handling": handling, "tables_shown": shown})


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
