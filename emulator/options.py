"""How one emulator is started."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_CONNECTORS = 100_000  # generated ones: they are all in memory


@dataclass(frozen=True)
class Options:
    """What the command line decides; `POST /_emulator/reset` may replace the two sizes."""

    sync_seconds: float = 5.0  # how long a sync takes where its outcome does not say
    connectors: int = 0  # generated ones, beside the account's dozen
    key: str | None = None  # with `secret`: the only pair let in; None lets in any non-empty pair
    secret: str | None = None
    log: bool = False  # a line a request on stderr
    names: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})  # served `Host` names
    any_address: bool = False  # bound to a wildcard: any literal IP address is served as well
    scenario: dict[str, Any] = field(default_factory=dict)  # applied at the start and after each reset
