"""A list that is read again and again: what is passed over without being parsed, and that nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.errors import Unreachable
from shared.fivetran import rows
from shared.fivetran.batch.wait import signature
from shared.fivetran.paging import Read
from shared.fivetran.rows import numbers, streamed
from shared.fivetran.unchanged import Unchanged
from shared.http.response import Answer

IDS = ["a", "b", "c", "d"]


def row(one: Any, state: str = "syncing", **more: Any) -> str:
    return json.dumps({"id": one, "status": {"sync_state": state}, "succeeded_at": None, **more})


def page(*texts: str) -> str:
    return '{"code":"Success","data":{"items":[' + ",".join(texts) + '],"next_cursor":"x"}}'


class Watcher:
    """Reads a list as a wait does: it skips a connector whose signature is that of the last row that it was shown."""

    def __init__(self) -> None:
        self.shown: dict[str, int | None] = {}
        self.unchanged = Unchanged(signature, lambda one, now: now == self.shown.get(one))

    def quickly(self, text: str) -> list[Any]:
        """Return the rows that are shown, and at the end the cursor or "damaged"."""
        left = dict.fromkeys(IDS)
        return self._read(text, self.unchanged.read(left), left, lambda one, now: False)

    def plainly(self, text: str) -> list[Any]:
        """Do the same with each row parsed."""
        return self._read(
            text, streamed, dict.fromkeys(IDS), lambda one, now: now is not None and now == self.shown.get(one)
        )

    def _read(self, text: str, read: Read, left: dict[str, None], skip: Callable[[str, int | None], bool]) -> list[Any]:
        found: list[Any] = []
        try:
            items, cursor = read(Answer(200, {}, text.encode()), "")
            for one in items.items:
                connector_id = one.get("id")
                if not isinstance(connector_id, str) or connector_id not in left:
                    continue
                del left[connector_id]
                if not skip(connector_id, signature(one)):
                    self.shown[connector_id] = signature(one)
                    found.append(one)
            return [*found, cursor()]
        except Unreachable:
            return [*found, "damaged"]


def test_only_rows_that_have_changed_are_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, parsed = Watcher(), []
    first = [row("a"), row("b"), row("other"), row("c")]
    assert len(watcher.quickly(page(*first))) == 4

    def decode(text: str, at: int) -> Any:
        parsed.append(text[at:])
        return decoder(text, at)

    decoder = rows._decode
    monkeypatch.setattr(rows, "_decode", decode)
    assert watcher.quickly(page(*first)) == ["x"]
    assert not any(text.startswith("{") for text in parsed)
    changed = row("b", "scheduled")
    assert watcher.quickly(page(row("a"), changed, row("other"), row("c"))) == [json.loads(changed), "x"]
    assert [text.split(",")[0] for text in parsed if text.startswith("{")] == ['{"id": "b"']


def test_a_row_that_has_not_changed_is_shown_as_long_as_it_is_not_settled() -> None:
    unchanged = Unchanged(signature, lambda one, now: False)
    for _ in range(2):
        found, cursor = unchanged.read({"a": None})(Answer(200, {}, page(row("a"), row("b")).encode()), "")
        assert [one["id"] for one in found.items] == ["a"]
        assert cursor() == "x"


def test_a_page_is_only_checked_if_any_of_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check takes a third of a poll's time."""
    checked: list[bytes] = []
    monkeypatch.setattr(rows, "refusal", lambda body: checked.append(body) or "")
    watcher = Watcher()
    for text, count in ((page(A, B), 1), (page(A, B), 1), (page(A, row("b", "scheduled")), 2)):
        watcher.quickly(text)
        assert len(checked) == count
    assert checked[-1] == page(A, row("b", "scheduled")).encode()


def test_a_row_that_says_too_little_for_a_verdict_is_shown_each_time() -> None:
    unchanged = Unchanged(signature, lambda one, now: True)
    little = '{"id": "a", "status": {"sync_state": "scheduled"}}'
    for _ in range(3):
        found, _ = unchanged.read({"a": None, "b": None})(Answer(200, {}, page(little, row("b")).encode()), "")
        assert [one["id"] for one in found.items] == ["a"]


A, B = row("a"), row("b")


@pytest.mark.parametrize(
    "items",
    [
        *(
            f"{A},{B}{after}"
            for after in ("", "]", "}", "}}", "]]}}", " x]}}", '"]}}', "{}]}}", "[]]}}", ",]}}", ":1]}}")
        ),
        *(
            f"{A},{B}{after}"
            for after in (",,]}}", ',"', "]}", '],"next_cursor"', '],"next_cursor":"x"}}x', f",{B}]}}}}")
        ),
        *(f"{A}]{B}]}}}}", f"{A}{B}]}}}}", f"{B},{A}]}}}}", f",{A},{B}]}}}}", f"[{A},{B}]]}}}}", f"{A[:-1]},{B}]}}}}"),
        *(f'{A},{{"id":7}},{B}]}}}}', f"{A},7,{B}]}}}}", f"{A},{B[:9]}", f'{A},"{B}"]}}}}', "]}}"),
    ],
)
def test_a_page_after_one_with_the_same_rows_is_read_as_strictly_as_before(items: str) -> None:
    watcher, plain = Watcher(), Watcher()
    for each in (f"{A},{B}]}}}}", items, f"{A},{B}]}}}}"):
        text = f'{{"data":{{"items":[{each}'
        assert watcher.quickly(text) == plain.plainly(text)


WORDS = st.text('ab "\\[]{},:\n\x7fé😀', max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)
ROWS = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"id": st.sampled_from([*IDS, "other"])},
        optional={
            "status": st.fixed_dictionaries({"sync_state": st.sampled_from(["syncing", "scheduled"]) | VALUES})
            | VALUES,
            "succeeded_at": WORDS | VALUES,
            "more": VALUES,
        },
    ),
)
TEXTS = st.builds(
    lambda value, ascii_only, before, after: before + json.dumps(value, ensure_ascii=ascii_only) + after,
    *(ROWS, st.booleans(), st.sampled_from(["", " ", "\n\t"]), st.sampled_from(["", "  "])),
)


@st.composite
def readings(draw: st.DrawFn) -> list[str]:
    """Draw a list as it is read several times: rows come, go, change their places, and a page may be damaged."""
    some = draw(st.lists(TEXTS, min_size=1, max_size=5))
    found = []
    for _ in range(draw(st.integers(2, 5))):
        text = page(*draw(st.just(some) | st.permutations(some) | st.lists(st.sampled_from(some) | TEXTS, max_size=6)))
        if draw(st.integers(0, 3)) == 0:
            at = draw(st.integers(0, len(text)))
            text = (
                text[:at]
                + draw(st.sampled_from(['"', "\\", *"[]{},: 1"]) | WORDS)
                + text[at + draw(st.integers(0, 2)) :]
            )
        found.append(text if draw(st.integers(0, 9)) else text[: draw(st.integers(0, len(text)))])
    return found


def items(text: str) -> list[Any] | None:
    """Return the rows of a list as json reads them, None if it is not valid."""
    try:
        found = json.loads(text)["data"]["items"]
    except (ValueError, LookupError, TypeError):
        return None
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else None


SAME = row("a")


@settings(max_examples=60)
@given(readings())
@example([page(SAME, f"{SAME}  "), page(f"{SAME}  ", SAME)])  # the white space after a row has moved
def test_the_same_rows_are_shown_as_if_each_was_parsed_by_json(texts: list[str]) -> None:
    watcher, plain = Watcher(), Watcher()
    for text in texts:
        assert watcher.quickly(text) == plain.plainly(text)
        assert watcher.shown == plain.shown
        if (expected := items(text)) is not None:
            found = streamed(Answer(200, {}, text.encode()))[0].items
            assert repr([numbers(one) for one in found]) == repr(expected)
