"""The containers of Argo's and Kestra's steps, started as their engines would, with the outputs of the step before.

Neither Argo nor Kestra is installed. What they do between two steps is done here in a simple way: expressions are
replaced, files or output lines are read.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared import timestamps
from tests.engines.test_containers import IMAGE, LOCKED, podman
from tests.schedulers.examples import both, load


def filled(text: str, values: dict[str, str]) -> str:
    """Return ``text`` with its expressions replaced. A missing value raises KeyError, with ``??`` it is empty."""

    def value(found: re.Match[str]) -> str:
        name, default, _ = found[1].partition(" ?? ''")
        return values.get(name, "") if default else values[name]

    return re.sub(r"\{\{ ?(.+?) ?\}\}", value, text)


class Step:
    """Runs one container as the engines do."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        names = ("FIVETRAN_API_URL", "FIVETRAN_API_KEY", "FIVETRAN_API_SECRET")
        self.environ = {**{name: environ[name] for name in names}, "FIVETRAN_POLL_INTERVAL": "1"}

    def argo(self, name: str, variables: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run it in a new folder that everybody may write."""
        data = self.folder / name
        data.mkdir()
        data.chmod(0o777)
        return self.run(variables, *LOCKED, f"--volume={data}:/data", IMAGE, *arguments)

    def kestra(self, variables: dict[str, str], command: str) -> "subprocess.CompletedProcess[str]":
        """Run it by a shell in a working directory of root, as Kestra's Docker runner does."""
        root = ["--tmpfs=/tmp/kestra-wd:mode=0755,notmpcopyup", "--workdir=/tmp/kestra-wd"]
        return self.run(variables, "--pull=never", *root, "--entrypoint=/bin/sh", IMAGE, "-c", f"set -e\n{command}")

    def run(self, variables: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
        env = [f"--env={name}={value}" for name, value in {**self.environ, **variables}.items()]
        return podman("run", "--rm", *env, *arguments)


@pytest.fixture
def step(tmp_path: Path, example: dict[str, str]) -> Step:
    return Step(tmp_path, example)


@pytest.mark.parametrize(("name", "steps"), [("argo.yaml", ["trigger", "check"]), ("docs/argo.yaml", ["sync"])])
def test_argos_steps_pass_on_the_parameters_that_they_declare(
    name: str, steps: list[str], step: Step, connector: str, emulator: Any
) -> None:
    templates = {template["name"]: template for template in load(name)["spec"]["templates"]}
    values = {"workflow.parameters.connector": connector, "workflow.name": "slipway-x7f2p"}
    for one in steps:
        container = templates[one]["container"]
        done = step.argo(one, {v["name"]: filled(v["value"], values) for v in container["env"]}, *container["args"])
        assert done.returncode == 0, done.stderr
        for parameter in templates[one]["outputs"]["parameters"]:
            file = Path(parameter["valueFrom"]["path"]).relative_to("/data")
            values[f"inputs.parameters.{parameter['name']}"] = (step.folder / one / file).read_text()
        emulator.advance(3600)  # the started sync has ended
    succeeded_at = timestamps.parse(values["inputs.parameters.succeeded-at"])
    assert succeeded_at.timestamp() == pytest.approx(emulator.connector(connector)["succeeded_at"], abs=1e-3)
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize("name", both("kestra.yaml"))
@pytest.mark.parametrize("code", [0, 216])
def test_kestras_steps_leave_the_outputs_that_its_flow_asks(
    name: str, code: int, step: Step, connector: str, emulator: Any
) -> None:
    emulator.set(connector, paused=code == 216)
    flow = load(name)
    values = {"inputs.connector": connector, "execution.id": "5Xk2", **constants(flow)}
    for one in [task["tasks"][0] for task in flow["tasks"] if "tasks" in task]:
        given = {key: value for key, value in one["env"].items() if "secret(" not in value}
        (command,) = one["commands"]
        variables = {key: filled(value, values) for key, value in given.items()}
        done = step.kestra(variables, filled(command, values))
        assert (done.returncode, done.stderr) == (0, "")  # "|| true": the loop decides; Kestra takes stderr for errors
        (line,) = re.findall(r"^::(\{.*\})::$", done.stdout, re.MULTILINE)
        outputs = json.loads(line)["outputs"]
        assert (outputs["exit_code"], outputs["retry"]) == (code, False)
        if code:
            break
        kept = {key: str(value) for key, value in outputs.items() if value is not None}  # some Kestras drop nulls
        values |= {f"outputs.{one['id']}.vars.{key}": value for key, value in kept.items()}
        emulator.advance(3600)  # the started sync has ended
    assert len(emulator.requests("POST")) == (0 if code else 1)


def constants(flow: dict[str, Any]) -> dict[str, str]:
    return {f"vars.{name}": value for name, value in flow.get("variables", {}).items()}
