import pytest

from tests.soak import PARTS, amount, chance, part_of
from tests.soak.processes import AT_ONCE, ROUNDS, play


@pytest.mark.parametrize("part", range(PARTS))
def test_processes_at_once_trigger_once_a_run_and_do_not_disturb_each_other(part: int) -> None:
    figures = play(part_of(1, ROUNDS), chance(f"processes {part}"), 0 if part else amount(3, AT_ONCE))
    print(figures)
    assert figures.wrong == []
