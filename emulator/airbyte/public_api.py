"""Endpoints of the public API, documented at https://reference.airbyte.com/."""

from __future__ import annotations

from flask import Blueprint, Response

from emulator.airbyte.api import answer, body, current_server, is_cloud
from emulator.airbyte.authentication import new_token
from emulator.airbyte.connection import UUID, Connection
from emulator.airbyte.errors import Refused, forbidden, problem
from emulator.airbyte.job import Job
from emulator.airbyte.public_queries import SHORT_NUMBER, filtered_jobs, listed, page
from emulator.airbyte.public_responses import connection_response, job_response, workspace_response
from emulator.airbyte.tags import tag_id, tags_read
from emulator.scenario import Json

public = Blueprint("public", __name__)


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


@public.get("/workspaces")
def list_workspaces() -> Response:
    """List workspaces, or the named ones."""
    wanted = listed("workspaceIds")
    return page([workspace_response(one) for one in current_server().workspaces() if not wanted or one in wanted])


@public.get("/workspaces/<workspace_id>")
def get_workspace(workspace_id: str) -> Response:
    """Show a workspace."""
    if workspace_id not in current_server().workspaces():
        raise unknown("workspace", workspace_id)
    return answer(workspace_response(workspace_id))


@public.get("/tags")
def list_tags() -> Response:
    """List the tags of the named workspaces, or of all. There are no pages."""
    server, wanted = current_server(), listed("workspaceIds")
    workspaces = [one for one in server.workspaces() if not wanted or one in wanted]
    return answer({"data": [tag for one in workspaces for tag in tags_read(server.tags_of(one), one)]})


@public.get("/connections")
def list_connections() -> Response:
    """List connections of the named workspaces, or of all, that have one of the named tags, if any are named."""
    workspaces, tags = listed("workspaceIds"), listed("tagIds")
    found = [
        one
        for one in current_server().connections.values()
        if (not workspaces or one.workspace_id in workspaces)
        and (not tags or any(tag_id(name, one.workspace_id) in tags for name in one.tags))
    ]
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


@public.post("/jobs")
def create_job() -> Response:
    """Start a sync or a reset."""
    given = body()
    kind = given.get("jobType")
    if kind == "refresh":
        raise problem(422, "unprocessable-entity", "Refreshes are not supported in the public API")
    if kind not in ("sync", "reset", "clear"):
        raise problem(400, "bad-request", "The request body is invalid.", {"message": "jobType"})
    one, server = connection(str(given.get("connectionId") or "")), current_server()
    if server.switches.phantom_conflict:
        raise already_running(one.id)
    job = server.reset(one) if kind in ("reset", "clear") else sync(one)
    if server.switches.trigger_times_out:
        raise state_conflict("Could not fulfill request")
    return answer(job_response(job))


def sync(one: Connection) -> Job:
    """Start a sync, or return a job that was triggered before and has not started yet."""
    server = current_server()
    running = server.running(one.id)
    if running is not None and running.status(server.clock.now()) in ("pending", "queued"):
        return running
    if running is not None:
        raise already_running(one.id)
    if one.status != "active":
        raise state_conflict("Could not fulfill request")
    return server.start(one, "sync")


@public.get("/jobs")
def list_jobs() -> Response:
    """List jobs, by default newest first, filtered by the query."""
    return page([job_response(one) for one in filtered_jobs()])


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
    found = current_server().find(connection_id.lower())
    if found is None:
        raise unknown("connection", connection_id)
    return found


def unknown(kind: str, resource_id: str) -> Refused:
    """Return the error for an unknown object: 404, or 403 if the role is checked first, as on Airbyte Cloud."""
    if is_cloud() or current_server().switches.unknown_connection_forbidden:
        return forbidden(data=True)
    data = {"resourceType": kind, "resourceId": resource_id}
    return problem(404, "resource-not-found", "The requested resource was not found.", data)


def job(job_id: str) -> Job:
    """Return a job, or raise the error for an unknown one: a 409 that says that it is not running, or a 404."""
    found = current_server().jobs.get(int(job_id)) if SHORT_NUMBER.fullmatch(job_id) else None
    if found is not None:
        return found
    if is_cloud() or current_server().switches.unknown_job_public == 404:
        raise unknown("job", job_id)
    raise state_conflict("Job is not currently running")


def already_running(connection_id: str) -> Refused:
    """Return the 409 that means "already running"."""
    data = {"message": f"A sync is already running for: {connection_id}"}
    return problem(409, "try-again-later", "Please try again later.", data)


def state_conflict(message: str) -> Refused:
    """Return the 409 that does not mean "already running"."""
    return problem(409, "state-conflict", "The state of the resource conflicts with the request.", {"message": message})
