"""Send SIGTERM, SIGINT or SIGHUP to a trigger that waits, at a random moment after its start.

Its sync takes ten minutes, so a run that ends in another way, or not at all, has ignored the signal. Whatever the
moment, the exit code is that of the signal, stdout has one result line, and a retry starts nothing again. Before the
first line of Slipway, Python itself handles the signal, and the process ends without output.
"""

import json
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.conftest import Emulator, Process, running_emulator
from tests.soak import Figures, by_hand
from tests.soak.kills import SCENES, Round, Scene, end_of, half_written

ROUNDS = 300
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
PYTHONS = {signal.SIGTERM: {-signal.SIGTERM}, signal.SIGINT: {-signal.SIGINT, 1}, signal.SIGHUP: {-signal.SIGHUP}}
"""How Python ends if the signal comes before the first line of Slipway. It is 1 while Python starts."""
LONGEST = 60.0
"""Seconds within which a run ends after a signal, on a very busy machine."""


def waiting(scene: Scene) -> Scene:
    waits = "FIVETRAN_WAIT" if scene.vendor == "fivetran" else "AIRBYTE_WAIT"
    return scene._replace(variables=scene.variables | {waits: "TRUE"})


def play_round(
    scene: Scene, folder: Path, emulator: Emulator, randomly: random.Random, figures: Figures, longest: float
) -> None:
    place = Process(folder, emulator)
    one = Round(scene, place, emulator, randomly)
    number, moment = randomly.choice([*CODES]), randomly.uniform(0, randomly.choice([0.1, 0.4, longest]))
    what = f"{scene.name}, {number.name} after {moment:.3f} s"
    emulator.forget_requests()
    with one.start() as running:
        time.sleep(moment)
        early = not emulator.requests()
        running.send_signal(number)
        try:
            out, err = running.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            running.kill()
            out, err = running.communicate()
            figures.expect(False, f"{what}: swallowed: {end_of(out + err)}")
    figures["signals from exec on"] += 1
    if early and not out and running.returncode in PYTHONS[number]:
        figures["before our first line"] += 1
        figures.expect("Slipway" not in err, f"{what}: no result: {end_of(err)}")
    else:
        lines = out.splitlines()
        right = len(lines) == 1 and json.loads(lines[0])["exit_code"] == running.returncode == CODES[number]
        figures.expect(right, f"{what}: {running.returncode}: {end_of(out + err)}")
        figures.expect("Traceback" not in err, f"{what}: a traceback: {end_of(err)}")
        figures[f"exit {running.returncode}"] += 1
    figures.expect(not (half := list(half_written(place.cwd))), f"{what}: half written: {half}")
    code, said = one.finish()
    figures.expect(code == 0, f"{what}: the next try ended with {code}: {said}")
    figures.expect(set((started := one.started()).values()) == {1}, f"{what}: triggers {started}: {said}")


def play(rounds: int, randomly: random.Random) -> Figures:
    """Send so many signals, to each scene in turn."""
    figures = Figures("signals")
    with running_emulator() as emulator, tempfile.TemporaryDirectory() as root:
        for number in range(rounds):
            folder = Path(root) / str(number)
            folder.mkdir()
            play_round(waiting(SCENES[number % len(SCENES)]), folder, emulator, randomly, figures, 1.5)
            figures.tell()
    return figures


if __name__ == "__main__":
    raise SystemExit(by_hand(play, ROUNDS))
