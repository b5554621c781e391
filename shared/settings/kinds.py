"""Kinds of variables: how a text is parsed, and the message if it is invalid."""

import json
import os
import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from shared.redaction import one_line
from shared.secret_forms import SHORTEST
from shared.timestamps import parse as parse_moment

T_co = TypeVar("T_co", covariant=True)
TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")
URL_CHARACTERS = re.compile(r"[A-Za-z0-9:/._~%\[\]!$&'()*+,;=-]+")
_WEB = ("http://", "https://")
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class Kind(Generic[T_co]):
    """How a variable's text is parsed. ``parse`` raises ValueError with what is wrong and what would be right.

    ``secrets`` returns the parts of a value that must not appear in any output; such a variable may come from a file.
    ``within`` finds the value inside a pasted page address and returns any other text unchanged.
    """

    def __init__(
        self,
        label: str,
        parse: Callable[[str], T_co],
        options: tuple[str, ...] = (),
        secrets: Callable[[Any], list[str]] | None = None,
        within: Callable[[str], str] | None = None,
    ) -> None:
        self.label = label
        self.parse = parse
        self.options = options
        self.secrets = secrets
        self.within = within


class IntervalError(ValueError):
    """A poll interval or timeout is out of range. If nothing else is wrong, the exit code is 205 instead of 206."""


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # Python decodes a byte that is not UTF-8 to a lone surrogate
        raise ValueError("contains bytes that are not UTF-8 text; give it in UTF-8") from None
    return text


def _folder(text: str) -> str:
    """Parse a path and expand a leading ``~``. Quotes and variables, which only a shell would expand, are refused."""
    if match := re.match(r"\$\{?\w+\}?|[\"'\u201c]", text):
        raise ValueError(f"begins with {match[0]}, and no shell fills that in here; write the path out")
    found = os.path.expanduser(text)
    if found.startswith("~"):
        raise ValueError(f"{shown(text)} begins with ~, but there is no such user; write the path out")
    return found


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError(f"{shown(text)} is neither TRUE nor FALSE; use one of those (yes/no, on/off and 1/0 will do)")


def in_address(pattern: str) -> Callable[[str], str]:
    """Return a function that replaces page addresses, one or a list, by the group of ``pattern`` in them."""

    def find(text: str) -> str:
        if not text.startswith(_WEB):
            return text
        parts = [(part, re.search(pattern, part) if part.startswith(_WEB) else None) for part in _split(text)]
        return ",".join(match[1] if match else part for part, match in parts)

    return find


def _identifier(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    several = _split(text) if "_" in text else re.split(r"[,;\n]\s*", text)  # a display name may have blanks
    if len(several) > 1 and all(map(_ID.fullmatch, several)):
        raise ValueError(f"takes one id, and these are {len(several)}: {shown(text)}")
    if text.startswith(_WEB):
        raise ValueError("is the address of a page that has no id in it; copy the id itself")
    raise ValueError(
        f"{shown(text)} is not an id; an id is 1 to 128 letters, digits, underscores or dashes, as in speak_inexpensive"
    )


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[,;\s]+", text) if part]


def _secret(text: str) -> str:
    if len(text) < SHORTEST:
        from shared.settings.leftovers import is_placeholder

        why = "is it still the placeholder?" if is_placeholder(text) else "too short to be kept out of logs"
        raise ValueError(f"is shorter than {SHORTEST} characters; {why}")
    if not text.isprintable():
        from shared.settings.leftovers import unprintable

        raise ValueError(f"{unprintable(text)}; copy the value again without it")
    return text


def _url(text: str) -> str:
    if "@" in text:  # anywhere: without a scheme urlsplit does not find a password
        raise ValueError("contains a user name or password (an @); give credentials by their own variables")
    if "?" in text or "#" in text:
        raise ValueError("has a query or fragment; give only scheme, host and path")
    try:
        parts = urlsplit(text)
        host = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname or ""
        usable = parts.scheme in ("http", "https") and is_host(host) and parts.port != 0
    except ValueError:
        raise ValueError("is no URL; use one like https://api.example.com/v1") from None
    # Refuse what two parsers may read differently, such as a backslash: one decides what is loopback, another connects.
    if not usable or not URL_CHARACTERS.fullmatch(text):
        raise ValueError(f"{shown(text)} is no http or https URL; use one like https://api.example.com/v1")
    return parts.scheme + text[len(parts.scheme) :].rstrip("/")


def is_host(text: str) -> bool:
    """Return whether Python accepts a host name. It raises for empty or too long labels, and for a bad [IPv6]."""
    if text.startswith("["):
        try:
            return ip_address(text[1:-1]).version == 6
        except ValueError:
            return False
    return all(1 <= len(label) <= 63 for label in text.removesuffix(".").split("."))


def _identifiers(text: str) -> tuple[str, ...]:
    if re.search(r"[\w-][; \t]+[\w-]", text):
        raise ValueError(f"{shown(text)} is not an id; between several put commas or line breaks")
    if text.startswith("["):
        raise ValueError("is a JSON list; give the ids with commas between them, without quotes and brackets")
    ids = tuple(_identifier(part.strip()) for part in re.split(r"[,\n]", text) if part.strip())
    if not ids:
        raise ValueError(f"{shown(text)} has no id; give one, or several with commas between them")
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1] if len(set(ids)) < len(ids) else []
    if twice:
        raise ValueError(f"names {', '.join(twice[:5])} more than once; give each id once")
    return ids


TEXT = Kind("text", _text)
LOCAL_TEXT = Kind("text", str)
"""A text that is never sent, such as a run id. It may contain bytes that are not UTF-8."""
FOLDER = Kind("path", _folder)
URL = Kind("URL", _url)
_FIVETRAN_PAGE = in_address(r"/(?:connectors|connections|transformations)/([A-Za-z0-9_-]{1,128})(?=[/?#]|$)")
GROUP = Kind("text", _text, within=in_address(r"/(?:destinations|groups)/([A-Za-z0-9_-]{1,128})(?=[/?#]|$)"))
"""A group's id or name."""
IDENTIFIER = Kind("id", _identifier, within=_FIVETRAN_PAGE)
IDENTIFIERS = Kind("id or ids", _identifiers, within=_FIVETRAN_PAGE)
SECRET = Kind("secret", _secret, secrets=lambda value: [value])
BOOLEAN = Kind("boolean", _boolean, ("TRUE", "FALSE"))
MOMENT: Kind[datetime] = Kind("time", lambda text: parse_moment(text, zone_needed=True))


def select(*options: str, also: tuple[str, ...] = ()) -> Kind[str]:
    """Return a kind for one of ``options``, upper or lower case.

    ``also`` are values that mean something to another blueprint: accepted, because a ``.env`` may be shared.
    """

    def parse(text: str) -> str:
        if text.lower() not in options + also:
            raise ValueError(f"{shown(text)} is not known; use one of {', '.join(options)}")
        return text.lower()

    return Kind("select", parse, options)


def whole_number(options: tuple[int, ...]) -> Kind[int]:
    """Return a kind for the numbers that the API allows."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) not in options:
            raise ValueError(f"{shown(text)} is not allowed; use one of {', '.join(map(str, options))}")
        return int(text)

    return Kind("number", parse, tuple(map(str, options)))


def number_between(least: int, most: int) -> Kind[int]:
    """Return a kind for whole numbers from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"{shown(text)} is not allowed; use a whole number from {least} to {most}")
        return int(text)

    return Kind("number", parse)


def shown(text: str) -> str:
    """Return a value for a message: quoted, on one line, at most 60 characters."""
    return json.dumps(one_line(text, 60), ensure_ascii=False)
