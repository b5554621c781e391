import pytest

from tests.soak import PARTS, chance, part_of
from tests.soak.damage import ROUNDS, play


@pytest.mark.parametrize("part", range(PARTS))
def test_no_damage_is_a_bug_a_second_write_or_executed(part: int) -> None:
    figures = play(part_of(100, ROUNDS), chance(f"damage {part}"))
    print(figures)
    assert figures.wrong == []
