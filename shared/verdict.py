"""What an operation concludes about a sync, a job or a transformation's run."""

from typing import NamedTuple

from shared.exit_codes import ExitCode
from shared.status import Status


class Verdict(NamedTuple):
    """Exit code, a word for programs, a sentence for people."""

    code: ExitCode
    status: Status
    reason: str
