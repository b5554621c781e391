"""Which earlier run a check follows."""

from pathlib import Path

import pytest

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, REFUSED, SENDING
from shared.errors import ArtifactUnusable, InvalidInput
from shared.fivetran.lookup import find
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from tests.fivetran.samples import NOON, at, leave, step

A = Record("speak_inexpensive", at(0), ACCEPTED, Reading(at(-100), at(-200)))
B = Record("gratuitous_bounty", at(10), ACCEPTED, Reading(at(-100), at(-200)))


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


def pickled(artifacts: Artifacts, name: str, record: Record) -> None:
    artifacts.write("variables", name, pickles.dumps([record.connector_id, record.execution_time]))


def official(artifacts: Artifacts, record: Record) -> None:
    artifacts.write("variables", "connector_id.pickle", pickles.dumps(record.connector_id))
    artifacts.write("variables", "execution_time.pickle", pickles.dumps(record.execution_time))


def plain(record: Record) -> Record:
    return Record(record.connector_id, record.execution_time)


def test_upstream_runs_come_before_the_own_run_and_that_before_the_plain_files(artifacts: Artifacts) -> None:
    for run_id, seconds in (("up", 1), ("own", 2), (None, 3)):
        leave(artifacts, run_id, A._replace(execution_time=at(seconds)))
    times = [
        find(step(artifacts, run_id, upstream), None).execution_time  # type: ignore[union-attr]  # None fails all the same
        for run_id, upstream in (("own", ["up"]), ("own", []), ("another", []), (None, []))
    ]
    assert times == [at(1), at(2), at(3), at(3)]


@pytest.mark.parametrize("connector_id", [None, "speak_inexpensive"])
def test_the_order_of_evidence(artifacts: Artifacts, connector_id: str | None) -> None:
    official(artifacts, A._replace(execution_time=at(3)))
    assert find(step(artifacts, None, []), connector_id) == plain(A._replace(execution_time=at(3)))
    pickled(artifacts, "force_sync.pickle", A)
    assert find(step(artifacts, None, []), connector_id) == plain(A)
    leave(artifacts, None, A)
    assert find(step(artifacts, None, []), connector_id) == A
    assert find(step(artifacts, None, []), connector_id, at(9)) == plain(A._replace(execution_time=at(9)))


def test_an_upstream_run_that_left_only_a_pickle_is_read(artifacts: Artifacts) -> None:
    pickled(artifacts, "up_force_sync.pickle", A)
    assert find(step(artifacts, None, ["up"]), None) == plain(A)


def test_upstream_runs_that_left_nothing_are_named_and_nothing_else_is_used(artifacts: Artifacts) -> None:
    leave(artifacts, None, A)
    leave(artifacts, "own", A)
    for connector_id in (None, "speak_inexpensive"):
        with pytest.raises(ArtifactUnusable, match="up-1, up-2"):
            find(step(artifacts, "own", ["up-1", "up-2"]), connector_id)


def test_one_upstream_run_with_files_among_several_is_enough(artifacts: Artifacts) -> None:
    leave(artifacts, "up-2", A)
    assert find(step(artifacts, None, ["up-1", "up-2", "up-3"]), None) == A


def test_among_several_upstream_connectors_the_id_chooses_and_without_it_they_are_named(artifacts: Artifacts) -> None:
    leave(artifacts, "up-1", A)
    leave(artifacts, "up-2", B)
    assert find(step(artifacts, None, ["up-1", "up-2"]), A.connector_id) == A
    assert find(step(artifacts, None, ["up-1", "up-2"]), B.connector_id) == B
    with pytest.raises(InvalidInput, match="gratuitous_bounty, speak_inexpensive"):
        find(step(artifacts, None, ["up-1", "up-2"]), None)


def test_of_two_upstream_runs_of_one_connector_the_later_counts(artifacts: Artifacts) -> None:
    leave(artifacts, "up-1", A._replace(execution_time=at(50)))
    leave(artifacts, "up-2", A)
    found = find(step(artifacts, None, ["up-1", "up-2"]), None)
    assert found is not None
    assert found.execution_time == at(50)


@pytest.mark.parametrize("upstream", [["up"], []])
def test_files_of_another_connector_than_the_one_asked_for_are_an_error_that_says_both(
    artifacts: Artifacts, upstream: list[str]
) -> None:
    leave(artifacts, "up" if upstream else None, A)
    with pytest.raises(InvalidInput, match=r"gratuitous_bounty.*speak_inexpensive"):
        find(step(artifacts, None, upstream), "gratuitous_bounty")


def test_an_id_alone_works_with_nothing_upstream(artifacts: Artifacts) -> None:
    assert find(step(artifacts, "own", []), "speak_inexpensive") is None
    assert find(step(artifacts, None, []), "speak_inexpensive", NOON) == Record("speak_inexpensive", NOON)


def test_with_neither_files_nor_an_id_the_id_is_asked_for(artifacts: Artifacts) -> None:
    for execution_time in (None, NOON):
        with pytest.raises(InvalidInput, match="FIVETRAN_CONNECTOR_ID"):
            find(step(artifacts, "own", []), None, execution_time)


def test_two_connectors_in_one_folder_without_run_ids_keep_their_own_baselines(artifacts: Artifacts) -> None:
    leave(artifacts, None, A)
    leave(artifacts, None, B)
    assert find(step(artifacts, None, []), A.connector_id) == A
    assert find(step(artifacts, None, []), B.connector_id) == B
    assert find(step(artifacts, None, []), None) == B  # the pickle is the last trigger's


def test_without_a_pickle_the_sidecar_of_a_refused_trigger_answers(artifacts: Artifacts) -> None:
    for state in (REFUSED, SENDING):
        leave(artifacts, None, A._replace(state=state))
        found = find(step(artifacts, None, []), None)
        assert found is not None
        assert found.state == state


def test_a_pickle_of_another_trigger_than_the_sidecars_is_judged_by_itself(artifacts: Artifacts) -> None:
    leave(artifacts, None, A)
    pickled(artifacts, "force_sync.pickle", A._replace(execution_time=at(99)))
    assert find(step(artifacts, None, []), None) == plain(A._replace(execution_time=at(99)))
