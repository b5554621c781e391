"""A simulated Kubernetes cluster of one node, which runs pods by their manifests. kubernetes_api.py is its API.

It replaces a real cluster, which cannot be installed without a registry of images. Manifests are checked strictly
against Kubernetes' own schemas, as an API server does. What this cluster does not simulate, it refuses.
"""

import copy
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import kubernetes_validate
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound, UnprocessableEntity

from tests.engines.kubelet import Node, Unready, unplayed

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
CONDITION = re.compile(r"(?P<name>[\w./-]+)(?P<operator>!=|=)(?P<value>[\w.-]*)|(?P<absent>!?)(?P<label>[\w./-]+)")


def problems(pod: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a manifest: by the schema, by an API server's further rules, or not simulated here."""
    try:
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        yield str(error)
        return
    metadata, spec = pod["metadata"], pod["spec"]
    if not NAME.fullmatch(metadata.get("name", "")):
        yield f"metadata.name: {metadata.get('name')!r}"
    for name, value in metadata.get("labels", {}).items():
        if not LABEL.fullmatch(value):
            yield f"metadata.labels.{name}: {value!r}"
    volumes = {volume["name"] for volume in spec.get("volumes", [])}
    for mount in [mount for container in spec["containers"] for mount in container.get("volumeMounts", [])]:
        if mount["name"] not in volumes:
            yield f"spec.containers.volumeMounts: there is no volume {mount['name']!r}"
    yield from (f"{path} is not played" for path in unplayed(spec))


def overprivileged(spec: dict[str, Any]) -> Iterator[str]:
    """Yield what a namespace with the restricted Pod Security Standard does not allow."""
    for container in spec["containers"]:
        context = {**spec.get("securityContext", {}), **container.get("securityContext", {})}
        wanted = {
            "runAsNonRoot": context.get("runAsNonRoot") is True,
            "seccompProfile": context.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "allowPrivilegeEscalation": context.get("allowPrivilegeEscalation") is False,
            "capabilities": context.get("capabilities") == {"drop": ["ALL"]},
        }
        yield from (f"{name} of container {container['name']!r}" for name, met in wanted.items() if not met)


def fits(labels: dict[str, str], condition: str) -> bool:
    """Return whether labels fulfil a selector's condition: ``name=value``, ``name!=value``, ``name`` or ``!name``."""
    found = CONDITION.fullmatch(condition)
    if not found:
        raise BadRequest(f"label selector: {condition!r} is not played")
    if found["label"]:
        return (found["label"] in labels) != bool(found["absent"])
    return (labels.get(found["name"]) == found["value"]) == (found["operator"] == "=")


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def phase(states: list[dict[str, Any]]) -> str:
    if any("waiting" in state for state in states):
        return "Pending"
    if any("running" in state for state in states):
        return "Running"
    return "Failed" if any(state["terminated"]["exitCode"] for state in states) else "Succeeded"


class Cluster:
    """``created`` has each accepted manifest as it was received, and ``asked`` method and path of each request."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.created: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self._pods: dict[tuple[str, str], dict[str, Any]] = {}
        self._started: dict[str, dict[str, Unready]] = {}
        self._underway: list[threading.Thread] = []

    def create(self, namespace: str, pod: dict[str, Any]) -> dict[str, Any]:
        """Accept a pod at once and start it soon, as any cluster does."""
        if wrong := list(problems(pod)):
            raise UnprocessableEntity("; ".join(wrong))
        if wrong := list(overprivileged(pod["spec"])):
            raise Forbidden(f'violates PodSecurity "restricted:latest": {", ".join(wrong)}')
        key = (namespace, pod["metadata"]["name"])
        if key in self._pods:
            raise Conflict(f"pods {key[1]!r} already exists")
        self.created.append(copy.deepcopy(pod))
        pod["metadata"] |= {"namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": now()}
        self._pods[key] = pod
        self._soon(lambda: self._started.update({pod["metadata"]["uid"]: self.node.start(pod)}))
        return self.shown(pod)

    def get(self, namespace: str, name: str) -> dict[str, Any]:
        if (namespace, name) not in self._pods:
            raise NotFound(f"pods {name!r} not found")
        return self._pods[namespace, name]

    def select(self, namespace: str, selector: str) -> list[dict[str, Any]]:
        pods = [pod for (where, _), pod in list(self._pods.items()) if where == namespace]
        conditions = [condition for condition in selector.split(",") if condition]
        return [pod for pod in pods if all(fits(pod["metadata"].get("labels", {}), one) for one in conditions)]

    def delete(self, pod: dict[str, Any], grace: int) -> None:
        """Stop a pod. It remains until its containers have ended. To delete it again changes nothing."""
        metadata = pod["metadata"]
        if "deletionTimestamp" not in metadata:
            metadata["deletionTimestamp"] = now()
            self._soon(lambda: self._end(pod, grace))

    def shown(self, pod: dict[str, Any]) -> dict[str, Any]:
        """Return the pod with its current status."""
        statuses = list(self._container_statuses(pod))
        status = {
            "phase": phase([one["state"] for one in statuses]),
            "conditions": [{"type": "PodScheduled", "status": "True"}],
            "startTime": pod["metadata"]["creationTimestamp"],
            "containerStatuses": statuses,
        }
        return {**pod, "status": status}

    def names(self) -> list[str]:
        """Return the names of the pods, after everything that was requested has happened."""
        for thread in self._underway:
            thread.join()
        return [name for _, name in self._pods]

    def down(self) -> None:
        for _ in self.names():
            _, pod = self._pods.popitem()
            self.node.remove(pod, 0)

    def _container_statuses(self, pod: dict[str, Any]) -> Iterator[dict[str, Any]]:
        unready = self._started.get(pod["metadata"]["uid"])
        states = self.node.states(pod) if unready is not None else {}
        for container in pod["spec"]["containers"]:
            name = container["name"]
            reason, message = unready[name].args if unready and name in unready else ("ContainerCreating", "")
            state = states.get(name) or {"waiting": {"reason": reason, "message": message}}
            image = {"image": container["image"], "imageID": container["image"]}
            yield {"name": name, **image, "ready": "running" in state, "restartCount": 0, "state": state}

    def _end(self, pod: dict[str, Any], grace: int) -> None:
        self.node.remove(pod, grace)
        del self._pods[pod["metadata"]["namespace"], pod["metadata"]["name"]]

    def _soon(self, action: Callable[[], None]) -> None:
        thread = threading.Thread(target=action)
        self._underway.append(thread)
        thread.start()
