"""Dagster Pipes: what a process reports by the protocol of the package dagster-pipes, without that package.

`make test-schedulers` compares it with a real Dagster.
"""

import base64
import json
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from shared.program.outputs.dagster_pipes import Pipes
from tests.conftest import Blueprint, Emulator, Finished, Process

TRIGGER = "fivetran/execute_sync"
ID = "speak_inexpensive"
VERSION = "__dagster_pipes_version"


def encoded(value: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


def started_by_dagster(messages: Any, *assets: str, **context: Any) -> dict[str, str]:
    """Return the variables of a step whose context is in the variable itself."""
    data = {"asset_keys": list(assets) or None, "run_id": "r", "extras": {}, **context}
    return {"DAGSTER_PIPES_CONTEXT": encoded({"data": data}), "DAGSTER_PIPES_MESSAGES": encoded(messages)}


def messages(text: str) -> list[tuple[str, Any]]:
    """Return method and parameters of each message, in order."""
    found = [json.loads(line) for line in text.splitlines()]
    assert {tuple(one) for one in found} == {(VERSION, "method", "params")}
    assert {one[VERSION] for one in found} == {"0.1"}
    return [(one["method"], one["params"]) for one in found]


def told(file: Path, method: str) -> list[Any]:
    return [params for one, params in messages(file.read_text()) if one == method]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def run(blueprint: Blueprint, file: Path, *assets: str, **variables: str) -> Finished:
    given = {"FIVETRAN_CONNECTOR_ID": ID, **started_by_dagster({"path": str(file)}, *assets), **variables}
    return blueprint(TRIGGER, **given)


def test_a_success_materializes_the_steps_asset_with_the_result_as_metadata(blueprint: Blueprint, file: Path) -> None:
    done = run(blueprint, file, "shop/orders", FIVETRAN_WAIT="TRUE")
    sent = messages(file.read_text())
    assert (done.code, sent[0], sent[-1]) == (0, ("opened", {"extras": {}}), ("closed", {}))
    (about,) = told(file, "report_asset_materialization")
    assert (about["asset_key"], about["data_version"]) == ("shop/orders", None)
    result = {name: value for name, value in done.result.items() if value is not None}
    assert {name: one["raw_value"] for name, one in about["metadata"].items()} == result
    kinds = {name: one["type"] for name, one in about["metadata"].items()}
    assert (kinds["dashboard"], kinds["files"], kinds["status"], kinds["sync_seconds"]) == (
        "url",
        "json",
        "__infer__",
        "__infer__",
    )
    assert told(file, "report_custom_message") == [{"payload": done.result}]


def test_its_lines_for_people_are_the_steps_log(blueprint: Blueprint, file: Path) -> None:
    done = run(blueprint, file, FIVETRAN_WAIT="TRUE", FIVETRAN_APIKEY="x")
    log = told(file, "log")
    assert [one["message"] for one in log][:-1] == done.stderr.splitlines()[:-1]
    assert log[-1] == {"message": done.result["message"], "level": "INFO"}
    assert {one["level"] for one in log if ": warning: " in one["message"]} == {"WARNING"}
    assert told(file, "report_asset_materialization") == []  # an op has no asset


@pytest.mark.parametrize(
    ("variables", "level", "code"),
    [({}, "ERROR", 216), ({"FIVETRAN_CONNECTOR_ID": ""}, "ERROR", 206), ({"FIVETRAN_API_URL": "x"}, "ERROR", 206)],
)
def test_a_failure_closes_with_an_exception_and_materializes_nothing(
    blueprint: Blueprint, emulator: Emulator, file: Path, variables: dict[str, str], level: str, code: int
) -> None:
    emulator.set(ID, paused=True)
    done = run(blueprint, file, "a", **variables)
    assert done.code == code
    sent = messages(file.read_text())
    assert (sent[0][0], told(file, "log")[-1]) == ("opened", {"message": done.result["message"], "level": level})
    name = f"exit code {code} ({done.result['status']})"
    failure = {"message": done.result["message"], "stack": [], "name": name, "cause": None, "context": None}
    assert sent[-1] == ("closed", {"exception": failure})
    assert told(file, "report_asset_materialization") == []


def test_what_is_to_be_tried_again_is_a_warning(blueprint: Blueprint, emulator: Emulator, file: Path) -> None:
    emulator.answers("GET", f"/v1/connections/{ID}", {"status": 503, "times": "always"})
    assert run(blueprint, file, "a").code == 223
    assert told(file, "log")[-1]["level"] == "WARNING"


def test_a_dry_run_materializes_nothing(blueprint: Blueprint, file: Path) -> None:
    assert run(blueprint, file, "a", SLIPWAY_DRY_RUN="TRUE").code == 0
    assert [method for method, _ in messages(file.read_text()) if method != "log"] == [
        "opened",
        "report_custom_message",
        "closed",
    ]


def test_several_assets_of_one_step_are_all_materialized(blueprint: Blueprint, file: Path) -> None:
    run(blueprint, file, "a", "b/c")
    assert [one["asset_key"] for one in told(file, "report_asset_materialization")] == ["a", "b/c"]


def test_the_context_may_be_in_a_file(blueprint: Blueprint, file: Path, tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.write_text(json.dumps({"asset_keys": ["a"]}))
    run(blueprint, file, DAGSTER_PIPES_CONTEXT=encoded({"path": str(context)}))
    assert [one["asset_key"] for one in told(file, "report_asset_materialization")] == ["a"]


@pytest.mark.parametrize("way", ["stdio", "buffered_stdio"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_messages_may_go_to_a_stream(process: Process, way: str, stream: str) -> None:
    done = process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **started_by_dagster({way: stream}, "a"))
    lines = getattr(done, stream).splitlines()
    sent = messages("\n".join(line for line in lines if VERSION in line))
    assert (done.code, sent[0][0], sent[-1][0]) == (0, "opened", "closed")
    assert "report_asset_materialization" in dict(sent)
    rest = [line for line in done.stdout.splitlines() if VERSION not in line]
    assert [json.loads(line)["exit_code"] for line in rest] == [0]


GOOD = encoded({"path": "messages"})


@pytest.mark.parametrize(
    ("context", "where", "why"),
    [
        (encoded({"data": {}}), "", "DAGSTER_PIPES_MESSAGES is not set"),
        ("", GOOD, "DAGSTER_PIPES_CONTEXT is not set"),
        (GOOD, "no base64!", "DAGSTER_PIPES_MESSAGES is damaged"),
        (GOOD, base64.b64encode(b"no zlib").decode(), "DAGSTER_PIPES_MESSAGES is damaged"),
        (GOOD, base64.b64encode(zlib.compress(b"no json")).decode(), "DAGSTER_PIPES_MESSAGES is damaged"),
        (GOOD, base64.b64encode(zlib.compress(b"\xff")).decode(), "DAGSTER_PIPES_MESSAGES is damaged"),
        (GOOD, base64.b64encode(zlib.compress(b"[" * 100_000)).decode(), "DAGSTER_PIPES_MESSAGES is damaged"),
        (GOOD, base64.b64encode(zlib.compress(b" " * 9_000_000 + b'{"path": "x"}')).decode(), "MESSAGES is damaged"),
        (GOOD, encoded(["path"]), "DAGSTER_PIPES_MESSAGES is no JSON object"),
        (GOOD, encoded({"bucket": "b", "key_prefix": "k"}), "names neither a path nor a stream"),
        (GOOD, encoded({"path": "/nowhere/at/all"}), "No such file or directory"),
        (GOOD, encoded({"path": "/dev/full"}), "it is no regular file"),
        (encoded({"path": "/nowhere/at/all"}), GOOD, "No such file or directory"),
        ("damaged", GOOD, "DAGSTER_PIPES_CONTEXT is damaged"),
    ],
)
def test_what_is_damaged_is_said_once_and_changes_nothing(
    blueprint: Blueprint, context: str, where: str, why: str
) -> None:
    given = {"DAGSTER_PIPES_CONTEXT": context, "DAGSTER_PIPES_MESSAGES": where}
    (blueprint.cwd / "messages").write_text('{"asset_keys": []}')
    done = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **given)
    assert (done.code, done.stderr.count("nothing more is sent to Dagster Pipes: ")) == (0, 1), done.stderr
    assert why in done.stderr


@pytest.mark.parametrize("data", [None, [], {"asset_keys": "a"}, {"asset_keys": [1, None]}, {}])
def test_a_context_without_assets_is_that_of_an_op(blueprint: Blueprint, file: Path, data: Any) -> None:
    assert run(blueprint, file, DAGSTER_PIPES_CONTEXT=encoded({"data": data})).code == 0
    assert [method for method, _ in messages(file.read_text())][-2:] == ["report_custom_message", "closed"]


def test_no_secret_and_no_command_to_a_runner_is_among_the_messages(
    blueprint: Blueprint, emulator: Emulator, file: Path
) -> None:
    secret = blueprint.environ["FIVETRAN_API_SECRET"]
    task = {"code": "x", "message": f"##[add-path]{secret}\n::error::x", "details": ""}
    emulator.set(ID, setup_state="broken", tasks=[task])
    assert run(blueprint, file, "a").code == 218
    text = file.read_text()
    assert "add-path" in text
    assert not [one for one in (secret, "##[", "\n::") if one in text]


def test_a_name_that_the_api_chose_is_no_command_either(file: Path) -> None:
    result = {"exit_code": 0, "status": "read", "retry": False, "message": "m", "data": {"##[add-path]": 1}}
    Pipes(started_by_dagster({"path": str(file)}, "a")).close(result)
    assert "##[" not in file.read_text()
    assert told(file, "report_custom_message") == [{"payload": result}]


def test_nothing_is_loaded_where_dagster_did_not_start_it(blueprint: Blueprint) -> None:
    sys.modules.pop("shared.program.outputs.dagster_pipes", None)
    blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    assert "shared.program.outputs.dagster_pipes" not in sys.modules
