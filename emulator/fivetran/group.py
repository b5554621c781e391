"""A group (destination). Source: Fivetran REST API, "Retrieve Group Details"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """`created_at` in seconds since the epoch."""

    id: str
    name: str
    created_at: float
