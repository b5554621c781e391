"""List the transformations of a Fivetran account or group, with the outcome of their last run.

run_transformation takes the ids that it lists.
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

from typing import Any

from shared.fivetran.api import Fivetran
from shared.fivetran.listing import field, report
from shared.fivetran.selection import GroupSettings
from shared.fivetran.settings import FivetranSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run


class Settings(GroupSettings, FivetranSettings):
    writes = False


def names(value: Any) -> str:
    """Return a list of names as one text, "" if it is no list."""
    return ", ".join(map(str, value)) if isinstance(value, list) else ""


COLUMNS = {
    "transformation_id": field("id"),
    "type": field("type"),
    "status": field("status"),
    "paused": field("paused"),
    "last_started_at": field("last_started_at"),
    "last_ended_at": field("last_ended_at"),
    "output_models": lambda row: names(row.get("output_model_names")),
}


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    api = Fivetran(run, settings)
    return report(run, "transformations", lambda: api.list_transformations(settings.group(api)), COLUMNS)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
