"""Parse the public API's jobs.

Shapes follow Airbyte's JobResponseMapper, because some examples in its OpenAPI documents are wrong. Times are ISO 8601,
without the seconds if they are ``:00``. ``lastUpdatedAt`` is absent until a job has ended.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.airbyte.job import Job, count_of, is_job_id
from shared.errors import Unreachable
from shared.http.response import Answer
from shared.redaction import one_line


def job_of(found: Any, answer: Answer) -> Job:
    """Parse a JobResponse. Rows and bytes are those committed, absent before there are any. Raise Unreachable if it is
    malformed.
    """
    usable = isinstance(found, Mapping) and is_job_id(found.get("jobId")) and isinstance(found.get("status"), str)
    if not usable:
        raise Unreachable("the answer has no job", answer, vendor="Airbyte")
    return Job(
        found["jobId"],
        str(found.get("connectionId") or ""),
        one_line(found["status"], 60),
        one_line(str(found.get("jobType") or ""), 60),
        _moment(found.get("startTime")),
        _moment(found.get("lastUpdatedAt")),
        count_of(found.get("rowsSynced")),
        count_of(found.get("bytesSynced")),
        read_from=answer,
    )


def _moment(text: Any) -> datetime | None:
    """Parse a time stamp. Return None if it is absent or invalid, because no decision depends on it."""
    try:
        return timestamps.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None
