"""The settings of check_freshness: the age limit, and whether to wait until all data is fresh."""

from shared.fivetran.settings import WaitSettings
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN
from shared.settings.spans import SPAN


class FreshnessSettings(Settings):
    """The age limit and the wait. FIVETRAN_WAIT has no effect, so that a shared ``.env`` does not make a check wait."""

    max_age = Variable(
        "FIVETRAN_MAX_AGE",
        SPAN,
        "how old the last success may be, as in 90m, 6h or 2d; not given: the connector's sync frequency plus a "
        "quarter of it (at least 15 minutes)",
        None,
    )
    wait_until_fresh = Variable(
        "FIVETRAN_WAIT_UNTIL_FRESH",
        BOOLEAN,
        "TRUE waits until all are fresh, and ends at once if one never will be (216, 217, 218); FIVETRAN_WAIT has "
        "no effect here",
        False,
    )
    wait_timeout = WaitSettings.wait_timeout
    poll_interval = WaitSettings.poll_interval
