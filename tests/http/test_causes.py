"""Whether a request may have arrived, judged by what requests raises."""

import ssl
from http.client import BadStatusLine, UnknownProtocol
from typing import Any

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidChunkLength,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import HTTPResponse
from urllib3.util.ssl_match_hostname import CertificateError

from shared.http.causes import did_not_arrive, in_words, innermost

POOL: Any = None
LOST = [
    ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")),
    ReadTimeoutError(POOL, "/x", "Read timed out."),
    SSLError("bad record mac"),
    ProxyError("Cannot connect to proxy.", ConnectionResetError(104, "reset")),  # urllib3 1.26, whenever it comes
    ProtocolError("Connection aborted.", BadStatusLine("Tunnel connection failed: 502")),  # a server's own words
]
NEVER_SENT = [
    SSLError(ssl.SSLCertVerificationError(1, "certificate verify failed: certificate has expired")),
    SSLError(ssl.SSLCertVerificationError(1, "certificate verify failed: Hostname mismatch")),
    SSLError(CertificateError("hostname 'a.example' doesn't match 'b.example'")),  # urllib3 1.26 compares names itself
    ConnectTimeoutError("timed out"),
    NewConnectionError(POOL, "refused"),
    ProxyError("no proxy", ConnectTimeoutError("timed out")),
    ProxyError("no tunnel", OSError("Tunnel connection failed: 502 Bad Gateway")),
]


def raised(reason: Exception) -> requests.RequestException:
    return requests.ConnectionError(MaxRetryError(POOL, "/x", reason))


@pytest.mark.parametrize("reason", LOST, ids=lambda error: type(error).__name__)
def test_what_may_have_arrived(reason: Exception) -> None:
    assert not did_not_arrive(raised(reason))
    assert not did_not_arrive(requests.ConnectionError(reason))


@pytest.mark.parametrize("reason", NEVER_SENT, ids=lambda error: type(error).__name__)
def test_what_was_never_sent(reason: Exception) -> None:
    assert did_not_arrive(raised(reason))


def test_the_cause_is_told_without_its_wrappers() -> None:
    reset = ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
    assert innermost(requests.ConnectionError(reset)) == "ConnectionResetError: [Errno 104] reset by peer"
    assert innermost(ValueError("read length must be non-negative or -1")).startswith("ValueError: read length")


@pytest.mark.parametrize(
    "nonsense",
    [
        BadStatusLine('{"access_token": "t0ken"}'),
        UnknownProtocol('{"access_token": "t0ken"}'),
        InvalidChunkLength(HTTPResponse(), b'{"access_token": "t0ken"}'),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_is_no_http_is_not_quoted_because_it_may_be_an_access_token(nonsense: Exception) -> None:
    for wrapped in (ProtocolError("Connection aborted.", nonsense), ProtocolError(str(nonsense), nonsense)):
        assert innermost(requests.ConnectionError(wrapped)) == f"{type(nonsense).__name__}: the answer is no HTTP"


API = "https://api.example.com/v1"
REFUSED = NewConnectionError(POOL, "Failed to establish a new connection: [Errno 111] Connection refused")
UNKNOWN = NewConnectionError(POOL, "Failed to resolve 'x' ([Errno -2] Name or service not known)")
DEAD = {"HTTPS_PROXY": "http://me:pa55word@proxy:3128"}
CHECK = "; check FIVETRAN_API_URL, and the network"
CA = {"REQUESTS_CA_BUNDLE": "/etc/ca.pem"}


def tls(text: str) -> requests.RequestException:
    return requests.exceptions.SSLError(MaxRetryError(POOL, "/x", SSLError(ssl.SSLError(1, text))))


IN_WORDS: list[tuple[dict[str, str], BaseException, str]] = [
    ({}, raised(REFUSED), "api.example.com refused the connection" + CHECK),
    ({}, raised(UNKNOWN), "api.example.com is no name that DNS knows" + CHECK),
    ({}, raised(ConnectTimeoutError("timed out")), "api.example.com did not answer in time" + CHECK),
    (
        DEAD,
        raised(ProxyError("Unable to connect to proxy", REFUSED)),
        "HTTPS_PROXY (proxy:3128) refused the connection",
    ),
    (
        {"https_proxy": "proxy:3128", **DEAD},
        raised(ProxyError("Unable to connect to proxy", UNKNOWN)),
        "https_proxy (proxy:3128) is no name that DNS knows",
    ),
    (
        {"ALL_PROXY": "http://proxy:3128"},
        raised(ProxyError("x", OSError("Tunnel connection failed: 407 Proxy Authentication Required"))),
        "ALL_PROXY (proxy:3128) wants credentials: ALL_PROXY=http://user:password@proxy:3128",
    ),
    (
        DEAD,
        raised(ProxyError("x", OSError("Tunnel connection failed: 501 Unsupported method ('CONNECT')"))),
        "HTTPS_PROXY (proxy:3128) opens no connection to api.example.com: it answered 501 Unsupported method",
    ),
    (
        DEAD,
        raised(ProxyError("x", SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")))),
        "HTTPS_PROXY (proxy:3128) is a proxy that speaks http: let HTTPS_PROXY begin with http://",
    ),
    (
        DEAD,
        requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
        "HTTPS_PROXY (proxy:3128) is a SOCKS proxy, which needs PySocks: pip install 'requests[socks]'",
    ),
    (
        {},
        tls("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
        "api.example.com answers plain http there, not https; check FIVETRAN_API_URL",
    ),
    (
        {},
        tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"),
        "the certificate of api.example.com is signed by an unknown authority; set REQUESTS_CA_BUNDLE to its file",
    ),
    (
        CA,
        tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate"),
        "REQUESTS_CA_BUNDLE (/etc/ca.pem) does not have the authority that signed the certificate of api.example.com",
    ),
    (
        {},
        tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)"),
        "the certificate of api.example.com has expired",
    ),
    (
        {},
        tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid (_ssl.c:1006)"),
        "the certificate of api.example.com is not valid yet; is this machine's clock right?",
    ),
    (
        {},
        tls("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)"),
        "api.example.com broke off the TLS connection; check FIVETRAN_API_URL",
    ),
    (
        {},
        tls("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)"),
        "api.example.com and this machine have no kind of TLS in common; check FIVETRAN_API_URL",
    ),
    (
        {},
        tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid"),
        "the certificate of api.example.com is made out to another name",
    ),
    *(
        ({}, raised(SSLError(CertificateError(text))), "the certificate of api.example.com is made out to another name")
        for text in ("hostname 'a' doesn't match 'b'", "no appropriate commonName or subjectAltName fields were found")
    ),
    (
        CA,
        tls("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4154)"),
        "REQUESTS_CA_BUNDLE (/etc/ca.pem) is no file of certificates (PEM)",
    ),
    (
        {"CURL_CA_BUNDLE": "/nope"},
        OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /nope"),
        "CURL_CA_BUNDLE (/nope) is not there",
    ),
    ({}, ValueError("read length must be non-negative"), "ValueError: read length must be non-negative"),
]


@pytest.mark.parametrize(("environ", "error", "said"), IN_WORDS)
def test_the_cause_in_words_names_the_variable_to_change(
    environ: dict[str, str], error: BaseException, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert in_words(error, API, "FIVETRAN_API_URL") == said
    assert "pa55word" not in said
