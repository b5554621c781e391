"""Whose machine a URL names, and paths that are quoted piece by piece."""

import ipaddress
from urllib.parse import quote, urlsplit


def is_loopback(url: str) -> bool:
    """True where the URL's host is this machine's loopback."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":  # names below it are asked of DNS servers here and there
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def path(*parts: str) -> str:
    """A path of ``parts``, each quoted whole: a slash in a name stays in the name.

    Half a surrogate pair, which JSON can hold and UTF-8 cannot, becomes a question mark: a name that there is not.
    """
    return "".join("/" + quote(part, safe="", errors="replace") for part in parts)
