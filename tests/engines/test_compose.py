"""compose.yaml, unchanged, run by podman-compose with the images that images.sh built."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engines.test_containers import EMULATOR, IMAGE, podman
from tests.schedulers.examples import ROOT

REAL = ["--profile", "real"]
KEY, SECRET = "key-that-only-a-file-has", "secret-that-only-a-file-has"
HIDDEN = [KEY, SECRET, base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()]


def inspected(container: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(podman("container", "inspect", container).stdout)[0]
    return found


class Compose:
    """One project: compose.yaml, and an override with the differences of this machine."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.project = f"slipway-test-{os.getpid()}"
        self.kept = f"{self.project}-kept"  # a run's container that a test inspects later
        self.services = self.of_this_machine()

    def of_this_machine(self) -> dict[str, Any]:
        """Return the override: image names of the tests, and the emulator's network for all containers.

        A build machine may have no bridge and no name server. A hosts file then has the emulator's address, so that the
        URL in compose.yaml and the name to which the emulator answers remain.
        """
        (self.folder / "hosts").write_text("127.0.0.1 localhost emulator\n")
        inside = {"network_mode": "service:emulator", "volumes": [f"{self.folder}/hosts:/etc/hosts:ro"]}
        names = ["trigger", "check", "real-trigger", "real-check"]
        emulator: dict[str, Any] = {"image": EMULATOR, "network_mode": "none"}
        return {"emulator": emulator, **{name: {"image": IMAGE, **inside} for name in names}}

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        secrets = {name: {"file": str(self.folder / name)} for name in ("fivetran_api_key", "fivetran_api_secret")}
        override = self.folder / "override.yaml"
        override.write_text(yaml.safe_dump({"services": self.services, "secrets": secrets}))
        command = [self.program, "-p", self.project, "-f", ROOT / "compose.yaml", "-f", override, *arguments]
        environ = {**os.environ, "FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)

    def container(self, service: str) -> str:
        return f"{self.project}_{service}_1"

    def start_emulator(self) -> str:
        """Start the emulator's container. Return its name once the file's own health check says healthy.

        podman-compose waits for that only with podman 4.6, and podman repeats the check only under systemd.
        """
        assert self("up", "-d", "emulator").returncode == 0
        container = self.container("emulator")
        until = time.monotonic() + 60
        while podman("healthcheck", "run", container).returncode:
            assert time.monotonic() < until, podman("logs", container).stderr
            time.sleep(0.2)
        return container

    def chain(self, trigger: str, check: str) -> list[dict[str, Any]]:
        """Run trigger and check, one after the other. Return both results.

        podman-compose 1.6 does not wait for a step that must complete, and podman before 5.6 starts no container that
        requires one that has ended. So they are two commands with --no-deps.
        """
        started = self(*REAL, "up", "-d", trigger)
        assert started.returncode == 0, started.stderr
        ended = podman("wait", self.container(trigger)).stdout.strip()
        logs = podman("logs", self.container(trigger))
        assert ended == "0", logs.stderr
        done = self(*REAL, "run", "-T", "--no-deps", "--name", self.kept, check)
        assert done.returncode == 0, done.stderr
        return [json.loads(logs.stdout), json.loads(done.stdout)]


@pytest.fixture
def compose(engines: Path, tmp_path: Path) -> Iterator[Compose]:
    project = Compose(engines / "compose/bin/podman-compose", tmp_path)
    for name, value in (("fivetran_api_key", KEY), ("fivetran_api_secret", SECRET)):
        (tmp_path / name).write_text(f"{value}\n")
        (tmp_path / name).chmod(0o644)
    yield project
    podman("rm", "--force", "--time=1", project.kept)
    project(*REAL, "down", "--volumes", "--timeout", "1")
    label = f"--filter=label=io.podman.compose.project={project.project}"
    for things in (["ps", "-a"], ["pod", "ps"], ["volume", "ls"], ["network", "ls"]):
        left = podman(*things, "--quiet", label).stdout
        assert left == "", f"podman {things[0]} still has {left}"


def test_the_chain_runs_from_a_healthy_emulator_to_the_syncs_success(compose: Compose) -> None:
    emulator = compose.start_emulator()
    assert inspected(emulator)["State"]["Health"]["Status"] == "healthy"
    trigger, check = compose.chain("trigger", "check")
    assert (trigger["status"], check["status"]) == ("triggered", "succeeded")
    assert check["execution_time"] == trigger["execution_time"]


def test_real_keys_reach_the_programs_as_files_and_stand_nowhere_else(compose: Compose) -> None:
    # The emulator replaces Fivetran and accepts only these credentials.
    only = ["--key", KEY, "--secret", SECRET, "--sync-seconds", "0"]
    compose.services["emulator"]["command"] = ["--allow-host", "emulator", *only]
    for name in ("real-trigger", "real-check"):
        url = {"FIVETRAN_API_URL": "http://emulator:8000/v1", "FIVETRAN_ALLOW_HTTP": "TRUE"}
        compose.services[name]["environment"] = url
    compose.start_emulator()
    trigger, check = compose.chain("real-trigger", "real-check")
    assert (trigger["status"], check["status"]) == ("triggered", "succeeded")
    for container in (compose.container("real-trigger"), compose.kept):
        seen = inspected(container)
        assert "FIVETRAN_API_SECRET_FILE=/run/secrets/fivetran_api_secret" in seen["Config"]["Env"]
        logs = podman("logs", container)
        told = json.dumps(seen) + logs.stdout + logs.stderr
        assert '"exit_code": 0' in told
        assert not [secret for secret in HIDDEN if secret in told]
