"""Kill a trigger at a random moment, once or several times, try again, and check the outcome.

Whatever the moment, no file is half written, only one sync is started, and the check says truly how it ended.
"""

import json
import pickle
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.conftest import Emulator, Process, running_emulator
from tests.soak import Figures, by_hand

ROUNDS = 500
RUN = "nightly"
LONG = 600.0
"""Seconds that a sync takes on the emulator's clock, so that it is still running at the last try."""
ONE = "speak_inexpensive"
CONNECTION = "749c19dc-4f97-4f30-bb0f-126e53506960"
MOST = 9
"""Outcomes that are queued for each connector. How many remain shows how many syncs were started."""
MANY = 12
"""Connectors of a batch."""


class Scene(NamedTuple):
    """A trigger that is killed. ``codes``: the exit codes of its check after a success and after a failure."""

    vendor: str
    trigger: str
    variables: dict[str, str]
    many: bool = False
    running: bool = False
    codes: tuple[int, int] = (0, 1)

    @property
    def name(self) -> str:
        kinds = [f"{self.vendor}/{self.trigger}", *["batch"] * self.many, *["over a running sync"] * self.running]
        return " ".join([*kinds, *[name for name in self.variables if name.endswith(("WAIT", "API_URL"))]])


_ONE, _GROUP = {"FIVETRAN_CONNECTOR_ID": ONE}, {"FIVETRAN_GROUP_ID": "Generated"}
_AIRBYTE = {"AIRBYTE_CONNECTION_ID": CONNECTION, "AIRBYTE_WAIT": "FALSE"}
SCENES = [
    Scene("fivetran", "execute_sync", _ONE),
    Scene("fivetran", "execute_sync", _ONE | {"FIVETRAN_WAIT": "TRUE"}),
    Scene("fivetran", "execute_sync", _ONE | {"FIVETRAN_FORCE": "FALSE"}, running=True),
    Scene("fivetran", "resync_connector", _ONE),
    Scene("fivetran", "execute_sync", _GROUP | {"FIVETRAN_CONCURRENCY": "3"}, many=True),
    Scene("fivetran", "execute_sync", _GROUP | {"FIVETRAN_FORCE": "FALSE", "FIVETRAN_WAIT": "TRUE"}, many=True),
    Scene("airbyte", "execute_sync", _AIRBYTE, codes=(0, 211)),
    Scene("airbyte", "execute_sync", _AIRBYTE | {"AIRBYTE_API_URL": "{url}/api/public/v1"}, codes=(0, 211)),
]
SLOW = [
    {"pass": True, "delay": 0.02},
    {"pass": True, "delay": 0.15},  # the request arrives, perhaps after its sender was killed
    {"pass": True, "drip": "all", "interval": 0.002},  # it took effect, and its answer is on its way
    {"hang": 0.2, "handled": True},  # it took effect, and no answer comes
    {"reset": "before"},
]


class Round:
    """One trigger, its kills, its last try and its check."""

    def __init__(self, scene: Scene, process: Process, emulator: Emulator, randomly: random.Random) -> None:
        self.scene, self.process, self.emulator, self.randomly = scene, process, emulator, randomly
        self.ids: list[str] = [CONNECTION if scene.vendor == "airbyte" else ONE]
        emulator.reset(connectors=MANY, sync_seconds=LONG)
        if scene.many:
            rows = self._get("groups/bulging_archive/connections")
            self.ids = [row["id"] for row in rows]
            assert len(self.ids) == MANY
        failed = randomly.choice([0.0, 0.0, 0.2, 1.0])
        self.fails = {one for one in self.ids if randomly.random() < failed}
        self._script()
        url = urlsplit(emulator.url)
        own = {"AIRBYTE_SERVER_HOST": "127.0.0.1", "AIRBYTE_SERVER_PORT": str(url.port)}
        public = {"AIRBYTE_CLIENT_ID": "client-id", "AIRBYTE_CLIENT_SECRET": "client-secret"}
        airbyte = public if "AIRBYTE_API_URL" in scene.variables else own
        given = {name: value.format(url=emulator.url) for name, value in scene.variables.items()}
        self.given = {**(airbyte if scene.vendor == "airbyte" else {}), **given, "SLIPWAY_RUN_ID": RUN}

    def _get(self, path: str) -> list[dict[str, Any]]:
        answer = self.emulator._session.get(f"{self.emulator.url}/v1/{path}", auth=("key", "secret"), timeout=10)
        rows: list[dict[str, Any]] = answer.json()["data"]["items"]
        return rows

    def _script(self) -> None:
        """Set how each sync ends and how slow the server is."""
        word = {"fivetran": ("success", "failure"), "airbyte": ("succeeded", "failed")}[self.scene.vendor]
        outcome = {one: [{"result": word[one in self.fails], "seconds": LONG}] * MOST for one in self.ids}
        noun = "connectors" if self.scene.vendor == "fivetran" else "connections"
        states = {one: {"outcomes": outcome[one]} for one in self.ids}
        self.emulator.scenario({self.scene.vendor: {noun: states}})
        if self.scene.running:
            self.emulator.set(ONE, sync_state="syncing")
        for method in ("GET", "POST"):
            answers = [{**self.randomly.choice(SLOW), "times": 1} for _ in range(self.randomly.choice([0, 1, 6]))]
            if answers:
                self.emulator.answers(method, "/*v1/*", *answers)

    def start(self) -> "subprocess.Popen[str]":
        return self.process.start(f"{self.scene.vendor}/{self.scene.trigger}", **self.given)

    def kill(self, longest: float) -> float:
        """Start the trigger and kill it within so many seconds. Return the moment."""
        moment = self.randomly.uniform(0, longest)
        with self.start() as running:
            time.sleep(moment)
            running.send_signal(signal.SIGKILL)
            running.communicate()
        return moment

    def finish(self) -> tuple[int, str]:
        """Run the last try, which is not killed and does not wait. Repeat it while its outcome is unknown."""
        waits = {"fivetran": "FIVETRAN_WAIT", "airbyte": "AIRBYTE_WAIT"}[self.scene.vendor]
        for _ in range(8):  # each of them may lose an answer
            done = self.process(f"{self.scene.vendor}/{self.scene.trigger}", **{**self.given, waits: "FALSE"})
            if done.code not in (202, 223):
                break
        return done.code, end_of(done.stdout + done.stderr)

    def started(self) -> dict[str, int]:
        """Return how many syncs were started, by connector."""
        return {one: MOST - len(self.emulator.connector(one)["outcomes"]) for one in self.ids}

    def check(self) -> tuple[int, int, str]:
        """Check once all syncs have ended. Return the exit code, the right one, and the message."""
        self.emulator.advance(LONG + 100)
        public = {name: value for name, value in self.given.items() if "WAIT" not in name and "RUN_ID" not in name}
        public.pop("FIVETRAN_FORCE", None)
        for _ in range(4):  # repeated, as a scheduler does, because the server may still be slow
            done = self.process(f"{self.scene.vendor}/check_sync_status", **public, SLIPWAY_UPSTREAM_RUN_IDS=RUN)
            if done.code != 223:
                break
        return done.code, self.scene.codes[bool(self.fails)], end_of(done.stdout + done.stderr)


def end_of(text: str) -> str:
    return text if len(text) < 1500 else f"...{text[-1500:]}"


def half_written(folder: Path) -> Iterator[str]:
    """Yield the files that are not whole."""
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix in (".lock", ".tmp"):
            continue
        content = path.read_bytes()
        try:
            if path.suffix == ".pickle":
                pickle.loads(content)
            elif path.suffix == ".jsonl":
                [json.loads(line) for line in content.split(b"\n")[:-1]]
            elif path.suffix == ".ndjson":
                [json.loads(line) for line in content.splitlines()]
            else:
                json.loads(content)
        except Exception as error:
            yield f"{path.name} ({error!r})"


def left(folder: Path) -> str:
    """Return how far a killed trigger had come, according to its record."""
    logs = sorted(folder.rglob(f"{RUN}_*.jsonl"))
    texts = [path.read_text() for path in (*folder.rglob(f"{RUN}_*.json"), *logs)]
    for state in ("unknown", "accepted", "sending", "intended", "refused"):
        if any(f'"{state}"' in text for text in texts):
            return state
    return "nothing"


def play_round(
    scene: Scene, folder: Path, emulator: Emulator, randomly: random.Random, figures: Figures, longest: float
) -> None:
    place = Process(folder, emulator)
    one = Round(scene, place, emulator, randomly)
    what = scene.name
    for _ in range(randomly.choice([1, 1, 1, 2, 3])):
        what += f", killed after {one.kill(longest):.3f} s"
        figures["kills"] += 1
        state = left(place.cwd)
        figures[f"left {state}"] += 1
        what += f" ({state})"
        figures.expect(not (half := list(half_written(place.cwd))), f"{what}: half written: {half}")
    code, said = one.finish()
    figures.expect(code == 0, f"{what}: the last try ended with {code}: {said}")
    expected = 1  # the running sync, which was there before
    started = one.started()
    figures.expect(set(started.values()) == {expected}, f"{what}: triggers {started}: {said}")
    code, right, said = one.check()
    figures.expect(code == right, f"{what}: the check says {code} and {right} is true: {said}")
    figures["rounds"] += 1
    figures[f"verdicts {code}"] += 1


def play(rounds: int, randomly: random.Random) -> Figures:
    """Play so many triggers, each scene in turn: one to three kills, a last try and a check."""
    figures = Figures("kills")
    with running_emulator() as emulator, tempfile.TemporaryDirectory() as root:
        duration: dict[str, float] = {}
        for number in range(rounds):
            scene = SCENES[number % len(SCENES)]
            folder = Path(root) / str(number)
            folder.mkdir()
            if scene.name not in duration:  # measures how long it takes on this machine without a kill
                began = time.monotonic()
                (folder / "whole").mkdir()
                quick = scene._replace(variables={k: v for k, v in scene.variables.items() if k != "FIVETRAN_WAIT"})
                Round(quick, Process(folder / "whole", emulator), emulator, randomly).finish()
                duration[scene.name] = (time.monotonic() - began) * 1.2
            play_round(scene, folder, emulator, randomly, figures, duration[scene.name])
            figures.tell()
    return figures


if __name__ == "__main__":
    raise SystemExit(by_hand(play, ROUNDS))
