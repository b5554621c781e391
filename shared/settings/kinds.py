"""How a variable's text becomes its value, and what is said where it does not."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from shared.redaction import DEEPEST, one_line, secret_leaves, text_leaves
from shared.secret_forms import SHORTEST
from shared.timestamps import parse as parse_moment

T_co = TypeVar("T_co", covariant=True)
TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9:/._~%\[\]!$&'()*+,;=-]+")
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class Kind(Generic[T_co]):
    """How a variable's text becomes its value. ``parse`` raises ValueError saying what is wrong and what is right.

    ``secrets`` picks what must appear nowhere out of a value; a kind that has it may also come from a file.
    """

    def __init__(
        self,
        label: str,
        parse: Callable[[str], T_co],
        options: tuple[str, ...] = (),
        secrets: Callable[[Any], list[str]] | None = None,
    ) -> None:
        self.label = label
        self.parse = parse
        self.options = options
        self.secrets = secrets


class IntervalError(ValueError):
    """A poll interval or timeout out of range; alone it exits 205 instead of 206."""


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # Python shows a byte that is not UTF-8 as half a surrogate pair
        raise ValueError("holds bytes that are not UTF-8 text; give it in UTF-8") from None
    return text


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"{_shown(text)} is neither TRUE nor FALSE; use one of those (yes/no, on/off and 1/0 will do)")


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{_shown(text)} is not an id; an id is 1 to 128 letters, digits, underscores or dashes, "
            "as in speak_inexpensive"
        )
    return text


def _secret(text: str) -> str:
    if len(text) < SHORTEST:
        raise ValueError(f"is shorter than {SHORTEST} characters; too short to be kept out of logs")
    if not text.isprintable():
        raise ValueError("holds a line break or control character; copy the value again without it")
    return text


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_each_once)
        json.dumps(value, allow_nan=False)  # Python reads NaN, Infinity and 1e999, which no server does
    except (ValueError, RecursionError) as error:
        raise ValueError(f'is not JSON ({one_line(str(error))}); use an object like {{"paused": false}}') from None
    if not isinstance(value, dict):
        raise ValueError('is JSON but not an object; use one like {"paused": false}')
    if _deeper_than(DEEPEST, value):
        raise ValueError(f"is nested deeper than {DEEPEST} levels; no API takes that")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members; of a name given twice JSON would silently drop the first."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{_shown(twice)} is there twice")
    return dict(pairs)


def _deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    items = value.values() if isinstance(value, dict) else value
    return not levels or any(_deeper_than(levels - 1, item) for item in items)


def _url(text: str) -> str:
    if "@" in text:  # wherever it stands: without a scheme a password is no password to a parser
        raise ValueError("holds a user name or password (an @); give credentials by their own variables")
    if "?" in text or "#" in text:
        raise ValueError("has a query or fragment; give only scheme, host and path")
    try:
        parts = urlsplit(text)
        host = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname or ""
        usable = parts.scheme in ("http", "https") and is_host(host) and parts.port != 0
    except ValueError:
        raise ValueError("is no URL; use one like https://api.example.com/v1") from None
    # Nothing that two parsers may read differently, such as a backslash: one decides what is loopback, one connects.
    if not usable or not _URL_CHARACTERS.fullmatch(text):
        raise ValueError(f"{_shown(text)} is no http or https URL; use one like https://api.example.com/v1")
    return parts.scheme + text[len(parts.scheme) :].rstrip("/")


def is_host(text: str) -> bool:
    """Whether it can be connected to at all: Python crashes over an empty label, one too long, or no address in []."""
    if text.startswith("["):
        try:
            return ip_address(text[1:-1]).version == 6
        except ValueError:
            return False
    return all(1 <= len(label) <= 63 for label in text.removesuffix(".").split("."))


def _identifiers(text: str) -> tuple[str, ...]:
    if re.search(r"[\w-][; \t]+[\w-]", text):
        raise ValueError(f"{_shown(text)} is not an id; between several put commas or line breaks")
    ids = tuple(_identifier(part.strip()) for part in re.split(r"[,\n]", text) if part.strip())
    if not ids:
        raise ValueError(f"{_shown(text)} holds no id; give one, or several with commas between them")
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1] if len(set(ids)) < len(ids) else []
    if twice:
        raise ValueError(f"names {', '.join(twice[:5])} more than once; give each id once")
    return ids


TEXT = Kind("text", _text)
LOCAL_TEXT = Kind("text", str)
"""A text that stays on this machine, such as a folder's name: it may have bytes that are not UTF-8."""
URL = Kind("URL", _url)
IDENTIFIER = Kind("id", _identifier)
IDENTIFIERS = Kind("id or ids", _identifiers)
SECRET = Kind("secret", _secret, secrets=lambda value: [value])
BOOLEAN = Kind("boolean", _boolean, ("TRUE", "FALSE"))
JSON_OBJECT = Kind("JSON object", _json_object)
JSON_WITH_SECRETS = Kind("JSON object", _json_object, secrets=secret_leaves)
JSON_ALL_SECRET = Kind("JSON object", _json_object, secrets=text_leaves)
MOMENT: Kind[datetime] = Kind("time", lambda text: parse_moment(text, zone_needed=True))
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _span(text: str) -> float:
    parts = re.findall(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", text.lower(), re.ASCII)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text.lower().replace(" ", "") or total <= 0:
        raise ValueError(f"{_shown(text)} is no length of time; use one like 90m, 6h, 2d or 1d12h")
    return total


SPAN = Kind("length of time", _span)
"""In seconds."""


def select(*options: str) -> Kind[str]:
    """One of ``options``, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in options:
            raise ValueError(f"{_shown(text)} is not known; use one of {', '.join(options)}")
        return text.lower()

    return Kind("select", parse, options)


def whole_number(options: tuple[int, ...]) -> Kind[int]:
    """One of the numbers that the API allows."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) not in options:
            raise ValueError(f"{_shown(text)} is not allowed; use one of {', '.join(map(str, options))}")
        return int(text)

    return Kind("number", parse, tuple(map(str, options)))


def number_between(least: int, most: int) -> Kind[int]:
    """A whole number from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"{_shown(text)} is not allowed; use a whole number from {least} to {most}")
        return int(text)

    return Kind("number", parse)


def seconds(least: float, most: float) -> Kind[float]:
    """A number of seconds from ``least`` to ``most``; anything else exits 205."""

    def parse(text: str) -> float:
        value = float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text, re.ASCII) else -1.0
        if not least <= value <= most:
            raise IntervalError(f"{_shown(text)} is no number in range; use {least:g} to {most:g} seconds")
        return value

    return Kind("seconds", parse)


def _shown(text: str) -> str:
    """The value as a message shows it: quoted, on one line, short."""
    return json.dumps(one_line(text, 60), ensure_ascii=False)
