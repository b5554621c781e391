"""Each Airbyte step of ``make run`` ends as its text says."""

from typing import Any

from demo.airbyte_chain import airbyte_chain
from tests.conftest import Blueprint, Emulator


class Stage:
    """Runs each step and keeps its exit code."""

    def __init__(self, blueprint: Any) -> None:
        self.blueprint = blueprint
        self.environ: dict[str, str] = {}
        self.codes: list[int] = []

    def step(self, name: str, expected: tuple[int, ...], **variables: str) -> int:
        done = self.blueprint(name, **{**self.environ, **variables})
        assert done.code in expected, done.stderr
        self.codes.append(done.code)
        return int(done.code)


def test_the_chain_ends_as_it_says(emulator: Emulator, blueprint: Blueprint) -> None:
    emulator.reset(sync_seconds=0)  # a job without an outcome of its own has ended at the first poll
    stage, said = Stage(blueprint), list[str]()
    airbyte_chain(stage, emulator.url, said.append, 6)
    assert stage.codes == [0, 211, 216, 0, 0]
    assert [line.split(".")[0] for line in said] == ["6", "7", "8", "9", "10"]
