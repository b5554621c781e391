"""Faults of the status line and of headers."""

from tests.faults.effects import FINE, LOST, NO_DATE, Fault
from tests.faults.plays import headers, kept, made, raw, status
from tests.faults.server import Good


def lower_names(good: Good) -> bytes:
    top, _, rest = good.bytes().partition(b"\r\n\r\n")
    first, *lines = top.split(b"\r\n")
    named = [b":".join([name.lower(), value]) for name, _, value in (line.partition(b":") for line in lines)]
    return b"\r\n".join([first, *named]) + b"\r\n\r\n" + rest


NO_HTTP: dict[str, Fault] = {
    "HTTP/0.9": Fault(made(lambda good: good.body), LOST),
    "an SSH banner": Fault(raw(b"SSH-2.0-OpenSSH_9.6\r\n"), LOST),
    "a TLS alert": Fault(raw(b"\x15\x03\x01\x00\x02\x02\x46"), LOST),
    "zeros": Fault(raw(bytes(4096)), LOST),
    "line breaks": Fault(raw(b"\r\n" * 1000), LOST),
    "random bytes": Fault(raw(bytes(range(256)) * 4), LOST),
    "a status that is no number": Fault(status("2OO OK"), LOST),
    "no status": Fault(raw(b"HTTP/1.1\r\n\r\n"), LOST),
    "status 99": Fault(status("99 X"), LOST),
    "status 1000": Fault(status("1000 X"), LOST),
    "status -200": Fault(status("-200 X"), LOST),
    "a status line of 100 kB": Fault(made(lambda good: b"HTTP/1.1 200 " + b"a" * 100_000 + b"\r\n\r\n"), LOST),
    "HTTP/2 without asking": Fault(raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), LOST),
    "HTTP/3.0": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/3.0", 1)), LOST),
    "HTTP/1.0": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/1.0", 1)), FINE),
    "HTTP/1.2": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/1.2", 1)), FINE),
    "http in small letters": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"http/1.1", 1)), LOST),
    "HTTP/1.0, kept": Fault(
        kept(lambda good: good.bytes(Connection="keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0", 1)), FINE
    ),
    "no reason": Fault(made(lambda good: good.bytes().replace(b" OK\r\n", b"\r\n", 1)), FINE),
    "a reason of UTF-8": Fault(
        made(lambda good: good.bytes().replace(b" OK\r\n", b" \xe2\x9c\x93 d'accord\r\n", 1)), FINE
    ),
    "an empty line before it": Fault(made(lambda good: b"\r\n" + good.bytes()), LOST),
    "line feeds alone": Fault(made(lambda good: good.bytes().replace(b"\r\n", b"\n")), FINE),
    "a header of 100 kB": Fault(headers(X_Long="a" * 100_000), LOST),
    "200 headers": Fault(headers(**{f"X_{number}": "a" for number in range(200)}), LOST),
    "a header without a colon": Fault(made(lambda good: good.bytes().replace(b"Date:", b"Date", 1)), NO_DATE),
    "a header of 60 kB": Fault(headers(X_Long="a" * 60_000), FINE),
    "90 headers": Fault(headers(**{f"X_{number}": "a" for number in range(90)}), FINE),
    "1000 headers": Fault(headers(**{f"X_{number}": "a" for number in range(1000)}), LOST),
    "names of headers in small letters": Fault(kept(lower_names), FINE),
    "a space before a colon": Fault(made(lambda good: good.bytes().replace(b"Date:", b"Date :", 1)), NO_DATE),
    "another protocol is offered": Fault(headers(Upgrade="h2c", Alt_Svc='h3=":443"; ma=86400'), FINE),
    "kept, it says, for no second": Fault(headers(Connection="keep-alive", Keep_Alive="timeout=0, max=0"), FINE),
    "a place, a challenge and a file's name": Fault(
        headers(Location="http://\xff:99999/", WWW_Authenticate="Basic", Content_Disposition="x; filename=../../x"),
        FINE,
    ),
    "a folded header": Fault(headers(X="a\r\n b"), FINE),
    "a header of Latin-1": Fault(headers(X="\xe9\xff\x80"), FINE),
    "a header with a zero": Fault(headers(X="a\0b"), FINE),
    "a header without a name": Fault(headers(**{"": "x"}), FINE),
    "a thousand cookies": Fault(headers(Set_Cookie="a=b; Max-Age=99999999999999999999; " * 1000), FINE),
    "80 cookies of 4 kB": Fault(
        kept(lambda good: good.bytes(X="\r\nSet-Cookie: ".join(["1", *(f"c{n}=" + "v" * 4000 for n in range(80))]))),
        FINE,
    ),
    "cookies of nonsense": Fault(headers(Set_Cookie='=;;;="\x01; expires=never; domain=.'), FINE),
}
