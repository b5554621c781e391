"""Paths of schemas, tables and columns: ``sales``, ``sales.orders``, ``sales.orders.total``. Case-sensitive.

Several are separated by commas or line breaks. A name with a dot, comma or space is put in double quotes, and a double
quote inside is doubled, as in SQL: ``"my.schema".orders``.
"""

import re
from typing import Any

from shared.redaction import one_line
from shared.settings.kinds import Kind

Path = tuple[str, ...]
LEVELS = ("schema", "table", "column")

_BARE = r'[^\s".,=]+'
_PART = rf'"(?:[^"]|"")+"|{_BARE}'
_PATH = re.compile(rf"\s*((?:{_PART})(?:\.(?:{_PART}))*)\s*(?:=\s*(\w+)\s*)?(?:[,\n]|$)")
_ONE = re.compile(_PART)


def written(path: Path) -> str:
    """Return a path as a user would write it."""
    return ".".join(part if re.fullmatch(_BARE, part) else '"' + part.replace('"', '""') + '"' for part in path)


def split(text: str) -> list[tuple[Path, str | None]]:
    """Return each path with the text after its ``=``, None if it has none. Raise ValueError if one is invalid."""
    found: list[tuple[Path, str | None]] = []
    text = text.strip().rstrip(",")
    if not text:
        raise ValueError("has no path; use paths like sales.orders")
    place = 0
    while place < len(text):
        match = _PATH.match(text, place)
        if not match:
            raise ValueError(
                f'{one_line(text[place:], 60)!r} is no path; put commas between paths like sales.orders, "odd name".x'
            )
        parts = tuple(_plain(part) for part in _ONE.findall(match[1]))
        found.append((parts, match[2]))
        place = match.end()
    return found


def _plain(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def paths(*parts: int) -> Kind[list[Path]]:
    """Return a kind for paths of these lengths: ``paths(2)`` for tables, ``paths(1, 2, 3)`` for any."""

    def parse(text: str) -> list[Path]:
        found = split(text)
        for path, value in found:
            if value is not None:
                raise ValueError(f"{written(path)}={one_line(value, 40)} gives a value; give paths alone")
            _check(path, parts)
        return [path for path, _ in found]

    return Kind("paths", parse)


def settings_of_paths(parts: tuple[int, ...], options: tuple[str, ...]) -> Kind[dict[Path, str]]:
    """Return a kind for paths with a value, ``sales.orders=HISTORY``. Options are not case-sensitive."""

    def parse(text: str) -> dict[Path, str]:
        found: dict[Path, str] = {}
        for path, value in split(text):
            _check(path, parts)
            if value is None or value.upper() not in options:
                raise ValueError(f"{written(path)} needs one of {', '.join(options)}, as in sales.orders={options[0]}")
            if found.get(path, value.upper()) != value.upper():
                raise ValueError(f"{written(path)} is given twice, differently")
            found[path] = value.upper()
        return found

    return Kind("paths with values", parse)


def _check(path: Path, parts: tuple[int, ...]) -> None:
    if len(path) not in parts:
        wanted = " or ".join(".".join(LEVELS[:count]) for count in parts)
        has = "1 part" if len(path) == 1 else f"{len(path)} parts"
        raise ValueError(f"{one_line(written(path), 80)!r} has {has}; it must be {wanted}")


def nearest(name: str, names: Any) -> str:
    """Return "did you mean ...?" with similar names as a user must write them, else the known names."""
    from difflib import get_close_matches

    known = sorted(map(str, names))
    folded = {each.casefold(): each for each in known}
    near = [folded[match] for match in get_close_matches(name.casefold(), folded, 3, 0.5)]
    if near:
        return f"did you mean {one_line(' or '.join(written((name,)) for name in near), 200)}?"
    shown = ", ".join(written((name,)) for name in known[:10])
    return f"there are {one_line(shown, 200)}" if known else "there are none"
