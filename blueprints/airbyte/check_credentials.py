"""Check that an Airbyte server answers, is healthy and accepts the credentials.

The exit code is 223 if it does not answer or is not healthy, 200 if it refuses the credentials. With
AIRBYTE_CONNECTION_ID it also reads that connection.
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

from shared.airbyte.api import connect
from shared.airbyte.names import NameSettings, id_of
from shared.airbyte.settings import NONE, UUID
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.status import Status


class Settings(NameSettings):
    writes = False
    connection_id = Variable("AIRBYTE_CONNECTION_ID", UUID, "a connection to read as well", None)


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = connect(run, settings)
    accepts = "accepts " + settings.credentials if settings.credentials != NONE else "wants no credentials"
    message = f"the server is healthy and {accepts}"
    with run.response_file("access") as response:
        api.check_health()
        answer = api.check_access()
        if connection_id := settings.connection_id or id_of(api, settings):
            found = api.get_connection(connection_id)
            answer = found.answer
            run.note(connection_id=found.id, connection_status=found.status)
            message += f"; the connection {found.name or found.id} is {found.status or 'in no known state'}"
        response.save(answer)
    return Outcome(Status.ACCEPTED, message)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
