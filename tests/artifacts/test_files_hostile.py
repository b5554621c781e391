"""Artifacts: a file is written whole or not at all, never through a link. A response is saved as it was received."""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.artifacts import atomic, response_files
from shared.artifacts.files import PRIVATE_MODE, Artifacts
from shared.artifacts.response_files import MOST_INDENTED, Redact, reindent, response_pieces
from shared.errors import ArtifactUnusable
from shared.http.response import Answer
from shared.program.signals import Interrupted
from shared.redaction import DEEPEST, Redactor
from tests.conftest import ROOT

HIDDEN = "******"


def response_text(answer: Answer, redact: Redact) -> str:
    """Return the whole content of a response file."""
    return b"".join(response_pieces(answer, redact)).decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "work").mkdir()
    (tmp_path / "outside").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    umask = os.umask(0o022)
    yield tmp_path / "work"
    os.umask(umask)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(ArtifactUnusable) as caught:
        work()
    assert caught.value.code == 207
    return caught.value.message


def test_a_file_lies_where_the_contract_says(folder: Path) -> None:
    artifacts = Artifacts(None, "fivetran")
    path = artifacts.write("responses", "sync_a_response.json", b"{}")
    assert path == "shipyard-artifacts/fivetran-blueprints/responses/sync_a_response.json"
    assert everything(folder) == {path: b"{}"}
    assert artifacts.read("responses", "sync_a_response.json") == b"{}"
    assert artifacts.written == [path]


def test_an_absolute_directory_stays_absolute(folder: Path, tmp_path: Path) -> None:
    path = Artifacts(str(tmp_path / "outside" / "deep"), "airbyte").write("variables", "x", b"1")
    assert path == str(tmp_path / "outside/deep/airbyte-blueprints/variables/x")
    assert Path(path).read_bytes() == b"1"
    assert everything(folder) == {}


@pytest.mark.parametrize(("umask", "mode"), [(0o000, 0o640), (0o022, 0o640), (0o027, 0o640), (0o077, 0o600)])
def test_a_files_mode_is_0640_less_umask(folder: Path, umask: int, mode: int) -> None:
    os.umask(umask)
    path = Path(Artifacts(None, "fivetran").write("responses", "x", b"1"))
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_private_file_is_private_also_where_an_open_one_lay(folder: Path) -> None:
    os.umask(0)
    artifacts = Artifacts(None, "fivetran")
    path = Path(artifacts.write("responses", "x", b"1"))
    path.chmod(0o666)
    artifacts.write("responses", "x", b"2", PRIVATE_MODE)
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"2")


def test_a_dry_run_touches_nothing_and_reads_all_the_same(folder: Path) -> None:
    Artifacts(None, "fivetran").write("variables", "x", b"1")
    before = everything(folder)
    dry = Artifacts(None, "fivetran", dry_run=True)
    dry.check()
    dry.write("responses", "y", b"2")
    dry.remove("variables", "x")
    assert (everything(folder), dry.written, dry.read("variables", "x")) == (before, [], b"1")
    Artifacts("elsewhere", "fivetran", dry_run=True).check()
    assert not Path("elsewhere").exists()


def test_what_is_not_there_is_none(folder: Path) -> None:
    artifacts = Artifacts(None, "fivetran")
    assert (artifacts.read("variables", "x"), artifacts.names("variables")) == (None, [])
    artifacts.remove("variables", "x")
    artifacts.check()
    assert (artifacts.read("variables", "x"), artifacts.names("variables")) == (None, [])
    artifacts.remove("variables", "x")


def test_a_check_leaves_no_file(folder: Path) -> None:
    artifacts = Artifacts(None, "fivetran")
    artifacts.check()
    assert (everything(folder), artifacts.written) == ({}, [])


PARTS = [
    "shipyard-artifacts",
    "shipyard-artifacts/fivetran-blueprints",
    "shipyard-artifacts/fivetran-blueprints/responses",
]
USES: dict[str, Callable[[Artifacts], object]] = {
    "check": lambda artifacts: artifacts.check(),
    "write": lambda artifacts: artifacts.write("responses", "x", b"new"),
    "read": lambda artifacts: artifacts.read("responses", "x"),
    "remove": lambda artifacts: artifacts.remove("responses", "x"),
    "names": lambda artifacts: artifacts.names("responses"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("part", PARTS)
def test_a_file_in_a_folders_place_is_refused(folder: Path, part: str, use: str) -> None:
    Path(part).parent.mkdir(parents=True, exist_ok=True)
    Path(part).write_bytes(b"a file")
    message = refused(lambda: USES[use](Artifacts(None, "fivetran")))
    assert message.startswith("shipyard-artifacts/fivetran-blueprints/responses/")
    assert everything(folder) == {part: b"a file"}


@pytest.mark.parametrize("target", ["../outside", "../nowhere"], ids=["link", "dangling link"])
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("part", PARTS[1:])
def test_a_link_below_the_directory_is_not_followed(folder: Path, part: str, use: str, target: str) -> None:
    Path(part).parent.mkdir(parents=True, exist_ok=True)
    outside = folder.parent / "outside"
    (outside / "responses").mkdir()
    for place in (outside / "x", outside / "responses" / "x"):
        place.write_bytes(b"not ours")
    os.symlink(os.path.relpath(folder / target, Path(part).parent), part)
    message = refused(lambda: USES[use](Artifacts(None, "fivetran")))
    assert "links are not followed here" in message
    assert not (folder.parent / "nowhere").exists()
    assert everything(outside) == {"x": b"not ours", "responses/x": b"not ours"}


def test_the_folder_that_a_check_looks_into_must_be_no_link_either(folder: Path) -> None:
    base = Path("shipyard-artifacts/fivetran-blueprints")
    base.mkdir(parents=True)
    os.symlink(folder.parent / "outside", base / "variables")
    assert "links are not followed here" in refused(Artifacts(None, "fivetran").check)


def test_the_directory_itself_may_be_a_link_as_a_mount_often_is(folder: Path) -> None:
    os.symlink(folder.parent / "outside", "shipyard-artifacts")
    Artifacts(None, "fivetran").write("responses", "x", b"1")
    assert everything(folder.parent / "outside") == {"fivetran-blueprints/responses/x": b"1"}


def test_a_directory_that_is_a_dangling_link_is_refused(folder: Path) -> None:
    os.symlink(folder.parent / "nowhere", "shipyard-artifacts")
    assert "could not be written" in refused(Artifacts(None, "fivetran").check)
    assert not (folder.parent / "nowhere").exists()


@pytest.mark.parametrize("target", ["../outside/x", "../nowhere", "/etc/passwd", "x"])
def test_a_link_in_a_files_place_is_replaced_not_followed(folder: Path, target: str) -> None:
    outside = folder.parent / "outside" / "x"
    outside.write_bytes(b"not ours")
    responses = Path(PARTS[2])
    responses.mkdir(parents=True)
    os.symlink(os.path.relpath(folder / target, responses) if target[0] == "." else target, responses / "x")
    artifacts = Artifacts(None, "fivetran")
    assert "links are not followed here" in refused(lambda: artifacts.read("responses", "x"))
    artifacts.write("responses", "x", b"new")
    assert (responses / "x").read_bytes() == b"new"
    assert not (responses / "x").is_symlink()
    assert outside.read_bytes() == b"not ours"
    assert not (folder.parent / "nowhere").exists()


def test_removing_a_link_leaves_what_it_names(folder: Path) -> None:
    outside = folder.parent / "outside" / "x"
    outside.write_bytes(b"not ours")
    Path(PARTS[2]).mkdir(parents=True)
    os.symlink(outside, Path(PARTS[2]) / "x")
    Artifacts(None, "fivetran").remove("responses", "x")
    assert (outside.read_bytes(), os.listdir(PARTS[2])) == (b"not ours", [])


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [a_folder, a_pipe])
def test_what_is_no_ordinary_file_is_not_read(folder: Path, make: Callable[[Path], None]) -> None:
    responses = Path(PARTS[2])
    responses.mkdir(parents=True)
    make(responses / "x")
    before = os.listdir("/proc/self/fd")
    assert "no ordinary file" in refused(lambda: Artifacts(None, "fivetran").read("responses", "x"))
    assert len(os.listdir("/proc/self/fd")) == len(before)  # and no file descriptor is left open


def test_a_pipe_that_somebody_writes_to_is_not_waited_for(folder: Path) -> None:
    responses = Path(PARTS[2])
    responses.mkdir(parents=True)
    os.mkfifo(responses / "x")
    held = os.open(responses / "x", os.O_RDWR)
    try:
        assert "no ordinary file" in refused(lambda: Artifacts(None, "fivetran").read("responses", "x"))
    finally:
        os.close(held)


def test_a_folder_in_a_files_place_is_not_written_over(folder: Path) -> None:
    (Path(PARTS[2]) / "x").mkdir(parents=True)
    assert "could not be written" in refused(lambda: Artifacts(None, "fivetran").write("responses", "x", b"1"))
    assert os.listdir(PARTS[2]) == ["x"]


@pytest.mark.parametrize("name", ["../x", "a/b", "/etc/x"])
def test_no_name_leads_elsewhere(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no file name"):
        Artifacts(None, "fivetran").write("responses", name, b"1")


def test_a_directory_that_is_no_path_is_refused(folder: Path) -> None:
    assert "it is no path" in refused(Artifacts("nul\0byte", "fivetran").check)


def test_descriptors_are_closed(folder: Path) -> None:
    artifacts = Artifacts(None, "fivetran")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        artifacts.check()
        artifacts.write("responses", "x", b"1")
        artifacts.read("responses", "x")
        artifacts.read("responses", "y")
        artifacts.names("variables")
        artifacts.remove("variables", "z")
    assert len(os.listdir("/proc/self/fd")) == before


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EPERM, errno.EIO])
@pytest.mark.parametrize("call", ["mkdir", "rename"])
@pytest.mark.parametrize("use", ["check", "write"])
def test_a_folder_that_takes_no_file_is_told_with_its_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch, use: str, call: str, number: int
) -> None:
    if (use, call) == ("check", "rename"):
        call = "write"  # a check renames no file; a full disk shows when it writes
        monkeypatch.setattr(atomic, "_sync", failing(number))
    else:
        monkeypatch.setattr(os, call, failing(number))
    message = refused(lambda: USES[use](Artifacts(None, "fivetran")))
    monkeypatch.undo()
    assert os.strerror(number) in message
    assert "SHIPYARD_ARTIFACTS_DIRECTORY" in message
    assert everything(folder) == {}


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EROFS])
def test_a_file_system_without_fsync_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "fsync", failing(number))
    Artifacts(None, "fivetran").write("responses", "x", b"1")
    assert everything(folder) == {f"{PARTS[2]}/x": b"1"}


@pytest.mark.parametrize("pieces", [[b"whole"], [b"a", b"", b"b" * 70_000, b"c"], [b"x" * 200_000], []])
def test_a_file_is_whole_although_each_write_takes_only_a_part(
    folder: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[bytes]
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, bytes(content[:30_011])))
    path = Artifacts(None, "fivetran").write("variables", "x", iter(pieces))
    assert everything(folder) == {path: b"".join(pieces)}


def test_file_and_folder_are_synced_in_this_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    rename, fsync = os.rename, os.fsync

    def synced(descriptor: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renamed(*arguments: Any, **keywords: Any) -> None:
        seen.append("rename")
        rename(*arguments, **keywords)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    Artifacts(None, "fivetran").write("responses", "x", b"1")
    assert seen == ["file", "rename", "folder"]


@pytest.mark.parametrize(
    "error", [Interrupted(signal.SIGTERM), KeyboardInterrupt(), MemoryError(), OSError(errno.EIO, "")]
)
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_an_interruption_leaves_the_old_file_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    artifacts = Artifacts(None, "fivetran")
    path = artifacts.write("responses", "x", b"old")

    def interrupted(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(os, call, interrupted)
    with pytest.raises((type(error), ArtifactUnusable)):
        artifacts.write("responses", "x", b"new")
    assert everything(folder) == {path: b"old"}


@pytest.mark.parametrize(("call", "after"), [("open", b"old"), ("fsync", b"old"), ("rename", b"old"), ("close", None)])
def test_a_process_killed_at_any_point_leaves_no_half_file(folder: Path, call: str, after: bytes | None) -> None:
    """SIGKILL at a system call. At the folder's ``close`` the new file is already whole."""
    path = Path(Artifacts(None, "fivetran").write("responses", "x", b"old"))
    program = f"""if True:
        import os, signal, sys
        sys.path.insert(0, {str(ROOT)!r})
        from shared.artifacts.files import Artifacts
        real = os.{call}
        def killed(*arguments, **keywords):
            if {call!r} != "open" or ".tmp" in str(arguments[0]):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **keywords)
        os.{call} = killed
        Artifacts(None, "fivetran").write("responses", "x", b"new" * 100000)
    """
    assert subprocess.run([sys.executable, "-c", program]).returncode == -signal.SIGKILL
    assert path.read_bytes() in ((b"old",) if after else (b"old", b"new" * 100000))
    others = [name for name in os.listdir(PARTS[2]) if name != "x"]
    assert all(name.startswith(".") and name.endswith(".tmp") for name in others)
    assert Artifacts(None, "fivetran").read("responses", "x") == path.read_bytes()


def same(text: str) -> str:
    return text


def answer(body: str | bytes, status: int = 200, kind: str | None = "application/json") -> Answer:
    headers = {} if kind is None else {"Content-Type": kind}
    return Answer(status, headers, body.encode() if isinstance(body, str) else body)


numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
space = st.text(" \t\r\n", max_size=2)
strings = st.text(max_size=8).flatmap(
    lambda text: st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])
)
names = st.sampled_from(['"a"', '"b"', '"a\\u0062"', '"{"', '"\\""', '"]"'])  # few names, so that some occur twice


def joined(parts: list[str], opening: str, closing: str) -> str:
    return opening + ",".join(parts) + closing


documents = st.recursive(
    numbers | strings | st.sampled_from(["true", "false", "null"]),
    lambda inner: (
        st.lists(st.tuples(space, inner, space).map("".join), max_size=4).map(lambda parts: joined(parts, "[", "]"))
        | st.lists(st.tuples(space, names, space, st.just(":"), space, inner, space).map("".join), max_size=4).map(
            lambda parts: joined(parts, "{", "}")
        )
    ),
    max_leaves=20,
)


def literally(text: str) -> Any:
    """Parse JSON, keep numbers as they were written and pairs in their order, also pairs with the same key."""
    return json.loads(
        text,
        parse_float=lambda number: ("number", number),
        parse_int=lambda number: ("number", number),
        object_pairs_hook=lambda pairs: ("object", pairs),
    )


@settings(deadline=None)
@example("null")
@example(" null\n")
@given(documents)
def test_a_response_is_reindented_with_nothing_changed(document: str) -> None:
    text = response_text(answer(document), same)
    assert literally(text) == literally(document)
    assert text.endswith("\n")


@settings(deadline=None)
@given(documents)
def test_a_response_looks_as_json_dumps_would_indent_it(document: str) -> None:
    value = json.loads(document)
    for is_clean in (lambda text: False, Redactor().is_clean):
        assert reindent(json.dumps(value), same, is_clean) == json.dumps(value, indent=2) + "\n"


@pytest.mark.parametrize(
    "number",
    ["1.0", "1.10", "1e5", "1E+05", "-0", "-0.0", "12345678901234567890123", "0.1000000000000000055511151231257827"],
)
def test_no_number_is_changed(number: str) -> None:
    assert response_text(answer(f'{{"a":{number},"a":[{number}]}}'), same) == (
        f'{{\n  "a": {number},\n  "a": [\n    {number}\n  ]\n}}\n'
    )


@pytest.mark.parametrize(
    "body", ['"hunter2!"', '{"hunter2!": ["x hunter2! y"]}', '["\\u0068unter2!"]', '["hunter2\\u0021"]']
)
def test_secrets_in_a_response_are_replaced_however_they_are_escaped(body: str) -> None:
    text = response_text(answer(body), lambda text: text.replace("hunter2!", HIDDEN))
    assert HIDDEN in text
    assert "unter2" not in text
    json.loads(text)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", None),
        ("<html>502</html>", "text/html"),
        ('{"a": 1', "application/json"),
        ('{"a": NaN}', "application/json"),
        ("[Infinity]", "application/json"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        ("[" * 100_000, "application/json"),
        ("a\x00b\u202e", "text/plain"),
    ],
)
def test_what_is_no_json_is_wrapped(body: str | bytes, kind: str | None) -> None:
    found = json.loads(response_text(answer(body, 502, kind), lambda text: text.replace("html", HIDDEN)))
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    told = kind and kind.replace("html", HIDDEN)
    assert found == {"status_code": 502, "content_type": told, "body": text.replace("html", HIDDEN)}


def test_a_large_response_is_masked_and_otherwise_as_it_came() -> None:
    row = '{ "a":1.50,\t"k\\n":"x hunter2!", "é😀\\u00e9\\ud800":["\\\\","\\""] }\n'
    document = "[" + ",".join([row] * 20_000) + "]"
    assert len(document) > MOST_INDENTED
    found = response_text(answer(document), lambda text: text.replace("hunter2!", HIDDEN))
    assert found == document.replace("hunter2!", HIDDEN)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_files, "MOST_INDENTED", 0)
    monkeypatch.setattr(response_files, "_PIECE", 64)


def test_a_large_response_without_secrets_is_not_taken_apart(small_pieces: None) -> None:
    document = json.dumps({f"k{number}": number for number in range(1000)})
    seen: list[str] = []
    assert response_text(answer(document), lambda text: seen.append(text) or text) == document
    assert len(seen) < len(document) // 32


@pytest.mark.parametrize("texts", ['"hunter2!"', '"\\\\", "hunter2!"', "hunter2!"])
def test_a_secret_anywhere_in_a_large_response_is_hidden(texts: str, small_pieces: None) -> None:
    """Also beside the places where it is cut in pieces, and where it is a number."""
    secret = "hunter2!" if '"' in texts else "31415926"
    shown = texts.replace("hunter2!", HIDDEN if '"' in texts else f'"{HIDDEN}"')
    given = texts.replace("hunter2!", secret)
    for before in range(150):
        document = "[" + f'"{"a" * before}", {given}, 1, ' + '"b", ' * 30 + f"{given}]"
        found = response_text(answer(document), lambda text: text.replace(secret, HIDDEN))
        assert found == document.replace(given, shown)


def test_a_long_text_is_wrapped_whole() -> None:
    body = "<\x01é😀" * 100_000
    assert json.loads(response_text(answer(body), same))["body"] == body


def test_deep_nesting_does_not_make_a_large_file_of_a_small_answer() -> None:
    body = "[" * DEEPEST + "1" + "]" * DEEPEST
    text = response_text(answer(body), same)
    assert "".join(text.split()) == body
    assert len(text) < 100 * len(body)


def test_a_mark_before_json_is_no_part_of_it() -> None:
    assert response_text(answer(b'\xef\xbb\xbf{"a": 1}'), same) == '{\n  "a": 1\n}\n'


def test_halves_of_surrogate_pairs_come_through() -> None:
    text = response_text(answer('["\\ud800", "x\\ud800hunter2!"]'), lambda text: text.replace("hunter2!", HIDDEN))
    assert json.loads(text.encode()) == ["\ud800", f"x\ud800{HIDDEN}"]


@pytest.mark.bare
def test_a_full_file_system_is_207(folder: Path) -> None:
    """Any user can set a limit on the size of files, which makes writing fail as a full disk does."""
    program = f"""if True:
        import resource, sys
        sys.path.insert(0, {str(ROOT)!r})
        from shared.artifacts.files import Artifacts
        from shared.errors import ArtifactUnusable
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        artifacts = Artifacts(None, "fivetran")
        artifacts.write("responses", "small", b"x" * 1000)
        for work in (artifacts.check, lambda: artifacts.write("responses", "x", b"x" * 1001)):
            try:
                work()
                print("no error")
            except ArtifactUnusable as error:
                print(int(error.code), error.message)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == ""
    assert [line[:3] for line in done.stdout.splitlines()] == ["207", "207"]
    assert everything(folder) == {f"{PARTS[2]}/small": b"x" * 1000}


LEFT = f".{'x' * 100}.0123456789ab.tmp"
NOT_OURS_TO_REMOVE = [
    "x.0123456789ab.tmp",
    ".x.0123456789a.tmp",
    ".x.0123456789AB.tmp",
    ".x.0123456789ab.tmp.json",
    f".{'x' * 101}.0123456789ab.tmp",
    "..0123456789ab.tmp",
    "a_force_sync.json",
]


@pytest.mark.parametrize("where", ["responses", "variables", "artifacts"])
def test_the_next_run_removes_temporary_files_that_are_older_than_an_hour(folder: Path, where: str) -> None:
    place = folder / "shipyard-artifacts" / "fivetran-blueprints" / where
    place.mkdir(parents=True)
    ages = {LEFT: 3700, ".old.0123456789ab.tmp": 86400, ".young.0123456789ab.tmp": 3500, ".new.0123456789ab.tmp": 0}
    for name, age in {**ages, **dict.fromkeys(NOT_OURS_TO_REMOVE, 86400)}.items():
        (place / name).write_text("half")
        os.utime(place / name, times=(time.time() - age, time.time() - age))
    (place / ".folder.0123456789ab.tmp").mkdir()
    os.utime(place / ".folder.0123456789ab.tmp", times=(0, 0))
    (place / ".link.0123456789ab.tmp").symlink_to("a_force_sync.json")
    os.utime(place / ".link.0123456789ab.tmp", times=(0, 0), follow_symlinks=False)
    Artifacts(None, "fivetran", dry_run=True).check()
    assert LEFT in os.listdir(place)
    Artifacts(None, "fivetran").check()
    stay = [".young.0123456789ab.tmp", ".new.0123456789ab.tmp", ".folder.0123456789ab.tmp", ".link.0123456789ab.tmp"]
    assert sorted(os.listdir(place)) == sorted([*NOT_OURS_TO_REMOVE, *stay])


def test_temporary_files_of_another_user_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder / "shipyard-artifacts" / "fivetran-blueprints" / "variables"
    place.mkdir(parents=True)
    (place / LEFT).write_text("half")
    os.utime(place / LEFT, times=(0, 0))
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    Artifacts(None, "fivetran").check()
    assert os.listdir(place) == [LEFT]


def test_what_a_killed_run_left_is_what_the_next_one_removes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pattern that finds left-over files matches the names that Slipway gives them."""
    monkeypatch.setattr(os, "rename", lambda *_, **__: None)
    Artifacts(None, "fivetran").write("variables", "a" * 200, b"x")
    place = folder / "shipyard-artifacts" / "fivetran-blueprints" / "variables"
    (left,) = os.listdir(place)
    os.utime(place / left, times=(0, 0))
    Artifacts(None, "fivetran").check()
    assert os.listdir(place) == []


def test_a_folder_that_cannot_be_tidied_up_is_no_failure(folder: Path) -> None:
    place = folder / "shipyard-artifacts" / "fivetran-blueprints" / "artifacts"
    place.parent.mkdir(parents=True)
    place.write_text("a file where a folder belongs")
    Artifacts(None, "fivetran").check()
    assert place.read_text() == "a file where a folder belongs"
