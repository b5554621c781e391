"""Names of schemas, tables and columns as users write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.fivetran.schemas.paths import nearest, paths, settings_of_paths, split, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sales.orders", [("sales", "orders")]),
        ("sales.orders, sales.refunds", [("sales", "orders"), ("sales", "refunds")]),
        ("sales.orders\n  sales.refunds\n", [("sales", "orders"), ("sales", "refunds")]),
        ("sales,", [("sales",)]),
        ('"my.schema"."odd, name"', [("my.schema", "odd, name")]),
        ('"a ""quoted"" name".x', [('a "quoted" name', "x")]),
        ("Größe.ß", [("Größe", "ß")]),
    ],
)
def test_paths_are_read(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [path for path, _ in split(text)] == expected


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", "a b", '"".x', '"open.x', "a,,b", "=HISTORY"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        split(text)


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, max_size=3))
def test_a_path_is_read_back_as_it_is_written(parts: list[str]) -> None:
    assert split(written(tuple(parts))) == [(tuple(parts), None)]


def test_too_many_and_too_few_parts_are_refused_with_what_is_right() -> None:
    with pytest.raises(ValueError, match="has 2 parts"):
        paths(3).parse("sales.orders")
    with pytest.raises(ValueError, match="has 4 parts"):
        paths(1, 2, 3).parse("a.b.c.d")


def test_a_path_may_have_a_value_where_one_is_wanted_and_nowhere_else() -> None:
    modes = settings_of_paths((2,), ("HISTORY", "LIVE"))
    assert modes.parse("a.b=history, c.d = LIVE") == {("a", "b"): "HISTORY", ("c", "d"): "LIVE"}
    for text in ("a.b", "a.b=SOMETIMES", "a.b=LIVE,a.b=HISTORY", "a=LIVE"):
        with pytest.raises(ValueError, match=r"a"):
            modes.parse(text)
    with pytest.raises(ValueError, match="give paths alone"):
        paths(2).parse("a.b=LIVE")


def test_the_nearest_is_suggested_else_what_there_is() -> None:
    assert nearest("ORDERZ", ["orders", "refunds"]) == "did you mean orders?"
    assert nearest("zzz", ["b", "a"]) == "there are a, b"
    assert nearest("zzz", []) == "there are none"
    assert nearest("my.shcema", ["my.schema"]) == 'did you mean "my.schema"?'
    assert nearest("zzz", ["a b"]) == 'there are "a b"'


def test_a_comma_is_no_path() -> None:
    for text in (",", " , ", ",,"):
        with pytest.raises(ValueError, match="path"):
            paths(2).parse(text)
