"""All expected failures, each with its exit code and its status in the result line.

``shared.program.main`` turns them into message and exit code. Any other exception is a bug and keeps its traceback.
"""

from typing import TYPE_CHECKING

from shared.exit_codes import ExitCode
from shared.status import Status

if TYPE_CHECKING:
    from shared.http.response import Answer


class SlipwayError(Exception):
    """An expected failure.

    ``answer`` is the API's answer that caused it, to be saved. ``vendor`` is the failed service, or empty. The message
    begins with it; ``reason`` is the message without it, for a table row that names its connector.
    """

    code = ExitCode.BUG
    status = Status.ERROR

    def __init__(self, reason: str, answer: "Answer | None" = None, *, vendor: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer
        self.vendor = vendor

    @property
    def message(self) -> str:
        """The whole message, as ``Fivetran: abc is paused``."""
        return f"{self.vendor}: {self.reason}" if self.vendor else self.reason

    def __str__(self) -> str:
        return self.message


class Bug(SlipwayError):
    """An exception that nobody expected."""

    status = Status.BUG


class CredentialsRefused(SlipwayError):
    """401 or 403: the key is wrong, revoked, or not allowed to do this."""

    code = ExitCode.CREDENTIALS_REFUSED
    status = Status.CREDENTIALS_REFUSED


class RequestRefused(SlipwayError):
    """Another 4xx, or a redirect, which is never followed."""

    code = ExitCode.REQUEST_REFUSED
    status = Status.REQUEST_REFUSED


class TriggerUnknown(SlipwayError):
    """The answer to a trigger was lost, and reading the state did not show whether the trigger arrived."""

    code = ExitCode.TRIGGER_UNKNOWN
    status = Status.UNKNOWN


class AlreadyRunning(SlipwayError):
    """Something is already running and may not be interrupted."""

    code = ExitCode.ALREADY_RUNNING
    status = Status.ALREADY_RUNNING


class UnknownId(SlipwayError):
    """404, or an error code that begins with ``NotFound``."""

    code = ExitCode.UNKNOWN_ID
    status = Status.UNKNOWN_ID


class InvalidInput(SlipwayError):
    """Missing, invalid or contradictory input; nothing was sent."""

    code = ExitCode.INPUT_INVALID
    status = Status.INVALID_INPUT


class InvalidInterval(InvalidInput):
    """A poll interval or timeout that is out of range, with nothing else wrong."""

    code = ExitCode.INTERVAL_INVALID


class ArtifactUnusable(SlipwayError):
    """An artifact is missing, damaged, refused or cannot be written."""

    code = ExitCode.ARTIFACT_UNUSABLE
    status = Status.ARTIFACT_UNUSABLE


class UnknownState(SlipwayError):
    """A state that this version does not know, so nothing was done."""

    code = ExitCode.STATE_UNKNOWN
    status = Status.UNKNOWN_STATE


class Paused(SlipwayError):
    """The connector or connection will not run until somebody enables it."""

    code = ExitCode.PAUSED
    status = Status.PAUSED


class NotStarted(SlipwayError):
    """Nothing was started, or nothing will start by itself."""

    code = ExitCode.NOT_STARTED
    status = Status.NOT_STARTED


class SetupBroken(SlipwayError):
    """The setup is broken or incomplete."""

    code = ExitCode.SETUP_BROKEN
    status = Status.SETUP_BROKEN


class DeadlineReached(SlipwayError):
    """The wait ended before the sync did."""

    code = ExitCode.DEADLINE_REACHED
    status = Status.DEADLINE_REACHED


class RateLimited(SlipwayError):
    """429 for longer than the deadline allows."""

    code = ExitCode.RATE_LIMITED
    status = Status.RATE_LIMITED


class Unreachable(SlipwayError):
    """No usable answer: a network error, a 5xx, or an unusable body. The request may have arrived."""

    code = ExitCode.UNREACHABLE
    status = Status.UNREACHABLE


class NotArrived(Unreachable):
    """No connection was made (DNS, refused, connect timeout, certificate), so the request did not arrive."""


TURNED_AWAY = (RequestRefused, CredentialsRefused, UnknownId, RateLimited, NotArrived)
"""If a trigger fails with one of these, it started nothing."""
