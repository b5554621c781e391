"""The node of the simulated cluster: it runs each container of a pod in podman, by the manifest.

It uses ``podman run`` for each container and not ``podman kube play``, which ignores what it does not know (fsGroup,
the termination message). Here a pod that asks for anything else than what is simulated is refused.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.engines.test_containers import podman

PLAYED = frozenset(
    """
    restartPolicy=Never
    securityContext.runAsNonRoot securityContext.runAsUser securityContext.runAsGroup securityContext.fsGroup
    securityContext.seccompProfile.type=RuntimeDefault
    volumes.name volumes.emptyDir
    containers.name containers.image containers.command containers.args
    containers.env.name containers.env.value containers.envFrom.secretRef.name
    containers.volumeMounts.name containers.volumeMounts.mountPath
    containers.resources.requests.cpu containers.resources.requests.memory
    containers.terminationMessagePolicy=File
    containers.securityContext.runAsNonRoot containers.securityContext.runAsUser
    containers.securityContext.runAsGroup containers.securityContext.allowPrivilegeEscalation
    containers.securityContext.readOnlyRootFilesystem containers.securityContext.capabilities.drop
    """.split()
)
"""The parts of a pod's spec that are simulated. Resources need nothing, because this node has room for every
request."""

TERMINATION_MESSAGE = 4096


class Unready(Exception):
    """A container that a kubelet would not start: the reason of its waiting state, and a message."""


def leaves(given: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each given value with its path. Empty values, which the client sends, too, ask for nothing."""
    if isinstance(given, dict):
        for name, value in given.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(given, list):
        for value in given:
            yield from leaves(value, path)
    elif given not in (None, False, ""):
        yield path, given


def unplayed(spec: dict[str, Any]) -> list[str]:
    """Return what the pod asks for and this node does not simulate."""
    return sorted({path for path, value in leaves(spec) if not {path, f"{path}={value}"} & PLAYED})


def attach(*arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    """Start podman with streams that the caller reads, in UTC like Kubernetes' timestamps."""
    return subprocess.Popen(["podman", *arguments], env={**os.environ, "TZ": "UTC"}, stdout=subprocess.PIPE, **options)


def security(context: Mapping[str, Any]) -> Iterator[str]:
    uid, gid = context.get("runAsUser"), context.get("runAsGroup")
    if uid == 0 and context.get("runAsNonRoot"):
        raise Unready("CreateContainerConfigError", "container's runAsUser breaks non-root policy")
    if uid is not None:
        yield f"--user={uid}" if gid is None else f"--user={uid}:{gid}"
    if "fsGroup" in context:
        yield f"--group-add={context['fsGroup']}"
    if context.get("allowPrivilegeEscalation") is False:
        yield "--security-opt=no-new-privileges"
    if context.get("readOnlyRootFilesystem"):
        yield from ("--read-only", "--read-only-tmpfs=false")  # Kubernetes does not make /tmp writable either
    for capability in context.get("capabilities", {}).get("drop", []):
        yield f"--cap-drop={capability}"


class Node:
    """Keeps volumes and termination messages in ``folder``. ``images``: podman's image for a name without its tag."""

    def __init__(self, folder: Path, images: Mapping[str, str], secrets: Mapping[str, Mapping[str, str]]) -> None:
        self.folder = folder
        self.images = images
        self.secrets = secrets

    def start(self, pod: dict[str, Any]) -> dict[str, Unready]:
        """Start the pod's containers. Return those that cannot start, with the reason."""
        waiting: dict[str, Unready] = {}
        self._make_volumes(pod)
        for container in pod["spec"]["containers"]:
            try:
                self._start(pod, container)
            except Unready as reason:
                waiting[container["name"]] = reason
        return waiting

    def states(self, pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the state of each started container, running or terminated in Kubernetes' form, by its name."""
        names = [container["name"] for container in pod["spec"]["containers"]]
        found = json.loads(podman("inspect", *(self.container(pod, name) for name in names)).stdout or "[]")
        states = {one["Name"]: one["State"] for one in found}
        return {
            name: self._state(pod, name, states[self.container(pod, name)])
            for name in names
            if self.container(pod, name) in states
        }

    def remove(self, pod: dict[str, Any], grace: int) -> None:
        """Send SIGTERM to all containers, and SIGKILL to those that are still running after so many seconds."""
        names = [self.container(pod, name) for name in self.states(pod)]
        podman("kill", "--signal=TERM", *names)
        with attach("wait", *names, stderr=subprocess.DEVNULL) as waiting:
            with suppress(subprocess.TimeoutExpired):
                waiting.wait(grace)
            waiting.kill()
        podman("rm", "--force", "--time=0", *names)

    def _start(self, pod: dict[str, Any], container: dict[str, Any]) -> None:
        started = podman("run", "--detach", *self._options(pod, container), *self._program(container))
        if started.returncode:
            podman("rm", "--force", "--ignore", self.container(pod, container["name"]))
            raise Unready("CreateContainerError", started.stderr)

    @staticmethod
    def container(pod: dict[str, Any], name: str) -> str:
        return f"{pod['metadata']['name']}-{name}"

    def _path(self, pod: dict[str, Any], name: str) -> Path:
        return self.folder / str(pod["metadata"]["name"]) / name

    def _make_volumes(self, pod: dict[str, Any]) -> None:
        """Make empty folders like a kubelet's: writable for everybody, and with an fsGroup, of that group."""
        group = pod["spec"].get("securityContext", {}).get("fsGroup")
        for volume in pod["spec"].get("volumes", []):
            path = self._path(pod, volume["name"])
            path.mkdir(parents=True)
            path.chmod(0o777)
            if group is not None:
                os.chown(path, 0, group)
                path.chmod(0o2777)

    def _options(self, pod: dict[str, Any], container: dict[str, Any]) -> Iterator[str]:
        spec, name = pod["spec"], self.container(pod, container["name"])
        message = self._path(pod, f"message-of-{container['name']}")
        message.parent.mkdir(parents=True, exist_ok=True)
        message.touch()
        message.chmod(0o666)
        yield from (f"--name={name}", "--pull=never", "--http-proxy=false")
        yield from security({**spec.get("securityContext", {}), **container.get("securityContext", {})})
        yield f"--volume={message}:/dev/termination-log"
        for mount in container.get("volumeMounts", []):
            yield f"--volume={self._path(pod, mount['name'])}:{mount['mountPath']}"
        for variable, value in self._variables(container).items():
            yield f"--env={variable}={value}"

    def _variables(self, container: dict[str, Any]) -> dict[str, str]:
        """Return a container's variables. Those that it names itself replace those from secrets."""
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            secret = source["secretRef"]["name"]
            if secret not in self.secrets:
                raise Unready("CreateContainerConfigError", f'secret "{secret}" not found')
            found |= self.secrets[secret]
        return found | {one["name"]: one.get("value", "") for one in container.get("env", [])}

    def _program(self, container: dict[str, Any]) -> list[str]:
        """Return image and arguments. A command replaces the image's entry point."""
        image = self.images.get(container["image"].partition(":")[0])
        if not image:
            raise Unready("ErrImagePull", f"{container['image']}: not found")
        command = container.get("command")
        entry = [f"--entrypoint={json.dumps(command)}"] if command else []
        return [*entry, image, *container.get("args", [])]

    def _state(self, pod: dict[str, Any], name: str, state: dict[str, Any]) -> dict[str, Any]:
        if state["Status"] != "exited":
            return {"running": {"startedAt": state["StartedAt"]}}
        message = self._path(pod, f"message-of-{name}").read_text(errors="replace")[:TERMINATION_MESSAGE]
        ended = {
            "exitCode": state["ExitCode"],
            "reason": "Error" if state["ExitCode"] else "Completed",
            "startedAt": state["StartedAt"],
            "finishedAt": state["FinishedAt"],
        }
        return {"terminated": {**ended, "message": message} if message else ended}
