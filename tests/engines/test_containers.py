"""The image in real containers: read-only, unprivileged, with any uid and gid 0, on a volume that others use, too."""

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.schedulers.examples import both, load, source

IMAGE, EMULATOR, BASE = "localhost/slipway-test", "localhost/slipway-test-emulator", "localhost/slipway-test-base"
MEGABYTE = 1_000_000
LOCKED = ["--cap-drop=ALL", "--security-opt=no-new-privileges", "--read-only", "--tmpfs=/tmp", "--pull=never"]


def podman(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=120, **options)


def inspect(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(podman("image", "inspect", image).stdout)[0]
    return found


class Containers:
    """Runs the image with one volume."""

    def __init__(self, volume: Path, url: str) -> None:
        self.volume = volume
        self.variables = {
            "FIVETRAN_API_URL": f"{url}/v1",
            "FIVETRAN_API_KEY": "key-of-the-tests",
            "FIVETRAN_API_SECRET": "secret-of-the-tests",
        }

    def options(self, uid: int, variables: dict[str, str]) -> list[str]:
        given = [f"--env={name}={value}" for name, value in {**self.variables, **variables}.items()]
        return [*LOCKED, f"--user={uid}:0", f"--volume={self.volume}:/data", *given]

    def __call__(self, uid: int, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return podman("run", "--rm", *self.options(uid, variables), IMAGE, *arguments)


@pytest.fixture
def containers(tmp_path: Path, emulator: Any) -> Containers:
    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, 0, 0)
    volume.chmod(0o770)
    for folder in (tmp_path, tmp_path.parent):
        folder.chmod(0o755)
    return Containers(volume, emulator.url)


def test_the_image_adds_at_most_twelve_megabytes() -> None:
    added = inspect(IMAGE)["Size"] - inspect(BASE)["Size"]
    print(f"added: {added / MEGABYTE:.2f} MB")
    assert added <= 12 * MEGABYTE


def test_the_image_says_what_it_is() -> None:
    labels = inspect(IMAGE)["Labels"]
    names = {name.removeprefix("org.opencontainers.image.") for name in labels}
    assert {"title", "description", "licenses", "version", "revision"} <= names


def test_the_chain_runs_under_three_uids_on_one_volume(containers: Containers, connector: str, emulator: Any) -> None:
    emulator.outcomes(connector, {"result": "success", "seconds": 3600})
    done = containers(10001, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector, SLIPWAY_RUN_ID="a")
    assert done.returncode == 0, done.stderr
    assert containers(23456, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="a").returncode == 255
    emulator.advance(3601)
    assert containers(34567, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="a").returncode == 0
    owners = {path.stat().st_uid for path in containers.volume.rglob("*") if path.is_file()}
    assert owners == {10001, 34567}


def test_nothing_on_the_volume_is_imported(containers: Containers, connector: str) -> None:
    for name in ("requests", "json", "shared", "sitecustomize", "usercustomize"):
        (containers.volume / f"{name}.py").write_text("import os; os.write(2, b'PLANTED')")
    done = containers(10001, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector, PYTHONPATH="/data", HOME="/data")
    assert done.returncode == 0
    assert "PLANTED" not in done.stderr


def test_no_uid_can_write_where_the_code_is() -> None:
    find = ["--entrypoint", "find", IMAGE, "/opt", "-writable"]
    done = podman("run", "--rm", "--pull=never", "--cap-drop=ALL", "--user=23456:0", *find)
    assert (done.returncode, done.stdout) == (0, "")


def test_sigterm_reaches_the_program_as_pid_1(containers: Containers, connector: str, emulator: Any) -> None:
    emulator.outcomes(connector, {"result": "success", "seconds": 3600})
    variables = {"FIVETRAN_CONNECTOR_ID": connector, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "30"}
    container = podman(
        "run", "-d", *containers.options(10001, variables), IMAGE, "fivetran/execute_sync"
    ).stdout.strip()
    try:
        while "is running" not in podman("logs", container).stderr:
            time.sleep(0.2)
        assert podman("top", container, "pid", "comm").stdout.split()[2:] == ["1", "python"]
        podman("stop", "--time=60", container)
        assert podman("inspect", container, "--format={{.State.ExitCode}}").stdout.strip() == "143"
        assert '"status": "interrupted"' in podman("logs", container).stdout
    finally:
        podman("rm", "--force", container)


def test_without_a_name_the_image_lists_its_blueprints(containers: Containers) -> None:
    done = containers(10001)
    assert done.returncode == 0
    assert "fivetran/execute_sync" in done.stdout


@pytest.fixture
def pod(request: pytest.FixtureRequest, tmp_path: Path, emulator: Any) -> Iterator[Path]:
    """Return a CronJob's pod template as a Pod, with podman's form of the secret. podman has no CronJob."""
    secret, claim, _ = yaml.safe_load_all(source("kubernetes.yaml"))
    template = load(request.param)["spec"]["jobTemplate"]["spec"]["template"]
    labels = {**template["metadata"]["labels"], "batch.kubernetes.io/job-name": "job-1"}
    for container in [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]:
        container.update(image=IMAGE, imagePullPolicy="Never")
        container["resources"] = {}  # limits need a cgroup of the test's own
    values = {**secret["stringData"], "FIVETRAN_API_URL": f"{emulator.url}/v1", "FIVETRAN_POLL_INTERVAL": "1"}
    (tmp_path / "secret").write_text(
        json.dumps({name: base64.b64encode(value.encode()).decode() for name, value in values.items()})
    )
    one = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "slipway-test", "labels": labels}}
    (tmp_path / "pod.yaml").write_text(yaml.safe_dump_all([claim, {**one, "spec": template["spec"]}]))
    podman("secret", "create", secret["metadata"]["name"], str(tmp_path / "secret"))
    yield tmp_path / "pod.yaml"
    podman("kube", "down", str(tmp_path / "pod.yaml"))
    podman("secret", "rm", secret["metadata"]["name"])
    podman("volume", "rm", claim["metadata"]["name"])


@pytest.mark.parametrize(
    ("pod", "container", "run_id"),
    [("kubernetes.yaml", "check", "job-1"), ("docs/kubernetes.yaml", "sync", None)],
    indirect=["pod"],
)
def test_a_pod_template_runs_to_its_end(pod: Path, container: str, run_id: str | None, emulator: Any) -> None:
    done = podman("kube", "play", "--network=host", str(pod))
    assert done.returncode == 0, done.stderr
    assert podman("wait", f"slipway-test-{container}").stdout.strip() == "0"
    result = json.loads(podman("logs", f"slipway-test-{container}").stdout)
    assert (result["status"], result["run_id"]) == ("succeeded", run_id)
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize("name", both("aws_batch.json"))
def test_a_batch_job_runs_to_its_end(name: str, containers: Containers, emulator: Any) -> None:
    """With the file system that the job definition mounts, or with only the image's own."""
    job = load(name)["containerProperties"]
    given = {one["name"]: one["value"] for one in job["environment"]}
    variables = {**containers.variables, **given, "FIVETRAN_POLL_INTERVAL": "1", "AWS_BATCH_JOB_ID": "job-1"}
    options = [f"--env={one}={value}" for one, value in variables.items()]
    options += ["--read-only"] if job.get("readonlyRootFilesystem") else []
    options += [f"--user={job['user']}"] if "user" in job else []
    options += [f"--volume={containers.volume}:{mount['containerPath']}" for mount in job.get("mountPoints", [])]
    done = podman("run", "--rm", "--pull=never", "--cap-drop=ALL", *options, IMAGE, *job["command"])
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["status"], result["run_id"]) == ("succeeded", "job-1")
    assert len(emulator.requests("POST")) == 1


def test_the_emulators_image_serves_a_chain(containers: Containers, connector: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    container = podman("run", "-d", *LOCKED, EMULATOR, "--port", port).stdout.strip()
    try:
        variables = {"FIVETRAN_API_URL": f"http://127.0.0.1:{port}/v1", "FIVETRAN_CONNECTOR_ID": connector}
        done = containers(10001, "fivetran/execute_sync", **variables)
        assert done.returncode == 0, done.stderr + podman("logs", container).stderr
    finally:
        podman("rm", "--force", "--time=1", container)
