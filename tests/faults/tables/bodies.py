"""Faults of a body as a text: it is not JSON, not the right JSON document, or costly to parse."""

from typing import Any

from tests.faults.effects import FINE, ODD_TEXT, USELESS, Fault
from tests.faults.plays import MIB, body, changed, every, headers


def later(found: Any) -> Any:
    """Add unknown names, as a later version of the API may, to the answer and to the data in Fivetran's envelope."""
    more = {"of_a_later_version": [{"a": None}, 1.5, True]}
    data = found.get("data")
    return {**found, **more, **({"data": {**data, **more}} if isinstance(data, dict) else {})}


BODIES: dict[str, Fault] = {
    "an empty body": Fault(body(b""), USELESS),
    "white space": Fault(body(b" \r\n\t "), USELESS),
    "null": Fault(body(b"null"), USELESS),
    "[]": Fault(body(b"[]"), USELESS),
    "a list of the answer": Fault(body(lambda good: b"[" + good + b"]"), USELESS),
    "a text": Fault(body(b'"text"'), USELESS),
    "a number": Fault(body(b"0"), USELESS),
    "true": Fault(body(b"true"), USELESS),
    "{}": Fault(body(b"{}"), USELESS),
    "NaN": Fault(body(b"NaN"), USELESS),
    "NaN inside": Fault(body(lambda good: good[:-1] + b', "x": NaN}'), USELESS),
    "Infinity inside": Fault(body(lambda good: good[:-1] + b', "x": -Infinity}'), USELESS),
    "1e999 inside": Fault(body(lambda good: good[:-1] + b', "x": 1e999}'), FINE),
    "a number of 5000 digits": Fault(body(lambda good: good[:-1] + b', "x": ' + b"1" * 5000 + b"}"), USELESS),
    "a name that is half of a surrogate pair": Fault(body(lambda good: good[:-1] + b', "\\ud800": "\\udfff"}'), FINE),
    "a name of 100 kB": Fault(body(lambda good: good[:-1] + b', "' + b"x" * 100_000 + b'": 1}'), FINE),
    "a name that is empty": Fault(body(lambda good: good[:-1] + b', "": {"": [null]}}'), FINE),
    "names of a later version": Fault(changed(later), FINE),
    "100 kB of white space before it": Fault(body(lambda good: b" \n" * 50_000 + good), FINE),
    "a zero in a text": Fault(body(lambda good: good[:-1] + b', "x": "a\0b"}'), USELESS),
    "UTF-7": Fault(
        body(lambda good: good.replace(b"{", b"+AHs-"), Content_Type="application/json; charset=utf-7"), USELESS
    ),
    "names twice": Fault(body(lambda good: good[:-1] + b"," + good[1:]), FINE),
    "nested 100000 deep": Fault(body(b"[" * 100_000 + b"]" * 100_000), USELESS),
    "nested 300 deep inside": Fault(
        body(lambda good: good[:-1] + b', "x": ' + b"[" * 300 + b"]" * 300 + b"}"), USELESS
    ),
    "ten million values": Fault(body(b"[" + b"1," * 10_000_000 + b"1]"), USELESS, slow=True),
    "40 MB": Fault(body(lambda good: good + b" " * 40 * MIB), USELESS, slow=True),
    "lone halves of surrogate pairs": Fault(changed(every(str, "\ud800")), ODD_TEXT),
    "a mark before it": Fault(body(lambda good: b"\xef\xbb\xbf" + good), FINE),
    "UTF-16": Fault(body(lambda good: good.decode().encode("utf-16")), USELESS),
    "UTF-32": Fault(body(lambda good: good.decode().encode("utf-32")), USELESS),
    "bytes that are no UTF-8": Fault(body(lambda good: good[:-1] + b', "x": "\xff\xfe"}'), USELESS),
    "another charset is said": Fault(headers(Content_Type="application/json; charset=no-such"), FINE),
    "no type": Fault(headers(Content_Type=None), FINE),
    "a page": Fault(body(b"<!doctype html><title>Sign in</title>", Content_Type="text/html"), USELESS),
    "JSON that breaks off": Fault(body(lambda good: good[:-5]), USELESS),
    "two documents": Fault(body(lambda good: good + good), USELESS),
    "JSON, and more after it": Fault(body(lambda good: good + b" ok"), USELESS),
    "single quotes": Fault(body(lambda good: good.replace(b'"', b"'")), USELESS),
    "a comment": Fault(body(lambda good: b"/* */" + good), USELESS),
    "zeros after it": Fault(body(lambda good: good + bytes(10)), USELESS),
}
