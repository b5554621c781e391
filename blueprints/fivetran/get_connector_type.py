"""Show the config and auth parameters of a Fivetran service, for create_connector and update_connector."""

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

from shared.fivetran.answers import about, data
from shared.fivetran.api import Fivetran
from shared.fivetran.parameters import COLUMNS, parameters
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.status import Status
from shared.terminal.table import show_table


class Settings(FivetranSettings):
    writes = False
    service = Variable("FIVETRAN_SERVICE", IDENTIFIER, "the service, as in postgres; list_connector_types has them")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    service = settings.service
    with run.response_file(f"connector_type_{service}") as response:
        answer = Fivetran(run, settings).get_connector_type(service)
        response.save(answer)
    found = data(answer)
    about(service, str(found.get("id") or service), answer)
    rows = parameters(found)
    show_table(run, COLUMNS, rows)
    needed = [row[0] for row in rows if row[2]]
    name = f"{found['name']} ({service})" if found.get("name") else service
    message = f"{name} takes {len(rows)} parameters, {len(needed)} of them required"
    links = {key: found.get(key) for key in ("name", "type", "service_status", "link_to_docs")}
    return Outcome(
        Status.READ, message, data={"service": service, **links, "parameters": len(rows), "required": needed}
    )


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
