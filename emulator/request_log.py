"""What was asked, so that a test can assert the exact requests. Credentials are not kept."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from emulator.scenario import from_json

KEPT = 50_000  # the newest ones; a benchmark must not fill the memory
HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


class RequestLog:
    """The requests to the vendors' APIs, oldest first; the control endpoints are not in it."""

    def __init__(self, talks: bool) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.total = 0
        self._talks = talks

    def open(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        hidden: frozenset[str],
    ) -> dict[str, Any]:
        """Note a request; `status` stays null until it is answered. Fields named in `hidden` are masked."""
        shown = {key.lower(): one for key, one in headers if key.lower() not in HIDDEN_HEADERS}
        path, _, query = target.partition("?")
        entry = {
            "method": method,
            "path": path,
            "query": query_values(query),
            "headers": shown,
            "body": masked(parsed(body, shown.get("content-type", "")), hidden),
            "status": None,
        }
        self.entries.append(entry)
        self.total += 1
        return entry

    def close(self, entry: dict[str, Any], status: int | None) -> None:
        """Note what was answered; None where nothing was."""
        entry["status"] = status
        if self._talks:
            print(
                f"{entry['method']} {printable(entry['path'])} {status or 'no answer'}",
                file=sys.stderr,
                flush=True,
            )

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()
        self.total = 0


def query_values(query: str) -> dict[str, str]:
    """The parameters of a query string; of a repeated one the last."""
    return dict(parse_qsl(query, keep_blank_values=True))


def parsed(body: bytes, content_type: str) -> Any:
    """The JSON or the form of a body, its text where it is neither, None where there is no body."""
    if not body:
        return None
    if content_type.startswith("application/x-www-form-urlencoded"):
        return query_values(body.decode("utf-8", "replace"))
    try:
        return from_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def masked(value: Any, hidden: frozenset[str]) -> Any:
    """`value` with the fields named in `hidden` masked at any depth."""
    if isinstance(value, dict):
        return {key: "******" if key in hidden else masked(one, hidden) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one, hidden) for one in value]
    return value


def printable(path: str) -> str:
    """`path` without control characters, so that nobody writes into a terminal."""
    return "".join(one if one.isprintable() else "?" for one in path)
