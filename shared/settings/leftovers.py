"""What clings to a value that was copied from somewhere: quotes, blanks, a variable nobody filled in, a placeholder.

Each function returns words about the value, never the value itself: it may be a secret.
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
"""Where files with secrets usually lie: a value that begins so is such a file's name, also where there is none."""


def is_quoted(text: str) -> bool:
    """True where the whole value stands in quotes of one kind."""
    first, last = text[:1], text[-1:]
    same = first in _PLAIN_QUOTES and first == last
    return len(text) > 1 and (same or (first in _SMART_QUOTES and last in _SMART_QUOTES))


def is_placeholder(text: str) -> bool:
    """True for ``...``, ``your-key``, ``<api key>`` and the like."""
    return bool(_PLACEHOLDER.fullmatch(text.strip()))


def of_refused_value(text: str) -> str | None:
    """Why a value that is no secret could not be read; None where nothing clings to it."""
    if is_quoted(text):
        smart = text[:1] in _SMART_QUOTES
        return f"has {'smart ' * smart}quotes around it; remove them{KEPT * (not smart)}"
    if _UNFILLED.search(text):
        return f"holds {_UNFILLED.findall(text)[0]}, so a variable in it was not filled in"
    if text[:1] == "<" and is_placeholder(text):
        return "is still the placeholder; give the value itself"
    return None


def of_secret(name: str, text: str) -> str | None:
    """What is odd about a credential that a server refused; None where it looks as credentials do."""
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
    """The first character of ``text`` that is no printable one, in words, and where it stands."""
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
    """What stands at the beginning or the end and belongs to no credential."""
    kinds = (("quotes", _PLAIN_QUOTES), ("smart quotes", _SMART_QUOTES))
    for what, characters in kinds:
        begins, ends = text[:1] in characters, text[-1:] in characters
        if begins or ends:
            where = "begins and ends with" if begins and ends else "begins with" if begins else "ends with"
            return f"{where} {what}; remove them{KEPT * (characters is _PLAIN_QUOTES)}"
    if text != text.strip():
        return f"{'begins' if text[:1].isspace() else 'ends'} with a blank; remove it"
    return None
