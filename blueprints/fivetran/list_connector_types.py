"""List the connector types that Fivetran offers: service, name, kind, status and documentation."""

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
from shared.fivetran.listing import Row, field, report
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import TEXT


class Settings(FivetranSettings):
    writes = False
    type_name = Variable(
        "FIVETRAN_TYPE_NAME", TEXT, "only types whose name or service contains this, as in google", None
    )


COLUMNS = {
    "service": field("id"),
    "name": field("name"),
    "type": field("type"),
    "service_status": field("service_status"),
    "link_to_docs": field("link_to_docs"),
}


def names(row: Row) -> str:
    """Return a type's name and service in lower case, to search in them."""
    return f"{row.get('name') or ''} {row['id']}".casefold()


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    wanted = (settings.type_name or "").casefold()
    pages = Fivetran(run, settings).list_connector_types
    return report(run, "connector_types", pages, COLUMNS, lambda row: wanted in names(row))


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
