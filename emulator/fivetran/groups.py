"""Endpoints of groups (destinations) and of the account.

Documented at https://fivetran.com/docs/rest-api/api-reference/groups/list-all-groups and
https://fivetran.com/docs/rest-api/api-reference/groups/group-details.
"""

from __future__ import annotations

from flask import Response

from emulator.clock import stamp_text
from emulator.fivetran.api import ApiError, Json, current_account, endpoint, page, success
from emulator.fivetran.group import Group


@endpoint("GET", "/account/info")
def account_info() -> Response:
    """Show the account and the owner of the API key."""
    data = {
        "account_id": "kindly_brigade",
        "account_name": "Emulated account",
        "user_id": "interment_burdensome",
        "system_key_id": None,
    }
    return success("Account information retrieved successfully", data)


@endpoint("GET", "/groups")
def list_groups() -> Response:
    """List all groups."""
    return success("Groups retrieved successfully", page(list(current_account().groups.values()), group_response))


@endpoint("GET", "/groups/<group_id>")
def group_details(group_id: str) -> Response:
    """Show a group."""
    return success(None, group_response(group(group_id)))


def group(group_id: str) -> Group:
    """Return a group, or raise a 404."""
    found = current_account().groups.get(group_id)
    if found is None:
        raise ApiError(404, "NotFound_Group", f"Group with id '{group_id}' does not exist")
    return found


def group_response(one: Group) -> Json:
    """Return a group as the API shows it."""
    return {"id": one.id, "name": one.name, "created_at": stamp_text(one.created_at)}
