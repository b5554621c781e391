"""A server sends our secrets back, escaped in any way. They are in no file, no line and no message."""

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.artifacts.response_files import MOST_INDENTED, response_pieces
from shared.http.response import Answer
from shared.plain_form import MOST_LAYERS, layers, plain_form
from shared.redaction import HIDDEN, Redactor, secret_leaves
from tests.conftest import KEY, SECRET, Blueprint, Emulator, Process
from tests.soak import amount, chance, tell

CANARIES = [
    "hunter2-hunter2",
    'a/b+c=d&e f<"',
    "grün-geheim%41",
    "back\\slash\\n",
    "12345678",
    "😀-geheim",
    "tab\tand\nline",
]
ESCAPES: dict[str, Callable[[str], str]] = {
    "quote": quote,
    "quote_plus": quote_plus,
    "every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "latin-1": lambda text: quote(text, safe="", encoding="latin-1", errors="replace"),
    "html": html.escape,
    "html numbers": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "html hex": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "json": lambda text: json.dumps(text)[1:-1],
    "json numbers": lambda text: "".join(f"\\u{ord(char):04x}" if ord(char) < 65536 else char for char in text),
    "python": lambda text: repr(text)[1:-1],
    "utf-16 read as utf-8": lambda text: (
        text.encode("utf-16-le").decode("utf-8", "replace") if text.isascii() else text
    ),
}


def hides(*secrets: str) -> Redactor:
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    return redactor


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("canary", CANARIES)
def test_a_secret_is_hidden_however_it_is_escaped(canary: str, escape: str) -> None:
    if escape == "latin-1" and "?" in ESCAPES[escape](canary).replace("%3F", "?"):
        canary = canary.encode("latin-1", "ignore").decode("latin-1")
    there = ESCAPES[escape](canary)
    assert hides(canary).text(f"<before {there} after>").replace("\0", "") == f"<before {HIDDEN} after>"


def test_a_secret_is_hidden_under_several_escapes_on_top_of_each_other() -> None:
    random_ones = chance("escapes")
    for _ in range(amount(150, 20_000)):
        canary = random_ones.choice(CANARIES)
        steps = random_ones.choices(
            [name for name in ESCAPES if name not in ("latin-1", "python", "utf-16 read as utf-8")],
            k=random_ones.randint(1, 4),
        )
        there = canary
        for step in steps:
            there = ESCAPES[step](there)
        assert hides(canary).text(f"<{there}>").replace("\0", "") == f"<{HIDDEN}>", (canary, steps)
    tell({"escaped secrets": amount(150, 20_000)})


@given(st.text(max_size=60), st.sampled_from(CANARIES), st.text(max_size=60), st.sampled_from(list(ESCAPES)[:8]))
def test_what_stands_around_a_secret_stays(before: str, canary: str, after: str, escape: str) -> None:
    around = [text.replace(HIDDEN, "").replace("=", "").replace("…", "") for text in (before, after)]
    hidden = hides(canary).text(f"{around[0]} [{ESCAPES[escape](canary)}] {around[1]}")
    assert hidden in (f"{around[0]} [{HIDDEN}] {around[1]}", f"{around[0]} {HIDDEN} {around[1]}") or canary in "".join(
        around
    )


@given(st.text(alphabet="%&#;\\ux0123456789abcdefAamp;lt+ \n\0é😀", max_size=80))
def test_each_place_of_the_plain_form_is_found_in_the_text(text: str) -> None:
    for layer in layers(text):
        places = [layer.span(place, place + 1) for place in range(len(layer.text))]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)
        unescaped = [(start, end) for start, end in places if end == start + 1]
        assert all(
            text[start] == layer.text[places.index((start, end))] or text[start] in "\n+" for start, end in unescaped
        )


def test_the_plain_form_is_the_same_for_every_escape() -> None:
    for escape in ("quote", "html", "json", "every byte"):
        assert plain_form(ESCAPES[escape]("a b/<c>&d")) == "a b/<c>&d"
    deep = "a&b"
    for _ in range(30):
        deep = quote(deep)
    assert plain_form(deep) == "a&b"
    assert MOST_LAYERS == 8


@pytest.mark.parametrize("user", ["", "a", "id", "the-client-id-with-äöü", "x" * 100])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_hidden_whatever_stands_before_and_after_the_secret(
    user: str, encode: Callable[[bytes], bytes]
) -> None:
    there = encode(f"{user}:secret?of>the~tests:and more".encode()).decode()
    redactor = hides("secret?of>the~tests")
    assert redactor.text(f"Basic {there}.") == f"Basic {HIDDEN}."
    assert redactor.text(f"Basic {quote(there, safe='')}.") == f"Basic {HIDDEN}."


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgres://admin:s3cr3t@db.example/x", f"postgres://admin:{HIDDEN}@db.example/x"),
        ("jdbc:sqlserver://db;user=sa;Password=s3cr3t;x=1", f"jdbc:sqlserver://db;user=sa;Password={HIDDEN};x=1"),
        ("host=a password = s3cr3t dbname=b", f"host=a password = {HIDDEN} dbname=b"),
        ("redis%3A%2F%2F%3As3cr3t%40cache", f"redis%3A%2F%2F%3A{HIDDEN}%40cache"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----",
            f"-----BEGIN RSA PRIVATE KEY-----{HIDDEN}-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\\nMIIE\\n", f"-----BEGIN PRIVATE KEY-----{HIDDEN}"),
        ("https://db.example:8080/x?mail=a@b", "https://db.example:8080/x?mail=a@b"),
        ("-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE"),
        ("public", "public"),
    ],
)
def test_what_is_a_secret_by_its_form_is_hidden_whoever_it_belongs_to(text: str, hidden: str) -> None:
    assert Redactor().text(text) == hidden


def saved(answer: Answer, *secrets: str) -> str:
    redactor = hides(*secrets)
    found = b"".join(response_pieces(answer, redactor.text, redactor.is_clean))
    assert found == b"".join(response_pieces(answer, redactor.text))  # token by token it comes to the same
    return found.decode()


@pytest.mark.parametrize("number", ["12345678", "12345678.0", "1.2345678e7", "-12345678", "12345678000"])
@pytest.mark.parametrize("size", [0, MOST_INDENTED])
def test_a_secret_of_digits_is_no_number_in_a_file(number: str, size: int) -> None:
    body = f'{{"pin": {number}, "n": [1, 2.50, true, null], "pad": "{"x" * size}"}}'
    for secret in ("12345678", "0012345678"):
        found = saved(Answer(200, {}, body.encode()), secret)
        assert "2345678" not in found
        assert HIDDEN in json.loads(found)["pin"]
        assert json.loads(found)["n"] == [1, 2.5, True, None]
        assert "2.50" in found


def test_a_secret_of_digits_is_no_number_in_a_result() -> None:
    assert hides("12345678").data({"pin": 12345678, "n": 1, "t": True}) == {"pin": HIDDEN, "n": 1, "t": True}
    assert secret_leaves({"password": 12345678, "port": 5432}) == ["12345678"]


def test_the_type_of_a_wrapped_body_is_said_without_secrets() -> None:
    answer = Answer(502, {"Content-Type": "text/html; x=hunter2%2Dhunter2"}, b"<b>hunter2&#45;hunter2</b>")
    assert json.loads(saved(answer, "hunter2-hunter2")) == {
        "status_code": 502,
        "content_type": f"text/html; x={HIDDEN}",
        "body": f"<b>{HIDDEN}</b>",
    }


@pytest.mark.parametrize(
    "unit", ["%41", "%25", "&amp;", "&amp", "\\", "\\u0041", "  ", "://a:b@", "=", "…", "secr…", "\0"]
)
def test_a_long_text_is_read_in_parts_whatever_it_is_made_of(unit: str) -> None:
    """The secret is where two parts meet. The time must not grow with the square of the length."""
    redactor = hides("secret-of-a-test")
    text = (unit * 200_000)[:200_000]
    for place in (0, 65_530, 81_915, 200_000):
        assert "of-a-test" not in redactor.text(text[:place] + "secret%2Dof-a-test" + text[place:])


ID = "speak_inexpensive"


def echoes(escape: Callable[[str], str]) -> str:
    pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    return f"you sent {escape(KEY)}, {escape(SECRET)} and {escape(pair)}"


def left(place: Path) -> str:
    return "\n".join(
        f"{path.name}\n{path.read_bytes().decode('latin-1')}" for path in place.rglob("*") if path.is_file()
    )


def is_in(text: str) -> bool:
    """Return whether a secret is there for somebody who undoes every escape."""
    forms = [*(layer.text for layer in layers(text)), *(layer.text for layer in layers(text.replace("\\\\", "\\")))]
    canaries = [KEY, SECRET, base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()[:20]]
    return any(canary in form for form in forms for canary in canaries)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 302])
@pytest.mark.parametrize("name", ["fivetran/execute_sync", "fivetran/check_sync_status", "fivetran/update_connector"])
def test_no_echo_is_in_what_a_run_says_and_leaves(
    blueprint: Blueprint, emulator: Emulator, name: str, status: int
) -> None:
    for number, escape in enumerate(ESCAPES.values()):
        text = echoes(escape)
        headers = {"Content-Type": f"text/plain; x={quote(text)}", "Location": quote(text), "Retry-After": quote(text)}
        answer = {"status": status, "times": "always"}
        for kind in ({"html": f"<p>{text}</p>", "headers": headers}, {"json": {"code": quote(text), "message": text}}):
            emulator.answers("*", "/v1/*", {**answer, **kind})
            done = blueprint(name, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="0")
            assert done.code
            assert not is_in(done.stdout + done.stderr + left(blueprint.cwd)), (number, kind)


def test_an_id_of_the_servers_gives_no_file_a_secret_name(blueprint: Blueprint, emulator: Emulator) -> None:
    group = {"id": "decent_dropsy", "name": "Warehouse"}
    emulator.answers("GET", "/v1/groups*", {"status": 200, "json": {"code": "Success", "data": {"items": [group]}}})
    emulator.answers("GET", "/v1/connections*", {"status": 200, "json": {"code": "Success", "data": {"items": []}}})
    emulator.answers("GET", "/v1/groups/*", {"status": 200, "json": {"code": "Success", "data": {"items": []}}})
    made = {"id": SECRET, "service": "postgres", "config": {"uri": "postgres://u:s3cr3t@db"}, "status": {}}
    emulator.answers("POST", "/v1/connections", {"status": 201, "json": {"code": "Success", "data": made}})
    given = {"FIVETRAN_GROUP_ID": "decent_dropsy", "FIVETRAN_SERVICE": "postgres", "FIVETRAN_CHECK_PARAMETERS": "FALSE"}
    done = blueprint("fivetran/create_connector", **given)
    assert any("create_hidden" in name for name in blueprint.files())
    assert SECRET not in done.stdout + done.stderr + left(blueprint.cwd)
    assert "s3cr3t" not in left(blueprint.cwd)


def test_a_process_says_nothing_of_an_echo_either(process: Process, emulator: Emulator) -> None:
    text = echoes(ESCAPES["every byte"])
    emulator.answers("*", "/v1/*", {"status": 500, "html": text, "headers": {"Content-Type": text}, "times": "always"})
    done = process("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert not is_in(done.stdout + done.stderr + left(process.cwd))
