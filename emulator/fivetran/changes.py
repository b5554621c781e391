"""What changes of a connection and of its schemas have in common.

A change stops a running sync first. Stopping may take longer than the minute that the API waits; the change is then
answered 500 although it takes effect: https://fivetran.com/docs/rest-api/troubleshooting.
"""

from __future__ import annotations

from flask import Response, request

from emulator.fivetran import sync_lifecycle
from emulator.fivetran.api import ApiError, current_account
from emulator.fivetran.connector import Connector
from emulator.middleware import DELIVERY


def stop_sync(one: Connector) -> None:
    """Stop a running sync, which leaves no timestamp, if the switch `change_stops_sync` says so."""
    if current_account().switches.change_stops_sync:
        sync_lifecycle.cancel(one, current_account().at())


def answered(answer: Response) -> Response:
    """Return the answer to a change that has taken effect, late and as a 500 if the switches say so."""
    switches = current_account().switches
    request.environ[DELIVERY].hold = switches.update_seconds
    if switches.lost_updates:
        switches.lost_updates -= 1
        raise ApiError(500, "InternalServerError", "HTTP 500 Internal Server Error")
    return answer
