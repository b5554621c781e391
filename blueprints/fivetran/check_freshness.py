"""Check how old the data of Fivetran connectors is: exit code 0 if all of it is fresh, 219 if any is stale.

It never starts a sync. Each connector's last success is compared with FIVETRAN_MAX_AGE or, without it, with the
connector's own sync frequency plus a margin. It checks all connectors of the account unless ids or a group select
some. It writes a page, artifacts/freshness.html, that shows how old, how late and why, the worst first.
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

from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Variable
from shared.settings.kinds import IDENTIFIERS
from shared.settings.spans import SPAN


class Settings(SelectionSettings, FivetranSettings):
    writes = False
    needs_selection = False
    connector_ids = Variable(
        "FIVETRAN_CONNECTOR_ID",
        IDENTIFIERS,
        "the connectors to check, comma-separated; blank: those of FIVETRAN_GROUP_ID, or the whole account",
        None,
    )
    max_age = Variable(
        "FIVETRAN_MAX_AGE",
        SPAN,
        "how old the last success may be, as in 90m, 6h or 2d; not given: the connector's sync frequency plus a "
        "quarter of it (at least 15 minutes)",
        None,
    )


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    from shared.fivetran.batch.freshness import check

    return check(run, settings, settings, max_age=settings.max_age)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
