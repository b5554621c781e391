"""List Airbyte's connections with their state and last job, those with problems first.

All of them are in responses/connections_response.json and in a table on stderr; the result has the counts and the
worst twenty.
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

import json
from collections.abc import Iterator

from shared.airbyte.api import connect
from shared.airbyte.listing import counts, rows, usable
from shared.airbyte.settings import WORKSPACE, AirbyteSettings
from shared.listing import MOST_SHOWN, counted
from shared.program.main import blueprint
from shared.program.result import clean
from shared.program.run import Outcome, Run
from shared.settings.declaration import Problem, Variable
from shared.status import Status
from shared.terminal.table import show_table


class Settings(AirbyteSettings):
    writes = False
    workspace_id = Variable(
        "AIRBYTE_WORKSPACE_ID",
        WORKSPACE,
        "only this workspace; the Configuration API needs it, the public one shows all",
        None,
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if not self.workspace_id and not self.server.public:
            yield Problem("AIRBYTE_WORKSPACE_ID", "is required on the Configuration API, which lists one workspace")


COLUMNS = ("connection_id", "name", "status", "job_id", "job_type", "job_status", "job_updated_at")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = connect(run, settings)
    with run.response_file("connections"):
        listed = api.list_connections(settings.workspace_id)
        found = rows(run, api, usable(run, listed))
    known = [{**row.connection.data, "last_job": row.facts()} for row in found]
    left = {"connections": known, "malformed": list(listed.malformed.values())}
    content = json.dumps(run.redactor.data(clean(left)), indent=2) + "\n"
    run.artifacts.write("responses", "connections_response.json", content.encode())
    show_table(run, COLUMNS, [[row.facts()[column] for column in COLUMNS] for row in found])
    shown, unusable = [row.facts() for row in found[:MOST_SHOWN]], len(listed.malformed)
    summary = {"count": len(found), "malformed": unusable, **counts(found), "connections": shown}
    message = counted("connections", len(found), len(found) + unusable, unusable)
    if settings.workspace_id and not known and not unusable:
        message += f"; is {settings.workspace_id} (AIRBYTE_WORKSPACE_ID) a workspace that these credentials can see?"
    return Outcome(Status.LISTED, message, data=summary)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
