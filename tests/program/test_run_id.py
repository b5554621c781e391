"""Run ids become valid file names, whatever they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.program.run_id import airflow_run_id, safe_name, split_ids


@pytest.mark.parametrize(
    "run_id",
    ["a", "c0ffee00-1234-4abc-9def-0123456789ab", "2026-11-22_nightly.3", "x" * 100],
)
def test_a_safe_run_id_is_kept(run_id: str) -> None:
    assert safe_name(run_id) == run_id


@pytest.mark.parametrize(
    ("run_id", "readable"),
    [
        ("scheduled__2026-11-22T00:00:00+00:00", "scheduled__2026-11-22T00-00-00-00-00"),
        ("a/../../b", "a-b"),
        ("..", "run"),
        (".hidden", "hidden"),
        ("日本", "run"),
        ("x" * 300, "x" * 60),
        ("a\nb", "a-b"),
        ("", "run"),
    ],
)
def test_another_becomes_its_readable_part_and_a_hash(run_id: str, readable: str) -> None:
    assert re.fullmatch(re.escape(readable) + "-[0-9a-f]{12}", safe_name(run_id))


ANYTHING = some.text() | some.text(alphabet="./\\:\0\n-_ aB9\udcff", max_size=400)


@given(ANYTHING)
def test_every_run_id_becomes_a_name_that_goes_nowhere_else(run_id: str) -> None:
    name = safe_name(run_id)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", name, re.ASCII)
    assert len(name + "_force_sync.pickle") < 255
    assert safe_name(name) == name


@given(ANYTHING, ANYTHING)
def test_two_run_ids_never_share_a_name(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other) or other == safe_name(one) or one == safe_name(other)


def test_upstream_ids_are_split_once_each_and_in_order() -> None:
    assert split_ids(" b, a ,,b, a/c ,") == ["b", "a", safe_name("a/c")]
    assert split_ids(" , ") == []


def test_airflows_tries_of_one_task_instance_share_an_id() -> None:
    context = {"AIRFLOW_CTX_DAG_ID": "d", "AIRFLOW_CTX_TASK_ID": "t", "AIRFLOW_CTX_DAG_RUN_ID": "manual__1"}
    first = airflow_run_id({**context, "AIRFLOW_CTX_TRY_NUMBER": "1"})
    assert first is not None
    assert first == airflow_run_id({**context, "AIRFLOW_CTX_TRY_NUMBER": "2"})
    assert first != airflow_run_id({**context, "AIRFLOW_CTX_MAP_INDEX": "3"})
    assert airflow_run_id({}) is None
