import pytest

from tests.soak import PARTS, chance, part_of
from tests.soak.kills import ROUNDS, play


@pytest.mark.parametrize("part", range(PARTS))
def test_a_killed_trigger_and_its_retry_start_one_sync_and_the_check_tells_the_truth(part: int) -> None:
    figures = play(part_of(1, ROUNDS), chance(f"kills {part}"))
    print(figures)
    assert figures.wrong == []
