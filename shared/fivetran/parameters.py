"""The parameters of a connector type: ``config`` and ``auth`` of its metadata, which are like JSON schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = ("parameter", "type", "required", "secret", "what it is")
_DEEPEST = 20


def parameters(found: Mapping[str, Any]) -> list[tuple[str, str, bool, bool, str]]:
    """A row for each leaf: dotted path (``config.host``), type or the values it can have, required, secret, what."""
    return [row for part in ("config", "auth") for row in _rows(part, found.get(part), _DEEPEST)]


def _rows(path: str, schema: Any, deepest: int) -> Iterator[tuple[str, str, bool, bool, str]]:
    if not isinstance(schema, Mapping) or not isinstance(schema.get("properties"), Mapping) or not deepest:
        return
    required = schema.get("required") if isinstance(schema.get("required"), list) else []
    for name, one in schema["properties"].items():
        below = one if isinstance(one, Mapping) else {}
        nested = list(_rows(f"{path}.{name}", _items(below), deepest - 1))
        if nested:
            yield from nested
        else:
            what = str(below.get("description") or below.get("title") or "")
            yield f"{path}.{name}", _type(below), name in (required or []), below.get("format") == "password", what


def _items(schema: Mapping[str, Any]) -> Any:
    """What an array's entries look like, else the schema itself."""
    return schema["items"] if isinstance(schema.get("items"), Mapping) else schema


def _type(schema: Mapping[str, Any]) -> str:
    options = schema.get("enum")
    return " | ".join(map(str, options)) if isinstance(options, list) else str(schema.get("type") or "")
