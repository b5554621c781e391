"""The values that are read from an answer's headers."""

import time
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.http.response import http_date, retry_after


@given(some.text())
def test_no_header_makes_an_error(text: str) -> None:
    for headers in ({"Retry-After": text}, {"Date": text}, {"Date": text, "Retry-After": text}):
        found = retry_after(headers)
        assert found is None or found >= 0
    assert http_date(text) is None or http_date(text).tzinfo is timezone.utc  # type: ignore[union-attr]  # not None


@pytest.mark.parametrize("zone", ["GMT", "-0000", "", "+0000"])
def test_a_date_without_a_zone_is_no_local_time(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        expected = datetime(2026, 11, 22, 6, 17, 5, tzinfo=timezone.utc)
        assert http_date(f"Sun, 22 Nov 2026 06:17:05 {zone}".strip()) == expected
    finally:
        monkeypatch.undo()
        time.tzset()
