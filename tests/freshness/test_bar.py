"""The length of a bar on the freshness page."""

import pytest

from shared.freshness.bar import width


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.5, 20), (1, 40), (2, 52), (8, 76), (32, 100), (1000, 100)])
def test_a_bar_is_straight_up_to_its_limit_and_then_a_step_a_doubling(share: float, expected: float) -> None:
    assert width(share) == expected
