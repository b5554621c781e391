"""The conclusion about a sync, a job or a transformation's run."""

from typing import NamedTuple

from shared.exit_codes import ExitCode
from shared.status import Status


class Verdict(NamedTuple):
    """Exit code, status for programs, sentence for people."""

    code: ExitCode
    status: Status
    reason: str
