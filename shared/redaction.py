"""Keeping secrets out of everything that a run says, and text from outside on one line.

Values are replaced before serialising, never in serialised text, so that what is written stays well-formed.
"""

import base64
import re
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "******"
MASKED_KEYS = frozenset({"config", "auth"})
"""Objects of the API whose content is never shown: a connector's credentials live there."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def one_line(text: str, limit: int = 2000) -> str:
    """``text`` without control characters, line breaks and bidirectional overrides, at most ``limit`` long.

    ``##[`` anywhere in a line commands an Actions runner, as ``::`` does at its start: no line of ours starts so.
    """
    line = _UNPRINTABLE.sub(" ", text).replace("##[", "## [").strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


class Redactor:
    """Replaces the secrets it was told of, in the forms in which they travel: plain, base64, URL-encoded."""

    def __init__(self) -> None:
        self._forms: list[str] = []

    def add(self, secret: str) -> None:
        raw = secret.encode()
        encoded = base64.b64encode(raw).decode()
        forms = {secret, encoded, encoded.rstrip("="), base64.urlsafe_b64encode(raw).decode(), quote(secret, safe="")}
        forms.add(quote_plus(secret))
        # The longest first: a form that contains another is replaced whole.
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def text(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def data(self, value: Any) -> Any:
        """A copy of plain data with secrets replaced in keys and values, and ``config`` and ``auth`` masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {
                self.text(str(key)): masked(item) if key in MASKED_KEYS else self.data(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.data(item) for item in value]
        return value


_SECRET_NAME = re.compile("pass|secret|token|key|credential|private|pwd", re.IGNORECASE)


def secret_leaves(value: Any, name: str = "") -> list[str]:
    """The texts in ``value`` whose key sounds like a secret's, to be redacted wherever they might come back."""
    if isinstance(value, dict):
        if value.keys() == {"key", "value"}:  # an entry of a list of named secrets
            return text_leaves(value["value"])
        return [leaf for key, item in value.items() for leaf in secret_leaves(item, str(key))]
    if isinstance(value, list):
        return [leaf for item in value for leaf in secret_leaves(item, name)]
    return text_leaves(value) if _SECRET_NAME.search(name) else []


def text_leaves(value: Any) -> list[str]:
    """Every text in ``value`` that is long enough to be told from others."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [leaf for item in items for leaf in text_leaves(item)]
    return [value] if isinstance(value, str) and len(value) >= 4 else []


def masked(value: Any) -> Any:
    """The shape of ``value`` with every leaf hidden: which keys there are may be told, what they hold may not."""
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value if value is None else HIDDEN
