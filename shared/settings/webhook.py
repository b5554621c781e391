"""The address of a webhook. Imported only where one is given."""

from urllib.parse import urlsplit

from shared.http.urls import is_loopback
from shared.settings.kinds import URL_CHARACTERS, is_host


def webhook(text: str) -> str:
    """Parse the address of a webhook. It is a secret, so no message contains it."""
    try:
        parts = urlsplit(text)
        host = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname or ""
        usable = parts.scheme in ("http", "https") and is_host(host) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "#" in text or not URL_CHARACTERS.fullmatch(text.replace("?", "")):
        raise ValueError("is no address of a webhook; use one like https://hooks.example.com/services/your-own")
    if parts.scheme == "http" and not is_loopback(text):
        raise ValueError("is plain http to another machine, where others can read it; use https")
    return text


def webhook_secrets(url: str) -> list[str]:
    """Return the address, and its path if that is long enough to be the secret part."""
    path = url[url.find("/", url.find("//") + 2) :] if url.count("/") > 2 else ""
    return [url, path] if len(path) >= 20 else [url]
