"""The parameters of a connector type: ``config`` and ``auth`` of its metadata.

The API documents them as objects without further details. They are read as JSON Schemas (``properties``, ``required``)
or, without ``properties``, as parameters by name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = ("parameter", "type", "required", "secret", "what it is")
_DEEPEST = 20

Row = tuple[str, str, bool, bool, str]


def parameters(found: Mapping[str, Any]) -> list[Row]:
    """Return a row per leaf: dotted path (``config.host``), type or values, required, secret, description."""
    return [row for part in ("config", "auth") for row in _rows(part, found.get(part), _DEEPEST)]


def _rows(path: str, schema: Any, deepest: int) -> Iterator[Row]:
    required = schema.get("required") if isinstance(schema, Mapping) else None
    for name, one in _properties(schema).items() if deepest else ():
        below = one if isinstance(one, Mapping) else {}
        nested = list(_rows(f"{path}.{name}", _items(below), deepest - 1))
        if nested:
            yield from nested
            continue
        needed = below.get("required") is True or (isinstance(required, list) and name in required)
        what = str(below.get("description") or below.get("title") or "")
        yield f"{path}.{name}", _type(below), needed, below.get("format") == "password", what


def _properties(schema: Any) -> Mapping[str, Any]:
    if not isinstance(schema, Mapping):
        return {}
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        return properties
    by_name = bool(schema) and all(isinstance(value, Mapping) for value in schema.values())
    return schema if by_name else {}


def _items(schema: Mapping[str, Any]) -> Any:
    """Return the schema of an array's items, else the schema itself."""
    return schema["items"] if isinstance(schema.get("items"), Mapping) else schema


def _type(schema: Mapping[str, Any]) -> str:
    options = schema.get("enum")
    return " | ".join(map(str, options)) if isinstance(options, list) else str(schema.get("type") or "")
