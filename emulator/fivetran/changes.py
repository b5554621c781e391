"""Common parts of changes of a connection and of its schemas.

A change stops a running sync first, for which the API waits a minute. A pause that takes longer is answered with 500
but takes effect; any other change fails:
https://fivetran.com/docs/developer-resources/rest-api/troubleshooting/pause-connector-500-error and
https://fivetran.com/docs/rest-api/troubleshooting/stop-in-progress-sync-error.
"""

from __future__ import annotations

from flask import Response, request

from emulator.fivetran import sync_lifecycle
from emulator.fivetran.api import ApiError, current_account
from emulator.fivetran.connector import Connector
from emulator.middleware import DELIVERY


def stop_sync(one: Connector) -> None:
    """Stop a running sync, which leaves no timestamp, if the switch `change_stops_sync` says so.

    Raise a 500 if the switch `sync_cannot_stop` says that this takes too long.
    """
    switches = current_account().switches
    if one.run is not None and switches.sync_cannot_stop:
        raise ApiError(500, "InternalServerError", "Failed to stop in-progress sync after trying for 60 seconds")
    if switches.change_stops_sync:
        sync_lifecycle.cancel(one, current_account().at())


def answered(answer: Response) -> Response:
    """Return the answer to a change that has taken effect, late and as a 500 if the switches say so."""
    switches = current_account().switches
    request.environ[DELIVERY].hold = switches.update_seconds
    if switches.lost_updates:
        switches.lost_updates -= 1
        raise ApiError(500, "InternalServerError", "HTTP 500 Internal Server Error")
    return answer
