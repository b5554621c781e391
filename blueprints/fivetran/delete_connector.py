"""Delete a Fivetran connector for good. FIVETRAN_CONFIRM_DELETE must repeat its id.

The data that it has loaded stays in the destination.
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

from shared.fivetran.deletion import delete
from shared.fivetran.endpoints.administration import Administration
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import IDENTIFIER, TEXT
from shared.status import Status


class Settings(FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to delete, as in speak_inexpensive")
    confirm_delete = Variable(
        "FIVETRAN_CONFIRM_DELETE", TEXT, "the same id again; a deleted connector cannot be restored", None
    )

    @classmethod
    def needed(cls) -> frozenset[str]:
        return super().needed() | {"confirm_delete"}

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if not self.confirm_delete or (self.connector_id and self.confirm_delete != self.connector_id):
            wanted = self.connector_id or "ID"
            text = f"Deleting is final. To delete {wanted}, set FIVETRAN_CONFIRM_DELETE={wanted}"
            yield Problem("FIVETRAN_CONFIRM_DELETE", text, whole=True)


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    api = Administration(run, settings)
    with run.response_file(f"delete_{connector_id}") as response:
        connector = api.get_connector(connector_id)
        run.note(service=connector.service, connector_schema=connector.schema, group_id=connector.group_id)
        answer = delete(run, api, connector_id)
        run.achieved = f"{connector_id} was deleted"
        response.save(answer)
    return Outcome(Status.DELETED, f"{run.achieved}: a {connector.title}")


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
