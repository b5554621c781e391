import pytest

from tests.soak import PARTS, chance, part_of
from tests.soak.signals import ROUNDS, play


@pytest.mark.parametrize("part", range(PARTS))
def test_a_signal_at_any_moment_ends_a_wait_with_its_code_and_one_result(part: int) -> None:
    figures = play(part_of(1, ROUNDS), chance(f"signals from exec on {part}"))
    print(figures)
    assert figures.wrong == []
