from tests.soak import amount, chance
from tests.soak.damage import ROUNDS, play


def test_no_damage_is_a_bug_a_second_write_or_executed() -> None:
    figures = play(amount(100, ROUNDS), chance("damage"))
    print(figures)
    assert figures.wrong == []
