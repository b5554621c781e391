"""Timestamps as texts: always with a time zone, always UTC, and no other error than ValueError."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.timestamps import latest, parse, span, write

UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T06:17:05Z", datetime(2026, 11, 22, 6, 17, 5, tzinfo=UTC)),
        ("2026-11-22T06:17:05z", datetime(2026, 11, 22, 6, 17, 5, tzinfo=UTC)),
        ("2026-11-22t06:17:05Z", datetime(2026, 11, 22, 6, 17, 5, tzinfo=UTC)),
        ("2026-11-22 06:17:05", datetime(2026, 11, 22, 6, 17, 5, tzinfo=UTC)),
        ("2026-11-22T06:17Z", datetime(2026, 11, 22, 6, 17, tzinfo=UTC)),
        ("2026-11-22T06:17:05+01:00", datetime(2026, 11, 22, 5, 17, 5, tzinfo=UTC)),
        ("2026-11-22T06:17:05-0530", datetime(2026, 11, 22, 11, 47, 5, tzinfo=UTC)),
        ("  2026-11-22T06:17:05Z\n", datetime(2026, 11, 22, 6, 17, 5, tzinfo=UTC)),
        ("2026-11-22T06:17:05,25Z", datetime(2026, 11, 22, 6, 17, 5, 250000, tzinfo=UTC)),
    ],
)
def test_what_the_vendors_write_is_read_as_utc(text: str, expected: datetime) -> None:
    assert parse(text) == expected
    assert parse(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize("digits", range(1, 10))
def test_one_to_nine_fractional_digits_are_cut_to_microseconds(digits: int) -> None:
    assert parse(f"2026-11-22T06:17:05.{'987654321'[:digits]}Z").microsecond == int("987654"[:digits].ljust(6, "0"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1763792225",
        "2026-11-22",
        "2026-02-30T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T06:17:05.1234567890Z",
        "2026-11-22T06:17:05.Z",
        "2026-11-22T06:17:05ZZ",
        "٢٠٢٦-11-22T06:17:05Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time|day is out|hour must|lies outside"):
        parse(text)


def test_a_moment_without_a_zone_is_refused_where_a_person_wrote_it() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        parse("2026-11-22T06:17:05", zone_needed=True)


@given(some.datetimes(timezones=some.just(UTC)))
def test_what_is_written_is_read_as_the_same_moment(moment: datetime) -> None:
    text = write(moment)
    assert text is not None
    assert text.endswith("Z")
    assert parse(text, zone_needed=True) == moment


@given(
    moment=some.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),
    minutes=some.integers(-14 * 60, 14 * 60),
)
def test_a_moment_of_any_zone_is_written_in_utc(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse(str(write(aware))) == aware
    assert parse(aware.isoformat()) == aware


LIKE_A_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?"


@given(some.text() | some.from_regex(LIKE_A_MOMENT, fullmatch=True))
def test_no_text_raises_anything_but_value_error(text: str) -> None:
    try:
        assert parse(text).utcoffset() == timedelta(0)
    except ValueError:
        return


def test_the_order_of_moments_survives_the_cut_of_digits() -> None:
    texts = ["2026-11-22T06:17:05Z", "2026-11-22T06:17:05.000001Z", "2026-11-22T06:17:05.5Z", "2026-11-22T06:17:06Z"]
    assert sorted(texts, key=parse) == texts


def test_the_latest_of_those_that_are_there() -> None:
    early, late = parse("2026-11-22T06:00Z"), parse("2026-11-22T07:00Z")
    assert latest(None, late, early, None) == late
    assert latest(None, None) is None
    assert latest() is None
    assert write(None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (720, "12 min"),
        (3600, "1 h"),
        (13800, "3 h 50 min"),
        (86400, "1 d"),
        (187200, "2 d 4 h"),
        (604800, "7 d"),
    ],
)
def test_lengths_of_time_are_for_people(seconds: float, text: str) -> None:
    assert span(seconds) == text
