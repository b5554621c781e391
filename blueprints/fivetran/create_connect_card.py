"""Create a Connect Card: a web page where somebody else enters a Fivetran connector's credentials.

Its token and address let anybody open that page for a day, so they are only in the response file (mode 0600), which
the result names. jq -r .data.connect_card.uri prints the address.
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

from shared.artifacts.files import PRIVATE_MODE
from shared.fivetran.connect_card import REDIRECT, CardSettings, check_card
from shared.fivetran.endpoints.administration import Administration
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIER
from shared.status import Status


class Settings(CardSettings, FivetranSettings):
    connector_id = Variable("FIVETRAN_CONNECTOR_ID", IDENTIFIER, "the connector to authorize, as in speak_inexpensive")
    redirect_uri = Variable("FIVETRAN_REDIRECT_URI", REDIRECT, "where the browser goes when the card is done")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    run.note(connector_id=settings.connector_id)
    with run.response_file(f"connect_card_{settings.connector_id}", PRIVATE_MODE) as response:
        answer = Administration(run, settings).create_connect_card(settings.connector_id, settings.card())
        check_card(answer, settings.connector_id)
        run.achieved = f"a Connect Card of {settings.connector_id} was created"
        where = response.save(answer)
    message = (
        f"the Connect Card of {settings.connector_id} is good for a day; its URI is in {where}, readable by you alone"
    )
    return Outcome(Status.CREATED, message, data={"file": where})


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
