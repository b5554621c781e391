"""Endpoints of jobs in the Configuration API; times are in whole seconds since the epoch.

Described in airbyte-api/server-api/src/main/openapi/config.yaml of
https://github.com/airbytehq/airbyte-platform.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from emulator.airbyte.api import answer, current_server
from emulator.airbyte.configuration_api import configuration
from emulator.airbyte.configuration_requests import connection, invalid, job, page_of, texts_of, uuid_of
from emulator.airbyte.configuration_responses import job_info, job_read, job_with_attempts
from emulator.airbyte.errors import hal
from emulator.airbyte.job import CONFIG_TYPES, Job


@configuration.post("/jobs/get")
def get_job() -> Response:
    """Show a job with its attempts and their logs."""
    return answer(job_info(job(), logs=True))


@configuration.post("/jobs/get_without_logs")
def get_job_without_logs() -> Response:
    """Show a job with its attempts, without logs."""
    require_light_jobs()
    return answer(job_info(job()))


@configuration.post("/jobs/get_light")
def get_light_job() -> Response:
    """Show a job without attempts and, by default, without statistics."""
    require_light_jobs()
    found = job_read(job())
    if not current_server().switches.light_stats:
        found["aggregatedStats"] = None
    return answer({"job": found})


@configuration.post("/jobs/get_last_replication_job")
def get_last_job() -> Response:
    """Show a connection's newest job; the answer is empty if there was none."""
    jobs = current_server().jobs.of(connection().id)
    return answer({"job": job_read(jobs[0])} if jobs else {})


@configuration.post("/jobs/list")
def list_jobs() -> Response:
    """List a connection's jobs, newest first. A type that this version does not know is an error."""
    found = wanted(current_server().jobs.of(uuid_of("configId")))
    return answer({"jobs": [job_with_attempts(one) for one in page_of(found)], "totalJobCount": len(found)})


@configuration.post("/jobs/list_for_workspaces")
def list_jobs_of_workspaces() -> Response:
    """List the jobs of workspaces, newest first. The count is that of the page."""
    if not current_server().switches.jobs_of_workspaces:
        raise hal(404, "Not Found", "Page Not Found")
    server, workspaces = current_server(), texts_of("workspaceIds", required=True)
    ids = {one.id for one in server.connections.values() if one.workspace_id in workspaces}
    rows = page_of(wanted(one for one in server.jobs.newest_first() if one.connection_id in ids))
    return answer({"jobs": [job_with_attempts(one) for one in rows], "totalJobCount": len(rows)})


def wanted(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs of the types and the statuses of the body."""
    kinds, known = texts_of("configTypes", required=True), current_server().switches.job_types
    if any(kind not in known for kind in kinds):
        raise invalid("configTypes")
    statuses, now = texts_of("statuses"), current_server().clock.now()
    return [
        one for one in jobs if CONFIG_TYPES[one.kind] in kinds and one.status(now) in (statuses or [one.status(now)])
    ]


@configuration.post("/jobs/cancel")
def cancel() -> Response:
    """Cancel the current job of the named job's connection, even if that is another job."""
    named = job()
    current_server().cancel(named.connection_id)
    return answer(job_info(named))


def require_light_jobs() -> None:
    """Answer 404 on servers that lack /jobs/get_light and /jobs/get_without_logs."""
    if not current_server().switches.light_jobs:
        raise hal(404, "Not Found", "Page Not Found")
