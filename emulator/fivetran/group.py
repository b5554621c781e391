"""A group, which stands for a destination: https://fivetran.com/docs/rest-api/api-reference/groups/group-details."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A group. `created_at` is in seconds since the epoch."""

    id: str
    name: str
    created_at: float
