"""The table of recorded answers, whether they are there or not."""

import re

from tests.recorded.bodies import ALL, FOLDER
from tests.recorded.emulated import CALLS
from tests.recorded.table import CALL_OF, DIFFERENCES, NOT_EMULATED, PARTS


def test_every_recorded_answer_is_in_the_table_or_none_is_at_hand() -> None:
    if not ALL:
        assert not FOLDER.is_dir(), f"{FOLDER} holds no recorded answers; SLIPWAY_RECORDED names their folder"
    assert {one.name for one in ALL} <= CALL_OF.keys() | NOT_EMULATED.keys()


def test_the_table_names_calls_that_there_are_and_gives_reasons() -> None:
    assert set(CALL_OF.values()) == CALLS.keys()
    assert not CALL_OF.keys() & NOT_EMULATED.keys()
    assert PARTS.keys() <= CALL_OF.keys()
    for one in DIFFERENCES:
        assert any(re.fullmatch(one.calls, call) for call in CALLS), one
        assert one.reason, one
