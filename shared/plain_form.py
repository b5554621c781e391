"""Unescape a text, and map places in it back to the original.

A secret in an answer may be percent-encoded, HTML-escaped or escaped as JSON, in several layers. Comparing unescaped
texts needs one comparison instead of a list of encodings.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

MOST_LAYERS = 8
"""The most layers of escapes that are undone. A repeated escape (``%252541``, ``&amp;amp;``) counts once."""
# Control characters, bidirectional overrides, characters without width, and lone surrogates, which are not UTF-8.
UNPRINTABLE = (
    "\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_BLANK = f"(?!\0)[\\s+{UNPRINTABLE}]"
_BLANKS = f"(?:{_BLANK}){{2,}}|(?! ){_BLANK}"
# No alternative may fail after a long match, or the time would grow with the square of a text's length.
_ESCAPE = (
    "%(?:25)+"
    "|%[cdCD][0-9a-fA-F]%[89abAB][0-9a-fA-F]"
    "|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    "|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3}"
    "|%[0-9a-fA-F]{2}"
    "|&(?:amp;)+"
    "|&(?:#[0-9]{1,10}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|\\{2,}"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[bfnrt]|\\[^\w\s\0]"
    f"|\0+|{_BLANKS}"
)


def is_plain(text: str, blanks: bool) -> bool:
    """Return whether ``text`` has no escapes. With ``blanks``, unusual white space and a plus count as escapes."""
    if "%" in text or "&" in text or "\\" in text or "\0" in text:
        return False
    return not (blanks and re.search(_BLANKS, text))  # compiled only if it is needed, because that takes milliseconds


def plain_form(text: str) -> str:
    """Return ``text`` unescaped, with white space of any kind as one space."""
    if text.isprintable() and "+" not in text and "  " not in text and is_plain(text, blanks=False):
        return text
    *_, last = layers(text)
    return last.text


class Layer:
    """A text, and the places of its parts in the text from which it was made."""

    def __init__(self, text: str, below: "Layer | None" = None) -> None:
        self.text = text
        self._below = below
        self._from: list[int] = []  # for each escape: where its unescaped form begins in this text
        self._to: list[int] = []
        self._old: list[tuple[int, int]] = []  # the place of the escape in the text below

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of a part of this text in the original, including complete escapes."""
        if self._below is None:
            return start, end
        return self._below.span(self._place(start, 0), self._place(end - 1, 1))

    def _place(self, place: int, side: int) -> int:
        """Return where a character begins (side 0) or ends (side 1) in the text below."""
        index = bisect_right(self._from, place) - 1
        if index < 0:
            return place + side
        if place < self._to[index]:
            return self._old[index][side]
        return self._old[index][1] + place - self._to[index] + side

    def unescaped(self) -> "Layer | None":
        """Return the next layer, with every escape undone once. Return None if there is no escape."""
        made = Layer("", self)
        pieces: list[str] = []
        end = size = 0
        for escape in re.finditer(_ESCAPE, self.text):
            start = escape.start()
            plain = _plain(escape[0])
            pieces += (self.text[end:start], plain)
            size += start - end
            made._from.append(size)
            size += len(plain)
            made._to.append(size)
            end = escape.end()
            made._old.append((start, end))
        made.text = "".join([*pieces, self.text[end:]])
        return None if made.text == self.text else made


def layers(text: str) -> Iterator[Layer]:
    """Yield ``text``, then the text with one more layer of escapes undone each time."""
    layer: Layer | None = Layer(text)
    for _ in range(MOST_LAYERS + 1):
        if layer is None:
            return
        yield layer
        layer = layer.unescaped()


@lru_cache(1024)
def _plain(escape: str) -> str:
    """Return the meaning of an escape. White space and escaped control characters become a space."""
    match escape[0]:
        case "%":
            raw = b"%" if escape.startswith("%25") else bytes.fromhex(escape.replace("%", ""))
            try:
                return raw.decode()
            except UnicodeDecodeError:
                return raw.decode("latin-1")
        case "&":
            if escape.startswith("&amp;"):
                return "&"
            from html import unescape  # imported late: few texts need it

            return unescape(escape)
        case "\\":
            return _without_backslash(escape)
    return "" if escape[0] == "\0" else " "


def _without_backslash(escape: str) -> str:
    kind = escape[1]
    if kind in "ux":
        halves = [int(digits, 16) for digits in re.split(r"\\[ux]", escape)[1:]]
        high, low = halves if len(halves) == 2 else (0, halves[0])
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00 if high else low)
    return " " if kind in "bfnrt" else kind
