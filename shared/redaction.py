"""Keeping secrets out of everything that a run says, and text from outside on one line.

Values are replaced before serialising, never in serialised text, so that what is written stays well-formed.
"""

import base64
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "******"
SHORTEST = 4
"""Shorter texts could not be hidden without hiding half of what is said."""
MASKED_KEYS = frozenset({"config", "auth"})
"""Objects of the API whose content is never shown: a connector's credentials live there."""

DEEPEST = 100
"""Levels of nesting that are looked into; what lies deeper is dropped from what is said, and refused as input."""
CUT = "…"
LONGEST_LINE = 8000
"""All that can be wrong with a blueprint's variables at once fits in."""

# Control characters, bidirectional overrides, what has no width, and halves of surrogate pairs, which no file takes.
_UNPRINTABLE = (
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_ESCAPE = re.compile("%[0-9A-F]{2}")
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


class Redactor:
    """Replaces the secrets it was told of, in the forms in which they travel: plain, base64, URL-encoded, escaped."""

    def __init__(self) -> None:
        self._forms: list[str] = []

    def add(self, secret: str) -> None:
        raw = secret.encode("utf-8", "surrogatepass")
        encoded = [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()]
        quoted = [quote(raw, safe=""), quote(raw), quote_plus(raw)]
        forms = {secret, one_line(secret, len(secret) + 1), *encoded, *quoted}
        forms |= {form.rstrip("=") for form in encoded} | {_ESCAPE.sub(lambda e: e[0].lower(), q) for q in quoted}
        forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        # The longest first: a form that contains another is replaced whole.
        self._forms = sorted({*self._forms, *(f for f in forms if len(f) >= SHORTEST)}, key=len, reverse=True)

    def text(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return self._without_cut_secrets(text) if CUT in text else text

    def _without_cut_secrets(self, text: str) -> str:
        """Where a text was cut short a secret may be there in part."""
        *pieces, rest = text.split(CUT)
        for index, piece in enumerate(pieces):
            for form in self._forms:
                there = range(min(len(form) - 1, len(piece)), SHORTEST - 1, -1)
                if length := next((n for n in there if piece.endswith(form[:n])), 0):
                    pieces[index] = piece = piece[:-length] + HIDDEN
        return CUT.join([*pieces, rest])

    def data(self, value: Any, levels: int = DEEPEST) -> Any:
        """A copy of plain data with secrets replaced in keys and values, and ``config`` and ``auth`` masked."""
        if isinstance(value, str):
            return self.text(value)
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
    return [value] if isinstance(value, str) and len(value) >= SHORTEST else []


def masked(value: Any, levels: int = DEEPEST) -> Any:
    """The shape of ``value`` with every leaf hidden: which keys there are may be told, what they hold may not."""
    if levels and isinstance(value, dict):
        return {key: masked(item, levels - 1) for key, item in value.items()}
    if levels and isinstance(value, list | tuple):
        return [masked(item, levels - 1) for item in value]
    return value if value is None else HIDDEN
