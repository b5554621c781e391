"""Check the credentials and show which Fivetran account they belong to."""

import os
import sys

if not __package__:  # started as a file: find shared/ beside blueprints/
    sys.path.insert(0, os.path.realpath(__file__ + "/../../.."))
    if not os.path.isfile(sys.path[0] + "/shared/program/signals.py"):
        sys.stderr.write("Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n")
        sys.exit(206)
if __name__ == "__main__":
    from shared.program.signals import prepare

    prepare()

from shared.fivetran.api import Fivetran, data
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.status import Status


class Settings(FivetranSettings):
    writes = False


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    with run.response_file("account") as response:
        answer = Fivetran(run, settings).get_account()
        account = data(answer)
        response.save(answer)
    whose = account.get("user_id") or account.get("system_key_id")
    known = (("account ", account.get("account_id")), ("belonging to ", whose))
    said = ", ".join(f"{words}{value}" for words, value in known if value)
    return Outcome(
        Status.ACCEPTED, f"the key is accepted: {said or 'whose it is the API does not say'}", data=dict(account)
    )


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
