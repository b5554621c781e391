"""Secrets in each form in which they are sent, and text from outside, which stays plain text."""

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.redaction import DEEPEST, HIDDEN, Redactor, masked, one_line, secret_leaves
from shared.secret_forms import Forms

SECRETS = [
    "hunter2hunter2",
    "a/b+c=d&e f",
    'quo"te\\back',
    "grün-geheim",
    "##[secret]",
    "in ner",
    "100%sure",
    "~._-",
    "pass\tword\nof lines",
    "half\ud800pair",
]


def hides(*secrets: str) -> Redactor:
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    return redactor


def forms(secret: str) -> dict[str, str]:
    raw = secret.encode("utf-8", "surrogatepass")
    return {
        "plain": secret,
        "base64": base64.b64encode(raw).decode(),
        "base64 without padding": base64.b64encode(raw).decode().rstrip("="),
        "base64 for URLs": base64.urlsafe_b64encode(raw).decode(),
        "quoted": quote(raw, safe=""),
        "quoted but for slashes": quote(raw),
        "quoted as a form": quote_plus(raw),
        "in JSON": json.dumps(secret)[1:-1],
        "in JSON as UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "cleaned": one_line(secret),
    }


@pytest.mark.parametrize("form", forms("abcd"))
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_in_every_form(secret: str, form: str) -> None:
    there = forms(secret)[form]
    assert hides(secret).text(f"before {there} after") == f"before {HIDDEN} after"


@pytest.mark.parametrize("secret", ["0aF3-9bCd-Secret", "Grün\u0130\u03a3-geheim", "\u0391\u03a3\u0392\u03a3"])
def test_a_secret_is_hidden_in_another_case(secret: str) -> None:
    for there in (secret, secret.swapcase(), secret.lower(), secret.upper().replace("I\u0307", "\u0130")):
        if len(there) == len(secret):
            assert hides(secret).text(f"\u0130 before {there} \u03a3 after") == f"\u0130 before {HIDDEN} \u03a3 after"


def test_lower_case_percent_escapes_are_hidden_too() -> None:
    assert hides("a/b+c=d").text("x=a%2fb%2bc%3dd") == f"x={HIDDEN}"


def test_of_two_secrets_the_longer_goes_whole() -> None:
    assert hides("secret", "secret-and-more").text("secret-and-more secret") == f"{HIDDEN} {HIDDEN}"


def test_keys_and_values_at_any_depth_are_hidden_and_the_data_is_a_copy() -> None:
    data = {"hunter2!": ["x hunter2! y", {"deep": ("hunter2!", 1, None, 1.5, True)}]}
    found = hides("hunter2!").data(data)
    assert found == {HIDDEN: [f"x {HIDDEN} y", {"deep": [HIDDEN, 1, None, 1.5, True]}]}
    assert data["hunter2!"][0] == "x hunter2! y"


@pytest.mark.parametrize("kept", range(4, 13))
def test_a_secret_that_a_limit_cut_in_two_is_hidden(kept: int) -> None:
    text = one_line("x" * 50 + "hunter2hunter2", 50 + kept + 1)
    assert text.endswith("hunter2hunter2"[:kept] + "…")
    assert hides("hunter2hunter2").text(text + " and more") == "x" * 50 + HIDDEN + "… and more"


def test_a_limit_that_cuts_nothing_secret_changes_nothing() -> None:
    assert hides("hunter2hunter2").text("the hunt… goes on…") == f"the {HIDDEN}… goes on…"
    assert hides("hunter2hunter2").text("the hun… goes on…") == "the hun… goes on…"


def nested(levels: int, leaf: Any = "leaf") -> Any:
    for _ in range(levels):
        leaf = [{"a": leaf}]
    return leaf


def test_what_is_nested_without_end_is_cut_and_never_overflows() -> None:
    assert "leaf" in json.dumps(hides().data(nested(DEEPEST // 2 - 1)))
    for levels in (DEEPEST, 50_000):
        assert "leaf" not in json.dumps(hides().data(nested(levels)))
        assert "leaf" not in json.dumps(masked(nested(levels)))


@pytest.mark.parametrize("key", ["config", "auth"])
def test_what_stands_under_config_or_auth_is_masked_with_its_shape(key: str) -> None:
    data = {"a": [{key: {"host": "h", "port": 1, "list": ["x", {"y": None}]}}]}
    masked_part = {"host": HIDDEN, "port": HIDDEN, "list": [HIDDEN, {"y": None}]}
    assert hides().data(data) == {"a": [{key: masked_part}]}


def test_secrets_in_an_update_are_found_by_their_names() -> None:
    update = {"config": {"password": "hunter2!", "host": "db.example", "keys": [{"api_token": "tokentoken"}, "abc"]}}
    assert set(secret_leaves(update)) == {"hunter2!", "tokentoken"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb\r\nc\td", "a b c d"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("a\u202eb\u2066c\u2069d\u200fe", "a b c d e"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
        ("\u200b\ufeff::set-env", "::set-env"),
        ("half\ud800pair", "half pair"),
        ("##[command]x", "## [command]x"),
        ("##vso[task.setvariable variable=x]", "## vso[task.setvariable variable=x]"),
        ("#\u200b#[x", "# #[x"),
        ("  edges  ", "edges"),
        ("é 漢 \U0001f600", "é 漢 \U0001f600"),
    ],
)
def test_text_from_outside_stays_on_its_line(text: str, line: str) -> None:
    assert one_line(text) == line


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_printable_line_of_that_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert "##[" not in line
    line.encode()


@settings(deadline=None)
@given(st.text(min_size=4, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives_wherever_it_stands(secret: str, before: str, after: str) -> None:
    redactor = hides(secret)
    assert secret not in redactor.text(before + secret + after).replace(HIDDEN, "\0") or secret in HIDDEN


def test_a_secret_is_added_while_another_thread_looks_for_others() -> None:
    """In a batch a token may be renewed while other threads redact their messages."""
    known = Forms()
    for secret in SECRETS:
        known.add(secret, secret)
    places = known.found("hunter2hunter2 " * 3)
    assert next(places) == (0, 14)
    known.add("another-secret", "another-secret")
    assert len(list(places)) >= 2
