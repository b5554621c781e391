"""Many processes at once: of one run, which must trigger once; and of many runs that share a folder.

Answers to the first reads are kept back, so that without the lock all processes would have read before the first one
sends.
"""

import random
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import Emulator, Finished, Process, eventually, running_emulator
from tests.soak import Figures, by_hand
from tests.soak.barrier import barrier
from tests.soak.kills import end_of, half_written

ROUNDS = 100
AT_ONCE = 100
"""Processes of different runs in one folder."""
RUN = "nightly"
TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
IDS = ("speak_inexpensive", "gratuitous_bounty", "brisk_metronome", "intrinsic_coolness")
SLOW = {"SLIPWAY_RETRY_TIMEOUT": "120", "SLIPWAY_READ_TIMEOUT": "300"}
"""Timeouts so long that all processes can share the machine."""
MOST = 20
"""Outcomes that are queued for each connector. How many remain shows how many syncs were started."""
LONGEST = 240.0
"""Seconds within which all these processes have started, on a very busy machine."""


def started(emulator: Emulator, one: str) -> int:
    return MOST - len(emulator.connector(one)["outcomes"])


def all_of(running: "list[subprocess.Popen[str]]") -> list[Finished]:
    ended = [(one, *one.communicate(timeout=300)) for one in running]
    return [Finished(one.returncode, out, err) for one, out, err in ended]


def of_one_run(place: Process, emulator: Emulator, randomly: random.Random, figures: Figures, count: int) -> None:
    """Start two to ten processes of one run at once, for one connector or several."""
    ids = IDS[: randomly.choice([1, 1, 2, 4])]
    force = randomly.choice(["TRUE", "FALSE"])
    failure = randomly.random() < 0.3
    what = f"{count} processes, {len(ids)} connectors, FIVETRAN_FORCE={force}"
    emulator.reset()
    for one in ids:
        emulator.outcomes(one, *[{"result": "failure" if failure else "success", "seconds": 3600}] * MOST)
    given = {"SLIPWAY_RUN_ID": RUN, "FIVETRAN_CONNECTOR_ID": ",".join(ids), "FIVETRAN_FORCE": force, **SLOW}
    with barrier(emulator.url, count) as held:
        done = all_of([place.start(TRIGGER, **given, FIVETRAN_API_URL=f"{held.url}/v1") for _ in range(count)])
    said = [(one.code, end_of(one.stdout + one.stderr)) for one in done]
    figures.expect({one.code for one in done} == {0}, f"{what}: {said}")
    figures.expect({started(emulator, one) for one in ids} == {1}, f"{what}: started more than once, or not: {said}")
    moments = {str(one.result.get("execution_time")) for one in done}
    figures.expect(len(moments) == 1, f"{what}: they remember different triggers: {moments}")
    emulator.advance(3700)
    verdicts = all_of([place.start(CHECK, SLIPWAY_UPSTREAM_RUN_IDS=RUN) for _ in range(2)])
    right = {1 if failure else 0}
    figures.expect({one.code for one in verdicts} == right, f"{what}: {[end_of(one.stderr) for one in verdicts]}")
    figures.update({"rounds": 1, "processes": count, f"verdicts {right.pop()}": len(verdicts)})


def at_once(place: Process, emulator: Emulator, name: str, given: list[dict[str, str]]) -> tuple[list[Finished], int]:
    """Start processes. None gets an answer before all have sent a request, so that all of them run at the same time."""
    with barrier(emulator.url, len(given) + 1, quiet=2 * LONGEST) as held:
        running = [place.start(name, **one, FIVETRAN_API_URL=f"{held.url}/v1", **SLOW) for one in given]
        eventually(lambda: held.came == len(given), LONGEST)
        alive = sum(one.poll() is None for one in running)
        held.open()
        return all_of(running), alive


def of_many_runs(place: Process, emulator: Emulator, figures: Figures, count: int) -> None:
    """Start many runs at once in one folder, each for a connector of its own."""
    emulator.reset(connectors=count, sync_seconds=3600)
    auth = ("key", "secret")
    answer = emulator._session.get(f"{emulator.url}/v1/groups/bulging_archive/connections?limit=1000", auth=auth)
    ids = [row["id"] for row in answer.json()["data"]["items"]]
    for number, one in enumerate(ids):
        emulator.outcomes(one, *[{"result": "success" if number % 3 else "failure", "seconds": 3600}] * MOST)
    given = [{"SLIPWAY_RUN_ID": f"run-{one}", "FIVETRAN_CONNECTOR_ID": one} for one in ids]
    done, alive = at_once(place, emulator, TRIGGER, given)
    figures["triggers alive at once"] = alive
    wrong = [end_of(one.stderr) for one in done if one.code != 0]
    figures.expect(not wrong, f"{len(wrong)} of {count} runs in one folder failed: {wrong[:2]}")
    figures.expect({started(emulator, one) for one in ids} == {1}, "some were started twice, or not at all")
    figures.expect(not (half := list(half_written(place.cwd))), f"half written: {half}")
    emulator.advance(3700)
    checks, alive = at_once(place, emulator, CHECK, [{"SLIPWAY_UPSTREAM_RUN_IDS": f"run-{one}"} for one in ids])
    figures["checks alive at once"] = alive
    codes = [one.code for one in checks]
    figures.expect(codes == [0 if number % 3 else 1 for number in range(count)], f"verdicts of many runs: {codes}")


def play(rounds: int, randomly: random.Random, many: int = AT_ONCE) -> Figures:
    """Play so many rounds of one run, and ``many`` runs at once in one folder."""
    figures = Figures("processes")
    with running_emulator() as emulator, tempfile.TemporaryDirectory() as root:
        for number in range(rounds):
            folder = Path(root) / str(number)
            folder.mkdir()
            of_one_run(Process(folder, emulator), emulator, randomly, figures, 2 + number % 9)
            figures.tell()
        if many:
            folder = Path(root) / "many"
            folder.mkdir()
            of_many_runs(Process(folder, emulator), emulator, figures, many)
            figures.tell()
    return figures


if __name__ == "__main__":
    raise SystemExit(by_hand(play, ROUNDS))
