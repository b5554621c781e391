"""The values of ``status`` in the result line: how a run, or one connector of a batch, ended.

This enum is the only list. The documentation's table is made from it. A status says what happened, the exit code what
to do next, so several statuses may have the same code. Two public words for the same state are both kept.
"""

from enum import Enum


class Status(str, Enum):
    """A status and its meaning."""

    meaning: str

    def __new__(cls, word: str, meaning: str) -> "Status":
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member

    def __str__(self) -> str:
        return str(self.value)

    # something was done
    TRIGGERED = "triggered", "started by this run; from a check: the run has not been seen to start yet"
    JOINED = "joined", "nothing new was started: one was running already, or an earlier try of this run had started it"
    SKIPPED = "skipped", "the connector is paused and was passed over, as asked"
    UPDATED = "updated", "the change is in effect"
    UNCHANGED = "unchanged", "everything was as wanted already; nothing was sent"
    CREATED = "created", "created"
    DELETED = "deleted", "deleted"
    RELOADED = "reloaded", "the schemas were read again from the source"
    TESTED = "tested", "no setup test failed"
    READ = "read", "read; nothing is judged"
    LISTED = "listed", "listed"
    ACCEPTED = "accepted", "the credentials are accepted"
    DONE = "done", "a batch: all ended well, in different ways"
    DRY_RUN = "dry_run", "nothing was sent; the requests are in data"
    CANCELLED = "cancelled", "cancelled"
    CANCELLING = "cancelling", "cancellation was requested, and it has not ended yet"
    ENDED_BEFORE = "ended_before", "it had ended before it could be cancelled"
    NOTHING_RUNS = "nothing_runs", "there is nothing to cancel"
    # how it went
    SUCCEEDED = "succeeded", "the sync, job or transformation succeeded"
    PARTIALLY_SUCCEEDED = "partially_succeeded", "the transformation succeeded only in part"
    FAILED = "failed", "the sync, job or transformation failed"
    TOO_FEW_ROWS = (
        "too_few_rows",
        "the job succeeded with fewer rows than AIRBYTE_MIN_ROWS, or (AIRBYTE_MIN_ROWS_STRICT) without a row count",
    )
    FRESH = "fresh", "the data is recent enough"
    STALE = "stale", "the last success is too old"
    # not finished
    SYNCING = "syncing", "the sync is running"
    SCHEDULED = "scheduled", "the sync is scheduled and has not started"
    RESCHEDULED = "rescheduled", "the service postponed the sync"
    PENDING = "pending", "the job or transformation waits for its turn"
    QUEUED = "queued", "the job waits for a free worker, or the historical sync for its connector to be resumed"
    RUNNING = "running", "the job or transformation is running"
    INCOMPLETE = "incomplete", "an attempt failed and Airbyte will try again"
    NEW = "new", "the transformation has never run"
    SCHEDULING = "scheduling", "the transformation is being scheduled"
    TERMINATING = "terminating", "the transformation is being ended"
    NO_JOB = "no_job", "no job has been seen yet"
    # it will not run, or it is not known
    PAUSED = "paused", "it will not run until somebody enables it"
    SETUP_BROKEN = "setup_broken", "the setup is broken or incomplete: of the connector, its schema or its destination"
    TESTS_FAILED = "tests_failed", "setup tests failed"
    BLOCKED = "blocked", "the transformation is blocked"
    NOT_STARTED = "not_started", "nothing was started, or nothing will start by itself"
    NOT_TAKEN = "not_taken", "the API accepted a change, but a later reading does not show it"
    UNKNOWN = "unknown", "whether the request arrived is not known"
    UNKNOWN_STATE = "unknown_state", "a state that this version does not know"
    UNKNOWN_STATUS = "unknown_status", "an Airbyte job's status that this version does not know"
    # errors
    ALREADY_RUNNING = "already_running", "something runs already and may not be interrupted"
    ARTIFACT_UNUSABLE = "artifact_unusable", "an artifact is missing, damaged, refused or not writable"
    CREDENTIALS_REFUSED = "credentials_refused", "401 or 403"
    DEADLINE_REACHED = "deadline_reached", "the wait ended before the sync did"
    INVALID_INPUT = "invalid_input", "missing, invalid or contradictory input"
    RATE_LIMITED = "rate_limited", "429 for longer than the deadline allows"
    REQUEST_REFUSED = "request_refused", "another 4xx, or a redirect"
    UNKNOWN_ID = "unknown_id", "no such connector, connection, group or job"
    UNREACHABLE = "unreachable", "no usable answer"
    INTERRUPTED = "interrupted", "SIGTERM, SIGINT or SIGHUP arrived"
    ERROR = "error", "any other expected failure"
    BUG = "bug", "a bug in Slipway"
