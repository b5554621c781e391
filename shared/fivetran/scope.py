"""The tables of a re-sync: https://fivetran.com/docs/rest-api/api-reference/connections/resync-connection"""

import json
from typing import Any

from shared.settings.kinds import Kind
from shared.settings.objects import json_object

EXAMPLE = '{"sales": ["orders", "refunds"]}'


def _scope(text: str) -> dict[str, list[str]]:
    """Parse ``{"schema": ["table", ...]}``. The API answers 400 if it is empty or a schema has no table."""
    found: dict[str, Any] = json_object(text, EXAMPLE)
    if not found:
        raise ValueError(f"names no schema; leave it blank for everything, or use an object like {EXAMPLE}")
    if "" in found:
        raise ValueError(f"has a schema without a name; use an object like {EXAMPLE}")
    for schema, tables in found.items():
        shown = json.dumps(schema[:60])
        if not isinstance(tables, list) or not all(isinstance(table, str) and table for table in tables):
            raise ValueError(f"gives {shown} something else than a list of table names; use an object like {EXAMPLE}")
        if not tables:
            raise ValueError(f"gives {shown} no table; leave the schema out, or name its tables as in {EXAMPLE}")
    return found


SCOPE = Kind("JSON object", _scope)
