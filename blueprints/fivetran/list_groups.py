"""List the groups of a Fivetran account."""

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

from shared.fivetran.api import Fivetran
from shared.fivetran.listing import field, report
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run


class Settings(FivetranSettings):
    writes = False


COLUMNS = {"group_id": field("id"), "name": field("name"), "created_at": field("created_at")}


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    return report(run, "groups", Fivetran(run, settings).list_groups, COLUMNS)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
