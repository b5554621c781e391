"""The forms in which a secret may appear in an answer, and their places in an unescaped text."""

import base64
import re
from collections.abc import Iterable, Iterator

from shared.plain_form import plain_form

SHORTEST = 4
"""Characters. Hiding shorter texts would hide much of the normal output."""
CUT = "…"
_CUT_PLACE = r"(?:%[0-9a-fA-F]?|&#?\w{0,31}|\\(?:u[0-9a-fA-F]{0,3})?)?" + CUT
"""A cut, and the part of an escape that may be left before it."""
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")
_SHORTEST_BASE64 = 8
_BY_FORM = (
    ("@", r"://[^\s/?#@:\"'<>]{0,256}:([^\s/?#@\"'<>]{1,256})@"),
    ("PRIVATE KEY-----", r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(.*?)(?:-----END|\Z)"),
    ("=", r"(?i:password|passwd|pwd|accountkey|sharedaccesskey) ?= ?([^\s;&\"'<>]{1,256})"),
)
"""Secrets of any owner, by their form: a password in a URL or connection string, a private key.

Each has a mark, a text that it contains and that few other texts contain: most URLs have no @.
"""
MARKS = (CUT, *(mark for mark, _ in _BY_FORM))
Span = tuple[int, int]


def lowered(text: str) -> str:
    """Return ``text`` in lower case, each character in its place: one letter gets longer, one depends on the next."""
    return text.lower() if text.isascii() else text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3")


class Forms:
    """All forms of all secrets."""

    def __init__(self) -> None:
        self._plain: set[str] = set()  # in lower case, because a server may echo a secret in another case
        self._base64: set[str] = set()
        self.longest = 0
        self.blanks = False
        """Whether any secret contains white space, of which there are several kinds."""
        self.digits = False
        """Whether any secret consists of digits."""

    def add(self, secret: str, cleaned: str) -> None:
        """Add a secret. ``cleaned`` is its form in a one-line text."""
        plain = {secret, cleaned, plain_form(secret).strip(), *_misread(secret)}
        if secret.isascii() and secret.isdigit():
            self.digits = True
            plain |= _as_number(secret)
        encoded = {part for form in {secret, secret.strip()} for part in _base64_of(form)}
        encoded |= {" ".join(filter(None, part.split("+"))) for part in encoded}  # the same, unescaped
        # New sets: other threads may be iterating over the old ones.
        self._plain = self._plain | {lowered(form) for form in plain if len(form) >= SHORTEST}
        self._base64 = self._base64 | {form for form in encoded if len(form) >= SHORTEST}
        self.longest = max(map(len, (*self._plain, *self._base64)), default=0)
        self.blanks = any(" " in form for form in self._plain)

    def are_in(self, text: str) -> bool:
        """Return whether ``text`` has a complete secret, unescaped as it is."""
        low = lowered(text)
        return any(map(low.__contains__, self._plain)) or any(map(text.__contains__, self._base64))

    def found(self, text: str) -> Iterator[Span]:
        """Yield the places of secrets, also of those whose end was cut off."""
        low = lowered(text)
        for form in self._plain:
            start = low.find(form)
            while start >= 0:
                yield start, start + len(form)
                start = low.find(form, start + len(form))
        for form in self._base64:
            yield from _whole_base64(text, form)
        yield from _cut_short(low, self._plain)
        yield from _cut_short(text, self._base64)


def by_form(text: str) -> Iterator[Span]:
    """Yield the places of texts that are secrets by their form."""
    for mark, kind in _BY_FORM:
        if mark in text:
            yield from (found.span(1) for found in re.finditer(kind, text))


def _cut_short(text: str, forms: Iterable[str]) -> Iterator[Span]:
    """Yield the places of secrets whose end was cut off."""
    if CUT not in text:
        return
    cut_place = re.compile(_CUT_PLACE)
    for form in forms:
        start = text.find(form[:SHORTEST])
        while start >= 0:
            length = _common(text, start, form)
            if cut_place.match(text, start + length):
                yield start, start + length
            start = text.find(form[:SHORTEST], start + length - SHORTEST + 1)


def _common(text: str, start: int, form: str) -> int:
    """Return how many characters of ``form`` are at ``start``, by binary search."""
    least, most = 0, len(form)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if text.startswith(form[least:middle], start + least) else (least, middle - 1)
    return least


def _misread(secret: str) -> set[str]:
    """Return a non-ASCII secret as it appears if its UTF-8 is decoded as Latin-1, or its Latin-1 as UTF-8."""
    if secret.isascii():
        return set()
    raw = secret.encode("utf-8", "surrogatepass")
    return {raw.decode("latin-1"), secret.encode("latin-1", "replace").decode("utf-8", "replace")}


def _as_number(digits: str) -> set[str]:
    """Return a secret of digits as a server may write the number: without leading zeros, or with an exponent."""
    number = digits.lstrip("0")
    return {number, f"{number[:1]}.{number[1:16].rstrip('0')}"}


def _base64_of(secret: str) -> Iterator[str]:
    """Yield the base64 parts that every text with ``secret`` in it has, one for each of three alignments.

    ``user:secret`` is such a text. Of a short secret only its own base64 is used.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        if len(raw) >= 3:
            yield encode(raw).decode().rstrip("=")
        for before, unsure in ((0, 0), (1, 2), (2, 3)):
            part = encode(bytes(before) + raw).decode()[unsure : (before + len(raw)) * 8 // 6]
            if len(part) >= _SHORTEST_BASE64:
                yield part


def _whole_base64(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Yield the places of ``form`` with the base64 around it, whose adjoining characters contain bits of the secret."""
    end = 0
    while (start := text.find(form, end)) >= 0:
        before, end = end, start + len(form)
        while start > before and text[start - 1] in _BASE64:
            start -= 1
        while end < len(text) and text[end] in _BASE64:
            end += 1
        yield start, end
