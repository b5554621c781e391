"""A complete answer of a server, and how its date headers are read."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from shared.timestamps import span, write
from shared.untrusted_json import refusal


class Answer:
    """Status, headers and complete body of an answer. ``received_at`` is in monotonic seconds."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.received_at = time.monotonic()

    def part(self, content: Any) -> "Answer":
        """Return an answer with the same status and headers that has only this part of the body."""
        part = Answer(self.status, self.headers, json.dumps(content).encode())
        part.received_at = self.received_at
        return part

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig", "replace")

    @cached_property
    def refusal(self) -> str:
        """Why the body must not be parsed (it would take too much memory); empty if it may be."""
        return refusal(self.body)

    @cached_property
    def json(self) -> Any:
        """The parsed body; None if it is not JSON, which is common behind proxies, or must not be parsed."""
        try:
            text = "" if self.refusal else self.body.decode("utf-8-sig")
            return _decode(text)
        except (ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def date(self) -> datetime | None:
        """The server's time when it answered (whole seconds); None without a usable ``Date`` header."""
        return http_date(self.headers.get("Date"))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON, although Python's json module accepts it")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
"""``json.loads`` would make a decoder for each answer."""


def http_date(text: str | None) -> datetime | None:
    """Parse an HTTP date into an aware datetime in UTC. Return None if it is absent or invalid."""
    try:
        moment = parsedate_to_datetime(text or "")
        if not 1 < moment.year < 9999:  # adding a margin to the first or last moment overflows
            return None
        if moment.tzinfo is None:  # no zone, or -0000. HTTP dates are always GMT, never local time
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` asks to wait, or None if it is absent or invalid.

    Its date form is compared with the server's own ``Date``, not with the local clock:
    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until, now = http_date(text), http_date(headers.get("Date"))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def asked_to_wait(answer: Answer) -> str:
    """Describe what ``Retry-After`` asks for: until when by the server's clock, else for how long; "" without it."""
    seconds = retry_after(answer.headers)
    if seconds is None:
        return ""
    words = f"for {span(seconds)}"
    if answer.date:
        with suppress(OverflowError):  # the server's clock may be close to the year 9999
            words = f"until {write(answer.date + timedelta(seconds=seconds))}"
    return f"the API asks to wait {words}"
