"""Decide whether a 401, 403 or 404 in a wait is the API's word, or a page of something in front of it.

A proxy or an ingress may answer so for some seconds while it, or what is behind it, restarts. Its answer is a page, a
text or nothing; those of both APIs are JSON objects.
"""

from collections.abc import Mapping

from shared.errors import CredentialsRefused, SlipwayError, UnknownId

BELIEVED_AFTER = 30.0
"""Seconds at least from a page to the poll that confirms it."""


def is_a_page(error: SlipwayError) -> bool:
    """Return whether this is a 401, 403 or 404 whose body is no JSON object."""
    if not isinstance(error, CredentialsRefused | UnknownId) or error.answer is None:
        return False
    return not (isinstance(error.answer.json, Mapping) and error.answer.json)


class Doubts:
    """The pages that a poll met, each by what it was about. One is believed if the next poll meets it, too."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}

    def new_poll(self) -> None:
        """Call this when a poll begins."""
        self._before, self._now = self._now, {}

    def of(self, subject: str, error: SlipwayError | None) -> bool:
        """Return whether ``error`` is a page, and not one that the poll before met."""
        if error is None or error.answer is None or not is_a_page(error):
            return False
        if self._before.get(subject) == error.answer.status:
            return False
        self._now[subject] = error.answer.status
        return True

    @property
    def not_before(self) -> float | None:
        """Seconds to pause before the next poll, None if this one met no new page."""
        return BELIEVED_AFTER if self._now else None
