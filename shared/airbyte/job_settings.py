"""The variables about a job: which one to start, and how to wait for its end."""

from collections.abc import Iterator

from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, Kind, number_between, select
from shared.settings.spans import seconds


def _streams(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise ValueError("has an empty name between its commas; use names like public.orders,customers")
    return tuple(sorted(set(names)))


STREAMS = Kind("names", _streams)


class JobSettings(Settings):
    """The job to start, and what to do about a running one."""

    job_type = Variable(
        "AIRBYTE_JOB_TYPE",
        select("sync", "reset", "clear", "refresh"),
        "the kind of job to start; refresh only on the Configuration API",
        "sync",
    )
    refresh_mode = Variable(
        "AIRBYTE_REFRESH_MODE",
        select("merge", "truncate"),
        "for a refresh: keep the old records until they are replaced, or remove them first",
        "merge",
    )
    on_running = Variable(
        "AIRBYTE_ON_RUNNING",
        select("join", "fail"),
        "if a job of the same type is already running: join it or fail (203)",
        "join",
    )

    streams = Variable(
        "AIRBYTE_STREAMS",
        STREAMS,
        "for a refresh, reset or clear: only these streams, comma-separated, as in public.orders,customers; not in the "
        "public API",
        None,
    )
    on_stop = Variable(
        "AIRBYTE_ON_STOP",
        select("leave", "cancel"),
        "if the step is stopped (SIGTERM, SIGINT, SIGHUP) or reaches AIRBYTE_WAIT_TIMEOUT: leave the job running, or "
        "cancel it if this run triggered it",
        "leave",
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.streams and self.job_type == "sync":
            yield Problem(
                "AIRBYTE_STREAMS", "goes with AIRBYTE_JOB_TYPE refresh, reset or clear: a sync includes all streams"
            )


class WaitSettings(Settings):
    """How to wait for a job's end."""

    wait = Variable("AIRBYTE_WAIT", BOOLEAN, "TRUE waits until the job has ended", True)
    wait_timeout = Variable(
        "AIRBYTE_WAIT_TIMEOUT",
        seconds(1, 604800),
        "seconds to wait at most; then 221 (222: rate limited)",
        13800.0,
    )
    poll_interval: Variable[float | None] = Variable(
        "AIRBYTE_POLL_INTERVAL",
        seconds(1, 3600),
        "seconds between two polls; not given: based on earlier syncs, else 10 % of the time elapsed, 3 to 120",
        None,
    )
    min_rows = Variable(
        "AIRBYTE_MIN_ROWS",
        number_between(0, 999_999_999),
        "a sync that succeeds with fewer rows than this counts as failed (211), as in 1; not given: no rows at "
        "all is a warning",
        None,
    )
    min_rows_strict = Variable(
        "AIRBYTE_MIN_ROWS_STRICT",
        BOOLEAN,
        "TRUE: a sync without a row count fails AIRBYTE_MIN_ROWS too (211)",
        False,
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.min_rows_strict and self.min_rows is None:
            yield Problem("AIRBYTE_MIN_ROWS_STRICT", "needs AIRBYTE_MIN_ROWS: how many rows are enough?")
