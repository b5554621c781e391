"""Whether a URL names this machine, and how paths are quoted."""

import ipaddress
from urllib.parse import quote, urlsplit


def is_loopback(url: str) -> bool:
    """Return whether the URL's host is the loopback interface of this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":  # not *.localhost: some systems ask DNS servers for those
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def path(*parts: str) -> str:
    """Join ``parts`` to a path. Each part is quoted, slashes included.

    A lone surrogate, which is possible in JSON but not in UTF-8, becomes a question mark; no such name exists.
    """
    return "".join("/" + quote(part, safe="", errors="replace") for part in parts)
