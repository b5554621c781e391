"""The query parameters of the public API: filters of the list of jobs, and pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from emulator.airbyte.api import answer, current_server
from emulator.airbyte.errors import problem
from emulator.airbyte.job import JOB_TYPES, Job
from emulator.clock import stamp_seconds

LARGEST_PAGE = 100
SHORT_NUMBER = re.compile(r"[0-9]{1,18}")
ORDER = re.compile(r"(createdAt|updatedAt)\|(ASC|DESC)")


def filtered_jobs() -> list[Job]:
    """Return the jobs that match the query, ordered by `orderBy`, by default newest first."""
    given, server = request.args, current_server()
    now, workspaces = server.clock.now(), listed("workspaceIds")
    spans = {name: (moment(f"{name}Start"), moment(f"{name}End")) for name in ("createdAt", "updatedAt")}

    def matches(one: Job) -> bool:
        connection = server.connections.get(one.connection_id)
        return (
            given.get("connectionId", one.connection_id) == one.connection_id
            and given.get("jobType", JOB_TYPES[one.kind]) == JOB_TYPES[one.kind]
            and given.get("status", one.status(now)) == one.status(now)
            and (not workspaces or (connection is not None and connection.workspace_id in workspaces))
            and is_within(one.created_at, *spans["createdAt"])
            and is_within(one.now(now).at, *spans["updatedAt"])
        )

    order = ORDER.fullmatch(given.get("orderBy", "createdAt|DESC"))
    if order is None:
        raise problem(
            400, "bad-request", "The request is invalid.", {"message": "orderBy is createdAt|DESC or the like"}
        )
    found = [one for one in server.jobs.newest_first() if matches(one)]
    by_update = order[1] == "updatedAt"
    return sorted(
        found,
        key=lambda one: (one.now(now).at if by_update else one.created_at, one.id),
        reverse=order[2] == "DESC",
    )


def is_within(seconds: float, earliest: float | None, latest: float | None) -> bool:
    """Return whether a time in whole seconds lies between two moments, both included, if they are given."""
    return (earliest is None or int(seconds) >= earliest) and (latest is None or int(seconds) <= latest)


def listed(name: str) -> list[str]:
    """Return the members of a query parameter that is a list, separated by commas or repeated."""
    return [one for text in request.args.getlist(name) for one in text.split(",") if one]


def address() -> str:
    """Return the address of the request as it was sent, without the query."""
    path = request.environ.get("emulator.path") or request.path
    return f"{request.host_url.rstrip('/')}{path}"


def page(rows: Sequence[Any]) -> Response:
    """Answer one page: `limit` 1 to 100, default 20, from `offset`, with the addresses of its neighbours.

    `next` is present on every page that has a row, also on the last one.
    """
    limit, offset = number("limit", 20), number("offset", 0)
    if not 1 <= limit <= LARGEST_PAGE:
        raise problem(400, "bad-request", "The request is invalid.", {"message": "limit is 1 to 100"})
    limit = min(limit, current_server().switches.largest_page)
    kept = [(key, one) for key, one in request.args.items(multi=True) if key not in ("limit", "offset")]
    base = f"{address()}?{urlencode([*kept, ('limit', limit), ('offset', '')])}"
    return answer(
        {
            "data": list(rows[offset : offset + limit]),
            "next": f"{base}{offset + limit}" if rows[offset : offset + limit] else "",
            "previous": f"{base}{max(offset - limit, 0)}" if offset else "",
        }
    )


def number(name: str, default: int) -> int:
    """Return a whole number of the query, or raise a 400."""
    text = request.args.get(name, str(default))
    if not SHORT_NUMBER.fullmatch(text):
        raise problem(400, "bad-request", "The request is invalid.", {"message": f"{name} is a whole number"})
    return int(text)


def moment(name: str) -> float | None:
    """Return a date and time of the query in seconds since the epoch, None if it is absent."""
    try:
        return stamp_seconds(request.args[name]) if name in request.args else None
    except ValueError as error:
        raise problem(400, "bad-request", "The request is invalid.", {"message": str(error)}) from None
