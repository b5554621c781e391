"""Run a Fivetran connector's setup tests and wait for them: exit code 0 if none fails, 218 if one does."""

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
from shared.fivetran.connector import Connector
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.setup_tests import COLUMNS, TrustSettings, outcome, rows, tested
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.terminal.heartbeat import heartbeat
from shared.terminal.table import show_table


class Settings(TrustSettings, FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to test, as in speak_inexpensive")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    connector_id = settings.connector_id
    run.note(connector_id=connector_id)
    api = Fivetran(run, settings)
    with run.response_file(f"setup_tests_{connector_id}") as response:
        with heartbeat(run, f"Fivetran: running the setup tests of {connector_id}"):
            answer = api.run_setup_tests(connector_id, settings.trust())
        response.save(answer)
    connector = Connector(data(answer))
    about(connector_id, connector.id, answer)
    run.note(**connector.facts())
    show_table(run, COLUMNS, rows(connector.data))
    return outcome(tested(connector), connector)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
