"""Options of one emulator, set by its command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_CONNECTORS = 100_000  # generated connectors; all are kept in memory


@dataclass(frozen=True)
class Options:
    """Values of the command line. `POST /_emulator/reset` may replace `sync_seconds` and `connectors`."""

    sync_seconds: float = 5.0  # default duration of a sync, in seconds
    connectors: int = 0  # number of generated connectors beside the sample account
    key: str | None = None  # with `secret` the only accepted pair; None accepts any non-empty pair
    secret: str | None = None
    log: bool = False  # write one line per request to stderr
    names: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})  # accepted `Host` names
    any_address: bool = False  # bound to a wildcard address: accept any literal IP address as `Host`
    scenario: dict[str, Any] = field(default_factory=dict)  # applied at the start and after each reset
