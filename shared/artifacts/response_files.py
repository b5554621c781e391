"""Make the content of a response file: the API's answer, indented, with secrets replaced and nothing else changed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

from shared.http.response import Answer
from shared.untrusted_json import read_text

MOST_INDENTED = 1024 * 1024
"""Bytes. A larger answer is not indented, because that needs a lot of memory and nobody reads so much by eye."""
_DEEPEST_INDENT = 50
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")
_PIECE = 65536
Redact = Callable[[str], str]
IsClean = Callable[[str], bool]


def response_pieces(answer: Answer, redact: Redact, is_clean: IsClean = lambda text: False) -> Iterator[bytes]:
    """Yield the content of a response file: the answer's JSON, re-indented, with secrets replaced. No number changes.

    A body that is not JSON is wrapped: ``{"status_code", "content_type", "body"}``. ``is_clean`` returns whether no
    part of a text is changed by ``redact``, and the text has no escapes.
    """
    if answer.json is None and answer.text.strip() != "null":
        return _joined(_wrapped(answer, redact))
    if len(answer.body) > MOST_INDENTED:
        return _joined(_as_it_came(answer.text, redact))
    return iter((reindent(answer.text, redact, is_clean).encode(),))


def _joined(pieces: Iterable[str]) -> Iterator[bytes]:
    """Join small pieces to pieces of about 64 KiB."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _wrapped(answer: Answer, redact: Redact) -> Iterator[str]:
    kind = answer.headers.get("Content-Type")
    yield "{\n"
    yield f'  "status_code": {answer.status},\n'
    yield f'  "content_type": {json.dumps(kind if kind is None else redact(kind))},\n'
    yield '  "body": "'
    body = redact(answer.text)
    for start in range(0, len(body), _PIECE):
        yield json.dumps(body[start : start + _PIECE])[1:-1]
    yield '"\n}\n'


def _as_it_came(text: str, redact: Redact) -> Iterator[str]:
    """Yield a JSON document in pieces, with secrets replaced in its texts and numbers.

    A piece of many texts without escapes and without a secret is not taken apart: an answer may have a million texts.
    """
    start = 0
    while start < len(text):
        end = _end_of_texts(text, start)
        piece = text[start:end]
        if piece and "\\" not in piece and redact(piece) == piece:
            yield piece
            start = end
            continue
        stop = start + _PIECE
        while start < stop:
            quote = text.find('"', start)
            if quote < 0:
                yield _without_secret_numbers(text[start:], redact)
                return
            yield _without_secret_numbers(text[start:quote], redact)
            plain, start = read_text(text, quote)
            hidden = redact(plain)
            yield from _slices(text, quote, start) if hidden == plain else (json.dumps(hidden),)


def _end_of_texts(text: str, start: int) -> int:
    """Return where a piece ends that begins outside a text and has whole texts only, if there are no escapes.

    It ends beside a quotation mark, so that no number is cut in two.
    """
    piece = text[start : start + _PIECE]
    if len(piece) < _PIECE:
        return len(text)
    last = piece.rfind('"')
    return start + (last if piece.count('"') % 2 else last + 1)


def _without_secret_numbers(piece: str, redact: Redact) -> str:
    """Return the part between two texts of a document. A number that is a secret becomes a text."""
    if redact(piece) == piece:
        return piece
    return _NUMBER.sub(lambda number: _number(number[0], redact), piece)


def _number(lexeme: str, redact: Redact) -> str:
    """Return a number or keyword of JSON unchanged, or as a hidden text if it contains a secret."""
    hidden = redact(lexeme)
    return lexeme if hidden == lexeme or lexeme in ("true", "false", "null") else json.dumps(hidden)


def _slices(text: str, start: int, end: int) -> Iterator[str]:
    """Yield a part of a text in pieces of 64 K characters, since each character of a copy may need four bytes."""
    return (text[at : min(at + _PIECE, end)] for at in range(start, end, _PIECE))


def reindent(text: str, redact: Redact, is_clean: IsClean = lambda text: False) -> str:
    """Indent valid JSON token by token, so that numbers and duplicate keys stay as they were written."""
    clean = is_clean(text)  # one look at the whole costs less than one at each token
    pieces: list[str] = []
    depth = 0
    previous = ""
    for lexeme in _LEXEME.findall(text):
        closes = lexeme in ("}", "]")
        depth -= closes
        if (previous in ("{", "[", ",") and not closes) or (closes and previous not in ("{", "[")):
            pieces.append("\n" + "  " * min(depth, _DEEPEST_INDENT))  # else a few brackets become gigabytes
        if clean:
            pieces.append(": " if lexeme == ":" else lexeme)
        elif lexeme.startswith('"'):
            plain = json.loads(lexeme, strict=False)
            hidden = redact(plain)
            pieces.append(lexeme if hidden == plain else json.dumps(hidden))
        else:
            pieces.append(": " if lexeme == ":" else lexeme if lexeme in "{}[]," else _number(lexeme, redact))
        depth += lexeme in ("{", "[")
        previous = lexeme
    return "".join(pieces) + "\n"
