"""Endpoints of the public API, documented at https://reference.airbyte.com/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from emulator.airbyte.api import answer, body, current_server
from emulator.airbyte.authentication import new_token
from emulator.airbyte.connection import UUID, Connection
from emulator.airbyte.errors import problem
from emulator.airbyte.job import Job
from emulator.airbyte.public_responses import connection_response, job_response
from emulator.clock import stamp_seconds
from emulator.scenario import Json

public = Blueprint("public", __name__)
LARGEST_PAGE = 100
SHORT_NUMBER = re.compile(r"[0-9]{1,18}")


@public.get("/health")
def health() -> Response:
    """Answer a line of plain text, or a problem if the server is not healthy."""
    if not current_server().switches.healthy:
        raise problem(503, "service-unavailable", "The service is not available.")
    return Response("Successful operation", content_type="text/plain")


@public.post("/applications/token")
def token() -> Response:
    """Issue an access token, with its type and its lifetime."""
    found: Json = {"access_token": new_token(), "token_type": "Bearer"}
    if current_server().switches.token_expires_in:
        found["expires_in"] = max(int(current_server().switches.token_seconds), 1)
    return answer(found)


@public.get("/connections")
def list_connections() -> Response:
    """List connections of the named workspaces, or of all."""
    workspaces = [one for one in request.args.get("workspaceIds", "").split(",") if one]
    found = [one for one in current_server().connections.values() if not workspaces or one.workspace_id in workspaces]
    return page([connection_response(one) for one in found])


@public.get("/connections/<connection_id>")
def get_connection(connection_id: str) -> Response:
    """Show a connection."""
    return answer(connection_response(connection(connection_id)))


@public.patch("/connections/<connection_id>")
def update_connection(connection_id: str) -> Response:
    """Change a connection's name or status."""
    one, given = connection(connection_id), body()
    if given.get("status") in ("active", "inactive", "deprecated"):
        one.status = given["status"]
    if "name" in given:
        one.name = str(given["name"])
    return answer(connection_response(one))


@public.get("/sources")
def list_sources() -> Response:
    """List sources. Some clients test their credentials with this."""
    rows = [
        {"sourceId": one.source_id, "name": one.name, "sourceType": "postgres", "workspaceId": one.workspace_id}
        for one in current_server().connections.values()
    ]
    return page(rows)


@public.post("/jobs")
def create_job() -> Response:
    """Start a sync or a reset."""
    given = body()
    kind = given.get("jobType")
    if kind == "refresh":
        raise problem(422, "unprocessable-entity", "Refreshes are not supported in the public API")
    if kind not in ("sync", "reset", "clear"):
        raise problem(400, "bad-request", "The request body is invalid.", {"message": "jobType"})
    one = connection(str(given.get("connectionId") or ""))
    if current_server().running(one.id) or current_server().switches.phantom_conflict:
        data = {"message": f"A sync is already running for: {one.id}"}
        raise problem(409, "try-again-later", "Please try again later.", data)
    if one.status != "active":
        raise state_conflict("Could not fulfill request")
    return answer(job_response(current_server().start(one, "reset" if kind == "clear" else kind)))


@public.get("/jobs")
def list_jobs() -> Response:
    """List jobs, newest first."""
    given, now, earliest = request.args, current_server().clock.now(), moment("createdAtStart")
    found = [
        one
        for one in current_server().jobs.newest_first()
        if given.get("connectionId", one.connection_id) == one.connection_id
        and given.get("jobType", one.kind) == one.kind
        and given.get("status", one.status(now)) == one.status(now)
        and earliest <= int(one.created_at)
    ]
    return page([job_response(one) for one in found])


@public.get("/jobs/<job_id>")
def get_job(job_id: str) -> Response:
    """Show a job."""
    return answer(job_response(job(job_id)))


@public.delete("/jobs/<job_id>")
def cancel_job(job_id: str) -> Response:
    """Cancel the current job of the named job's connection, even if that is another job."""
    named = job(job_id)
    current_server().cancel(named.connection_id)
    return answer(job_response(named))


def connection(connection_id: str) -> Connection:
    """Return a connection, or raise a 404."""
    if not UUID.fullmatch(connection_id):
        raise problem(400, "bad-request", "The request is invalid.", {"message": "connectionId is no UUID"})
    found = current_server().connections.get(connection_id.lower())
    if found is None:
        data = {"resourceType": "connection", "resourceId": connection_id}
        raise problem(404, "resource-not-found", "The requested resource was not found.", data)
    return found


def job(job_id: str) -> Job:
    """Return a job. For an unknown one the server answers 409, that it is not running."""
    found = current_server().jobs.get(int(job_id)) if SHORT_NUMBER.fullmatch(job_id) else None
    if found is not None:
        return found
    if current_server().switches.unknown_job_public == 404:
        data = {"resourceType": "job", "resourceId": job_id}
        raise problem(404, "resource-not-found", "The requested resource was not found.", data)
    raise state_conflict("Job is not currently running")


def state_conflict(message: str) -> Exception:
    """Return the 409 that does not mean "already running"."""
    return problem(409, "state-conflict", "The state of the resource conflicts with the request.", {"message": message})


def page(rows: Sequence[Any]) -> Response:
    """Answer one page: `limit` 1 to 100, default 20, from `offset`, with the addresses of its neighbours."""
    limit, offset = number("limit", 20), number("offset", 0)
    if not 1 <= limit <= LARGEST_PAGE:
        raise problem(400, "bad-request", "The request is invalid.", {"message": "limit is 1 to 100"})
    limit = min(limit, current_server().switches.largest_page)
    kept = {key: one for key, one in request.args.items() if key not in ("limit", "offset")}
    base = f"{request.base_url}?{urlencode({**kept, 'limit': limit, 'offset': ''})}"
    return answer(
        {
            "data": list(rows[offset : offset + limit]),
            "next": f"{base}{offset + limit}" if offset + limit < len(rows) else "",
            "previous": f"{base}{max(offset - limit, 0)}" if offset else "",
        }
    )


def number(name: str, default: int) -> int:
    """Return a whole number of the query, or raise a 400."""
    text = request.args.get(name, str(default))
    if not SHORT_NUMBER.fullmatch(text):
        raise problem(400, "bad-request", "The request is invalid.", {"message": f"{name} is a whole number"})
    return int(text)


def moment(name: str) -> float:
    """Return a date and time of the query in seconds since the epoch; 0 if it is absent."""
    try:
        return stamp_seconds(request.args[name]) if name in request.args else 0.0
    except ValueError as error:
        raise problem(400, "bad-request", "The request is invalid.", {"message": str(error)}) from None
