"""The request log, with which tests check the exact requests. Credentials are not kept."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from emulator.scenario import from_json

KEPT = 50_000  # number of entries kept, the newest ones
KEPT_BYTES = 32 * 1024 * 1024  # size of all kept requests as they were sent
LARGEST_KEPT_BODY = 256 * 1024  # bytes; a larger body is not kept
HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


class RequestLog:
    """Requests to the vendors' APIs, oldest first. Control requests are not logged."""

    def __init__(self, prints: bool) -> None:
        self.entries: deque[dict[str, Any]] = deque()
        self.total = 0
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._prints = prints

    def open(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        hidden: frozenset[str],
    ) -> dict[str, Any]:
        """Add a request. Its `status` is None until it is answered. Fields named in `hidden` are masked."""
        shown = {key.lower(): one for key, one in headers if key.lower() not in HIDDEN_HEADERS}
        if len(body) > LARGEST_KEPT_BODY:
            body = f"({len(body)} bytes)".encode()
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
        self._sizes.append(len(target) + len(body) + sum(len(key) + len(one) for key, one in shown.items()))
        self._bytes += self._sizes[-1]
        while len(self.entries) > KEPT or self._bytes > KEPT_BYTES:
            self.entries.popleft()
            self._bytes -= self._sizes.popleft()
        return entry

    def close(self, entry: dict[str, Any], status: int | None) -> None:
        """Record the status of the answer, None if there was no answer."""
        entry["status"] = status
        if self._prints:
            print(
                f"{entry['method']} {printable(entry['path'])} {status or 'no answer'}",
                file=sys.stderr,
                flush=True,
            )

    def clear(self) -> None:
        """Remove all entries."""
        self.entries.clear()
        self._sizes.clear()
        self._bytes = 0
        self.total = 0


def query_values(query: str) -> dict[str, str]:
    """Parse a query string. The last value of a repeated parameter wins."""
    return dict(parse_qsl(query, keep_blank_values=True))


def parsed(body: bytes, content_type: str) -> Any:
    """Return the parsed JSON or form of a body, otherwise its text, None for an empty body."""
    if not body:
        return None
    if content_type.startswith("application/x-www-form-urlencoded"):
        return query_values(body.decode("utf-8", "replace"))
    try:
        return from_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def masked(value: Any, hidden: frozenset[str]) -> Any:
    """Return `value` with the fields named in `hidden` masked at any depth."""
    if isinstance(value, dict):
        return {key: "******" if key in hidden else masked(one, hidden) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one, hidden) for one in value]
    return value


def printable(path: str) -> str:
    """Return `path` without control characters, so that no request can control a terminal."""
    return "".join(one if one.isprintable() else "?" for one in path)
