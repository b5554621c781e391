"""A duration as a setting."""

import pytest

from shared.settings.spans import SPAN


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90m", 5400.0), ("6h", 21600.0), ("2d", 172800.0), ("1d12h", 129600.0), ("1.5h", 5400.0), ("6 hours", 21600.0)],
)
def test_a_length_of_time_is_read(text: str, seconds: float) -> None:
    assert SPAN.parse(text) == seconds


@pytest.mark.parametrize("text", ["6", "h", "-6h", "6 hrs ago", "6w", "0h", "6h!", "१h", "1h-2m"])
def test_a_malformed_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="use one like 90m, 6h, 2d"):
        SPAN.parse(text)
