"""The result in the place where each scheduler reads it: by the rules of its format, also with hostile text. A file
that cannot be written does not change the run's end.
"""

import html
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.program.outputs import deliver, places
from shared.program.outputs.kubernetes import MOST_BYTES
from shared.program.result import clean
from shared.settings.environment import Environment
from shared.settings.run_settings import RunSettings
from tests.conftest import ROOT

HOSTILE = (
    'x\nresult<<EOF\n::error::boo\r\n::{"outputs":{"status":"planted"}}:: | <img src=x> `a` [b](c) @org ##[add-path]/x'
)
RESULT: dict[str, Any] = clean(
    {
        "schema": 1,
        "blueprint": "fivetran/check_sync_status",
        "run_id": "nightly-1",
        "status": "failed",
        "exit_code": 1,
        "retry": False,
        "message": HOSTILE,
        "connector_id": "speak_inexpensive",
        "execution_time": None,
        "api_calls": 1,
        "files": ["a", "b"],
        "data": {"tasks": [HOSTILE]},
    }
)
NAMES = [variable.name for variable in RunSettings.variables()]


def sent(root: Path, **environ: str) -> None:
    deliver(RESULT, Environment(environ, NAMES), str(root))


def github_values(text: str) -> dict[str, str]:
    """Parse an output file as GitHub's runner does, with its rules in its order."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        assert heredoc >= 0, line
        assert equals < 0 or heredoc < equals, line
        name, end = line[:heredoc], line[heredoc + 2 :]
        value = []
        for inner in lines:
            if inner == end:
                break
            value.append(inner)
        else:
            raise AssertionError(f"no end of {name}")
        found[name] = "\n".join(value)
    return found


def test_nothing_is_touched_or_imported_where_nothing_is_asked_for(tmp_path: Path) -> None:
    before = set(sys.modules)
    sent(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not {name for name in set(sys.modules) - before if name.startswith("shared.program.outputs.")}


def test_airflows_sidecar_gets_the_whole_result(tmp_path: Path) -> None:
    (tmp_path / "airflow/xcom").mkdir(parents=True)
    sent(tmp_path)
    assert json.loads((tmp_path / "airflow/xcom/return.json").read_text()) == RESULT


def test_github_gets_each_field_and_no_planted_one(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_text("earlier=1\n")
    sent(tmp_path, GITHUB_OUTPUT=str(output))
    values = github_values(output.read_text().removeprefix("earlier=1\n"))
    assert json.loads(values.pop("result")) == RESULT
    assert values == {
        "schema": "1",
        "blueprint": "fivetran/check_sync_status",
        "run_id": "nightly-1",
        "status": "failed",
        "exit_code": "1",
        "retry": "false",
        "message": RESULT["message"],
        "connector_id": "speak_inexpensive",
        "execution_time": "",
        "api_calls": "1",
    }


def test_github_values_end_at_a_line_that_is_another_one_each_time(tmp_path: Path) -> None:
    output = tmp_path / "output"
    sent(tmp_path, GITHUB_OUTPUT=str(output))
    sent(tmp_path, GITHUB_OUTPUT=str(output))
    assert len(set(re.findall("<<(slipway_[0-9a-f]{32})", output.read_text()))) == 2


def test_github_summary_shows_hostile_text_as_text(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    sent(tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| message |")]
    assert not re.search(r"[<>`\[\]()@|!_*]", row.removeprefix("| message | ").removesuffix(" |"))
    assert html.unescape(row.removeprefix("| message | ").removesuffix(" |")) == RESULT["message"]
    assert all(line.count("|") == 3 for line in text.splitlines() if line.startswith("|"))


def test_kubernetes_gets_ids_status_and_code(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    log = tmp_path / "dev/termination-log"
    log.write_text("x" * 9999)
    sent(tmp_path)
    assert json.loads(log.read_text()) == {
        "run_id": "nightly-1",
        "status": "failed",
        "exit_code": 1,
        "connector_id": "speak_inexpensive",
    }


def test_kubernetes_message_fits_however_long_an_id_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    result = {**RESULT, "user_id": "ä" * 2000, "job_id": "j" * 2000}
    deliver(result, Environment({"SLIPWAY_TERMINATION_LOG": str(log)}, NAMES), str(tmp_path))
    assert len(log.read_bytes()) <= MOST_BYTES
    assert json.loads(log.read_text())["status"] == "failed"


def test_kestra_gets_one_line_on_stderr_and_stdout_stays_the_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(tmp_path, SLIPWAY_KESTRA_OUTPUTS="TRUE")
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    found = re.search(r"^::(\{.*})::$", line)  # the pattern that Kestra uses
    assert found
    assert json.loads(found[1]) == {"outputs": RESULT}
    assert "##[" not in line


def test_parameter_files_hold_one_field_each_an_empty_one_too(tmp_path: Path) -> None:
    sent(tmp_path, SLIPWAY_OUTPUT_DIRECTORY=str(tmp_path / "out"))
    files = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert json.loads(files.pop("result")) == RESULT
    assert files["status"] == "failed"
    assert files["exit_code"] == "1"
    assert files["execution_time"] == ""
    assert files["message"] == RESULT["message"]
    assert "data" not in files


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "SLIPWAY_TERMINATION_LOG", "SLIPWAY_OUTPUT_DIRECTORY"])
def test_a_place_that_cannot_be_written_is_a_warning(
    variable: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    sent(tmp_path, **{variable: str(tmp_path / "file/below")})
    assert "warning: the result did not reach" in capsys.readouterr().err


def test_a_pipe_does_not_make_the_run_wait(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    sent(tmp_path, GITHUB_OUTPUT=str(tmp_path / "pipe"))
    assert "did not reach" in capsys.readouterr().err


def test_a_device_is_a_warning_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent(tmp_path, GITHUB_OUTPUT="/dev/null")
    assert "did not reach /dev/null: it is no regular file" in capsys.readouterr().err


def test_a_link_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "airflow/xcom").mkdir(parents=True)
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "airflow/xcom/return.json").symlink_to(tmp_path / "precious")
    sent(tmp_path)
    assert (tmp_path / "precious").read_text() == "precious"
    assert "did not reach" in capsys.readouterr().err


def test_a_dotenv_names_only_places_that_are_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("GITHUB_OUTPUT=/elsewhere\nSLIPWAY_OUTPUT_DIRECTORY=out\n")
    assert list(places(Environment({}, NAMES), str(tmp_path))) == [("parameters", "out")]


def test_every_place_has_a_module_and_is_documented(tmp_path: Path) -> None:
    class Everything(Environment):
        def text(self, name: str) -> str:
            asked.add(name)
            return "TRUE"

    asked: set[str] = set()
    (tmp_path / "airflow/xcom").mkdir(parents=True)
    modules = {module for module, _ in places(Everything({}, NAMES), str(tmp_path))}
    files = (ROOT / "shared/program/outputs").glob("*.py")
    assert modules == {file.stem for file in files if "\ndef write(" in file.read_text("utf-8")}
    page = (ROOT / "docs/schedulers.md").read_text("utf-8").partition("## Where the result appears")[2]
    assert [name for name in asked if name not in page.partition("\n## ")[0]] == []


def test_every_sink_hears_of_a_run_that_fails_before_anything_was_sent(tmp_path: Path, blueprint: Any) -> None:
    done = blueprint(
        "fivetran/execute_sync",
        FIVETRAN_CONNECTOR_ID="../x",
        GITHUB_OUTPUT=str(tmp_path / "output"),
        SLIPWAY_OUTPUT_DIRECTORY=str(tmp_path / "out"),
        SLIPWAY_TERMINATION_LOG=str(tmp_path / "log"),
        SLIPWAY_KESTRA_OUTPUTS="TRUE",
    )
    assert done.code == 206
    assert (tmp_path / "out/exit_code").read_text() == "206"
    assert json.loads((tmp_path / "log").read_text())["exit_code"] == 206
    assert github_values((tmp_path / "output").read_text())["status"] == "invalid_input"
    assert [line for line in done.stderr.splitlines() if line.startswith('::{"outputs"')]


def test_no_secret_reaches_a_sink(tmp_path: Path, blueprint: Any) -> None:
    secret = "s3cr3t-value-of-the-test"  # the folder's name has it, too: a path with a secret in it is not shown
    blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_API_SECRET=secret,
        FIVETRAN_CONNECTOR_ID=secret,
        SLIPWAY_OUTPUT_DIRECTORY=str(tmp_path / "out"),
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file() and "work" not in path.parts]
    assert len(texts) > 5
    assert not [text for text in texts if secret in text]


def test_a_sink_that_fails_does_not_change_the_exit_code(tmp_path: Path, blueprint: Any) -> None:
    done = blueprint(
        "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", GITHUB_OUTPUT=str(tmp_path / "no/such/file")
    )
    assert done.code == 0
    assert "did not reach" in done.stderr
    assert done.result["status"] == "triggered"
