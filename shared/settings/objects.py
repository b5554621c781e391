"""Settings that are JSON objects."""

import json
import os
from typing import Any

from shared.redaction import DEEPEST, one_line, secret_leaves, text_leaves
from shared.settings.kinds import Kind, shown

EXAMPLE = '{"paused": false}'


def json_object(text: str, example: str = EXAMPLE) -> dict[str, Any]:
    """Parse a JSON object. ``example``, a valid one, is for messages. Raise ValueError."""
    if not text.startswith('{"') and (leftover := _leftover(text)):
        raise ValueError(leftover)
    try:
        value = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_each_once)
        json.dumps(value, allow_nan=False)  # refuses NaN, Infinity and 1e999, which Python parses and servers do not
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON ({one_line(str(error))}); {_advice(text, example)}") from None
    if not isinstance(value, dict):
        raise ValueError(f"is JSON but not an object; use one like {example}")
    if _deeper_than(DEEPEST, value):
        raise ValueError(f"is nested deeper than {DEEPEST} levels; no API takes that")
    return value


def _leftover(text: str) -> str | None:
    """Return what was copied along with an object, such as quotes; never the text, which may hold secrets."""
    from shared.settings.leftovers import is_quoted, of_refused_value

    return of_refused_value(text) if is_quoted(text) or text.startswith(("{{", "${", "<")) else None


def _advice(text: str, example: str) -> str:
    if text.endswith(".json") or os.path.isfile(text):
        return "it looks like the name of a file, so give the file's content"
    if "'" in text and '"' not in text:
        return f"use an object with double quotes, like {example}"
    return f"use an object like {example}"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members. Refuse a name given twice, of which Python would keep only the last value."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shown(twice)} is there twice")
    return dict(pairs)


def _deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    items = value.values() if isinstance(value, dict) else value
    return not levels or any(_deeper_than(levels - 1, item) for item in items)


def _config(text: str) -> dict[str, Any]:
    return json_object(text, '{"host": "db.example.com"}')


JSON_OBJECT = Kind("JSON object", json_object, secrets=secret_leaves)
JSON_WITH_SECRETS = Kind("JSON object", _config, secrets=secret_leaves)
JSON_ALL_SECRET = Kind("JSON object", _config, secrets=text_leaves)
