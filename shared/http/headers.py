"""Read the headers of an answer, faster than http.client where they are plain."""

import http.client
from http.client import HTTPMessage, HTTPResponse
from types import FunctionType
from typing import Any

_END = b"\r\n\r\n"
_MOST = 50
"""Headers. More are left to http.client, which refuses too many."""


def parse_headers(file: Any, *arguments: Any, **options: Any) -> HTTPMessage:
    """Return the headers that follow in ``file``, as ``http.client.parse_headers`` does.

    That function parses them as those of an e-mail, which takes as long as everything else that http.client does for
    an answer. Headers that have arrived completely and consist of ordinary names and printable values need no such
    parser. All others are left to it: continued lines, controls, lines that end without a carriage return.
    """
    arrived = file.peek()
    end = arrived.find(_END)
    lines = arrived[: max(end, 0)].decode("iso-8859-1").split("\r\n")
    message = HTTPMessage()
    if len(lines) <= _MOST and "".join(lines).isprintable():
        for line in lines:
            name, colon, value = line.partition(":")
            if not (colon and name.isascii() and name.replace("-", "").isalnum()):
                break
            message.set_raw(name, value.lstrip(" "))
        else:
            file.read(end + len(_END))
            return message
    others: HTTPMessage = http.client.parse_headers(file, *arguments, **options)
    return others


def quickly(begin: Any) -> Any:
    """Return ``HTTPResponse.begin`` so that it calls ``parse_headers`` of this module.

    One that is not http.client's own, because a tracer or a debugger has wrapped it, is returned as it is.
    """
    if getattr(begin, "__globals__", None) is not vars(http.client):
        return begin
    quick = FunctionType(begin.__code__, {**vars(http.client), "parse_headers": parse_headers})
    quick.__kwdefaults__ = begin.__kwdefaults__
    return quick


class QuickResponse(HTTPResponse):
    """A response of http.client whose ``begin`` calls ``parse_headers`` of this module.

    ``begin`` is the same code with other globals: http.client has no way to replace its parser for one connection only.
    """

    begin: Any = quickly(HTTPResponse.begin)
