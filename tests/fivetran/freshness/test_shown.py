"""What the freshness page shows about a connector."""

from typing import Any

import pytest

from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.freshness.shown import judged
from tests.fivetran.freshness.samples import HOUR, connector


@pytest.mark.parametrize(
    ("fields", "state", "why"),
    [
        ({"paused": True}, "paused", ["nothing syncs until it is resumed"]),
        ({"failed_at": "2026-11-22T11:30:00Z"}, "failing", ["last failed 2026-11-22 11:30 UTC"]),
        ({}, "late", ["the API reports no problem"]),
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
