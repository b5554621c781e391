"""Check how old the data of Airbyte connections is: exit code 0 if all of it is fresh, 219 if any is stale.

It never starts a sync. Each connection's last successful sync is compared with AIRBYTE_MAX_AGE or, without it, with
its basic schedule plus a margin. It checks given ids, or a workspace's connections, or those with a name or a tag. It
reports those that Airbyte has switched off, and writes a page, artifacts/freshness.html, worst first.
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

from collections.abc import Iterator

from shared.airbyte.selection import UUIDS, SelectionSettings
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.settings.declaration import Problem, Variable
from shared.settings.spans import SPAN


class Settings(SelectionSettings):
    writes = False
    connection_ids = Variable(
        "AIRBYTE_CONNECTION_ID",
        UUIDS,
        "the connections to check, comma-separated; blank: those of AIRBYTE_WORKSPACE_ID, or all of the public API",
        None,
    )
    max_age = Variable(
        "AIRBYTE_MAX_AGE",
        SPAN,
        "how old the last successful sync may be, as in 90m, 6h or 2d; not given: the time between two syncs of a "
        "basic schedule plus a quarter of it (at least 15 minutes)",
        None,
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        given = self.connection_ids or self.connection_name or self.workspace_id or self.patterns
        if not given and not self.server.public:
            yield Problem("AIRBYTE_CONNECTION_ID", "or AIRBYTE_WORKSPACE_ID is required on the Configuration API")


@blueprint(Settings)
def main(run: Run, settings: Settings) -> Outcome:
    from shared.airbyte.batch.freshness import check

    return check(run, settings, max_age=settings.max_age)


if __name__ == "__main__":
    raise SystemExit(main(os.environ, sys.argv[1:]))
