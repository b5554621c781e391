"""Keeping secrets out of everything that a run says, and text from outside on one line.

Values are replaced before serialising, never in serialised text, so that what is written stays well-formed.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from shared.plain_form import UNPRINTABLE, is_plain, layers
from shared.secret_forms import CUT, MARKS, SHORTEST, Forms, by_form, cut_short

HIDDEN = "******"
MASKED_KEYS = frozenset({"config", "auth"})
"""Objects of the API whose content is never shown: a connector's credentials live there."""

DEEPEST = 100
"""Levels of nesting that are looked into; what lies deeper is dropped from what is said, and refused as input."""
LONGEST_LINE = 8000
"""All that can be wrong with a blueprint's variables at once fits in."""

_UNPRINTABLE = f"[{UNPRINTABLE}]+"
_COMMAND = re.compile(r"##(?=\w*\[)")


def one_line(text: str, limit: int = LONGEST_LINE) -> str:
    """``text`` without control characters, line breaks and bidirectional overrides, at most ``limit`` long.

    ``##[`` and ``##vso[`` anywhere in a line command the runners of GitHub and Azure, as ``::`` does at its start:
    no line of ours starts so.
    """
    if not text.isprintable():  # else it has none of them; to compile the expression takes a millisecond
        text = re.sub(_UNPRINTABLE, " ", text)
    line = _COMMAND.sub("## ", text).strip()
    return line if len(line) <= limit else line[: limit - 1] + CUT


_OVERLAP = 16 * 1024
_LONGEST_ESCAPE = 64
"""Characters that one character of a secret may take in an answer, several layers of escapes on top of each other."""


class Redactor:
    """Replaces the secrets it was told of, however they are escaped, and what is a secret by its form."""

    def __init__(self) -> None:
        self._forms = Forms()

    def add(self, secret: str) -> None:
        self._forms.add(secret, one_line(secret, len(secret) + 1))

    def text(self, text: str) -> str:
        """``text`` with secrets replaced."""
        if self._is_clean(text):
            return text
        pieces: list[str] = []
        end = 0
        overlap = max(_OVERLAP, self._forms.longest * _LONGEST_ESCAPE)
        step = overlap * 4
        for begin in range(0, max(len(text) - overlap, 1), step):  # in parts, or a long text takes much memory
            for start, stop in sorted(self._spans(text[begin : begin + step + overlap])):
                if begin + start >= end:
                    pieces += (text[end : begin + start], HIDDEN)
                end = max(end, begin + stop)
        return "".join([*pieces, text[end:]]) if pieces else text

    def _is_clean(self, text: str) -> bool:
        """Whether there can be no secret in ``text``, told as fast as it can be: most texts are short and clean."""
        for form in self._forms.all:
            if form in text:
                return False
        for mark in MARKS:
            if mark in text:
                return False
        return is_plain(text, self._forms.blanks)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where there are secrets."""
        for layer in layers(text):
            found = (self._forms.found(layer.text), cut_short(layer.text, self._forms.all), by_form(layer.text))
            for start, end in chain.from_iterable(found):
                yield layer.span(start, end)

    def data(self, value: Any, levels: int = DEEPEST) -> Any:
        """A copy of plain data with secrets replaced in keys and values, and ``config`` and ``auth`` masked."""
        if isinstance(value, str):
            return self.text(value)
        if self._forms.digits and isinstance(value, int | float) and not isinstance(value, bool):
            return value if self.text(str(value)) == str(value) else HIDDEN
        if not isinstance(value, dict | list | tuple):
            return value
        if not levels:
            return CUT
        if isinstance(value, dict):
            return {
                self.text(str(key)): masked(item) if key in MASKED_KEYS else self.data(item, levels - 1)
                for key, item in value.items()
            }
        return [self.data(item, levels - 1) for item in value]


_SECRET_NAME = re.compile("pass|secret|token|key|credential|private|pwd|connection_string|dsn|^pat$", re.IGNORECASE)


def secret_leaves(value: Any, name: str = "") -> list[str]:
    """The texts and whole numbers in ``value`` whose key sounds like a secret's, to be redacted wherever they are."""
    if isinstance(value, dict):
        if value.keys() == {"key", "value"}:  # an entry of a list of named secrets
            return text_leaves(value["value"])
        return [leaf for key, item in value.items() for leaf in secret_leaves(item, str(key))]
    if isinstance(value, list):
        return [leaf for item in value for leaf in secret_leaves(item, name)]
    return text_leaves(value) if _SECRET_NAME.search(name) else []


def text_leaves(value: Any) -> list[str]:
    """Every text and whole number in ``value`` that is long enough to be told from others."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [leaf for item in items for leaf in text_leaves(item)]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return [value] if isinstance(value, str) and len(value) >= SHORTEST else []


def masked(value: Any, levels: int = DEEPEST) -> Any:
    """The shape of ``value`` with every leaf hidden: which keys there are may be told, what they hold may not."""
    if levels and isinstance(value, dict):
        return {key: masked(item, levels - 1) for key, item in value.items()}
    if levels and isinstance(value, list | tuple):
        return [masked(item, levels - 1) for item in value]
    return value if value is None else HIDDEN
