"""Faults of what the vendor's JSON says: missing, strange or hostile values in a body that can be read."""

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.faults.effects import NO_MOMENT, NO_NUMBER, NO_TEXT, ODD_TEXT, STRANGE, Fault
from tests.faults.plays import body, changed, every


def lists(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    """Replace each list by what ``change`` returns for it."""

    def changed(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: changed(item) for key, item in found.items()}
        return change([changed(item) for item in found]) if isinstance(found, list) else found

    return changed


def without(names: str) -> Callable[[Any], Any]:
    """Remove the members whose name matches a pattern."""

    def change(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: change(item) for key, item in found.items() if not re.search(names, key)}
        return [change(item) for item in found] if isinstance(found, list) else found

    return change


def inner(value: Any) -> Callable[[Any], Any]:
    """Replace ``data`` in Fivetran's envelope, or each member of Airbyte's answer, by ``value``."""

    def change(found: dict[str, Any]) -> Any:
        return {**found, "data": value} if "code" in found else dict.fromkeys(found, value)

    return change


_cursors = count(1000, 1000)


def endless(found: Any) -> Any:
    """Add a pointer to a further page, each time another one: Fivetran's cursor, and Airbyte's next page."""
    if not isinstance(found, dict):
        return found
    number = next(_cursors)
    if isinstance(found.get("data"), dict):
        return {**found, "data": {**found["data"], "next_cursor": f"page-{number}"}}
    return {**found, "next": f"https://api.airbyte.example/v1/jobs?offset={number}"} if "next" in found else found


def twice(good: bytes) -> bytes:
    """Repeat each member with the value null. Parsers take the last one."""
    return good[:-1] + b"".join(f", {json.dumps(name)}: null".encode() for name in json.loads(good)) + b"}"


CONTENT: dict[str, Fault] = {
    "data twice, then null": Fault(body(twice), STRANGE),
    "data is null": Fault(changed(inner(None)), STRANGE),
    "data is a list": Fault(changed(inner([])), STRANGE),
    "data is a text": Fault(changed(inner("x")), STRANGE),
    "data is a number": Fault(changed(inner(7)), STRANGE),
    "data is empty": Fault(changed(inner({})), STRANGE),
    "texts are numbers": Fault(changed(every(str, 7)), NO_TEXT),
    "texts are null": Fault(changed(every(str, None)), STRANGE),
    "texts are objects": Fault(changed(every(str, {"a": [1]})), NO_TEXT),
    "texts are lists": Fault(changed(every(str, ["a"])), NO_TEXT),
    "texts are empty": Fault(changed(every(str, "")), STRANGE),
    "texts of control characters": Fault(changed(every(str, "\0\x1b[2J\x1b]0;x\x07\u202e")), ODD_TEXT),
    "texts of other scripts": Fault(changed(every(str, "\u20ac \u0436 \U0001f6f6")), ODD_TEXT),
    "texts are very long": Fault(changed(every(str, "x" * 100_000)), ODD_TEXT),
    "texts command a runner": Fault(changed(every(str, "\n::set-output name=x::y\n##vso[task.complete]")), ODD_TEXT),
    "texts leave their folder": Fault(changed(every(str, "../../../../tmp/x")), ODD_TEXT),
    "numbers are negative": Fault(changed(every((int, float), -1)), NO_NUMBER),
    "numbers are huge": Fault(changed(every((int, float), 10**300)), NO_NUMBER),
    "numbers are texts": Fault(changed(every((int, float), "many")), NO_NUMBER),
    "numbers are fractions": Fault(changed(every((int, float), 0.5)), NO_NUMBER),
    "numbers are truths": Fault(changed(every((int, float), True)), NO_NUMBER),
    "numbers are null": Fault(changed(every((int, float), None)), STRANGE),
    "lists are empty": Fault(changed(lists(lambda found: [])), STRANGE),
    "lists have null in them": Fault(changed(lists(lambda found: [None, *found])), STRANGE),
    "lists say everything twice": Fault(changed(lists(lambda found: found * 2)), STRANGE),
    "lists the other way round": Fault(changed(lists(lambda found: found[::-1])), STRANGE),
    "pages without end": Fault(changed(endless), STRANGE),
    "ids are missing": Fault(changed(without("(?i)^(id|connectionId|jobId)$")), STRANGE),
    "states are missing": Fault(changed(without("state|^status$")), STRANGE),
    "stamps are missing": Fault(changed(without("_at$|Time$|At$")), STRANGE),
    "an error in a success": Fault(
        body(b'{"code": "IllegalState", "message": "no", "title": "no", "status": 409, "data": {}}'), STRANGE
    ),
    "ids of something else": Fault(changed(every(str, "other_connector", "(?i)^(id|connectionId)$")), STRANGE),
    "ids of other jobs": Fault(changed(every(int, 4711, "(?i)^(id|jobId)$")), STRANGE),
    "ids that are null": Fault(changed(every((str, int), None, "(?i)^(id|connectionId|jobId)$")), STRANGE),
    "stamps of the year 10000": Fault(changed(every(str, "10000-01-01T00:00:00Z", "_at$|Time$|At$")), NO_MOMENT),
    "stamps of the year 9999": Fault(
        changed(every(str, "9999-12-31T23:59:59.999999-14:00", "_at$|Time$|At$")), NO_MOMENT
    ),
    "stamps of the year 0": Fault(changed(every(str, "0000-00-00T00:00:00Z", "_at$|Time$|At$")), NO_MOMENT),
    "stamps that are negative": Fault(changed(every((str, int), -1, "(?i)_at$|Time$|At$")), NO_MOMENT),
    "stamps that are huge": Fault(changed(every((str, int), 10**30, "(?i)_at$|Time$|At$")), NO_MOMENT),
    "stamps of tomorrow": Fault(changed(every(str, "2026-06-02T12:00:00Z", "_at$|Time$|At$")), STRANGE),
    "stamps without a zone": Fault(changed(every(str, "2026-01-01T00:00:00", "_at$|Time$|At$")), STRANGE),
    "stamps in words": Fault(changed(every(str, "yesterday", "_at$|Time$|At$")), NO_MOMENT),
    "states that nobody knows": Fault(changed(every(str, "levitating", "state|^status$")), STRANGE),
    "states in capitals": Fault(changed(every(str, "SYNCING", "sync_state")), STRANGE),
}
