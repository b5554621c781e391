from tests.soak import amount, chance
from tests.soak.signals import ROUNDS, play


def test_a_signal_at_any_moment_ends_a_wait_with_its_code_and_one_result() -> None:
    figures = play(amount(1, ROUNDS), chance("signals from exec on"))
    print(figures)
    assert figures.wrong == []
