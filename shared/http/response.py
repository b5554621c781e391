"""What a server answered, read whole, and what its dates mean."""

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
    """What the API answered: status, headers and the whole body, read."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.received_at = time.monotonic()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig", "replace")

    @cached_property
    def refusal(self) -> str:
        """Why the body is not to be parsed, because it would cost too much; empty where it may be."""
        return refusal(self.body)

    @cached_property
    def json(self) -> Any:
        """The parsed body, None where it is no JSON, an ordinary case behind proxies, or not to be parsed."""
        try:
            text = "" if self.refusal else self.body.decode("utf-8-sig")
            return json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def date(self) -> datetime | None:
        """The server's clock when it answered (whole seconds), None without a usable ``Date``."""
        return http_date(self.headers.get("Date"))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is Python's idea of JSON and nobody else's")


def http_date(text: str | None) -> datetime | None:
    """An HTTP date as an aware moment, None where it is absent or nonsense."""
    try:
        moment = parsedate_to_datetime(text or "")
        if moment.tzinfo is None:  # no zone, or -0000: HTTP knows GMT only, and never this machine's zone
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` in seconds; its date form held against the server's own ``Date``. None where unusable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until, now = http_date(text), http_date(headers.get("Date"))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def asked_to_wait(answer: Answer) -> str:
    """What ``Retry-After`` asks for, in words: until when by the server's clock, else for how long; "" without one."""
    seconds = retry_after(answer.headers)
    if seconds is None:
        return ""
    words = f"for {span(seconds)}"
    if answer.date:
        with suppress(OverflowError):  # of a clock that is near the end of all time
            words = f"until {write(answer.date + timedelta(seconds=seconds))}"
    return f"the API asks to wait {words}"
