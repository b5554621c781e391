"""What a response file holds: the API's answer as it came, indented, with nothing in it but secrets replaced."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

from shared.http.response import Answer
from shared.untrusted_json import read_text

MOST_INDENTED = 1024 * 1024
"""Bytes of an answer. A larger one is written as it came: nobody reads it by eye, and indenting takes its memory."""
_DEEPEST_INDENT = 50
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")
_PIECE = 65536
Redact = Callable[[str], str]


def response_pieces(answer: Answer, redact: Redact) -> Iterator[bytes]:
    """The content of a response file: the JSON as it came, re-indented, no number changed, secrets replaced.

    A body that is no JSON is wrapped: ``{"status_code", "content_type", "body"}``.
    """
    if answer.json is None and answer.text.strip() != "null":
        return _joined(_wrapped(answer, redact))
    if len(answer.body) > MOST_INDENTED:
        return _joined(_as_it_came(answer.text, redact))
    return iter((reindent(answer.text, redact).encode(),))


def _joined(pieces: Iterable[str]) -> Iterator[bytes]:
    """Pieces of a size that is worth a write."""
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
    """A JSON document in pieces: between its texts as it is, its texts with secrets replaced."""
    start = 0
    while (quote := text.find('"', start)) >= 0:
        yield _without_secret_numbers(text[start:quote], redact)
        plain, start = read_text(text, quote)
        hidden = redact(plain)
        yield from _slices(text, quote, start) if hidden == plain else (json.dumps(hidden),)
    yield _without_secret_numbers(text[start:], redact)


def _without_secret_numbers(piece: str, redact: Redact) -> str:
    """What stands between the texts of a document; a number that is a secret becomes a text."""
    if redact(piece) == piece:
        return piece
    return _NUMBER.sub(lambda number: _number(number[0], redact), piece)


def _number(lexeme: str, redact: Redact) -> str:
    """A number, or another word of JSON, as it is; where a secret is in it, a text in its place."""
    hidden = redact(lexeme)
    return lexeme if hidden == lexeme or lexeme in ("true", "false", "null") else json.dumps(hidden)


def _slices(text: str, start: int, end: int) -> Iterator[str]:
    """A part of a text, a long one in pieces: a copy of it may be four times as large as its bytes."""
    return (text[at : min(at + _PIECE, end)] for at in range(start, end, _PIECE))


def reindent(text: str, redact: Redact) -> str:
    """Indent valid JSON by its tokens: numbers and duplicate keys stay as they were written."""
    pieces: list[str] = []
    depth = 0
    previous = ""
    for lexeme in _LEXEME.findall(text):
        closes = lexeme in ("}", "]")
        depth -= closes
        if (previous in ("{", "[", ",") and not closes) or (closes and previous not in ("{", "[")):
            pieces.append("\n" + "  " * min(depth, _DEEPEST_INDENT))  # or a few brackets become gigabytes
        if lexeme.startswith('"'):
            plain = json.loads(lexeme, strict=False)
            hidden = redact(plain)
            pieces.append(lexeme if hidden == plain else json.dumps(hidden))
        else:
            pieces.append(": " if lexeme == ":" else lexeme if lexeme in "{}[]," else _number(lexeme, redact))
        depth += lexeme in ("{", "[")
        previous = lexeme
    return "".join(pieces) + "\n"
