from tests.soak import amount, chance
from tests.soak.processes import ROUNDS, play


def test_processes_at_once_trigger_once_a_run_and_do_not_disturb_each_other() -> None:
    figures = play(amount(1, ROUNDS), chance("processes"))
    print(figures)
    assert figures.wrong == []
