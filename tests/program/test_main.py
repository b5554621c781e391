"""The end of a run, whatever its operation does: one line of JSON, the right exit code, and no secret in any output."""

import base64
import errno
import json
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from shared.errors import ArtifactUnusable, InvalidInput, RequestRefused
from shared.exit_codes import RESERVED, ExitCode
from shared.http.client import Client
from shared.http.response import Answer
from shared.program.main import blueprint
from shared.program.run import Outcome, Run
from shared.program.signals import Interrupted, prepare
from shared.settings.declaration import Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER, SECRET
from shared.settings.run_settings import RunSettings

KEY = 'hunter2/"hunter2"\\x'
ENVIRON = {"SLIPWAY_TEST_KEY": KEY}
FORMS = [
    KEY,
    base64.b64encode(KEY.encode()).decode(),
    quote(KEY, safe=""),
    json.dumps(KEY)[1:-1],
]


class Declared(RunSettings):
    key = Variable("SLIPWAY_TEST_KEY", SECRET, "the key")
    name = Variable("SLIPWAY_TEST_NAME", IDENTIFIER, "a name", None)
    flag = Variable("SLIPWAY_TEST_FLAG", BOOLEAN, "a switch", False)


class Told:
    """The output of a run."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert out.endswith("\n")
        assert len(out.splitlines()) == 1
        assert out.isascii()
        self.result: dict[str, Any] = json.loads(out, parse_constant=lambda name: pytest.fail(name))
        assert self.result["exit_code"] == code


Tell = Callable[..., Told]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    monkeypatch.chdir(tmp_path)

    def told(operation: Callable[[Run], Outcome], *argv: str, **environ: str) -> Told:
        code = blueprint(Declared)(lambda run, settings: operation(run))(ENVIRON | environ, argv)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return told


def done(run: Run) -> Outcome:
    return Outcome("done", "all is well")


def raising(error: BaseException) -> Callable[[Run], Outcome]:
    def operation(run: Run) -> Outcome:
        raise error

    return operation


def saying(message: str, **facts: Any) -> Callable[[Run], Outcome]:
    def operation(run: Run) -> Outcome:
        run.say(message)
        run.note(**facts)
        return Outcome("done", message, data={"said": message})

    return operation


def test_a_result_has_what_every_result_has(tell: Tell) -> None:
    told = tell(done, SLIPWAY_RUN_ID="run-1")
    assert told.result == {
        "schema": 1,
        "blueprint": "program/test_main",
        "run_id": "run-1",
        "status": "done",
        "exit_code": 0,
        "retry": False,
        "message": "all is well",
        "files": [],
    }
    assert told.err == "Slipway: done: all is well\n"


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_in_nothing_that_is_said(tell: Tell, form: str) -> None:
    for operation in (
        saying(f"the API says {form} is wrong", note=[form], nested={"a": {form: form}}),
        raising(RequestRefused(f"the API says {form} is wrong")),
        raising(ValueError(f"a bug with {form}\nand {form}")),
    ):
        told = tell(operation)
        assert "******" in told.err
        for text in (told.err, told.out, json.dumps(told.result, ensure_ascii=False)):
            assert form not in text
            assert "hunter2" not in text


def test_a_secret_that_the_limit_of_a_line_cuts_in_two_is_in_nothing_either(tell: Tell) -> None:
    for length in range(7985, 8001):
        told = tell(saying("x" * length + KEY))
        assert "hunt" not in told.err + told.out


def test_a_secret_that_is_one_of_our_words_hides_none_of_them(tell: Tell) -> None:
    told = tell(raising(InvalidInput("the status is invalid_input")), SLIPWAY_TEST_KEY="invalid_input")
    assert told.result["status"] == "invalid_input"
    assert told.result["message"] == "the status is ******"
    assert set(tell(done, SLIPWAY_TEST_KEY="message").result) >= {"message", "status", "blueprint", "files"}


def test_what_stands_under_config_is_masked_in_the_result(tell: Tell) -> None:
    told = tell(lambda run: Outcome("done", "x", data={"config": {"host": "db.example"}}))
    assert told.result["data"] == {"config": {"host": "******"}}


HOSTILE = "fine\n::set-output name=x::y\r##[error]z\x1b[31m\u202e\u2028##vso[task.x]\x00\ud800"


@pytest.mark.parametrize("operation", [saying(HOSTILE), raising(RequestRefused(HOSTILE)), raising(ValueError(HOSTILE))])
def test_text_from_outside_can_neither_start_nor_command_a_line(
    tell: Tell, operation: Callable[[Run], Outcome]
) -> None:
    told = tell(operation)
    for line in (told.out + told.err).splitlines():
        assert line.startswith(("Slipway: ", "fine ", "| ", "{"))
        assert "##[" not in line
        assert "##vso[" not in line
    assert all(char == "\n" or char.isprintable() for char in told.err)
    told.err.encode()


def test_a_key_from_outside_cannot_command_a_line(tell: Tell) -> None:
    told = tell(lambda run: Outcome("done", "x", data={"##[error]k": 1, "##vso[x]": 2}))
    assert "##" not in told.out
    assert told.result["data"] == {"##[error]k": 1, "##vso[x]": 2}


def test_a_bug_keeps_its_traceback_and_exits_249(tell: Tell) -> None:
    told = tell(raising(KeyError("unexpected")))
    assert (told.code, told.result["status"], told.result["retry"]) == (249, "bug", False)
    assert "| Traceback (most recent call last):" in told.err
    assert "KeyError: 'unexpected'" in told.err
    assert "raise error" in told.err


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_a_limit_of_the_system_is_no_bug(tell: Tell, number: int) -> None:
    told = tell(raising(OSError(number, "Too many open files", "encodings/utf_8_sig.py")))
    assert (told.code, "Traceback" in told.err) == (223, False)
    assert "reached a limit of the system (Too many open files)" in told.result["message"]


def test_a_bug_while_settings_are_read_hides_what_was_read_before_it(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(text: str) -> str:
        raise RuntimeError(f"a bug with {KEY}")

    monkeypatch.setattr(Declared.name.kind, "parse", parse)
    told = tell(done, SLIPWAY_TEST_NAME="x")
    assert (told.code, told.result["run_id"]) == (249, None)
    assert "RuntimeError: a bug with ******" in told.err


@pytest.mark.parametrize("error", [SystemExit(), SystemExit(None), SystemExit(0), SystemExit(256), SystemExit("bye")])
def test_a_sys_exit_somewhere_is_a_bug_and_no_success(tell: Tell, error: SystemExit) -> None:
    assert tell(raising(error)).code == 249


@pytest.mark.parametrize("code", [256, 0, -1, 512, None, True, "0"])
def test_what_is_no_exit_code_is_a_bug_and_no_success(tell: Tell, code: Any) -> None:
    assert tell(lambda run: Outcome("done", "x", code)).code == 249


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [(signal.SIGTERM, 143, "SIGTERM"), (signal.SIGINT, 130, "SIGINT"), (signal.SIGHUP, 129, "SIGHUP")],
)
def test_an_interruption_says_so_and_is_to_be_tried_again(tell: Tell, number: int, code: int, name: str) -> None:
    told = tell(raising(Interrupted(number)))
    assert (told.code, told.result["status"], told.result["retry"]) == (code, "interrupted", True)
    assert name in told.result["message"]
    assert "Traceback" not in told.err


def test_a_refusal_of_settings_is_a_result_too(tell: Tell) -> None:
    told = tell(done, SLIPWAY_TEST_FLAG="Ture", SLIPWAY_TEST_KEY="abc", SLIPWAY_RETRY_TIMEOUT="-1")
    assert (told.code, told.result["status"], told.result["run_id"]) == (206, "invalid_input", None)
    names = ("SLIPWAY_TEST_KEY", "SLIPWAY_TEST_FLAG", "SLIPWAY_RETRY_TIMEOUT")
    places = [told.result["message"].index(name) for name in names]
    assert places == sorted(places)


def test_a_refusal_hides_a_secret_that_stands_in_the_wrong_place(tell: Tell) -> None:
    told = tell(done, SLIPWAY_TEST_NAME=KEY)
    assert told.code == 206
    assert "hunter2" not in told.out + told.err


def test_everything_wrong_at_once_is_told_whole(tell: Tell) -> None:
    wrong = {
        variable.name: "Ture " + "x" * 200
        for variable in Declared.variables()
        if variable.kind.label not in ("text", "path")
    }
    message = tell(done, **wrong).result["message"]
    assert all(name in message for name in wrong if name != "SLIPWAY_TEST_KEY")
    assert not message.endswith("…")


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("--api-key=hunter2", " --api-key;"),
        ("--api-key", " --api-key;"),
        ("-k", "unknown argument;"),
        ("hunter2", "unknown argument;"),
        ("-phunter2!", "unknown argument;"),
        ("--help=hunter2", " --help;"),
        ("--helm", " --helm;"),
        ("SLIPWAY_TEST_KEY=hunter2", " SLIPWAY_TEST_KEY=...;"),
        ("HUNTER=hunter2", "unknown argument;"),
        ("\n::error::hunter2", "unknown argument;"),
        ("", "unknown argument;"),
    ],
)
def test_an_unknown_argument_is_refused_and_no_value_repeated(tell: Tell, argument: str, shown: str) -> None:
    told = tell(raising(AssertionError("told")), argument)
    assert told.code == 206
    assert shown in told.result["message"]
    assert "--help" in told.result["message"]
    assert "hunter2" not in told.out + told.err


def test_help_with_anything_else_is_refused(tell: Tell) -> None:
    assert tell(done, "--help", "--version").code == 206


def test_moments_and_numbers_are_plain_in_the_result(tell: Tell) -> None:
    moment = datetime(2026, 11, 22, 6, 17, 5, 1, tzinfo=timezone.utc)
    told = tell(saying("x", at=moment, many={"a": (1, 2)}, huge=float("inf"), none=float("nan"), big=10**30))
    assert told.result["at"] == "2026-11-22T06:17:05.000001Z"
    assert told.result["many"] == {"a": [1, 2]}
    assert (told.result["huge"], told.result["none"], told.result["big"]) == ("inf", "nan", 10**30)


def test_data_nested_without_end_is_no_bug(tell: Tell) -> None:
    data: Any = "leaf"
    for _ in range(5000):
        data = {"a": [data]}
    assert tell(lambda run: Outcome("done", "x", data=data)).code == 0


def test_artifacts_that_cannot_be_written_are_told_before_the_operation_begins(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    told = tell(raising(AssertionError("told")), SHIPYARD_ARTIFACTS_DIRECTORY="file")
    assert (told.code, told.result["status"]) == (207, "artifact_unusable")
    assert "file/program-blueprints/responses/" in told.result["message"]


def refused(answer: Answer) -> Callable[[Run], Outcome]:
    def operation(run: Run) -> Outcome:
        with run.response_file("sync_a"):
            raise RequestRefused("refused", answer)

    return operation


def test_the_answer_of_a_failure_is_saved_without_secrets(tell: Tell, tmp_path: Path) -> None:
    body = json.dumps({"message": f"bad key {KEY}", "code": "Invalid", KEY: 1.50}).encode()
    told = tell(refused(Answer(400, {"Content-Type": "application/json"}, body)))
    (path,) = told.result["files"]
    saved = (tmp_path / path).read_text()
    assert json.loads(saved) == {"message": "bad key ******", "code": "Invalid", "******": 1.5}


def test_a_failure_decides_also_where_its_answer_cannot_be_saved(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise ArtifactUnusable("x could not be written: No space left on device")

    monkeypatch.setattr("shared.artifacts.files.Artifacts.write", full)
    told = tell(refused(Answer(400, {}, b"{}")))
    assert (told.code, told.result["files"]) == (201, [])
    assert "warning: the response was not saved: x could not be written: No space left" in told.err


SEEN = Answer(200, {}, b'{"data": {"id": "x"}}')


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("ended", ["request_refused", "interrupted"])
def test_a_signal_while_an_answer_is_saved_does_not_tear_the_result(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, ended: str
) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)}
    hook = sys.excepthook
    prepare()
    monkeypatch.setattr("shared.program.run.Run.save_response", lambda *_, **__: signal.raise_signal(number))
    try:
        told = tell(interrupted(SEEN) if ended == "interrupted" else refused(Answer(400, {}, b"{}")))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.excepthook = hook
        for one, handler in before.items():
            signal.signal(one, handler)
    assert (told.code, told.result["status"]) == (143 if ended == "interrupted" else 201, ended)


def interrupted(*saw: Answer, number: signal.Signals = signal.SIGTERM) -> Callable[[Run], Outcome]:
    def operation(run: Run) -> Outcome:
        with run.response_file("seen") as response:
            for answer in saw:
                response.last = answer
                run.note(sync_state="syncing")
            raise Interrupted(number)

    return operation


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_an_interrupted_wait_leaves_what_it_saw_last(
    tell: Tell, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    told = tell(interrupted(Answer(200, {}, b"{}"), SEEN, number=number))
    assert (told.code, told.result["sync_state"]) == (code, "syncing")
    (path,) = told.result["files"]
    assert json.loads((tmp_path / path).read_text()) == {"data": {"id": "x"}}
    assert tell(interrupted()).result["files"] == []


def test_what_was_seen_last_is_not_written_where_the_disk_is_what_fails(tell: Tell) -> None:
    def operation(run: Run) -> Outcome:
        with run.response_file("seen") as response:
            response.last = SEEN
            raise ArtifactUnusable("x could not be written")

    told = tell(operation)
    assert (told.code, told.result["files"]) == (207, [])


def stuck(*_: Any, **__: Any) -> None:
    threading.Event().wait(60)


def full(*_: Any, **__: Any) -> None:
    raise ArtifactUnusable("x could not be written: No space left on device")


def broken(*_: Any, **__: Any) -> None:
    raise KeyError("a bug")


@pytest.mark.parametrize(
    ("write", "why"), [(full, "No space left on device"), (broken, "'a bug'"), (stuck, "that took more than 0 s")]
)
def test_no_disk_keeps_an_interrupted_run_or_changes_its_code(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, write: Callable[..., None], why: str
) -> None:
    monkeypatch.setattr("shared.artifacts.files.Artifacts.write", write)
    monkeypatch.setattr("shared.program.run.QUICK", 0.2)
    told = tell(interrupted(SEEN))
    assert (told.code, told.result["status"], told.result["files"]) == (143, "interrupted", [])
    assert "warning" in told.err
    assert why in told.err


def test_what_stands_is_told_when_its_file_is_lost(tell: Tell) -> None:
    def operation(run: Run) -> Outcome:
        run.achieved = "the connector was updated"
        raise ArtifactUnusable("x could not be written")

    assert tell(operation).result["message"] == "the connector was updated, but x could not be written"


def test_a_dry_run_shows_the_request_without_secrets(tell: Tell, tmp_path: Path) -> None:
    def operation(run: Run) -> Outcome:
        run.client = Client(vendor="Test", base_url="https://api.example.com", accept="application/json", dry_run=True)
        run.client.write("PATCH", "/a", {"config": {"host": "h"}, "name": f"x {KEY}", "note": HOSTILE})
        raise AssertionError("sent")

    told = tell(operation, SLIPWAY_DRY_RUN="TRUE")
    assert (told.code, told.result["status"]) == (0, "dry_run")
    (request,) = told.result["data"]["requests"]
    assert (request["method"], request["url"]) == ("PATCH", "https://api.example.com/a")
    assert (request["body"]["config"], request["body"]["name"]) == ({"host": "******"}, "x ******")
    assert "PATCH https://api.example.com/a" in told.err
    assert "hunter2" not in told.err + told.out
    assert list(tmp_path.iterdir()) == []


def test_every_exit_code_means_what_a_guardrail_makes_of_it() -> None:
    codes = [int(code) for code in ExitCode]
    assert len(set(codes)) == len(codes)
    assert all(0 <= code <= 255 for code in codes)
    assert not RESERVED & set(codes)
    assert sorted(RESERVED) == [208, 209, 210, 212, 214, 220]
    assert {int(code) for code in ExitCode if code.retry} == {129, 130, 143, 221, 222, 223, 255}
    assert {code for code in codes if 220 <= code <= 229} <= {int(code) for code in ExitCode if code.retry}
    assert {126, 127, 128, 2, 120} & set(codes) == set()  # codes of shells and of Python itself


OFFICIAL = {
    200: "CREDENTIALS_REFUSED",
    201: "REQUEST_REFUSED",
    202: "TRIGGER_UNKNOWN",
    203: "ALREADY_RUNNING",
    204: "UNKNOWN_ID",
    205: "INTERVAL_INVALID",
    206: "INPUT_INVALID",
    211: "JOB_FAILED",
    213: "CANCELLED",
    215: "STATE_UNKNOWN",
    249: "BUG",
    255: "NOT_FINISHED",
    0: "DONE",
    1: "SYNC_FAILED",
}


def test_the_official_numbers_keep_their_meaning() -> None:
    assert {number: ExitCode(number).name for number in OFFICIAL} == OFFICIAL


def test_the_table_of_the_design_is_the_enum() -> None:
    rows = """0 1 129 130 143 200 201 202 203 204 205 206 207 211 213 215 216 217 218 219 221 222 223 249 255"""
    assert [int(code) for code in ExitCode] == [int(row) for row in rows.split()]
