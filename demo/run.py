"""The demonstration of ``make run``: a whole chain on a local emulator, in real processes, without an account.

It exits with 0 if every step ended as expected, and always stops the emulator. The files of the steps stay in
``demo-output/`` below the working directory.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from demo.airbyte_chain import REAL_SERVER, airbyte_chain

ROOT = Path(__file__).resolve().parent.parent
AGAIN = 255
SYNC_SECONDS = 3
RETRY_WAIT = 1.5
MOST_CHECKS = 20
OUTPUT = "demo-output"
PAGE = "shipyard-artifacts/fivetran-blueprints/artifacts/freshness.html"
FACTS = ("status", "exit_code", "connector_id", "job_id", "succeeded_at", "failed_at", "changed", "requests", "counts")
SHOWN = (*FACTS, "api_calls")
"""Fields of a result that are shown."""

INSTALLED = (ROOT / "py.typed").is_file()
"""Whether this is part of the package (``slipway demo``), not of a checkout (``make run``)."""

REAL_ACCOUNT = """
That was the emulator. On a real Fivetran account, with a key from Fivetran's Settings > API Config:

  export FIVETRAN_API_KEY=...  FIVETRAN_API_SECRET=...  FIVETRAN_CONNECTOR_ID=...
  {check_credentials}
  {execute_sync}
  {check_sync_status}    # again while it exits 255
"""


def command(name: str, python: str = "python") -> str:
    """Return the command that runs a blueprint, as a user types it."""
    return f"slipway {name}" if INSTALLED else f"{python} blueprints/{name}.py"


class NotWritable(Exception):
    """The folder for the steps' files cannot be made."""


class StepFailed(Exception):
    """A step ended with an unexpected exit code."""


class Stage:
    """Runs blueprints as a scheduler would: one working directory for all, an environment for each."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self._explained = False
        # only what a process needs of the caller's environment, so that no variable of a real account is used
        self.environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "FIVETRAN_API_URL": f"{url}/v1",
            "FIVETRAN_API_KEY": "any-key-will-do",
            "FIVETRAN_API_SECRET": "any-secret-will-do",
        }

    def step(self, name: str, expected: tuple[int, ...], **variables: str) -> int:
        """Run one blueprint. Show its variables, its output, its exit code and the files that it wrote."""
        given = " ".join(f"{key}={value}" for key, value in variables.items())
        print(f"\n$ {given + ' ' if given else ''}{command(name)}", flush=True)
        environ = {**self.environ, **variables}
        script = [sys.executable, str(ROOT / "blueprints" / f"{name}.py")]
        done = subprocess.run(script, cwd=self.folder, env=environ, stdout=subprocess.PIPE, text=True, check=False)
        result = json.loads(done.stdout)
        found = {**result, **(result.get("data") or {})}
        shown = {key: found[key] for key in SHOWN if found.get(key) is not None}
        print(json.dumps(shown) + ("" if self._explained else "  (part of its one line of JSON on stdout)"))
        self._explained = True
        for file in result["files"]:
            print(f"  wrote {file}")
        if done.returncode not in expected:
            raise StepFailed(f"{name} ended with {done.returncode} instead of {expected}")
        return done.returncode


@contextmanager
def emulator() -> Iterator[str]:
    """Start an emulator and yield its URL. Stop it at the end, also after a failure, Ctrl-C or SIGTERM."""
    program = [sys.executable, "-m", "emulator", "--port", "0", "--sync-seconds", str(SYNC_SECONDS)]
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def fivetran_chain(stage: Stage) -> None:
    """Run seven steps: trigger, check repeatedly, dry run, change, a paused connector, a batch, the freshness page."""
    shop = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
    say("1. Start a sync. It returns at once; what it writes under variables/ is for the next step.")
    stage.step("fivetran/execute_sync", (0,), **shop)
    say("2. Ask how it went. Exit code 255 means not finished yet: a scheduler's retry rule asks again.")
    check_until_ended(stage, (0,))
    say("3. A dry run shows the request that would be sent, and changes nothing.")
    change = {**shop, "FIVETRAN_SYNC_FREQUENCY": "60"}
    stage.step("fivetran/update_connector", (0,), **change, SLIPWAY_DRY_RUN="TRUE")
    say("4. The same for real: the result has the old and the new value.")
    stage.step("fivetran/update_connector", (0,), **change)
    say("5. A paused connector would never sync: exit code 216 at once, instead of waiting for ever.")
    stage.step("fivetran/execute_sync", (216,), FIVETRAN_CONNECTOR_ID="sleepy_lantern")
    say("6. Many connectors at once: a whole group, in one process. One of them fails, so the exit code is 1.")
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}
    stage.step("fivetran/execute_sync", (1,), **group)
    say("7. Is the data fresh? Nothing is started; 219 says that some of it is stale, and a page shows which.")
    stage.step("fivetran/check_freshness", (219,))


def check_until_ended(stage: Stage, expected: tuple[int, ...]) -> None:
    for _ in range(MOST_CHECKS):
        if stage.step("fivetran/check_sync_status", (AGAIN, *expected)) != AGAIN:
            return
        time.sleep(RETRY_WAIT)
    raise StepFailed("the sync did not end")


def play() -> Path:
    """Run all steps; return the folder with their files."""
    folder = Path.cwd() / OUTPUT
    try:
        if (folder / "shipyard-artifacts").exists():  # of an earlier demonstration
            shutil.rmtree(folder / "shipyard-artifacts")
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise NotWritable(error.strerror) from error
    with emulator() as url:
        print(f"An emulator of Fivetran and Airbyte listens on {url}; each step below is a process of its own.")
        print(f"The steps have its URL and a key in their environment, and leave their files in {OUTPUT}/.")
        stage = Stage(url, folder)
        fivetran_chain(stage)
        airbyte_chain(stage, url, say, first=8)
    return folder


def on_a_real_account() -> str:
    """Return the commands for a real account."""
    python = ".venv/bin/python"
    names = ("check_credentials", "execute_sync", "check_sync_status")
    fivetran = REAL_ACCOUNT.format(**{name: command(f"fivetran/{name}", python) for name in names})
    return fivetran + REAL_SERVER.format(execute_sync=command("airbyte/execute_sync", python))


def terminated(*_: object) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)  # this stops the emulator, too


def main() -> int:
    signal.signal(signal.SIGTERM, terminated)
    try:
        folder = play()
    except StepFailed as error:
        print(f"\nFAILED: {error}")
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    except NotWritable as error:
        print(f"Slipway: {OUTPUT}/ in the working directory could not be written: {error}; start this elsewhere")
        return 207
    print(on_a_real_account())
    print(f"The files of all steps: {OUTPUT}/\nThe freshness page: {(folder / PAGE).as_uri()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
