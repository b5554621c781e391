"""Find the cause of a failed call inside the exceptions that requests and urllib3 wrap around it."""

import os
import re
from http.client import BadStatusLine, RemoteDisconnected, UnknownProtocol
from ssl import SSLEOFError
from urllib.parse import urlsplit

from urllib3.exceptions import ConnectTimeoutError, InvalidChunkLength, NewConnectionError, ProxyError, SSLError

from shared.redaction import one_line

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_TLS = (
    ("wrong_version_number|http_request|record_layer_failure", "{host} answers plain http there, not https"),
    (
        "hostname mismatch|doesn't match|ip address mismatch|no appropriate",
        "the certificate of {host} is made out to another name",
    ),
    ("unexpected.eof|eof occurred", "{host} broke off the TLS connection"),
    (
        "handshake.failure|protocol.version|unsupported.protocol",
        "{host} and this machine have no kind of TLS in common",
    ),
    ("certificate has expired", "the certificate of {host} has expired"),
    ("not yet valid", "the certificate of {host} is not valid yet; is this machine's clock right?"),
    ("no_certificate_or_crl|no certificate or crl|pem lib|bad base64", "{ca} is no file of certificates (PEM)"),
    ("certificate.verify.failed", "{ca} does not have the authority that signed the certificate of {host}"),
)
"""Patterns of OpenSSL's error texts, each with the sentence that the user reads instead."""
_QUOTING = (BadStatusLine, InvalidChunkLength, UnknownProtocol)
"""Errors whose text quotes the answer, which may contain an access token that the redactor does not know yet."""
_NO_TUNNEL = "Tunnel connection failed: "
_UNKNOWN_NAME = re.compile("Failed to resolve|[Nn]ame or service not known|nodename nor servname|name resolution")


def did_not_arrive(error: BaseException) -> bool:
    """Return whether the request cannot have arrived: no connection was made, or none to a verified server.

    A proxy that refuses CONNECT made none. http.client says so with an OSError that it raises nowhere else.
    """
    if is_unverified(error) or any(type(one) is OSError and str(one).startswith(_NO_TUNNEL) for one in _chain(error)):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    reason = getattr(reason, "original_error", reason)  # a proxy error wraps the connection error
    return isinstance(reason, ConnectTimeoutError)


def is_unverified(error: BaseException) -> bool:
    """Return whether the server's certificate could not be verified. In that case nothing was sent.

    OpenSSL's error is a ValueError, and so is the error of urllib3 1.26, which compares host names itself. urllib3
    wraps no other ValueError in its SSLError.
    """
    chain = _chain(error)
    return isinstance(chain[-1], ValueError) and any(isinstance(one, SSLError) for one in chain)


def was_closed(error: BaseException) -> bool:
    """Return whether the server closed or reset the connection."""
    return any(isinstance(one, ConnectionError | SSLEOFError) for one in _chain(error))


def innermost(error: BaseException) -> str:
    """Return the innermost cause as text."""
    seen = _chain(error)[-1]
    if isinstance(seen, _QUOTING) and not isinstance(seen, RemoteDisconnected):
        return f"{type(seen).__name__}: the answer is no HTTP"
    return f"{type(seen).__name__}: {str(seen).rpartition('>: ')[2]}"


def in_words(error: BaseException, url: str, url_variable: str) -> str:
    """Describe the cause for people, with the variable to change if there is one. ``url`` is the API's address."""
    chain = _chain(error)
    check = f"; check {url_variable}, and the network" if url_variable and did_not_arrive(error) else ""
    if any(isinstance(one, ProxyError) for one in chain) or re.search("SOCKS|[Pp]roxy URL", str(chain[-1])):
        return _of_proxy(chain, url) or innermost(error) + check
    if found := _of_ca_file(chain):
        return found
    host = _address(url)
    if any(isinstance(one, SSLError) for one in chain) and (found := _of_tls(chain, host)):
        return found + (f"; check {url_variable}" if url_variable and found.startswith(host) else "")
    found = _of_connection(chain)
    return f"{host} {found}{check}" if found else innermost(error) + check


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and the errors that it wraps, innermost last."""
    found = [error]
    while isinstance(inner := _inner(found[-1]), BaseException):
        found.append(inner)
    return found


def _inner(error: BaseException) -> object:
    """Return the error that an error wraps: its reason, or the first exception among its arguments."""
    reason = getattr(error, "reason", None)
    return reason or next((one for one in error.args if isinstance(one, BaseException)), None)


def _of_connection(chain: list[BaseException]) -> str | None:
    """Describe why no connection was made, as a predicate whose subject is an address."""
    for one in chain:
        original = getattr(one, "original_error", None)
        seen = original if isinstance(original, BaseException) else one
        if isinstance(seen, NewConnectionError):
            if _UNKNOWN_NAME.search(str(seen)):
                return "is no name that DNS knows"
            if "refused" in str(seen):
                return "refused the connection"
            return f"could not be reached: {str(seen).rpartition(': ')[2]}"
        if isinstance(seen, ConnectTimeoutError):
            return "did not answer in time"
    return None


def _of_proxy(chain: list[BaseException], url: str) -> str | None:
    """Describe what the proxy did, with the variable that names it."""
    name, address = _proxy(url)
    if not name:
        return None
    said = " ".join(map(str, chain))
    who = f"{name} ({address})"
    if found := _of_connection(chain):
        return f"{who} {found}"
    if "407" in said:
        return f"{who} wants credentials: {name}=http://user:password@{address}"
    if match := re.search(r"Tunnel connection failed: (\d{3}(?: [\w ]+)?)", said):
        return f"{who} opens no connection to {_address(url)}: it answered {match[1].strip()[:80]}"
    if "WRONG_VERSION_NUMBER" in said or "wrong version number" in said:
        return f"{who} is a proxy that speaks http: let {name} begin with http://"
    if "Missing dependencies for SOCKS" in said:
        return f"{who} is a SOCKS proxy, which needs PySocks: pip install 'requests[socks]'"
    return f"{who} is no proxy's address" if "proxy URL" in said else None


def _proxy(url: str) -> tuple[str, str]:
    """Return the variable that names the proxy for ``url``, and its host and port; two empty texts without a proxy."""
    for name in (f"{urlsplit(url).scheme}_proxy", "all_proxy"):
        for one in (name, name.upper()):
            if value := os.environ.get(one):
                return one, _address(value if "://" in value else f"http://{value}")
    return "", ""


def _of_ca_file(chain: list[BaseException]) -> str | None:
    """Describe a missing file of CA certificates. requests raises a plain OSError for it."""
    for one in chain:
        if type(one) is OSError and "TLS CA certificate bundle" in str(one):
            return f"{_ca_file()} is not there"
    return None


def _of_tls(chain: list[BaseException], host: str) -> str | None:
    said = " ".join(map(str, chain))
    for pattern, words in _TLS:
        if re.search(pattern, said, re.IGNORECASE):
            name = _ca_file()
            if words.endswith("signed the certificate of {host}") and not name:
                return (
                    f"the certificate of {host} is signed by an unknown authority; set REQUESTS_CA_BUNDLE to its file"
                )
            return words.format(host=host, ca=name)
    return None


def _ca_file() -> str:
    """Return the variable that names a file of CA certificates, with its value; empty if none is set."""
    for name in CA_VARIABLES:
        if value := os.environ.get(name):
            return f"{name} ({one_line(value, 200)})"
    return ""


def _address(url: str) -> str:
    """Return host and port of a URL, without a user name or password."""
    return one_line(urlsplit(url).netloc.rpartition("@")[2], 200)
