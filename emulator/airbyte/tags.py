"""Tags of connections. A tag belongs to a workspace; its id is derived from its name."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.airbyte.sample_connections import named
from emulator.scenario import Json

COLOR = "75DCFF"


def tag_id(name: str, workspace_id: str) -> str:
    """Return the id of a workspace's tag."""
    return named(f"tag/{workspace_id}/{name}")


def tags_read(names: Iterable[str], workspace_id: str) -> list[Json]:
    """Return a workspace's tags as both APIs show them."""
    return [
        {"tagId": tag_id(name, workspace_id), "workspaceId": workspace_id, "name": name, "color": COLOR}
        for name in names
    ]
