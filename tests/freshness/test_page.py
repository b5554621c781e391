"""The freshness page as a text. tests/browser opens it in Chromium."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from shared.fivetran.freshness.shown import WORDS
from shared.freshness.page import page, shelf_life
from shared.freshness.shown import FRESH, STALE, UNJUDGED, Shown, headline
from tests.fivetran.freshness.samples import HOSTILE, HOUR, NOW, rows


def shown(*schemas: str) -> str:
    return b"".join(page(rows(*schemas), NOW, WORDS)).decode()


def test_the_policy_admits_the_pages_own_style_and_script_and_nothing_else() -> None:
    text = shown("x")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    directives = policy[1].replace("&#x27;", "'").split("; ")
    for kind in ("style", "script"):
        inline = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert len(inline) == 1
        assert f"{kind}-src 'sha256-{b64encode(sha256(inline[0].encode()).digest()).decode()}'" in directives
    assert directives[0] == "default-src 'none'"
    assert len(directives) == 5


def test_the_page_names_no_outside_resource() -> None:
    text = shown("x")
    assert not re.search(r"(src|@import|url\()\s*=?", re.sub(r"<meta http-equiv[^>]*>", "", text))
    assert set(re.findall(r"https?://[^\s\"'<]*", text)) == {"https://fivetran.com/dashboard/connections/a_b/status"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_are_text_in_the_page(hostile: str) -> None:
    calm = shown("calm")
    text = shown(hostile)
    assert text.count("<") == calm.count("<")
    assert text.count("{{") == 0


def test_what_looks_like_a_slot_of_the_template_is_text() -> None:
    assert "{{rows}}" in shown("{{rows}}")


def some(*statuses: str, limit: float | None = HOUR) -> list[Shown]:
    return [Shown("a_b", "shop", "s", "g", "", status, status, None, limit, []) for status in statuses]


@pytest.mark.parametrize(
    ("statuses", "answer"),
    [
        ([], "No connectors were checked"),
        ([STALE], "shop is stale"),
        ([FRESH], "shop is fresh"),
        ([UNJUDGED], "shop could not be judged"),
        ([FRESH] * 3, "All 3 connectors are fresh"),
        ([STALE] * 3, "All 3 connectors are stale"),
        ([UNJUDGED] * 2, "None of 2 connectors could be judged"),
        ([STALE, FRESH], "1 of 2 connectors is stale"),
        ([STALE, STALE, FRESH], "2 of 3 connectors are stale"),
        ([STALE, UNJUDGED, FRESH], "1 of 3 connectors is stale, 1 could not be judged"),
        ([UNJUDGED, FRESH], "1 of 2 connectors could not be judged, the other is fresh"),
        ([UNJUDGED, FRESH, FRESH], "1 of 3 connectors could not be judged, the others are fresh"),
    ],
)
def test_the_headline_is_the_answer(statuses: list[str], answer: str) -> None:
    assert headline(some(*statuses), "connector") == answer


@pytest.mark.parametrize(
    ("limits", "seconds"), [([], 86400), ([None], 86400), ([900], 3600), ([7200, 7200, 99], 7200), ([10**6], 86400)]
)
def test_a_page_is_old_when_half_of_its_connectors_should_have_synced_again(
    limits: list[float | None], seconds: float
) -> None:
    assert shelf_life([one for limit in limits for one in some(FRESH, limit=limit)]) == seconds
