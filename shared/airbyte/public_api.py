"""Airbyte's public API: ``https://api.airbyte.com/v1`` on Airbyte Cloud, ``/api/public/v1`` on other servers.

https://reference.airbyte.com/reference/getting-started

Shapes follow Airbyte's OpenAPI documents. Every method raises what ``answers.accepted`` raises, and Unreachable for an
unusable 200.
"""

import copy
import re
from collections.abc import Sequence
from typing import Any

from shared.airbyte.answers import (
    STATE_CONFLICT,
    accepted,
    data,
    explanation,
    names_no_connection,
    ran_out_of_time,
    title,
)
from shared.airbyte.job import (
    Connection,
    Connections,
    Job,
    JobPage,
    Stream,
    about,
    connection_of,
    of_connection,
    readable,
)
from shared.airbyte.public_jobs import job_of
from shared.airbyte.settings import Server
from shared.errors import AlreadyRunning, UnknownId, Unreachable
from shared.http.client import Client
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.urls import path
from shared.redaction import one_line

KINDS = frozenset({"sync", "reset", "clear"})
NEWEST = 20
PAGE = 100
MOST_PAGES = 1000
_OFFSET = re.compile(r"[?&]offset=(\d{1,9})(?![^&#])", re.ASCII)
NEWEST_FIRST = "createdAt|DESC"
TRY_AGAIN = "try-again-later"


class PublicApi:
    """The API that Airbyte recommends, one method per endpoint."""

    kinds = KINDS
    takes_streams = False

    def __init__(self, client: Client, server: Server) -> None:
        self.client = client
        self.server = server
        self.lists_all_jobs = True  # False once the server has refused the list of all jobs

    def until(self, deadline: Deadline, *, last_chance: bool = False) -> "PublicApi":
        """Return a view of this API with a deadline, see ``Client.until``."""
        view = copy.copy(self)
        view.client = self.client.until(deadline, last_chance=last_chance)
        return view

    def check_health(self) -> Answer:
        """``GET /health``: 200 and plain text. An HTML page is not an answer of Airbyte."""
        answer = accepted(self.server, self.client.get("/health"))
        if "<" in answer.text[:200]:
            data(self.server, answer)
        return answer

    def check_access(self) -> Answer:
        """Test the credentials: ``GET /connections`` with a limit of one."""
        answer = self.client.get("/connections", {"limit": 1})
        data(self.server, answer)
        return answer

    def get_connection(self, connection_id: str) -> Connection:
        """``GET /connections/{id}``: https://reference.airbyte.com/reference/getconnection"""
        answer = self.client.get("/connections" + path(connection_id))
        found = data(self.server, answer, names_no_connection(connection_id))
        return connection_of(found, answer, connection_id)

    def list_connections(self, workspace_id: str | None) -> Connections:
        """``GET /connections``, all pages, of one workspace or of all that the credentials can see.

        https://reference.airbyte.com/reference/listconnections
        """
        listed, offset = Connections(), 0
        for _ in range(MOST_PAGES):
            answer = self.client.get("/connections", {"workspaceIds": workspace_id, "limit": PAGE, "offset": offset})
            rows = _rows(self.server, answer, "AIRBYTE_WORKSPACE_ID")
            new = listed.add(rows, answer)
            following = _following(answer, offset, len(rows), new)
            if following is None:
                return listed
            if not new or following <= offset:
                break
            offset = following
        raise Unreachable("the list does not end: a page leads to one that was read before", answer, vendor="Airbyte")

    def workspace_name(self, workspace_id: str) -> str:
        """``GET /workspaces/{id}``."""
        answer = self.client.get("/workspaces" + path(workspace_id))
        return one_line(str(data(self.server, answer, f"there is no workspace {workspace_id}").get("name") or ""), 100)

    def start_job(self, connection_id: str, kind: str, refresh_mode: str, streams: Sequence[Stream] = ()) -> Job:
        """``POST /jobs``, never repeated: https://reference.airbyte.com/reference/createjob

        409 ``try-again-later`` (AlreadyRunning) means that a job is running; 409 ``state-conflict`` that it could
        not be started (RequestRefused), or that the server ran out of time and may have started it (Unreachable).
        """
        answer = self.client.write("POST", "/jobs", {"connectionId": connection_id, "jobType": kind}, slow=True)
        if answer.status == 409 and title(answer) == TRY_AGAIN:
            raise AlreadyRunning(f"{explanation(answer)} (409)", answer, vendor="Airbyte")
        found = data(self.server, answer, names_no_connection(connection_id))
        return of_connection(connection_id, [job_of(found, answer)], answer)[0]

    def get_job(self, job_id: int) -> Job:
        """``GET /jobs/{id}``: https://reference.airbyte.com/reference/getjob

        An unknown id is answered with 409 ``state-conflict``, or with 404.
        """
        answer = self.client.get("/jobs" + path(str(job_id)))
        unknown = f"there is no job {job_id} (AIRBYTE_JOB_ID) that these credentials can see"
        if answer.status == 409 and title(answer) == STATE_CONFLICT and not ran_out_of_time(answer):
            raise UnknownId(f"{unknown} (409: {explanation(answer)})", answer, vendor="Airbyte")
        return about(job_id, job_of(data(self.server, answer, unknown), answer))

    def list_jobs(self, connection_id: str, most: int = NEWEST, status: str | None = None) -> tuple[list[Job], Answer]:
        """``GET /jobs``: the ``most`` newest jobs of a connection (with this status), newest first.

        https://reference.airbyte.com/reference/listjobs
        """
        answer = self.client.get("/jobs", {"connectionId": connection_id, "limit": most, "status": status})
        found = [job_of(row, answer) for row in _rows(self.server, answer, "AIRBYTE_CONNECTION_ID")]
        return sorted(of_connection(connection_id, found, answer), key=lambda job: job.id, reverse=True), answer

    def page_of_jobs(self, workspace_id: str | None, offset: int, status: str | None = None) -> JobPage:
        """``GET /jobs``: a page of a workspace's jobs, or of all jobs that the credentials can see, newest first."""
        query = {
            "workspaceIds": workspace_id,
            "limit": PAGE,
            "offset": offset,
            "status": status,
            "orderBy": NEWEST_FIRST,
        }
        answer = self.client.get("/jobs", query)
        rows = _rows(self.server, answer, "AIRBYTE_WORKSPACE_ID")
        jobs = readable(rows, lambda row: job_of(row, answer.part(row)))
        return JobPage(jobs, len(rows) - len(jobs), _following(answer, offset, len(rows), bool(jobs)), answer)

    def cancel_job(self, job_id: int) -> Answer:
        """``DELETE /jobs/{id}``: stops the job that the connection is running now, which may be a newer one.

        https://reference.airbyte.com/reference/canceljob
        """
        answer = self.client.write("DELETE", "/jobs" + path(str(job_id)), slow=True)
        return accepted(self.server, answer, f"there is no job {job_id} here")

    def failures(self, job_id: int) -> tuple[str, ...]:
        """Return (): this API does not give reasons."""
        return ()

    def amounts(self, job_id: int) -> tuple[int | None, int | None]:
        """Return (None, None): this API has no more rows and bytes than those of ``get_job``."""
        return None, None


def _following(answer: Answer, offset: int, count: int, new: bool) -> int | None:
    """Return the offset of the next page after this one of ``count`` rows, None after the last page.

    ``next`` is an address, empty on the last page. Only its offset is used, so that credentials are sent to no other
    server. Without ``next`` there is another page if this one is full and has new rows.
    """
    link = answer.json.get("next")
    if not count or link == "":
        return None
    if link is None:
        return offset + PAGE if count >= PAGE and new else None
    found = _OFFSET.search(str(link))
    return int(found[1]) if found else offset


def _rows(server: Server, answer: Answer, variable: str) -> list[Any]:
    rows = data(server, answer, f"{variable} names nothing that these credentials can see").get("data")
    if not isinstance(rows, list):
        raise Unreachable("the list has no field data", answer, vendor="Airbyte")
    return rows
