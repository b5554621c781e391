"""The messages about a list."""

import pytest

from shared.listing import counted, malformed


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, 0, 0), "0 connectors"),
        ((1, 1, 0), "1 connector"),
        ((1, 3, 0), "1 of 3 connectors"),
        ((14, 14, 0), "14 connectors"),
        ((3, 14, 0), "3 of 14 connectors"),
        ((21, 21, 0), "21 connectors, the first 20 in data"),
        ((40, 43, 3), "40 of 43 connectors, the first 20 in data; 3 malformed, left out"),
    ],
)
def test_a_list_is_counted(numbers: tuple[int, int, int], said: str) -> None:
    assert counted("connectors", *numbers) == said


def test_of_very_many_malformed_rows_the_first_twenty_places_are_named() -> None:
    said = malformed(range(5, 1005), 2000)
    assert said.startswith("1000 of 2000 rows of the list are malformed")
    assert said.endswith("counted from 1: " + ", ".join(map(str, range(5, 25))) + ", ...")
