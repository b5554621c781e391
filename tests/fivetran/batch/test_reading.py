"""Which rows of a list have enough fields for a verdict."""

from typing import Any

import pytest

from shared.fivetran.batch.reading import enough


@pytest.mark.parametrize(
    ("row", "is_enough"),
    [
        ({"status": {"sync_state": "scheduled"}, "succeeded_at": None}, True),
        ({"status": {"sync_state": "scheduled"}}, False),
        ({"status": {"sync_state": "syncing"}}, True),
        ({"status": {"sync_state": "rescheduled"}, "failed_at": None}, False),
        ({"status": {"sync_state": "rescheduled", "rescheduled_for": None}}, True),
        ({"status": None, "succeeded_at": None}, False),
    ],
)
def test_a_row_that_does_not_say_what_a_verdict_needs_is_not_enough(row: dict[str, Any], is_enough: bool) -> None:
    assert enough(row) is is_enough
