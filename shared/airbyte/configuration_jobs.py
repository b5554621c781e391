"""Parse the Configuration API's jobs, and the reasons why their attempts failed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared import timestamps
from shared.airbyte.job import Job, Stream, count_of, is_job_id
from shared.errors import Unreachable
from shared.http.response import Answer
from shared.redaction import one_line

CONFIG_TYPES = {"sync": "sync", "reset_connection": "reset", "clear": "clear", "refresh": "refresh"}
OLD_CONFIG_TYPES = ("sync", "reset_connection")
MOST_FAILURES = 5


def reasons(attempts: Iterable[Any]) -> list[str]:
    found: dict[str, None] = {}
    for entry in reversed([one for one in attempts if isinstance(one, Mapping)]):
        attempt = entry.get("attempt")
        summary = attempt.get("failureSummary") if isinstance(attempt, Mapping) else None
        failures = summary.get("failures") if isinstance(summary, Mapping) else None
        for failure in failures if isinstance(failures, list) else []:
            if isinstance(failure, Mapping):
                text = failure.get("externalMessage") or failure.get("internalMessage") or failure.get("failureType")
                origin = failure.get("failureOrigin")
                found[one_line(f"{f'{origin}: ' if origin else ''}{text or 'no reason given'}", 300)] = None
    return list(found)[:MOST_FAILURES]


def job_of(found: Any, answer: Answer) -> Job:
    """Parse a JobRead. Statistics are absent if the server does not keep them. Raise Unreachable if it is malformed."""
    if not isinstance(found, Mapping) or not is_job_id(found.get("id")) or not isinstance(found.get("status"), str):
        raise Unreachable("the answer has no job", answer, vendor="Airbyte")
    stats = found.get("aggregatedStats")
    counts = stats if isinstance(stats, Mapping) else {}
    kind = str(found.get("configType") or "")
    return Job(
        found["id"],
        str(found.get("configId") or ""),
        one_line(found["status"], 60),
        CONFIG_TYPES.get(kind, one_line(kind, 60)),
        _moment(found.get("createdAt")),
        _moment(found.get("updatedAt")),
        count_of(counts.get("recordsCommitted")),
        count_of(counts.get("bytesCommitted")),
        streams=_streams(found),
        read_from=answer,
    )


def _streams(found: Mapping[str, Any]) -> frozenset[Stream] | None:
    """Parse ``resetConfig.streamsToReset`` or ``refreshConfig.streamsToRefresh``; None if both are absent."""
    for config, field in (("resetConfig", "streamsToReset"), ("refreshConfig", "streamsToRefresh")):
        rows = found[config].get(field) if isinstance(found.get(config), Mapping) else None
        if isinstance(rows, list) and rows:
            named = [row for row in rows if isinstance(row, Mapping)]
            return frozenset(Stream(str(row.get("name") or ""), _text(row.get("namespace"))) for row in named)
    return None


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _moment(seconds: Any) -> datetime | None:
    """Parse whole seconds since the epoch. Return None if they are absent or beyond the calendar."""
    if type(seconds) is not int:
        return None
    try:
        return timestamps.EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
