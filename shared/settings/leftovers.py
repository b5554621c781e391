"""Explain values that were copied incompletely: quotes, blanks, an unfilled template variable, a placeholder.

No function returns the value itself, because it may be a secret.
"""

import os
import re

_PLAIN_QUOTES = "\"'`"
_SMART_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a"
_UNFILLED = re.compile(r"\$\{|\$\(|\{\{|<%|^\$\w+$|^%\w+%$")
_PLACEHOLDER = re.compile(
    r"\W*|<.*>|\[.*\]|x{3,}|(your|my|the)?[-_ ]?(fivetran|airbyte)?[-_ ]?(api|client|access)?[-_ ]?"
    r"(key|secret|token|password|id)([-_ ]?here)?|your[-_ ].*|change[-_ ]?me|todo|replace[-_ ]?(me|this)|"
    r"(insert|paste)[-_ ].*",
    re.IGNORECASE,
)
KEPT = " (docker --env-file keeps quotes)"
_SCHEMES = ("basic ", "bearer ")
FILES = ("/run/secrets/", "/var/run/secrets/", "/etc/")
"""Usual folders of secret files. A value that begins so is meant as a file name, even if there is no such file."""


def is_quoted(text: str) -> bool:
    """Return whether the whole value is in quotes of one kind."""
    first, last = text[:1], text[-1:]
    same = first in _PLAIN_QUOTES and first == last
    return len(text) > 1 and (same or (first in _SMART_QUOTES and last in _SMART_QUOTES))


def is_placeholder(text: str) -> bool:
    """Return whether a value is a placeholder such as ``...``, ``your-key`` or ``<api key>``."""
    return bool(_PLACEHOLDER.fullmatch(text.strip()))


def of_refused_value(text: str) -> str | None:
    """Explain why a value that is not a secret is invalid. Return None if nothing was copied along with it."""
    if is_quoted(text):
        smart = text[:1] in _SMART_QUOTES
        return f"has {'smart ' * smart}quotes around it; remove them{KEPT * (not smart)}"
    if _UNFILLED.search(text):
        return f"holds {_UNFILLED.findall(text)[0]}, so a variable in it was not filled in"
    if text[:1] == "<" and is_placeholder(text):
        return "is still the placeholder; give the value itself"
    return None


def of_secret(name: str, text: str) -> str | None:
    """Explain what looks wrong about a credential that a server refused. Return None if nothing does."""
    if found := _of_ends(text):
        return f"{name} {found}"
    if match := _UNFILLED.search(text):
        return f"{name} holds {match[0]}, so a variable in it was not filled in"
    if is_placeholder(text):
        return f"{name}: is it still the placeholder?"
    if scheme := next((one for one in _SCHEMES if text.lower().startswith(one)), None):
        return f"{name} begins with {scheme.strip().title()}; give only what comes after it"
    if text.startswith(FILES) or (text.startswith(("/", "./", "~/")) and os.path.exists(os.path.expanduser(text))):
        return f"{name} looks like the name of a file; the content of a file is read with {name}_FILE"
    return None


def unprintable(text: str) -> str:
    """Name the first character of ``text`` that is not printable, and where it is."""
    place, found = next((place, char) for place, char in enumerate(text) if not char.isprintable())
    if found in "\r\n":
        what = "a line break"
    elif found.isspace():
        what = "a no-break space" if found in "\u00a0\u202f\u2007" else "a tab" if found == "\t" else "a blank"
    else:
        what = "an invisible character" if ord(found) > 0x9F else "a control character"
    where = "begins with" if not place else "ends with" if not text[place + 1 :].strip() else "holds"
    return f"{where} {what}"


def _of_ends(text: str) -> str | None:
    """Name quotes or blanks at the beginning or end of a credential."""
    kinds = (("quotes", _PLAIN_QUOTES), ("smart quotes", _SMART_QUOTES))
    for what, characters in kinds:
        begins, ends = text[:1] in characters, text[-1:] in characters
        if begins or ends:
            where = "begins and ends with" if begins and ends else "begins with" if begins else "ends with"
            return f"{where} {what}; remove them{KEPT * (characters is _PLAIN_QUOTES)}"
    if text != text.strip():
        return f"{'begins' if text[:1].isspace() else 'ends'} with a blank; remove it"
    return None
