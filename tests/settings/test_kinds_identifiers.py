"""Several ids in one variable."""

import pytest

from shared.settings.kinds import IDENTIFIERS


@pytest.mark.parametrize(
    ("text", "ids"),
    [("one", ("one",)), ("one,", ("one",)), (" one , two\n\nthree ", ("one", "two", "three")), ("a\nb", ("a", "b"))],
)
def test_ids_come_with_commas_or_lines(text: str, ids: tuple[str, ...]) -> None:
    assert IDENTIFIERS.parse(text) == ids


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b,a", "names a more than once"), (",", "no id"), ("a,b/c", "b/c"), ("a;b", "commas"), ("a b", "commas")],
)
def test_ids_that_are_none_or_come_twice_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        IDENTIFIERS.parse(text)
