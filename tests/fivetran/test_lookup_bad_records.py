"""Records of an earlier run that are damaged, hostile, missing or about another connector."""

import os
import pickle
import struct
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.refusal import refused

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)

ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


MOMENT = datetime(2026, 11, 22, 6, 17, 5, tzinfo=timezone.utc)

PICKLES: list[tuple[bytes, str]] = [
    (b"", "was not read: it is empty, cut short or damaged"),
    (pickle.dumps(["speak_inexpensive", MOMENT])[:-20], "empty, cut short or damaged"),
    (b"\x80\x04garbage", "empty, cut short or damaged"),
    (pickle.dumps("speak_inexpensive"), "holds no [connector_id, execution_time]"),
    (pickle.dumps([]), "holds no [connector_id, execution_time]"),
    (pickle.dumps({"connector_id": "x"}), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive"]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive", MOMENT.replace(tzinfo=None)]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive", "2026-11-22"]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["../../etc/passwd", MOMENT]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["..", MOMENT]), "holds no [connector_id, execution_time]"),
    (
        pickle.dumps(["speak_inexpensive", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))]),
        "holds no [connector_id, execution_time]",
    ),
    (pickle.dumps(Runs()), "names posix.system, which is no plain data"),
    (pickle.dumps(["speak_inexpensive", Runs()], protocol=0), "names posix.system, which is no plain data"),
    (b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b".", "damaged"),
    (b"\x80\x04}" + b")" + b"\x85" * 300 + b"Ns.", "whose keys are not text"),
    (b"\x80\x04}" + b")" + b"\x85" * 300_000 + b"Ns.", "it would take more than"),
    (b"N" * (8 * 1024 * 1024 + 1), "larger than 8388608 bytes"),
]


@pytest.mark.parametrize(("content", "says"), PICKLES, ids=range(len(PICKLES)))
def test_a_pickle_that_is_no_record_of_a_trigger_is_refused(
    content: bytes, says: str, blueprint: Blueprint, emulator: Emulator
) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    refused(blueprint(CHECK), 207, "variables/force_sync.pickle", says)
    assert emulator.requests() == []
    assert blueprint.files() == {str(path.relative_to(blueprint.cwd))}


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_any_protocol_is_followed(protocol: int, blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(["speak_inexpensive", datetime(2020, 1, 1, tzinfo=timezone.utc)], protocol=protocol))
    done = blueprint(CHECK)
    assert done.code == 0, done.stderr
    assert done.result["connector_id"] == "speak_inexpensive"


def test_a_pickle_of_another_connector_says_both(blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(["other_one", MOMENT]))
    refused(blueprint(CHECK, **ID), 206, "'speak_inexpensive'", "other_one", "leave it blank")
    assert emulator.requests() == []


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_lies_in_a_pickles_place_is_not_followed_or_waited_for(
    kind: str, blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    (tmp_path / "real").write_bytes(pickle.dumps(["speak_inexpensive", MOMENT]))
    make = {"folder": path.mkdir, "link": lambda: path.symlink_to(tmp_path / "real"), "pipe": lambda: os.mkfifo(path)}
    make[kind]()
    refused(blueprint(CHECK), 207, "variables/force_sync.pickle could not be read")
    assert emulator.requests() == []


SIDECARS: list[str] = [
    "",
    "{}",
    "null",
    '{"connectors": [{}]}',
    '{"connectors": 1}',
    "[" * 20_000,
    '{"connectors": [{"connector_id": "../x", "state": "accepted", "execution_time": "2026-11-22T00:00:00Z", '
    '"baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, "forced": false}]}',
    '{"connectors": [{"connector_id": "speak_inexpensive", "state": "accepted", "execution_time": '
    '"0001-01-01T00:00:00+14:00", "baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, '
    '"forced": false}]}',
    '{"connectors": [{"connector_id": "speak_inexpensive", "state": ["accepted"], "execution_time": '
    '"2026-11-22T00:00:00Z", "baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, '
    '"forced": false}]}',
]


@pytest.mark.parametrize("content", SIDECARS, ids=range(len(SIDECARS)))
def test_a_damaged_sidecar_is_refused(content: str, blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "run-1_force_sync.json")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    refused(blueprint(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1"), 207, "run-1_force_sync.json is damaged")
    assert emulator.requests() == []


def test_upstream_runs_that_left_nothing_are_named(blueprint: Blueprint, emulator: Emulator) -> None:
    refused(blueprint(CHECK, **ID, SLIPWAY_UPSTREAM_RUN_IDS="run-1, run-2"), 207, "run-1, run-2")
    assert emulator.requests() == []
