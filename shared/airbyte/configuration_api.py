"""Airbyte's Configuration API (``/api/v1`` of a self-hosted server). Every call is a POST, even if it only reads.

https://airbyte-public-api-docs.s3.us-east-2.amazonaws.com/rapidoc-api-docs.html

Shapes follow Airbyte's OpenAPI document (config.yaml). Airbyte calls this API deprecated, but its own user interface
uses it. The paths are the same from version 0.50 to 2.0; each method says what older servers lack. Times are whole
seconds since the epoch, and null fields are absent. Every method raises what ``answers.accepted`` raises, and
Unreachable for an unusable 200.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from shared.airbyte.answers import STATE_CONFLICT, accepted, data, explanation, names_no_connection, title
from shared.airbyte.configuration_jobs import CONFIG_TYPES, OLD_CONFIG_TYPES, job_of, reasons
from shared.airbyte.job import (
    Connection,
    Connections,
    Job,
    JobPage,
    NoJob,
    Stream,
    about,
    connection_of,
    of_connection,
    readable,
)
from shared.airbyte.settings import Server
from shared.errors import AlreadyRunning, RequestRefused, UnknownId, Unreachable
from shared.http.client import Client
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.redaction import one_line

KINDS = frozenset({"sync", "reset", "clear", "refresh"})
NOBODY = "00000000-0000-0000-0000-000000000000"
NEWEST = 20
PAGE = 100


class ConfigurationApi:
    """The Configuration API, one method per endpoint."""

    kinds = KINDS
    takes_streams = True

    def __init__(self, client: Client, server: Server) -> None:
        self.client = client
        self.server = server
        self.lists_all_jobs = True  # False once the server has refused the list of a workspace's jobs
        self._light = True  # False once the server lacks /jobs/get_light

    def until(self, deadline: Deadline, *, last_chance: bool = False) -> "ConfigurationApi":
        """Return a view of this API with a deadline, see ``Client.until``."""
        view = copy.copy(self)
        view.client = self.client.until(deadline, last_chance=last_chance)
        return view

    def check_health(self) -> Answer:
        """``GET /health``: ``{"available": true}``, or ``{"db": true}`` on very old servers."""
        answer = self.client.get("/health")
        found = data(self.server, answer)
        if not found.get("available", found.get("db")):
            raise Unreachable(f"{self.server.url} says that it is not available", answer, vendor="Airbyte")
        return answer

    def check_access(self) -> Answer:
        """Test the credentials with a nil UUID: 401 means refused, any other Airbyte error means accepted.

        No endpoint that all versions have needs only credentials. An HTML page is an answer of a proxy.
        """
        answer = self.client.ask("/connections/get", {"connectionId": NOBODY})
        foreign = bool(answer.body.strip()) and not isinstance(answer.json, Mapping)
        if foreign or answer.status in (401, 429) or answer.status >= 500 or 300 <= answer.status < 400:
            data(self.server, answer)
        return answer

    def get_connection(self, connection_id: str) -> Connection:
        """``POST /connections/get``."""
        answer = self.client.ask("/connections/get", {"connectionId": connection_id})
        found = data(self.server, answer, names_no_connection(connection_id))
        return connection_of(found, answer, connection_id)

    def list_connections(self, workspace_id: str | None) -> Connections:
        """``POST /connections/list``: all connections of a workspace, which is required."""
        answer = self.client.ask("/connections/list", {"workspaceId": workspace_id})
        found = data(self.server, answer, f"{workspace_id} (AIRBYTE_WORKSPACE_ID) names no workspace here")
        rows = found.get("connections")
        if not isinstance(rows, list):
            raise Unreachable("the list of connections has no field connections", answer, vendor="Airbyte")
        listed = Connections()
        listed.add(rows, answer)
        return listed

    def workspace_name(self, workspace_id: str) -> str:
        """``POST /workspaces/get``."""
        answer = self.client.ask("/workspaces/get", {"workspaceId": workspace_id})
        return one_line(str(data(self.server, answer, f"there is no workspace {workspace_id}").get("name") or ""), 100)

    def start_job(self, connection_id: str, kind: str, refresh_mode: str, streams: Sequence[Stream] = ()) -> Job:
        """``POST /connections/sync``, ``/reset``, ``/clear`` (from 0.63) or ``/refresh``; never repeated.

        With ``streams`` it is ``/reset/stream``, ``/clear/stream``, or a refresh of these streams only.

        The server answers once the job runs, which can take long. It answers 409 (AlreadyRunning), without a job id, if
        a job is running already. A refresh may be answered without a job (NoJob): the destination cannot be refreshed
        and nothing starts, a sync is running and the next one becomes the refresh, or the workflow is gone.
        """
        body: dict[str, Any] = {"connectionId": connection_id}
        if kind == "refresh":
            body["refreshMode"] = refresh_mode.capitalize()
        if streams:
            body["streams"] = [stream.descriptor for stream in streams]
        where = f"/connections/{kind}" + ("/stream" if streams and kind != "refresh" else "")
        answer = self.client.write("POST", where, body, slow=True)
        if answer.status == 409 and title(answer) != STATE_CONFLICT:
            raise AlreadyRunning(f"{explanation(answer) or 'something runs already'} (409)", answer, vendor="Airbyte")
        found = data(self.server, answer, names_no_connection(connection_id))
        if kind == "refresh" and found.get("job") is None:
            raise NoJob(answer)
        return of_connection(connection_id, [job_of(found.get("job"), answer)], answer)[0]

    def get_job(self, job_id: int) -> Job:
        """``POST /jobs/get_light``, or ``/jobs/get`` (with logs) on servers that lack it.

        An unknown id is answered with 404, or with 500 without an explanation (both are in Airbyte's code).
        """
        body = {"id": job_id}
        unknown = f"there is no job {job_id} (AIRBYTE_JOB_ID) here"
        if self._light:
            answer = self.client.ask("/jobs/get_light", body)
            if answer.status not in (404, 405):
                return self._found(answer, job_id, unknown)
        answer = self.client.ask("/jobs/get", body)
        job = self._found(answer, job_id, unknown)
        self._light = False
        return job

    def _found(self, answer: Answer, job_id: int, unknown: str) -> Job:
        if answer.status == 500:
            hint = f"a job id that it does not know gets this too; is {job_id} (AIRBYTE_JOB_ID) right?"
            raise Unreachable(f"the API has an error of its own ({_said(answer)}); {hint}", answer, vendor="Airbyte")
        return about(job_id, job_of(data(self.server, answer, unknown).get("job"), answer))

    def list_jobs(self, connection_id: str, most: int = NEWEST, status: str | None = None) -> tuple[list[Job], Answer]:
        """``POST /jobs/list``: the ``most`` newest jobs of a connection (with this status), newest first."""
        rows, answer = self._jobs("/jobs/list", {"configId": connection_id}, 0, most, status)
        found = of_connection(connection_id, [job_of(row.get("job"), answer) for row in rows], answer)
        return sorted(found, key=lambda job: job.id, reverse=True), answer

    def page_of_jobs(self, workspace_id: str | None, offset: int, status: str | None = None) -> JobPage:
        """``POST /jobs/list_for_workspaces``: a page of a workspace's jobs, newest first."""
        body = {"workspaceIds": [workspace_id]}
        rows, answer = self._jobs("/jobs/list_for_workspaces", body, offset, PAGE, status)
        jobs = readable(rows, lambda row: job_of(row.get("job"), answer.part(row)))
        following = offset + PAGE if len(rows) >= PAGE and jobs else None
        return JobPage(jobs, len(rows) - len(jobs), following, answer)

    def _jobs(
        self, where: str, about: Mapping[str, Any], offset: int, most: int, status: str | None
    ) -> tuple[list[Any], Answer]:
        """Read a page of jobs. Old servers refuse job types that they do not know, so ask again without those."""
        body = {**about, "pagination": {"pageSize": most, "rowOffset": offset}}
        if status:
            body["statuses"] = [status]
        answer = self.client.ask(where, {**body, "configTypes": list(CONFIG_TYPES)})
        if answer.status in (400, 422):
            answer = self.client.ask(where, {**body, "configTypes": list(OLD_CONFIG_TYPES)})
        unknown = names_no_connection(str(about["configId"])) if "configId" in about else ""
        rows = data(self.server, answer, unknown).get("jobs")
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise Unreachable("the list of jobs has no field jobs", answer, vendor="Airbyte")
        return rows, answer

    def cancel_job(self, job_id: int) -> Answer:
        """``POST /jobs/cancel``: stops the job that the connection is running now, which may be a newer one."""
        answer = self.client.write("POST", "/jobs/cancel", {"id": job_id}, slow=True)
        return accepted(self.server, answer, f"there is no job {job_id} here")

    def failures(self, job_id: int) -> tuple[str, ...]:
        """Return why the attempts failed, last attempt first: ``attempts[].attempt.failureSummary`` of a job."""
        attempts = self._without_logs(job_id)[0].get("attempts")
        return tuple(reasons(attempts if isinstance(attempts, list) else []))

    def amounts(self, job_id: int) -> tuple[int | None, int | None]:
        """Return the rows and bytes that a job committed. ``/jobs/get_light`` lacks them (by Airbyte's own code)."""
        found, answer = self._without_logs(job_id)
        job = job_of(found.get("job"), answer) if found else None
        return (job.rows, job.size) if job else (None, None)

    def _without_logs(self, job_id: int) -> tuple[Mapping[str, Any], Answer]:
        """``POST /jobs/get_without_logs``, or ``/jobs/get`` on servers that lack it. Return {} if that is refused."""
        answer = self.client.ask("/jobs/get_without_logs", {"id": job_id})
        if answer.status in (404, 405):
            answer = self.client.ask("/jobs/get", {"id": job_id})
        try:
            return data(self.server, answer, "there is no such job"), answer
        except (UnknownId, RequestRefused):
            return {}, answer


def _said(answer: Answer) -> str:
    return ": ".join(part for part in (str(answer.status), explanation(answer)) if part)
