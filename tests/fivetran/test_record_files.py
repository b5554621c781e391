"""A trigger's record as it is written and read: its own JSON file, the official pickle, and what is refused."""

import datetime as clock
import json
import pickle
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import (
    ACCEPTED,
    INTENDED,
    REFUSED,
    SENDING,
    UNKNOWN,
    read_pickle,
    read_sidecar,
    sidecar_of,
)
from shared.errors import ArtifactUnusable
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC, entry
from shared.fivetran.stamps import Reading
from tests.fivetran.samples import NOON, at, leave, records

EARLIER = Record("speak_inexpensive", at(0), ACCEPTED, Reading(at(-100), at(-200)))

_FRAMED = (
    b"\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\n\x07\xea\x0b\x16\x0c\x00\x00\x00\x00\x00\x94"
    b"\x8c\x04pytz\x94\x8c\x04_UTC\x94\x93\x94)R\x94\x86\x94R\x94."
)

PYTZ = {  # pickle.dumps(datetime(2026, 11, 22, 12, tzinfo=pytz.utc), protocol), made where pytz is installed
    3: b"\x80\x03cdatetime\ndatetime\nq\x00C\n\x07\xea\x0b\x16\x0c\x00\x00\x00\x00\x00q\x01"
    b"cpytz\n_UTC\nq\x02)Rq\x03\x86q\x04Rq\x05.",
    4: b"\x80\x04\x95=\x00\x00\x00\x00\x00\x00\x00" + _FRAMED,
    5: b"\x80\x05\x95=\x00\x00\x00\x00\x00\x00\x00" + _FRAMED,
}


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


def put(artifacts: Artifacts, name: str, content: bytes) -> None:
    artifacts.write("variables", name, content)


MOMENTS = some.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=some.just(timezone.utc)
)

READINGS = some.builds(Reading, some.none() | MOMENTS, some.none() | MOMENTS, some.booleans(), some.none() | MOMENTS)

RECORDS = some.builds(
    Record,
    connector_id=some.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True),
    execution_time=MOMENTS,
    state=some.sampled_from([INTENDED, SENDING, ACCEPTED, UNKNOWN, REFUSED]),
    before=READINGS,
    after=some.none() | READINGS,
    forced=some.booleans(),
    operation=some.text(some.characters(max_codepoint=127)),
)


@given(record=RECORDS, run_id=some.none() | some.just("run-1"))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, record: Record, run_id: str) -> None:
    artifacts = Artifacts(str(tmp_path_factory.mktemp("a")), "fivetran")
    leave(artifacts, run_id, record)
    assert read_sidecar(artifacts, FORCE_SYNC, sidecar_of(FORCE_SYNC, run_id or record.connector_id)) == [record]
    pickled = read_pickle(artifacts, FORCE_SYNC, run_id)
    arrived = record.state in (ACCEPTED, UNKNOWN)
    assert pickled == ([Record(record.connector_id, record.execution_time)] if arrived else [])


def test_what_replaces_the_sidecar_of_a_killed_batch_replaces_its_log_too(artifacts: Artifacts) -> None:
    left = [Record(one, NOON, SENDING) for one in ("mine", "another")]
    put(artifacts, "one_force_sync.jsonl", b"".join(json.dumps(entry(record)).encode() + b"\n" for record in left))
    mine = records(artifacts, "one", "mine")
    joined = mine.read()
    assert joined is not None
    mine.write(joined._replace(state=ACCEPTED))
    assert read_sidecar(artifacts, FORCE_SYNC, "one_force_sync.json") == [Record("mine", NOON, ACCEPTED, Reading())]


def test_the_pickle_is_the_contracts_list_of_an_id_and_an_aware_moment(artifacts: Artifacts, tmp_path: Path) -> None:
    leave(artifacts, "run-1", EARLIER)
    content = (tmp_path / "fivetran-blueprints/variables/run-1_force_sync.pickle").read_bytes()
    assert content[:2] == b"\x80\x04"
    assert pickle.loads(content) == ["speak_inexpensive", at(0)]
    assert pickle.loads(content)[1].tzinfo is timezone.utc


@pytest.mark.parametrize("protocol", PYTZ)
def test_the_official_packages_two_pickles_are_read_without_pytz(artifacts: Artifacts, protocol: int) -> None:
    with pytest.raises(ModuleNotFoundError):
        __import__("pytz")
    put(artifacts, "connector_id.pickle", pickle.dumps("speak_inexpensive", protocol))
    assert FORCE_SYNC.official(artifacts) == []  # one file alone is not a record
    put(artifacts, "execution_time.pickle", PYTZ[protocol])
    found = FORCE_SYNC.official(artifacts)
    assert found == [Record("speak_inexpensive", NOON)]
    assert found[0].execution_time.tzinfo is timezone.utc


def test_a_moment_of_another_zone_is_read_as_utc(artifacts: Artifacts) -> None:
    moment = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    put(artifacts, "force_sync.pickle", pickles.dumps(["speak_inexpensive", moment]))
    assert read_pickle(artifacts, FORCE_SYNC, None)[0].execution_time.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        "speak_inexpensive",
        ["speak_inexpensive"],
        ["speak_inexpensive", None],
        ["speak_inexpensive", "2026-11-22T12:00:00Z"],
        ["speak_inexpensive", datetime(2026, 11, 22)],  # no time zone
        ["speak_inexpensive", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))],
        ["speak_inexpensive", datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12)))],
        ["speak_inexpensive", NOON, 3],
        [b"speak_inexpensive", NOON],
        [None, NOON],
        ["", NOON],
        ["../../../etc/passwd", NOON],
        ["a/b", NOON],
        ["a\nb", NOON],
        ["a" * 129, NOON],
        [["speak_inexpensive", NOON], ["a b", NOON]],
        [["speak_inexpensive", NOON], "text"],
    ],
)
def test_a_pickle_of_another_shape_is_refused(artifacts: Artifacts, value: object) -> None:
    put(artifacts, "force_sync.pickle", pickle.dumps(value, protocol=4))
    with pytest.raises(ArtifactUnusable, match=r"force_sync\.pickle"):
        read_pickle(artifacts, FORCE_SYNC, None)


class Zone(clock.tzinfo):
    """A time zone class of somebody else. To read it would run code."""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04",
        pickle.dumps(["speak_inexpensive", NOON], protocol=4)[:-3],
        b"cos\nsystem\n(S'true'\ntR.",
        pickle.dumps(NOON.replace(tzinfo=Zone()), protocol=4),
        b"\x80\x04r\xff\xff\xff\x7f.",  # a memo index that would allocate gigabytes
        b"not a pickle at all",
    ],
)
def test_a_damaged_or_hostile_pickle_is_refused(artifacts: Artifacts, content: bytes) -> None:
    put(artifacts, "force_sync.pickle", content)
    with pytest.raises(ArtifactUnusable, match=r"was not read.*remove it"):
        read_pickle(artifacts, FORCE_SYNC, None)


ENTRY = {
    "connector_id": "speak_inexpensive",
    "state": "accepted",
    "execution_time": "2026-11-22T12:00:00Z",
    "baseline": {"succeeded_at": None, "failed_at": None},
    "running_before": False,
    "forced": False,
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"connectors": 7}',
        b"[" * 100_000,
        b"\xff\xfe",
        *[
            json.dumps({"connectors": [{**ENTRY, **change}]}).encode()
            for change in (
                {"state": "dreaming"},
                {"state": None},
                {"state": []},
                {"connector_id": "../x"},
                {"connector_id": 7},
                {"execution_time": None},
                {"execution_time": "soon"},
                {"execution_time": "0001-01-01T00:00:00+10:00"},
                {"baseline": None},
                {"baseline": {}},
                {"baseline": {"succeeded_at": 7, "failed_at": None}},
                {"after": 7},
                {"after": {}},
                {"after": {"succeeded_at": None, "failed_at": None, "syncing": False, "read_at": "soon"}},
            )
        ],
        *[
            json.dumps({"connectors": [{key: one for key, one in ENTRY.items() if key != gone}]}).encode()
            for gone in ENTRY
        ],
    ],
)
def test_a_damaged_sidecar_is_refused(artifacts: Artifacts, content: bytes) -> None:
    put(artifacts, "run-1_force_sync.json", content)
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, FORCE_SYNC, "run-1_force_sync.json")
