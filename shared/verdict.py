"""What an operation concludes about a sync, a job or a transformation's run."""

from typing import NamedTuple

from shared.exit_codes import ExitCode


class Verdict(NamedTuple):
    """Exit code, a word for programs, a sentence for people."""

    code: ExitCode
    status: str
    reason: str
