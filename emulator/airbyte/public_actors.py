"""Read-only endpoints of the public API for sources, destinations and streams: https://reference.airbyte.com/.

Each connection has a source of its own, and all connections of a workspace share a destination.
"""

from __future__ import annotations

from flask import Response, request

from emulator.airbyte.api import answer, current_server
from emulator.airbyte.connection import Connection, stream_descriptor
from emulator.airbyte.errors import problem
from emulator.airbyte.public_api import public, unknown
from emulator.airbyte.public_queries import listed, page
from emulator.scenario import Json

POSTGRES, SNOWFLAKE = "decd338e-5647-4c0b-adf4-da0e75f5a750", "424892c4-daac-4491-b35d-c6688ba547ba"
MASK = "**********"
SOURCE: Json = {
    "sourceType": "postgres",
    **{"host": "db.example.com", "port": 5432, "database": "shop", "schemas": ["public"]},
    **{"username": "airbyte", "password": MASK},
}
DESTINATION: Json = {
    "destinationType": "snowflake",
    **{"host": "example.snowflakecomputing.com", "role": "LOADER", "warehouse": "LOADING"},
    **{"database": "RAW", "schema": "SHOP", "username": "AIRBYTE"},
    "credentials": {"auth_type": "Username and Password", "password": MASK},
}
SYNC_MODES = ("full_refresh_overwrite", "full_refresh_append", "incremental_append", "incremental_deduped_history")


@public.get("/sources")
def list_sources() -> Response:
    """List the sources of the named workspaces, or of all."""
    return page([source(one) for one in _connections()])


@public.get("/sources/<source_id>")
def get_source(source_id: str) -> Response:
    """Show a source."""
    return answer(source(_with("source", source_id)))


@public.get("/destinations")
def list_destinations() -> Response:
    """List the destinations of the named workspaces, or of all."""
    return page(list({one.destination_id: destination(one) for one in _connections()}.values()))


@public.get("/destinations/<destination_id>")
def get_destination(destination_id: str) -> Response:
    """Show a destination."""
    return answer(destination(_with("destination", destination_id)))


@public.get("/streams")
def list_streams() -> Response:
    """List what a source can sync, as StreamProperties. There are no pages."""
    source_id = request.args.get("sourceId")
    if not source_id:
        raise problem(400, "bad-request", "The request is invalid.", {"message": "sourceId is missing"})
    return answer([_stream(name) for name in _with("source", source_id).streams])


def source(one: Connection) -> Json:
    """Return a connection's source in the form of the schema SourceResponse."""
    return {
        "sourceId": one.source_id,
        "name": f"source of {one.name}",
        "sourceType": "postgres",
        "definitionId": POSTGRES,
        "workspaceId": one.workspace_id,
        "configuration": SOURCE,
        "createdAt": int(one.created_at),
    }


def destination(one: Connection) -> Json:
    """Return a connection's destination in the form of the schema DestinationResponse."""
    return {
        "destinationId": one.destination_id,
        "name": "warehouse",
        "destinationType": "snowflake",
        "definitionId": SNOWFLAKE,
        "workspaceId": one.workspace_id,
        "configuration": DESTINATION,
        "createdAt": int(one.created_at),
    }


def _stream(name: str) -> Json:
    found = stream_descriptor(name)
    return {
        "streamName": found["name"],
        "streamnamespace": found.get("namespace"),
        "syncModes": list(SYNC_MODES),
        "defaultCursorField": ["updated_at"],
        "sourceDefinedCursorField": False,
        "sourceDefinedPrimaryKey": [["id"]],
        "propertyFields": [["id"], ["updated_at"]],
    }


def _connections() -> list[Connection]:
    wanted = listed("workspaceIds")
    return [one for one in current_server().connections.values() if not wanted or one.workspace_id in wanted]


def _with(kind: str, wanted: str) -> Connection:
    """Return the first connection with a source or destination, or raise a 404."""
    found = next((one for one in _connections() if getattr(one, f"{kind}_id") == wanted.lower()), None)
    if found is None:
        raise unknown(kind, wanted)
    return found
