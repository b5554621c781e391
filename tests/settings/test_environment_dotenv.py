"""A ``.env`` in the working directory: plain values, and only from a file that nobody else could have written."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared.errors import InvalidInput
from shared.settings import exposure
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER, SECRET, TEXT


class Plain(Settings):
    key = Variable("SLIPWAY_TEST_KEY", SECRET, "the key", None)
    name = Variable("SLIPWAY_TEST_NAME", IDENTIFIER, "a name", None)
    text = Variable("SLIPWAY_TEST_TEXT", TEXT, "a text", None)
    flag = Variable("SLIPWAY_TEST_FLAG", BOOLEAN, "a switch", False)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str | bytes, mode: int = 0o600) -> Path:
    path = Path(".env")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def refusal() -> str:
    with pytest.raises(InvalidInput) as caught:
        Plain({})
    assert caught.value.code == 206
    return caught.value.message


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("SLIPWAY_TEST_TEXT=plain", "plain"),
        ("export SLIPWAY_TEST_TEXT=plain", "plain"),
        ("\ufeffSLIPWAY_TEST_TEXT=after-a-mark", "after-a-mark"),
        ("SLIPWAY_TEST_TEXT='in quotes' # and a comment", "in quotes"),
        ("SLIPWAY_TEST_TEXT=${HOME}/$USER", "${HOME}/$USER"),
        ('SLIPWAY_TEST_TEXT="${HOME:-x}"', "${HOME:-x}"),
        ("SLIPWAY_TEST_TEXT=$(touch pwned)`touch pwned`", "$(touch pwned)`touch pwned`"),
        ("SLIPWAY_TEST_TEXT=grün", "grün"),
        ("SLIPWAY_TEST_TEXT=", None),
        ("SLIPWAY_TEST_TEXT", None),
        ("SLIPWAY_TEST_TEXT=None", None),
        ("# SLIPWAY_TEST_TEXT=a comment", None),
        ("", None),
    ],
)
def test_values_are_plain(folder: Path, line: str, value: str | None) -> None:
    write(line + "\n")
    before = dict(os.environ)
    assert Plain({"HOME": "/home", "USER": "me"}).text == value
    assert dict(os.environ) == before
    assert os.listdir(folder) == [".env"]


@pytest.mark.parametrize(("real", "value"), [("real", "real"), ("", "file"), ("  ", "file"), ("None", "file")])
def test_the_real_environment_comes_first_and_where_it_says_nothing_the_file_is_asked(real: str, value: str) -> None:
    write("SLIPWAY_TEST_TEXT=file\nSLIPWAY_TEST_KEY=file\n")
    settings = Plain({"SLIPWAY_TEST_TEXT": real, "SLIPWAY_TEST_KEY": real})
    assert (settings.text, settings.key) == (value, value)


def test_a_secret_may_be_a_file_in_either_place_and_the_real_one_wins(folder: Path) -> None:
    (folder / "one").write_text("secret-one\n")
    (folder / "two").write_text("secret-two\n")
    write("SLIPWAY_TEST_KEY_FILE=two\n")
    assert Plain({}).key == "secret-two"
    assert Plain({"SLIPWAY_TEST_KEY_FILE": "one"}).key == "secret-one"
    assert Plain({"SLIPWAY_TEST_KEY": "plain-one"}).key == "plain-one"
    (folder / "one").write_text("\n")
    assert Plain({"SLIPWAY_TEST_KEY_FILE": "one"}).key == "secret-two"


def test_only_declared_names_count() -> None:
    write("PATH=/evil\nGITHUB_OUTPUT=/evil\nPYTHONPATH=/evil\nSLIPWAY_TEST_TEXT=x\n")
    given = Plain({}).given
    assert given.text("SLIPWAY_TEST_TEXT") == "x"
    assert [given.text(name) for name in ("PATH", "GITHUB_OUTPUT", "PYTHONPATH")] == [None] * 3


def test_a_misspelt_name_in_it_is_told() -> None:
    write("SLIPWAY_TEST_TEXXT=x\nSLIPWAY_TEST_FLAGS=\n")
    with pytest.raises(InvalidInput, match="SLIPWAY_TEST_TEXXT is not a setting; did you mean SLIPWAY_TEST_TEXT"):
        Plain({})


def test_it_is_not_looked_for_in_folders_above(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("SLIPWAY_TEST_TEXT=above\n")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert Plain({}).text is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777, 0o660])
def test_one_that_others_may_write_is_refused(mode: int) -> None:
    write("SLIPWAY_TEST_TEXT=x\n", mode)
    assert "written by others; run: chmod go-w .env" in refusal()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
def test_one_that_others_may_only_read_is_read(mode: int) -> None:
    write("SLIPWAY_TEST_TEXT=x\n", mode)
    assert Plain({}).text == "x"


def belongs_to_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a file to another user. root can do that; for others, let the process be another user."""
    if os.geteuid() == 0:
        os.chown(path, 4242, 4242, follow_symlinks=False)
    else:
        other = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: other)


def test_one_that_belongs_to_another_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    belongs_to_another(write("SLIPWAY_TEST_TEXT=x\n"), monkeypatch)
    assert "belongs to another user" in refusal()


def test_a_link_is_as_good_as_its_owner_and_its_target(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = folder / "settings"
    target.write_text("SLIPWAY_TEST_TEXT=linked\n")
    target.chmod(0o600)
    os.symlink(target, ".env")
    assert Plain({}).text == "linked"
    target.chmod(0o666)
    assert "written by others" in refusal()
    target.chmod(0o600)
    belongs_to_another(folder / ".env", monkeypatch)
    assert "belongs to another user" in refusal()


def test_a_link_to_nowhere_is_no_file() -> None:
    os.symlink("nowhere", ".env")
    assert Plain({}).text is None


def test_a_link_that_goes_in_circles_is_refused() -> None:
    os.symlink(".env", ".env")
    assert ".env in the working directory cannot be read" in refusal()


def test_a_directory_is_refused() -> None:
    Path(".env").mkdir(mode=0o700)
    assert ".env in the working directory is not a file" in refusal()


def test_a_pipe_is_refused_without_waiting_for_its_writer() -> None:
    os.mkfifo(".env", 0o600)
    assert ".env in the working directory is not a file" in refusal()


def test_a_socket_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(".env")
        assert ".env in the working directory cannot be read" in refusal()


@pytest.mark.parametrize("content", [b"SLIPWAY_TEST_TEXT=\xff\xfe\n", "SLIPWAY_TEST_TEXT=x".encode("utf-16")])
def test_what_is_not_utf8_is_refused(content: bytes) -> None:
    write(content)
    assert "not UTF-8" in refusal()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("SLIPWAY_TEST_FLAG: TRUE\n", "line 1 is"),
        ("SLIPWAY_TEST_NAME=a\nset SLIPWAY_TEST_KEY=hush-hush\n", "line 2 is"),
        ("=nameless\nSLIPWAY_TEST_NAME=a\nSLIPWAY_TEST_KEY='no end\n", "lines 1, 3 are"),
    ],
)
def test_a_line_that_says_nothing_is_refused_by_its_place_alone(
    text: str, places: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write(text)
    assert refusal().startswith(f".env in the working directory: {places} not NAME=value; ")
    assert "hush" not in refusal()
    assert capfd.readouterr() == ("", "")  # python-dotenv would print it itself, and twice


@pytest.mark.parametrize("second", ["FALSE", "", "None"])
def test_a_setting_with_two_values_is_refused(second: str) -> None:
    write(f"SLIPWAY_TEST_FLAG=TRUE\nOTHER=1\nOTHER=2\nSLIPWAY_TEST_FLAG={second}\n")
    assert ".env in the working directory sets SLIPWAY_TEST_FLAG twice and differently" in refusal()
    write("SLIPWAY_TEST_FLAG=TRUE\nOTHER=1\nOTHER=2\nSLIPWAY_TEST_FLAG='TRUE'\n")
    assert Plain({}).values["flag"] is True


def test_a_file_without_end_is_refused() -> None:
    write(b"SLIPWAY_TEST_TEXT=x\n" + b"#" * (1 << 20))
    assert "larger than" in refusal()


def test_a_refused_file_is_told_first_and_with_all_else_that_is_wrong() -> None:
    write("SLIPWAY_TEST_TEXT=x\n", 0o666)
    with pytest.raises(InvalidInput) as caught:
        Plain({"SLIPWAY_TEST_FLAG": "Ture"})
    assert caught.value.message.startswith(".env in the working directory")
    assert 'SLIPWAY_TEST_FLAG "Ture"' in caught.value.message


class Required(Settings):
    name = Variable("SLIPWAY_TEST_NAME", IDENTIFIER, "a name")


def required() -> str:
    with pytest.raises(InvalidInput) as caught:
        Required({})
    return caught.value.message


def test_nothing_counts_as_missing_while_the_file_is_refused() -> None:
    write("SLIPWAY_TEST_NAME=speak_inexpensive\nwhat is this\n")
    assert required().startswith(".env in the working directory: line 2 is not NAME=value")
    assert "is required" not in required()


def test_a_missing_variable_is_told_with_the_file_above_that_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("SLIPWAY_TEST_NAME=speak_inexpensive\n")
    (folder / "a/b").mkdir(parents=True)
    monkeypatch.chdir(folder / "a/b")
    said = f"; the .env in {folder} is not read: only one in the working directory is"
    assert required() == f"SLIPWAY_TEST_NAME is required: a name{said}"
    write("SLIPWAY_TEST_NAME=\n")
    assert required() == "SLIPWAY_TEST_NAME is required: a name"


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_a_missing_variable_is_told_in_a_folder_that_cannot_be_named(
    error: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr("os.getcwd", fail)
    assert required() == "SLIPWAY_TEST_NAME is required: a name"


def test_without_python_dotenv_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    write("SLIPWAY_TEST_TEXT=x\n")
    monkeypatch.setitem(sys.modules, "dotenv.parser", None)
    assert "pip install python-dotenv" in refusal()


def test_where_there_is_none_dotenv_is_not_imported(folder: Path) -> None:
    root = Path(__file__).parents[2]
    program = f"import sys; sys.path.insert(0, {str(root)!r})\nfrom shared.settings.environment import Environment\n"
    program += "Environment({}, ['A']); print('dotenv' in sys.modules)"
    run = [sys.executable, "-c", program]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False\n"
    write("A=1\n")
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "True\n"


@pytest.fixture
def open_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder above ``.env`` is open to all, and this is no container."""
    monkeypatch.setattr(exposure, "CONTAINERS", ())
    monkeypatch.setattr(exposure, "folders_above", lambda path: [str(folder)])
    folder.chmod(0o755)


@pytest.mark.parametrize("text", ["SLIPWAY_TEST_KEY=secret-one", "SLIPWAY_TEST_KEY=secret-one\nSLIPWAY_TEST_TEXT=x"])
@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o604, True), (0o640, False), (0o600, False)])
def test_a_secret_in_one_that_all_can_read_is_a_warning(open_folders: None, text: str, mode: int, warned: bool) -> None:
    write(text, mode)
    warning = ".env has SLIPWAY_TEST_KEY, and every user of this machine can read it; run: chmod o-r .env"
    assert Plain({}).warnings == [warning] * warned


def test_no_warning_where_no_secret_is_in_it_or_nobody_else_can_come_to_it(
    open_folders: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("SLIPWAY_TEST_TEXT=x\nSLIPWAY_TEST_KEY=None\nSLIPWAY_TEST_KEY_FILE=\n", 0o644)
    assert Plain({}).warnings == []
    write("SLIPWAY_TEST_KEY=secret-one", 0o644)
    assert len(Plain({}).warnings) == 1
    assert Plain({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}).warnings == []
    folder.chmod(0o750)
    assert Plain({}).warnings == []
    folder.chmod(0o755)
    monkeypatch.setattr(exposure, "CONTAINERS", ("/",))
    assert Plain({}).warnings == []


def test_every_folder_above_it_counts(folder: Path) -> None:
    assert not exposure.readable_by_all(".env", {})  # there is none
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    folder.chmod(0o700)
    (inner / ".env").write_text("x")
    (inner / ".env").chmod(0o644)
    assert not exposure.readable_by_all(str(inner / ".env"), {})
