"""The parameters of a connector type: ``config`` and ``auth`` of its metadata.

The API documents them as objects without further details. They are read as JSON Schemas (``properties``, ``required``)
or, without ``properties``, as parameters by name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = ("parameter", "type", "required", "secret", "what it is")
DEEPEST = 20
"""Levels of parameters that are read."""

Row = tuple[str, str, bool, bool, str]


def parameters(found: Mapping[str, Any]) -> list[Row]:
    """Return a row per leaf: dotted path (``config.host``), type or values, required, secret, description."""
    return [row for part in ("config", "auth") for row in _rows(part, found.get(part), DEEPEST)]


def _rows(path: str, schema: Any, deepest: int) -> Iterator[Row]:
    needed = required(schema)
    for name, one in properties(schema).items() if deepest else ():
        below = one if isinstance(one, Mapping) else {}
        nested = list(_rows(f"{path}.{name}", items(below), deepest - 1))
        if nested:
            yield from nested
            continue
        what = str(below.get("description") or below.get("title") or "")
        yield f"{path}.{name}", _type(below), name in needed, below.get("format") == "password", what


def properties(schema: Any) -> Mapping[str, Any]:
    """Return the parameters of an object by name, {} if it has none."""
    if not isinstance(schema, Mapping):
        return {}
    found = schema.get("properties")
    if isinstance(found, Mapping):
        return found
    by_name = bool(schema) and all(isinstance(value, Mapping) for value in schema.values())
    return schema if by_name else {}


def required(schema: Any) -> list[str]:
    """Return the names of an object's required parameters. A read-only one is not required, since it takes no value."""
    listed = schema.get("required") if isinstance(schema, Mapping) else None
    found = properties(schema)
    return [name for name, one in found.items() if _is_required(name, one, listed if isinstance(listed, list) else [])]


def _is_required(name: str, one: Any, listed: list[Any]) -> bool:
    flags = one if isinstance(one, Mapping) else {}
    return (name in listed or flags.get("required") is True) and flags.get("readonly") is not True


def items(schema: Mapping[str, Any]) -> Any:
    """Return the schema of an array's items, else the schema itself."""
    return schema["items"] if isinstance(schema.get("items"), Mapping) else schema


def _type(schema: Mapping[str, Any]) -> str:
    options = schema.get("enum")
    return " | ".join(map(str, options)) if isinstance(options, list) else str(schema.get("type") or "")
