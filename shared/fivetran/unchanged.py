"""Pass over the rows of a list that have not changed since it was read last, without parsing them again."""

from array import array
from collections.abc import Callable, Mapping
from functools import partial
from sys import intern
from typing import Any

from shared.fivetran.paging import Read
from shared.fivetran.rows import streamed

_NO_HASH = -1
"""Python gives no text this hash."""


class Unchanged:
    """What is known of the rows of a list, by their place in it.

    Of each row: its id, the length and the hash of its text from comma to comma, and a signature of the fields that
    matter. An object's text says where it ends. So if as many characters have the same hash, they are the same valid
    object, and the next row follows. If a row was inserted, all after it are parsed once.
    """

    def __init__(self, signature: Callable[[Mapping[str, Any]], int | None], skip: Callable[[str, int], bool]) -> None:
        """``signature`` returns None for a row that does not say enough. ``skip`` takes an id and a signature."""
        self._signature = signature
        self._skip = skip
        self._ids: list[str] = []
        self._lengths = array("q")
        self._hashes = array("q")
        self._signatures = array("q")
        self._place = 0
        self._left: dict[str, None] = {}

    def read(self, left: dict[str, None]) -> Read:
        """Return the reader for ``pages``, and begin with the list's first row.

        It passes over the rows of connectors that are not in ``left``, and over those for which ``skip`` returns True.
        These are removed from ``left``.
        """
        self._place, self._left = 0, left
        return partial(streamed, unchanged=self)

    def past(self, text: str, at: int) -> int:
        """Pass over rows after the ``[`` or ``,`` at ``at``. Return where the last of them ends, ``at`` if none did."""
        ids, lengths, hashes, signatures, passes = (  # looked up once: saves a tenth of a poll
            self._ids,
            self._lengths,
            self._hashes,
            self._signatures,
            self._passes,
        )
        for place in range(self._place, len(ids)):
            end = at + 1 + lengths[place]
            if hash(text[at + 1 : end]) != hashes[place] or not passes(ids[place], signatures[place]):
                break
            at, self._place = end, place + 1
            if text[at] != ",":
                break
        return at

    def keep(self, row: Mapping[str, Any], text: str) -> bool:
        """Remember the row that was parsed at this place. Return whether it is passed over although it has changed."""
        place, self._place = self._place, self._place + 1
        one, signature = row.get("id"), self._signature(row)
        connector_id = intern(one) if isinstance(one, str) else ""
        if place == len(self._ids):
            self._ids.append("")
            for numbers in (self._lengths, self._hashes, self._signatures):
                numbers.append(0)
        self._ids[place] = connector_id
        self._lengths[place] = len(text)
        self._hashes[place] = _NO_HASH if signature is None else hash(text)
        self._signatures[place] = signature or 0
        return signature is not None and self._passes(connector_id, signature)

    def _passes(self, connector_id: str, signature: int) -> bool:
        if connector_id not in self._left:
            return True
        if passes := self._skip(connector_id, signature):
            del self._left[connector_id]
        return passes
