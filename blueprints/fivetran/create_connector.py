"""Create a Fivetran connector in a group and run its setup tests.

Config and auth are JSON, from a variable or from a file (FIVETRAN_CONFIG_FILE), which keeps secrets out of the
environment. A config that does not fit the service's parameters is refused before it is sent. If setup tests fail, the
connector exists anyway: exit code 218, with its id in the result. With FIVETRAN_REDIRECT_URI it also creates a Connect
Card, whose token and address are only in the response file (mode 0600).
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

from shared.artifacts.files import MODE, PRIVATE_MODE
from shared.exit_codes import ExitCode
from shared.fivetran.connect_card import card_is
from shared.fivetran.creation import CreateSettings, create
from shared.fivetran.endpoints.administration import Administration
from shared.fivetran.parameter_check import check_parameters
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.setup_tests import COLUMNS, outcome, rows, tested
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.program.run_id import safe_name
from shared.status import Status
from shared.terminal.table import show_table


class Settings(CreateSettings, FivetranSettings):
    pass


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = Administration(run, settings)
    with run.response_file("create", PRIVATE_MODE if settings.card() else MODE) as response:
        body = settings.body(str(api.find_group(settings.group_id)["id"]))
        if settings.check_parameters:
            check_parameters(run, api, body, settings.parts())
        connector = create(run, api, body)
        response.name = f"create_{safe_name(connector.id)}"
        run.achieved = f"the connector {connector.id} was created"
        run.note(**connector.facts(), group_id=connector.group_id)
        where = response.save(connector.answer)
    if settings.card():
        run.say(f"Fivetran: {card_is(run, connector.data, where)}")
    if not body["run_setup_tests"]:
        return Outcome(
            Status.CREATED, f"{connector.id} was created, its setup tests were not run; run_setup_tests does"
        )
    show_table(run, COLUMNS, rows(connector.data))
    ended = outcome(tested(connector), connector)
    ended.message = f"{run.achieved}; {ended.message}"
    ended.status = Status.CREATED if ended.code == ExitCode.DONE else ended.status
    return ended


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
