"""The endpoint of users.

Documented at https://fivetran.com/docs/rest-api/api-reference/users/list-all-users. Some clients check their
credentials with it, and a key that may not read the account gets a 403.
"""

from __future__ import annotations

from flask import Response, request

from emulator.clock import stamp_text
from emulator.fivetran.api import INVALID, ApiError, Json, current_account, endpoint, page, require_lists, success
from emulator.fivetran.sample_connections import USER

CREATED = 1_650_000_000.0
BOOLEANS = {"true": True, "false": False}


@endpoint("GET", "/users")
def list_users() -> Response:
    """List the users of the account, by default suspended ones as well."""
    require_lists("ACCOUNT_READ")
    active = request.args.get("active")
    if active is not None and active not in BOOLEANS:
        raise ApiError(400, INVALID, "Query parameter 'active' must be true or false")
    rows = [one for one in users() if active is None or one["active"] is BOOLEANS[active]]
    return success("Users list retrieved successfully", page(rows, lambda one: one))


def users() -> list[Json]:
    """Return two users, the second one suspended."""
    logged_in_at = current_account().clock.now() - 3600.0
    return [
        user(USER, "ada@example.com", "Ada", stamp_text(logged_in_at), active=True),
        user("glorious_pretense", "former@example.com", "Former", None, active=False),
    ]


def user(user_id: str, email: str, name: str, logged_in_at: str | None, *, active: bool) -> Json:
    """Return a user as the API shows it."""
    return {
        "id": user_id,
        "email": email,
        "given_name": name,
        "family_name": "Example",
        "verified": True,
        "invited": False,
        "picture": None,
        "phone": None,
        "role": "Account Administrator",
        "active": active,
        "logged_in_at": logged_in_at,
        "created_at": stamp_text(CREATED),
    }
