"""Check how old the data of Fivetran connectors is: exit code 0 if all of it is fresh, 219 if any is stale.

It never starts a sync. Each connector's last success is compared with FIVETRAN_MAX_AGE or, without it, with the
connector's own sync frequency plus a margin. It checks all connectors of the account unless ids or a group select
some. It writes a page, artifacts/freshness.html, that shows how old and how late data is and why, worst first.
FIVETRAN_WAIT_UNTIL_FRESH=TRUE waits for the syncs that Fivetran's own schedule starts.
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

from shared.fivetran.freshness.settings import FreshnessSettings
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIERS


class Settings(FreshnessSettings, SelectionSettings, FivetranSettings):
    writes = False
    needs_selection = False
    connector_ids = Variable(
        "FIVETRAN_CONNECTOR_ID",
        IDENTIFIERS,
        "the connectors to check, comma-separated; blank: those of FIVETRAN_GROUP_ID, or the whole account",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    from shared.fivetran.batch.freshness import check

    return check(run, settings, selection=settings, settings=settings)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
