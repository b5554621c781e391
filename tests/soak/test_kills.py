from tests.soak import amount, chance
from tests.soak.kills import ROUNDS, play


def test_a_killed_trigger_and_its_retry_start_one_sync_and_the_check_tells_the_truth() -> None:
    figures = play(amount(2, ROUNDS), chance("kills"))
    print(figures)
    assert figures.wrong == []
