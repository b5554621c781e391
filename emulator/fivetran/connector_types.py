"""Endpoints of connector types.

Documented at https://fivetran.com/docs/rest-api/api-reference/connector-metadata.
"""

from __future__ import annotations

from flask import Response

from emulator.fivetran.api import NOT_FOUND, ApiError, current_account, endpoint, page, require_feature, success
from emulator.fivetran.type_data import SERVICES
from emulator.fivetran.type_responses import full, short


@endpoint("GET", "/metadata/connector-types")
def list_connector_types() -> Response:
    """List all connector types."""
    return success("Connectors list retrieved successfully", page(list(SERVICES.values()), short))


@endpoint("GET", "/metadata/connector-types/<service>")
def connector_type(service: str) -> Response:
    """Show a connector type with the parameters of `config` and `auth`."""
    switches = current_account().switches
    require_feature(switches.type_details)
    if service not in SERVICES:
        raise ApiError(404, NOT_FOUND, f"Connector type with id '{service}' does not exist")
    found = full(SERVICES[service], with_required=switches.type_required)
    return success("Connector configuration retrieved successfully", found)
