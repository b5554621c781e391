"""Remove secrets from all output, and keep text from outside on one line.

Values are redacted before they are serialised, so that the serialised text stays well-formed.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from shared.plain_form import UNPRINTABLE, is_plain, layers
from shared.secret_forms import CUT, MARKS, SHORTEST, Forms, by_form

HIDDEN = "******"
MASKED_KEYS = frozenset({"config", "auth"})
"""Objects of the API whose content is never shown, because they contain a connector's credentials."""

DEEPEST = 100
"""Levels of nesting that are processed. Deeper values are dropped from output and refused as input."""
LONGEST_LINE = 8000
"""Characters. A message with all possible problems of a blueprint's variables fits in."""

_UNPRINTABLE = f"[{UNPRINTABLE}]+"
_COMMAND = re.compile(r"##(?=\w*\[)")


def one_line(text: str, limit: int = LONGEST_LINE) -> str:
    """Return ``text`` without control characters, line breaks and bidirectional overrides, cut to ``limit`` characters.

    ``##[`` and ``##vso[`` anywhere in a line are commands to the CI runners of GitHub and Azure, so they are broken up.
    ``::`` is a command only at the start of a line, and none of our lines starts with text from outside.
    """
    if not text.isprintable():  # compiling the expression takes a millisecond, so it is avoided
        text = re.sub(_UNPRINTABLE, " ", text)
    line = _COMMAND.sub("## ", text).strip()
    return line if len(line) <= limit else line[: limit - 1] + CUT


_OVERLAP = 16 * 1024
"""Characters."""
_LONGEST_ESCAPE = 64
"""The most characters that one character of a secret needs in an answer, with several layers of escapes."""


class Redactor:
    """Replaces the added secrets in any escaped form, and texts that are secrets by their form."""

    def __init__(self) -> None:
        self._forms = Forms()

    def add(self, secret: str) -> None:
        self._forms.add(secret, one_line(secret, len(secret) + 1))

    def text(self, text: str) -> str:
        """Return ``text`` with secrets replaced."""
        if self.is_clean(text):
            return text
        pieces: list[str] = []
        end = 0
        overlap = max(_OVERLAP, self._forms.longest * _LONGEST_ESCAPE)
        step = overlap * 4
        for begin in range(0, max(len(text) - overlap, 1), step):  # in parts: a long text would need much memory
            for start, stop in sorted(self._spans(text[begin : begin + step + overlap])):
                if begin + start >= end:
                    pieces += (text[end : begin + start], HIDDEN)
                end = max(end, begin + stop)
        return "".join([*pieces, text[end:]]) if pieces else text

    def is_clean(self, text: str) -> bool:
        """Return whether ``text`` has no escapes and cannot contain a secret. Then no part of it can either.

        This is fast, since most texts are short and clean.
        """
        if self._forms.are_in(text):
            return False
        for mark in MARKS:
            if mark in text:
                return False
        return is_plain(text, self._forms.blanks)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the places of secrets."""
        for layer in layers(text):
            for start, end in chain(self._forms.found(layer.text), by_form(layer.text)):
                yield layer.span(start, end)

    def data(self, value: Any, levels: int = DEEPEST) -> Any:
        """Return a copy of plain data with secrets in keys and values replaced, and ``config`` and ``auth`` masked."""
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
    """Return the texts and whole numbers in ``value`` whose key is the name of a secret, such as ``password``."""
    if isinstance(value, dict):
        if value.keys() == {"key", "value"}:  # an entry of a list of named secrets
            return text_leaves(value["value"])
        return [leaf for key, item in value.items() for leaf in secret_leaves(item, str(key))]
    if isinstance(value, list):
        return [leaf for item in value for leaf in secret_leaves(item, name)]
    return text_leaves(value) if _SECRET_NAME.search(name) else []


def text_leaves(value: Any) -> list[str]:
    """Return every text and whole number in ``value`` that has at least ``SHORTEST`` characters."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [leaf for item in items for leaf in text_leaves(item)]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return [value] if isinstance(value, str) and len(value) >= SHORTEST else []


def masked(value: Any, levels: int = DEEPEST) -> Any:
    """Return ``value`` with every leaf hidden. Its keys stay visible."""
    if levels and isinstance(value, dict):
        return {key: masked(item, levels - 1) for key, item in value.items()}
    if levels and isinstance(value, list | tuple):
        return [masked(item, levels - 1) for item in value]
    return value if value is None else HIDDEN
