"""Check the credentials and show which Fivetran account they belong to.

A key that may not read the account (403) still counts as accepted if it may list connections.
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

from shared.errors import CredentialsRefused, SlipwayError
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.status import Status


class Settings(FivetranSettings):
    writes = False


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = Fivetran(run, settings)
    with run.response_file("account") as response:
        try:
            answer = api.get_account()
        except CredentialsRefused as error:
            if not _lists_connections(api, error):
                raise
            response.save(error.answer)  # type: ignore[arg-type]  # a 403 has an answer
            return Outcome(Status.ACCEPTED, f"the key is accepted, but may not read the account: {error.message}")
        account = data(answer)
        response.save(answer)
    whose = account.get("user_id") or account.get("system_key_id")
    known = (("account ", account.get("account_id")), ("belonging to ", whose))
    said = ", ".join(f"{words}{value}" for words, value in known if value)
    return Outcome(
        Status.ACCEPTED, f"the key is accepted: {said or 'the API does not name its owner'}", data=dict(account)
    )


def _lists_connections(api: Fivetran, error: CredentialsRefused) -> bool:
    """Return whether a key that may not read the account (403, "Required permission: ACCOUNT_READ") may list."""
    if error.answer is None or error.answer.status != 403:
        return False
    try:
        return next(api.list_connectors(limit=1), None) is not None
    except SlipwayError:
        return False


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
