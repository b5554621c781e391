"""The endpoints of destinations. A destination has the id of its group.

Documented at https://fivetran.com/docs/rest-api/api-reference/destinations.
"""

from __future__ import annotations

from flask import Response

from emulator.fivetran.api import ApiError, Json, current_account, endpoint, page, success
from emulator.fivetran.connection_responses import masked
from emulator.fivetran.group import Group

CONFIG = {
    "host": "example.snowflakecomputing.com",
    "port": "443",
    "database": "analytics",
    "auth": "PASSWORD",
    "user": "fivetran",
    "password": "s3cret-of-the-warehouse",
    "connection_type": "Directly",
    "role": "LOADER",
}


@endpoint("GET", "/destinations")
def list_destinations() -> Response:
    """List the destinations."""
    return success(None, page(list(current_account().groups.values()), destination_response))


@endpoint("GET", "/destinations/<destination_id>")
def destination_details(destination_id: str) -> Response:
    """Show a destination. A `setup_status` other than connected stops every sync of its group."""
    return success(None, destination_response(_destination(destination_id)))


@endpoint("POST", "/destinations/<destination_id>/test")
def run_destination_tests(destination_id: str) -> Response:
    """Show the results of a destination's setup tests. They pass if it is connected, and change nothing."""
    one = _destination(destination_id)
    passed = one.setup_status.casefold() == "connected"
    test = {"title": "Connection test", "status": "PASSED" if passed else "FAILED", "message": ""}
    return success("Setup tests have been completed", {**destination_response(one), "setup_tests": [test]})


def _destination(destination_id: str) -> Group:
    found = current_account().groups.get(destination_id)
    if found is None:
        raise ApiError(404, "NotFound_Destination", f"Destination with id '{destination_id}' does not exist")
    return found


def destination_response(one: Group) -> Json:
    """Return a destination as the API shows it. Recorded answers have `setup_status` in lower case."""
    return {
        "id": one.id,
        "group_id": one.id,
        "service": one.service,
        "region": one.region,
        "time_zone_offset": one.time_zone_offset,
        "setup_status": one.setup_status,
        "config": masked(CONFIG),
    }
