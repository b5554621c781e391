"""Read each connection's newest job from pages of the workspace's jobs, to save a call per connection."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from shared.airbyte.api import Api
from shared.airbyte.job import Connection, Job
from shared.airbyte.record import newest
from shared.batch.extent import fails_all, refuses_all
from shared.errors import CredentialsRefused, RequestRefused, SlipwayError, UnknownId, Unreachable
from shared.http.retry import Unusable
from shared.parallel import side_by_side

AT_ONCE = 8
FEWER = 4
"""Reading pages stops if ``FEWER`` times the pages read so far exceeds the connections left: each is then read."""
Newest = dict[str, Job | SlipwayError | None]
"""By connection id: its newest job, None if it has no such job, or the error from reading it."""


def newest_jobs(
    api: Api,
    connections: Sequence[Connection],
    say: Callable[[str], None],
    status: str | None = None,
) -> Newest:
    """Return each connection's newest job that has ``status`` (None: any).

    Connections that are not on the first pages are read one by one, ``AT_ONCE`` in parallel; all of them if the server
    has no such list. Raise CredentialsRefused if all connections are refused (Cloud answers 403 for one that is gone),
    and Unreachable or RateLimited if every call would fail, not only the list.
    """
    workspaces: dict[str | None, list[str]] = {}
    for one in connections:
        workspaces.setdefault(one.workspace_id or None, []).append(one.id)
    if api.server.public and len(workspaces) > 1:
        workspaces = {None: [one.id for one in connections]}
    found: Newest = {}
    left: list[str] = []
    for workspace_id, ids in workspaces.items():
        if api.lists_all_jobs and len(ids) > 1 and (workspace_id or api.server.public):
            paged, unsettled = _paged(api, workspace_id, ids, say, status)
            found |= paged
            left += unsettled
        else:
            left += ids
    found.update(side_by_side(left, partial(_asked, api, status), AT_ONCE, grace=0.0))
    refused = [one for one in found.values() if isinstance(one, CredentialsRefused)]
    if refused and len(refused) == len(found):
        raise refused[0]
    return found


def _asked(api: Api, status: str | None, connection_id: str) -> tuple[str, Job | SlipwayError | None]:
    """Read the newest job of one connection. Raise CredentialsRefused if every call would be refused."""
    try:
        jobs, _ = api.list_jobs(connection_id, 1, status)
        if status and any(job.status != status for job in jobs):  # a server that does not know the filter
            jobs = [job for job in api.list_jobs(connection_id)[0] if job.status == status]
    except SlipwayError as error:
        if refuses_all(error):
            raise
        return connection_id, error
    return connection_id, newest(jobs)


def _paged(
    api: Api,
    workspace_id: str | None,
    ids: Iterable[str],
    say: Callable[[str], None],
    status: str | None,
) -> tuple[Newest, list[str]]:
    """Read pages of jobs. Return the newest jobs found, and the connections that are not on them."""
    found: Newest = {}
    left = {one.lower(): one for one in ids}
    offset: int | None = 0
    count = malformed = 0
    try:
        while offset is not None and left and count * FEWER <= len(left):
            page = api.page_of_jobs(workspace_id, offset, status)
            if page.jobs and page.jobs[0].id < page.jobs[-1].id:
                raise Unreachable("the list of jobs is not the newest first", page.answer, vendor="Airbyte")
            count, malformed = count + 1, malformed + page.malformed
            for job in sorted(page.jobs, key=lambda job: -job.id):
                if status in (None, job.status) and (one := left.pop(job.connection_id.lower(), None)):
                    found[one] = job
            if page.following is not None and page.following <= offset:
                break
            offset = page.following
    except SlipwayError as error:
        if fails_all(error):
            raise
        api.lists_all_jobs = not isinstance(error, CredentialsRefused | RequestRefused | UnknownId | Unusable)
        say(f"{error.message}; reading each connection's jobs instead of their list")
        return found, list(left.values())
    if offset is None and not malformed:  # the list has ended, so the others have none
        return found | dict.fromkeys(left.values()), []
    return found, list(left.values())
