"""The shapes of answers: keys, types and digits of timestamps, without any value that could be a secret or a name.

Keys are shown only for objects that the APIs' documents describe. Objects whose keys users may choose (schemas,
tables, columns, ``config``, unknown ones) are shown as ``{"*": ...}`` with the shape of their values.
"""

import re
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from shared.http.response import Answer

Shape = Any
"""A text for a value, an object for an object, a list with one shape for a list, ``{"|": [...]}`` for alternatives."""

KNOWN = frozenset(
    # names of fields of Fivetran's and Airbyte's answers whose objects have documented keys
    "data items status tasks warnings setup_tests schedule connect_card_config supported_features stages extract "
    "process load enabled_patch_settings job jobs attempts attempt aggregatedStats totalStats failureSummary failures "
    "connections scheduleData cron basicSchedule configurations tags notifications syncCatalog streams stream "
    "resetConfig refreshConfig streamsToReset streamsToRefresh activeJob failureReason logs _links self _embedded "
    "errors validationErrors".split()
)
MAPS = frozenset(("schemas", "tables", "columns"))
"""Objects whose keys are names, and whose values are documented objects."""
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?")
OPTIONAL = "?"
"""Follows a key that some of the merged objects lack."""
WORDS = frozenset(
    "account applications attempts cancel clear columns connections connectors connector-types destinations errors get "
    "get_light get_without_logs groups health info jobs list metadata refresh reset schemas sources status sync "
    "sync-history tags token transformations users workspaces".split()
)
"""Parts of a path that are not ids."""


def shape(value: Any, *, known: bool = True) -> Shape:
    """Return the shape of a JSON value. ``known``: an object's keys are documented and may be shown."""
    if isinstance(value, Mapping):
        parts = [(str(key), shape(one, known=known and (key in KNOWN or key in MAPS))) for key, one in value.items()]
        if not known:
            return {"*": merged(part for _, part in parts)}
        return {
            key if KEY.fullmatch(key) else "*": {"*": merged(_each(value[key]))} if key in MAPS else part
            for key, part in parts
        }
    if isinstance(value, list):
        return [merged(shape(one, known=known) for one in value)] if value else []
    if isinstance(value, str):
        return _text(value)
    names = {bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "null")


def _each(value: Any) -> Iterable[Shape]:
    """Return the shapes of the objects in a map."""
    return (shape(one) for one in value.values()) if isinstance(value, Mapping) else [shape(value)]


def _text(value: str) -> str:
    """Return ``text``, or the form of a timestamp."""
    found = STAMP.fullmatch(value)
    if not found:
        return "text"
    seconds, fraction, zone = found.groups()
    digits = "no seconds" if seconds is None else f"{len(fraction or '')} digits"
    return f"stamp, {digits}, {'Z' if zone == 'Z' else 'an offset' if zone else 'no zone'}"


def merged(shapes: Iterable[Shape]) -> Shape:
    """Return one shape for several. Keys that some lack become optional, different kinds become alternatives."""
    found = list(shapes)
    return reduce(_merge, found) if found else "nothing"


def _merge(one: Shape, other: Shape) -> Shape:
    kinds: dict[str, Shape] = {}
    for each in [*_alternatives(one), *_alternatives(other)]:
        kind = type(each).__name__ if isinstance(each, dict | list) else each
        kinds[kind] = _same_kind(kinds[kind], each) if kind in kinds else each
    found = [kinds[kind] for kind in sorted(kinds)]
    return found[0] if len(found) == 1 else {"|": found}


def _same_kind(one: Shape, other: Shape) -> Shape:
    if isinstance(one, dict):
        return _objects(one, other)
    if isinstance(one, list):
        return [merged([*one, *other])] if one or other else []
    return one


def _objects(one: dict[str, Shape], other: dict[str, Shape]) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for key in dict.fromkeys(name.removesuffix(OPTIONAL) for name in (*one, *other)):
        given = [side[name] for side in (one, other) for name in (key, key + OPTIONAL) if name in side]
        found[key if key in one and key in other else key + OPTIONAL] = merged(given)
    return found


def _alternatives(found: Shape) -> list[Shape]:
    return list(found["|"]) if isinstance(found, dict) and found.keys() == {"|"} else [found]


def route(path: str) -> str:
    """Return a path with ``{}`` for each part that may be an id or name, and the names of its query parameters."""
    where, _, query = path.partition("?")
    parts = [part if part in WORDS else "{}" for part in where.strip("/").split("/")]
    names = sorted({one.partition("=")[0] for one in query.split("&") if one})
    return "/" + "/".join(parts) + (f"?{'&'.join(names)}" if names else "")


def differences(seen: Shape, ours: Shape, where: str = "") -> list[str]:
    """Return the differences between a seen shape and ours: additional parts and missing keys, each with its place.

    Further alternatives in ours are no difference, because an account need not have an example of each.
    """
    found: list[str] = []
    candidates = _alternatives(ours)
    for each in _alternatives(seen):
        same_kind = next((one for one in candidates if type(one) is type(each)), None)
        if isinstance(each, dict) and isinstance(same_kind, dict):
            found += _key_differences(each, same_kind, where)
        elif isinstance(each, list) and isinstance(same_kind, list):
            found += differences(each[0], same_kind[0], f"{where}[]") if each and same_kind else []
        elif each not in (*candidates, "nothing") and candidates != ["nothing"]:
            kind = "object" if isinstance(each, dict) else "list" if isinstance(each, list) else each
            found.append(f"{where}: {kind} is seen")
    return found


def _key_differences(seen: dict[str, Shape], ours: dict[str, Shape], where: str) -> list[str]:
    found: list[str] = []
    names = {name.removesuffix(OPTIONAL): one for name, one in ours.items()}
    for name, one in seen.items():
        key = name.removesuffix(OPTIONAL)
        place = f"{where}.{key}"
        found += differences(one, names[key], place) if key in names else [f"{place}: is seen"]
    shown = {name.removesuffix(OPTIONAL) for name in seen}
    found += [f"{where}.{name}: is not seen" for name in ours if name not in shown and not name.endswith(OPTIONAL)]
    return found


class Shapes:
    """The shapes of all answers, each call with each outcome once."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, method: str, path: str, answer: Answer) -> None:
        """Add the shape of an answer."""
        code = answer.json.get("code") or answer.json.get("title") if isinstance(answer.json, Mapping) else None
        row = {
            "call": f"{method} {route(path)}",
            "status": answer.status,
            "code": re.sub(r"[^A-Za-z0-9_-]", "", str(code))[:60] if code is not None else None,
            "headers": sorted({name.lower() for name in answer.headers if re.fullmatch(r"[A-Za-z0-9-]{1,60}", name)}),
        }
        body = shape(answer.json) if answer.json is not None else "no JSON"
        known = next((one for one in self.rows if {**one, "body": None} == {**row, "body": None}), None)
        if known is None:
            self.rows.append({**row, "body": body})
        else:
            known["body"] = merged([known["body"], body])
