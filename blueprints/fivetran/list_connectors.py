"""List the connectors of a Fivetran account or group, those with problems first.

All of them are in responses/connectors_response.json, the worst twenty in the result, and a table on stderr.
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

from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.health import condition, severity
from shared.fivetran.listing import field, report
from shared.fivetran.paging import Page
from shared.fivetran.selection import FilterSettings
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run


class Settings(FilterSettings, FivetranSettings):
    writes = False


COLUMNS = {
    "connector_id": field("id"),
    "service": field("service"),
    "schema": field("schema"),
    "group_id": field("group_id"),
    "condition": lambda row: condition(Connector(row)),
    "succeeded_at": lambda row: Connector(row).succeeded_at,
    "failed_at": lambda row: Connector(row).failed_at,
}


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = Fivetran(run, settings)

    def pages() -> Iterator[Page]:
        return api.list_connectors(settings.group(api), settings.exact_schema)

    listed = report(run, "connectors", pages, COLUMNS, settings.keeps, lambda row: severity(Connector(row)))
    if not listed.data["count"] and (patterns := settings.patterns):
        listed.message += f"; none matches {patterns} (case-sensitive)"
    return listed


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
