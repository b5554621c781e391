"""Fresh or stale, and how it is told. The page itself is looked at in tests/browser."""

import re
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from shared import timestamps
from shared.exit_codes import ExitCode as Code
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.bar import width
from shared.fivetran.freshness.judgement import freshness, own_limit, reasons
from shared.fivetran.freshness.markdown import markdown
from shared.fivetran.freshness.page import page, shelf_life
from shared.fivetran.freshness.shown import FRESH, STALE, UNJUDGED, Shown, headline, judged
from shared.settings.kinds import SPAN

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
HOUR = 3600.0
HOSTILE = [
    "<script>alert(1)</script>",
    "</script>",
    "a|b",
    "<img src=x onerror=alert(1)>",
    '"><b>',
    "`[x](javascript:1)",
]


def connector(hours_old: float | None = 1.0, now: datetime | None = NOW, **fields: Any) -> Connector:
    stamp = None if hours_old is None else timestamps.write(NOW - timedelta(hours=hours_old))
    status = {"setup_state": "connected", "sync_state": "scheduled", **fields.pop("status", {})}
    data = {"id": "a_b", "service": "s", "schema": "x", "sync_frequency": 60, "succeeded_at": stamp, "status": status}
    return Connector({**data, **fields}, now)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400.0), ("6h", 21600.0), ("2d", 172800.0), ("1d12h", 129600.0), ("1.5h", 5400.0)]
)
def test_a_length_of_time_is_read(text: str, seconds: float) -> None:
    assert SPAN.parse(text) == seconds


@pytest.mark.parametrize("text", ["6", "h", "-6h", "6 hours", "6w", "0h", "6h!", "१h", "1h-2m"])
def test_a_malformed_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="use one like 90m, 6h, 2d"):
        SPAN.parse(text)


@pytest.mark.parametrize(
    ("hours", "max_age", "fields", "code", "status"),
    [
        (1.0, None, {}, Code.DONE, "fresh"),
        (1.25, None, {}, Code.DONE, "fresh"),
        (1.26, None, {}, Code.STALE, "stale"),
        (5.9, 6 * HOUR, {}, Code.DONE, "fresh"),
        (6.1, 6 * HOUR, {}, Code.STALE, "stale"),
        (None, 6 * HOUR, {}, Code.STALE, "stale"),
        (-1.0, None, {}, Code.DONE, "fresh"),
        (1.0, None, {"paused": True}, Code.DONE, "fresh"),
        (1.0, None, {"sync_frequency": None}, Code.STATE_UNKNOWN, "unknown"),
        (1.0, HOUR * 2, {"sync_frequency": "?"}, Code.DONE, "fresh"),
    ],
)
def test_an_age_is_held_against_its_limit(
    hours: float | None, max_age: float | None, fields: dict[str, Any], code: Code, status: str
) -> None:
    found = freshness(connector(hours, **fields), max_age)
    assert (found.code, found.status) == (code, status)


def test_without_the_servers_clock_there_is_no_age() -> None:
    found = freshness(connector(1.0, now=None), HOUR)
    assert (found.code, found.age) == (Code.UNREACHABLE, None)


@pytest.mark.parametrize(("minutes", "limit"), [(5, 20), (60, 75), (360, 450), (1440, 1800)])
def test_its_own_limit_is_the_frequency_and_a_quarter_of_it_a_quarter_of_an_hour_at_least(
    minutes: int, limit: int
) -> None:
    assert own_limit(connector(sync_frequency=minutes)) == limit * 60


@pytest.mark.parametrize("frequency", [None, 0, -5, "60", True, 525_601, pytest.param(10**400, id="huge")])
def test_a_frequency_that_is_none_gives_no_limit(frequency: Any) -> None:
    assert own_limit(connector(sync_frequency=frequency)) is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"paused": True}, "it is paused"),
        ({"status": {"setup_state": "broken"}}, "its setup is broken"),
        ({"failed_at": "2026-11-22T11:30:00Z"}, "it is failing, last at 2026-11-22 11:30 UTC"),
        ({"failed_at": "2020-01-01T00:00:00Z"}, "nothing is wrong that the API knows of"),
        ({"status": {"sync_state": "rescheduled"}, "schedule_type": "manual"}, "does not say and will not run it"),
        ({"status": {"tasks": [{"message": "Reconnect", "details": "revoked"}]}}, "Reconnect: revoked"),
        ({"status": {"sync_state": "syncing"}}, "a sync is running"),
        ({"schedule_type": "manual"}, "it syncs only when triggered"),
    ],
)
def test_what_is_late_says_why(fields: dict[str, Any], why: str) -> None:
    assert why in freshness(connector(9.0, **fields), HOUR).why


def test_reasons_begin_with_what_is_gravest_then_tasks_then_warnings() -> None:
    said = {"tasks": [{"message": "Reconnect"}], "warnings": [{"message": "Slow"}]}
    seen = connector(9.0, paused=True, failed_at="2026-11-22T11:30:00Z", status={"setup_state": "broken", **said})
    failing = "it is failing, last at 2026-11-22 11:30 UTC"
    assert reasons(seen) == ["its setup is broken", failing, "it is paused", "Reconnect", "Slow"]


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.5, 20), (1, 40), (2, 52), (8, 76), (32, 100), (1000, 100)])
def test_a_bar_is_straight_up_to_its_limit_and_then_a_step_a_doubling(share: float, expected: float) -> None:
    assert width(share) == expected


def rows(*schemas: str) -> list[Shown]:
    found = [connector(9.0, schema=schema, service=schema, group_id=schema) for schema in schemas]
    return [judged(one, freshness(one, HOUR)) for one in found]


def shown(*schemas: str) -> str:
    return b"".join(page(rows(*schemas), NOW)).decode()


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


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_are_text_in_markdown(hostile: str) -> None:
    text = markdown(rows(hostile))
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(row.count("|") == 8 for row in table), table
    assert not set("<>`[") & set(table[-1])


def test_markdown_has_the_worst_fifty_and_counts_the_rest() -> None:
    text = markdown(rows(*[f"schema{number}" for number in range(60)]))
    assert "All 60 connectors are stale" in text
    assert "and 10 more" in text
    assert text.count("\n| schema") == 50


def some(*statuses: str, limit: float | None = HOUR) -> list[Shown]:
    return [Shown("a_b", "shop", "s", "g", status, status, None, limit, [], "") for status in statuses]


@pytest.mark.parametrize(
    ("statuses", "answer"),
    [
        ([], "No connector was looked at"),
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
    assert headline(some(*statuses)) == answer


@pytest.mark.parametrize(
    ("limits", "seconds"), [([], 86400), ([None], 86400), ([900], 3600), ([7200, 7200, 99], 7200), ([10**6], 86400)]
)
def test_a_page_is_old_when_half_of_its_connectors_should_have_synced_again(
    limits: list[float | None], seconds: float
) -> None:
    assert shelf_life([one for limit in limits for one in some(FRESH, limit=limit)]) == seconds


@pytest.mark.parametrize(
    ("fields", "state", "why"),
    [
        ({"paused": True}, "paused", ["nothing syncs until it is resumed"]),
        ({"failed_at": "2026-11-22T11:30:00Z"}, "failing", ["last failed 2026-11-22 11:30 UTC"]),
        ({}, "late", ["nothing is wrong that the API knows of"]),
        ({"schedule_type": "manual"}, "late", ["its schedule is manual: it syncs only when triggered"]),
        ({"succeeded_at": None}, "never synced", []),
    ],
)
def test_the_page_says_beside_the_tag_only_what_the_tag_does_not(
    fields: dict[str, Any], state: str, why: list[str]
) -> None:
    one = connector(9.0, **fields)
    shown = judged(one, freshness(one, HOUR))
    assert (shown.state, list(shown.why)) == (state, why)
