"""``make run`` leaves no process behind if it is interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from demo.run import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_demo_leaves_no_emulator_and_nothing_but_its_output(
    sent: signal.Signals, code: int, tmp_path: Path
) -> None:
    # As from a terminal. A process that is started in the background with SIGINT ignored would go on ignoring it.
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "demo.run"],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as demo:
        assert demo.stdout is not None
        url = demo.stdout.readline().split(";")[0].split()[-1]
        answering(url)
        demo.send_signal(sent)
        demo.stdout.read()
    assert demo.returncode == code
    with pytest.raises(URLError):
        answering(url)
    assert [path.name for path in tmp_path.iterdir()] == ["demo-output"]


def test_a_folder_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo-output").write_text("a file")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main() == 207
    said = "Slipway: demo-output/ in the working directory could not be written: File exists; start this elsewhere\n"
    assert capsys.readouterr() == (said, "")


def answering(url: str) -> None:
    build_opener(ProxyHandler({})).open(f"{url}/_emulator/").close()
