"""Scripted answers: a response that replaces the endpoint's own, or a fault of the connection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from emulator import scenario as read
from emulator.scenario import ScenarioError

BODIES = ("json", "html", "text", "empty")
FOREVER = 3600.0
"""Seconds of a `hang` that is `true`."""
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


@dataclass
class ScriptedAnswer:
    """One scripted answer: a response of its own, the endpoint's response changed, or a broken connection."""

    status: int | None = None
    headers: dict[str, str | None] = field(default_factory=dict)  # None removes a header
    body: bytes | None = None  # None: the endpoint's own answer
    content_type: str | None = None
    handled: bool = False  # the request takes effect although this answer replaces the endpoint's
    delay: float = 0.0  # seconds before the request is handled
    hang: float = 0.0  # seconds without an answer, after which the connection closes
    drip: str | None = None  # "body": headers at once, then one byte per interval; "all": headers too
    interval: float = 1.0  # seconds between dripped bytes
    truncated: bool = False  # announce the whole length, send half, close
    reset: str | None = None  # reset the connection "before" or "after" the request takes effect
    times: int | None = 1  # how often the answer is given; None: always

    @property
    def takes_effect(self) -> bool:
        """Return whether the endpoint handles the request."""
        return self.handled or self.reset == "after" or not (self.body is not None or self.reset or self.hang)


@dataclass
class Delivery:
    """How `emulator.server` sends an answer. Other WSGI servers ignore all but `hold`, and answer normally."""

    hold: float = 0.0  # seconds before the answer is sent; the endpoint sets it
    hang: float = 0.0
    drip: str | None = None
    interval: float = 1.0
    truncated: bool = False
    reset: bool = False
    date: str | None = None  # the `Date` header; None leaves it out


def read_answer(where: str, value: Any) -> ScriptedAnswer:
    """Check one entry of `answers`. The emulator's README lists the keys."""
    found = read.checked(where, value, ANSWER)
    given = [key for key in (*BODIES, "pass") if (key == "json" and key in found) or found.get(key, False) is not False]
    if len(given) > 1:
        raise ScenarioError(f"{where}: {' and '.join(given)} contradict each other")
    breaking = [key for key in ("hang", "reset") if found.get(key)]
    if breaking and (given or len(breaking) > 1 or "status" in found):
        raise ScenarioError(f"{where}: {breaking[0]} gives no answer, so nothing else can be given with it")
    if not found.keys() - {"times"}:
        raise ScenarioError(f'{where}: says nothing; {{"pass": true}} serves normally')
    bare = not given and "status" in found  # a status alone means an answer with an empty body
    body, kind = body_of(found, "empty" if bare else (given[0] if given else "pass"))
    if body is None and "status" in found:
        raise ScenarioError(f"{where}: status cannot be set where pass is true")
    times = found.get("times", 1)
    return ScriptedAnswer(
        status=found.get("status"),
        headers=found.get("headers", {}),
        body=body,
        content_type=kind,
        handled=found.get("handled", False),
        delay=found.get("delay", 0.0),
        hang=found.get("hang", 0.0),
        drip=found.get("drip"),
        interval=found.get("interval", 1.0),
        truncated=found.get("truncated", False),
        reset=found.get("reset"),
        times=None if times == "always" else times,
    )


def body_of(found: dict[str, Any], kind: str) -> tuple[bytes | None, str | None]:
    """Return body and content type, both None if the endpoint answers."""
    if kind == "json":
        return read.as_json(found["json"]).encode(), "application/json"
    if kind in ("html", "text"):
        return found[kind].encode(), f"text/{'html' if kind == 'html' else 'plain'}; charset=utf-8"
    return (b"", None) if kind == "empty" else (None, None)


def hang_seconds(where: str, value: Any) -> float:
    """Check a number of seconds; true means an hour."""
    return FOREVER if value is True else read.seconds(where, value)


def how_often(where: str, value: Any) -> int | str:
    """Check a whole number from 1, or "always"."""
    if value == "always":
        return "always"
    if read.whole(where, value) == 0:
        raise ScenarioError(f'{where}: a number from 1 or "always" is wanted, not 0')
    return int(value)


def header_values(where: str, value: Any) -> dict[str, str | None]:
    """Check headers by name; null removes one."""
    found = read.an_object(where, value)
    for name, one in found.items():
        if not HEADER_NAME.fullmatch(name):
            raise ScenarioError(f"{where}: {read.shown(name)} is no name of a header")
        if one is not None and not HEADER_VALUE.fullmatch(str(one)):
            raise ScenarioError(f"{where}.{name}: a header is one line of Latin-1")
    return {name: None if one is None else str(one) for name, one in found.items()}


def status_code(where: str, value: Any) -> int:
    """Check an HTTP status from 200 to 599."""
    if not 200 <= read.whole(where, value) <= 599:
        raise ScenarioError(f"{where}: a status from 200 to 599 is wanted, not {value}")
    return int(value)


ANSWER: dict[str, read.Check] = {
    "status": status_code,
    "headers": header_values,
    "json": read.anything,
    "html": read.text,
    "text": read.text,
    "empty": read.boolean,
    "pass": read.boolean,
    "handled": read.boolean,
    "delay": read.seconds,
    "hang": hang_seconds,
    "drip": read.one_of("body", "all"),
    "interval": read.seconds,
    "truncated": read.boolean,
    "reset": read.one_of("before", "after"),
    "times": how_often,
}
