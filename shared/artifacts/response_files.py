"""What a response file holds: the API's answer as it came, indented, with nothing in it but secrets replaced."""

import json
import re
from collections.abc import Callable

from shared.http.response import Answer

_DEEPEST_INDENT = 50
_LEXEME = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def response_text(answer: Answer, redact: Callable[[str], str]) -> str:
    """What a response file holds: the JSON as it came, re-indented, no number changed, secrets replaced.

    A body that is no JSON is wrapped: ``{"status_code", "content_type", "body"}``.
    """
    if answer.json is None and answer.text.strip() != "null":
        wrapped = {
            "status_code": answer.status,
            "content_type": answer.headers.get("Content-Type"),
            "body": redact(answer.text),
        }
        return json.dumps(wrapped, indent=2) + "\n"
    return reindent(answer.text, redact)


def reindent(text: str, redact: Callable[[str], str]) -> str:
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
            pieces.append(lexeme if redact(plain) == plain else json.dumps(redact(plain)))
        else:
            pieces.append(": " if lexeme == ":" else lexeme)
        depth += lexeme in ("{", "[")
        previous = lexeme
    return "".join(pieces) + "\n"
