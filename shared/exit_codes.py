"""The exit codes of all blueprints: number, meaning and whether a scheduler should try again.

This enum is the only list. The documentation's table and all scheduler examples are tested against it. Numbers of the
official Shipyard blueprints keep their meaning, because users' guardrails contain them; their numbers 208-210, 212,
214 and 220 are never used for anything else.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """An exit code. ``retry`` is True if the same step, run again later, may end differently by itself."""

    meaning: str
    retry: bool

    def __new__(cls, number: int, meaning: str, retry: bool = False) -> "ExitCode":
        member = int.__new__(cls, number)
        member._value_ = number
        member.meaning = meaning
        member.retry = retry
        return member

    DONE = 0, "done: triggered, finished, updated, fresh, or skipped as asked"
    SYNC_FAILED = 1, "Fivetran: the sync failed (only with a result line; a Python that cannot start also exits 1)"
    HUNG_UP = 129, "its terminal was closed (SIGHUP); a sync that was started goes on", True
    INTERRUPTED = 130, "interrupted by SIGINT; a sync that was started goes on", True
    TERMINATED = 143, "stopped by SIGTERM; a sync that was started goes on", True
    CREDENTIALS_REFUSED = 200, "credentials refused (401, 403)"
    REQUEST_REFUSED = 201, "the API refused the request (other 4xx, redirects)"
    TRIGGER_UNKNOWN = 202, "unknown whether the trigger arrived; a retry of the same run checks before it sends"
    ALREADY_RUNNING = 203, "a sync is already running and may not be interrupted"
    UNKNOWN_ID = 204, "unknown connector, connection, group or job"
    INTERVAL_INVALID = 205, "poll interval or timeout out of range"
    INPUT_INVALID = 206, "missing, invalid or contradictory input"
    ARTIFACT_UNUSABLE = 207, "artifact missing, damaged, refused or not writable"
    JOB_FAILED = 211, "Airbyte: the job failed; Fivetran: the transformation failed"
    CANCELLED = 213, "cancelled"
    STATE_UNKNOWN = 215, "a state that this version does not know"
    PAUSED = 216, "paused: it will not run"
    NOT_STARTED = 217, "did not start, or was rescheduled with FIVETRAN_ON_RESCHEDULED=fail"
    SETUP_BROKEN = 218, "setup broken or incomplete: of the connector, its schema or its destination"
    STALE = 219, "stale: the last success is too old"
    DEADLINE_REACHED = 221, "deadline of the wait reached; the sync goes on", True
    RATE_LIMITED = 222, "rate limited past the deadline", True
    UNREACHABLE = 223, "API unreachable or answering 5xx past the retries", True
    BUG = 249, "a bug in Slipway (with a traceback)"
    NOT_FINISHED = 255, "not finished yet", True


RESERVED = frozenset({208, 209, 210, 212, 214, 220})
"""Numbers of Shipyard's official blueprints that are not used here."""
