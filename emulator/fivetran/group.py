"""A group and its destination, which has the same id: https://fivetran.com/docs/rest-api/api-reference/groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator import scenario as read


@dataclass
class Group:
    """A group. `created_at` is in seconds since the epoch; the other fields are those of the destination."""

    id: str
    name: str
    created_at: float
    setup_status: str = "connected"
    service: str = "snowflake"
    region: str = "AWS_US_EAST_1"
    time_zone_offset: str = "0"

    @property
    def is_stopped(self) -> bool:
        """Whether the destination stops all syncs of the group."""
        return self.setup_status.lower() != "connected"


def new_group(group_id: str, given: dict[str, Any], now: float) -> Group:
    """Return the group of a scenario that the account does not have yet."""
    return Group(group_id, given.get("name", group_id), now)


# Fields that a scenario may set. The setup status is free text, to test unknown ones.
CHECKS: dict[str, read.Check] = {
    "name": read.text,
    "setup_status": read.text,
    "service": read.text,
    "region": read.text,
    "time_zone_offset": read.text,
}
