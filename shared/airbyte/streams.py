"""Select single streams of a connection, for AIRBYTE_STREAMS."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.airbyte.job import Connection, Stream
from shared.errors import InvalidInput
from shared.redaction import one_line


def catalog(connection: Connection) -> list[Stream]:
    """Return the streams that a connection syncs: ``syncCatalog`` of the Configuration API."""
    found = connection.data.get("syncCatalog")
    entries = found.get("streams") if isinstance(found, Mapping) else None
    streams = [_stream(entry) for entry in entries] if isinstance(entries, list) else []
    return [stream for stream in streams if stream]


def chosen(connection: Connection, wanted: Sequence[str]) -> tuple[Stream, ...]:
    """Return the streams with the ``wanted`` names, given with or without their namespace.

    Raise InvalidInput with similar names if one is unknown.
    """
    known = catalog(connection)
    if not known:
        raise InvalidInput(f"AIRBYTE_STREAMS: the connection {connection.id} shows no streams to choose from")
    return tuple(dict.fromkeys(_one(known, name) for name in wanted))


def _one(known: Sequence[Stream], wanted: str) -> Stream:
    found = [one for one in known if one.title == wanted] or [one for one in known if one.name == wanted]
    if len(found) == 1:
        return found[0]
    shown = one_line(wanted, 100)
    if found:
        titles = " or ".join(sorted(one.title for one in found))
        raise InvalidInput(f"AIRBYTE_STREAMS: {shown!r} is in several namespaces; say {one_line(titles, 300)}")
    from difflib import get_close_matches

    names = list(dict.fromkeys([*(one.title for one in known), *(one.name for one in known)]))
    near = get_close_matches(wanted, names, 3) or sorted(one.title for one in known)[:5]
    raise InvalidInput(
        f"AIRBYTE_STREAMS: the connection syncs no stream {shown!r}; did you mean {one_line(' or '.join(near), 300)}?"
    )


def _stream(entry: Any) -> Stream | None:
    stream, config = (entry.get(key) for key in ("stream", "config")) if isinstance(entry, Mapping) else (None, None)
    if not isinstance(stream, Mapping) or not isinstance(stream.get("name"), str):
        return None
    if isinstance(config, Mapping) and config.get("selected") is False:
        return None
    namespace = stream.get("namespace")
    return Stream(stream["name"], namespace if isinstance(namespace, str) and namespace else None)
