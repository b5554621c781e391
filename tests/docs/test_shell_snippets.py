"""Run every shell snippet of the documentation, and check its exit status for success, failure and try-again.

To test the snippet's own logic, ``slipway`` is replaced by a program that exits with chosen codes. To test its
commands, real processes run against the emulator.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from shared.exit_codes import ExitCode
from tests.conftest import ROOT, Process

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^(<!-- to paste: \S+ -->\n)?```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = {
    "pip install . ": "tests/install/test_install.py",
    "slipway demo": "tests/install/test_install.py",
    "make push": "tests/packaging/test_image_name.py",
    "docker build": "tests/engines/test_containers.py",
    "make check-live": "tests/live/test_live.py",
}
"""Snippets that start no blueprint themselves, by a part of their text, and the tests that run the same commands."""
STALE = re.compile(r"^(?!.*WAIT_UNTIL_FRESH).*check_freshness", re.MULTILINE)
"""Some data of the emulator's account is stale. Snippets that wait name connectors that are fresh."""
TRY_AGAIN = [int(code) for code in ExitCode if code.retry]
FINAL = [int(code) for code in ExitCode if code and not code.retry]


class Snippet(NamedTuple):
    """A fenced block, and the page that it is from."""

    page: str
    text: str

    @property
    def blueprints(self) -> int:
        if "docker run" in self.text:  # the image has a command of the same name
            return 0
        return len(re.findall(r"\bslipway \w+/\w+|\bstep \w+", self.text))

    @property
    def goes_on(self) -> bool:
        """Return whether dbt follows as the next step."""
        return re.search(r"(^|&&) *dbt ", self.text, re.MULTILINE) is not None


def snippets() -> list[Snippet]:
    """Return the snippets of all pages. tests/schedulers tests those that are pasted into a scheduler."""
    found = [(page.name, *match) for page in PAGES for match in BLOCK.findall(page.read_text("utf-8"))]
    return [Snippet(page, text) for page, paste, text in found if not paste]


def ident(snippet: Snippet) -> str:
    return f"{snippet.page}-{snippet.text.splitlines()[-1].split('/')[-1][:40]}"


STARTING = [one for one in snippets() if one.blueprints]
OTHERS = [one for one in snippets() if not one.blueprints]


class Shell:
    """Runs snippets in bash without ``-e``, as somebody who pastes them does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls, self.next = folder / "calls", folder / "next"
        self.program("sleep", f"echo slept >> {folder}/slept; exec /bin/sleep ${{PAUSE:-0}}")
        self.program("dbt", f"touch {self.next}")
        ago = "import sys, time; print(time.strftime(sys.argv[-1][1:], time.gmtime(time.time() - 7200)))"
        self.program("date", f"exec {sys.executable} -c '{ago}' \"$@\"")  # its midnight is at least two hours ago

    def program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.bin / name).chmod(0o755)

    def codes(self, *codes: int) -> None:
        """Let ``slipway`` exit with these codes, one after the other. The last one remains."""
        self.calls.write_text("")
        self.next.unlink(missing_ok=True)
        listed = " ".join(map(str, codes))
        self.program("python", 'case $1 in *notify.py) exit "$2" ;; esac')
        self.program(
            "slipway",
            f'echo x >> {self.calls}; set -- {listed}; n=$(wc -l < {self.calls}); [ "$n" -le $# ] || n=$#\n'
            'shift $((n - 1)); exit "$1"',
        )

    def run(self, text: str, path: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-uc", text],
            cwd=self.folder,
            env={"PATH": f"{self.bin}:{path}", "HOME": str(self.folder), **environ},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def started(self) -> int:
        return len(self.calls.read_text().split())


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_every_snippet_is_run_here_or_where_it_says() -> None:
    for snippet in OTHERS:
        if all(re.match(r"export |touch ", line) for line in snippet.text.splitlines()):
            continue
        (where,) = [place for part, place in ELSEWHERE.items() if part in snippet.text]
        assert (ROOT / where).exists()


@pytest.mark.parametrize("snippet", STARTING, ids=ident)
def test_the_status_of_a_snippet_is_its_last_blueprints(shell: Shell, snippet: Snippet) -> None:
    loops = "sleep " in snippet.text
    shell.codes(0)
    assert shell.run(snippet.text, "/usr/bin:/bin").returncode == 0
    assert shell.started() == snippet.blueprints
    assert shell.next.exists() == snippet.goes_on
    for code in (1, 216):
        for before in range(snippet.blueprints):
            shell.codes(*[0] * before, code)
            assert shell.run(snippet.text, "/usr/bin:/bin").returncode == code
            assert (shell.started(), shell.next.exists()) == (before + 1, False)
    for code in (223, 255):
        shell.codes(code, code, 0)
        assert shell.run(snippet.text, "/usr/bin:/bin").returncode == (0 if loops else code)
        assert shell.started() == (2 + snippet.blueprints if loops else 1)
        assert shell.next.exists() == (loops and snippet.goes_on)


LOOPS = [one for one in STARTING if "sleep " in one.text]


def test_there_is_a_loop_and_a_step_that_something_follows() -> None:
    assert LOOPS
    assert [one for one in STARTING if one.goes_on and one not in LOOPS]


@pytest.mark.parametrize("snippet", LOOPS, ids=ident)
def test_a_loop_follows_the_table_of_exit_codes(shell: Shell, snippet: Snippet) -> None:
    for code in TRY_AGAIN:
        shell.codes(code, 0)
        assert (shell.run(snippet.text, "/usr/bin:/bin").returncode, shell.next.exists()) == (0, True), code
    for code in FINAL:
        shell.codes(0, code)
        assert (shell.run(snippet.text, "/usr/bin:/bin").returncode, shell.next.exists()) == (code, False), code
    shell.codes(223)  # each time
    assert (shell.run(snippet.text, "/usr/bin:/bin").returncode, shell.next.exists()) == (223, False)


@pytest.mark.parametrize("snippet", STARTING, ids=ident)
def test_a_snippet_works_with_the_blueprints(process: Process, shell: Shell, snippet: Snippet) -> None:
    shell.program("slipway", f'PYTHONPATH={ROOT} exec {sys.executable} -m slipway "$@"')
    (shell.folder / "schedulers").symlink_to(ROOT / "schedulers")
    for name in re.findall(r"_FILE=(\w+\.json) ", snippet.text):  # the page shows the file's content just before
        page = (ROOT / "docs" / snippet.page).read_text("utf-8")
        before = re.findall(r"^```json\n(.*?)^```$", page[: page.index(snippet.text)], re.M | re.S)
        (shell.folder / name).write_text(before[-1])
    address = urlsplit(process.environ["FIVETRAN_API_URL"])
    environ = {**process.environ, "FIVETRAN_POLL_INTERVAL": "1", "AIRBYTE_POLL_INTERVAL": "1", "PAUSE": "0.3"}
    if "AIRBYTE" in snippet.text or "airbyte/" in snippet.text:
        environ |= {"AIRBYTE_SERVER_HOST": str(address.hostname), "AIRBYTE_SERVER_PORT": str(address.port)}
    if snippet.page == "README.md":  # its first snippet exports the variable for the others
        environ["FIVETRAN_CONNECTOR_ID"] = "speak_inexpensive"
    given = {name: value for name, value in environ.items() if name not in {"PATH", "HOME"}}
    text = re.sub(r"\b(\w+_POLL_INTERVAL)=\d+", r"\1=1", snippet.text)  # a page's 15 s are meant for the real service
    done = shell.run(text, f"{Path(sys.executable).parent}:{os.environ['PATH']}", **given)
    assert done.returncode == (219 if STALE.search(snippet.text) else 0), done.stderr
    assert shell.next.exists() == snippet.goes_on
