"""A page's short table of contents, with links to its headings."""

import re
from collections.abc import Iterable


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading: in small letters, with hyphens, without other punctuation."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def link(heading: str, text: str = "") -> str:
    return f"[{text or heading}]({anchor(heading)})"


def contents(headings: Iterable[str], first: Iterable[str] = ()) -> str:
    """Return a list with one line of links for each vendor, after one line for the headings in ``first``.

    ``headings`` are names of blueprints, such as ``airbyte/execute_sync``. Variants of one blueprint, such as
    ``airbyte/execute_sync (public)``, are one entry.
    """
    entries: dict[str, dict[str, list[str]]] = {}
    for heading in headings:
        vendor, _, name = heading.partition("/")
        name, _, variant = name.partition(" (")
        entries.setdefault(vendor, {}).setdefault(name, []).append(link(heading, variant.removesuffix(")") or name))
    lines = [", ".join(map(link, first))] if first else []
    lines += [
        f"{vendor.capitalize()}: {', '.join(map(_entry, found, found.values()))}" for vendor, found in entries.items()
    ]
    return "".join(f"- {line}\n" for line in lines)


def _entry(name: str, links: list[str]) -> str:
    """Return a blueprint's links: the first one by its name, the variants in brackets."""
    own = [one for one in links if one.startswith(f"[{name}]")]
    variants = [one for one in links if one not in own]
    return (own[0] if own else name) + (f" ({', '.join(variants)})" if variants else "")
