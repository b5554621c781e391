"""The pod operator's example in a real Airflow 3, with its pods in real containers. Only the cluster is simulated."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines.airflow_process import Airflow, Task
from tests.engines.cluster import Cluster, overprivileged, problems
from tests.engines.kubelet import Node
from tests.engines.kubernetes_api import served
from tests.engines.test_containers import BASE, IMAGE

# The sidecar that passes on the XCom needs only a shell and /proc, so it does not have to be alpine, which is not
# available here.
IMAGES = {"registry.example.com/slipway": IMAGE, "alpine": BASE}
RIGHTS = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@pytest.fixture
def cluster(tmp_path: Path, airflow: Airflow) -> Iterator[Cluster]:
    """A cluster with the secret that the example needs. The settings of the tests are in it, too."""
    names = ("FIVETRAN_API_URL", "FIVETRAN_API_KEY", "FIVETRAN_API_SECRET", "SLIPWAY_RETRY_TIMEOUT")
    secret = {name: airflow.environ[name] for name in names}
    cluster = Cluster(Node(tmp_path / "node", IMAGES, {"slipway": secret}))
    with served(cluster) as kubeconfig:
        (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
        airflow.environ["KUBECONFIG"] = str(tmp_path / "kubeconfig")
        yield cluster


@pytest.mark.usefixtures("ends_once_looked_at")
def test_a_sync_is_triggered_looked_at_until_it_has_ended_and_passed_on(
    airflow: Airflow, cluster: Cluster, emulator: Any, connector: str
) -> None:
    done = airflow("dags", "test", "slipway_kubernetes")
    said = done.stdout + done.stderr
    assert airflow.tasks() == {"trigger": Task("success", 1), "check": Task("success", 2)}, said[-3000:]
    assert "exit 255: the sync is running" in said
    triggered, checked = airflow.xcom("trigger"), airflow.xcom("check")
    assert (triggered["status"], checked["status"]) == ("triggered", "succeeded")
    assert checked["execution_time"] == triggered["execution_time"]
    assert len(emulator.requests("POST")) == 1
    assert len(cluster.created) == 3
    assert cluster.names() == []


def test_a_failed_sync_fails_the_check_at_once_and_its_result_is_there(
    airflow: Airflow, cluster: Cluster, emulator: Any, connector: str
) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    airflow("dags", "test", "slipway_kubernetes")
    assert airflow.tasks() == {"trigger": Task("success", 1), "check": Task("failed", 1)}
    assert airflow.xcom("check")["exit_code"] == 1
    assert len(emulator.requests("POST")) == 1
    assert len(cluster.created) == 2


def test_a_dead_connector_fails_the_trigger_without_a_retry(
    airflow: Airflow, cluster: Cluster, emulator: Any, connector: str
) -> None:
    emulator.set(connector, paused=True)
    done = airflow("dags", "test", "slipway_kubernetes")
    assert airflow.tasks() == {"trigger": Task("failed", 1), "check": Task("upstream_failed", 0)}
    assert "exit code 216 is final" in done.stdout + done.stderr
    assert len(emulator.requests()) == 1
    assert len(cluster.created) == 1


def test_an_unreachable_api_is_tried_again_in_a_new_pod(
    airflow: Airflow, cluster: Cluster, emulator: Any, connector: str
) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    done = airflow("dags", "test", "slipway_kubernetes")
    said = done.stdout + done.stderr
    assert airflow.tasks() == {"trigger": Task("success", 2), "check": Task("success", 1)}, said[-3000:]
    assert "exit 223" in said
    assert len(emulator.requests("POST")) == 1
    assert len(cluster.created) == 3


@pytest.fixture
def drained_once(cluster: Cluster, emulator: Any, connector: str) -> Iterator[None]:
    """Drain the node of the first pod while it waits for its sync. The sync ends once the next pod waits."""
    cluster.node.secrets["slipway"] |= {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}
    emulator.outcomes(connector, {"result": "success", "seconds": 3600})
    over = threading.Event()

    def until(condition: Callable[[], bool]) -> None:
        while not (condition() or over.wait(0.1)):
            pass

    def drain() -> None:
        until(lambda: any(asked.endswith("/log") for asked in cluster.asked) and bool(emulator.requests("POST")))
        for pod in cluster.select("default", ""):
            cluster.delete(pod, 30)
        until(lambda: len(cluster.created) == 2)
        looks = len(emulator.requests("GET"))
        until(lambda: len(emulator.requests("GET")) > looks + 1)
        emulator.advance(3601)

    drainer = threading.Thread(target=drain)
    drainer.start()
    yield
    over.set()
    drainer.join()


@pytest.mark.usefixtures("drained_once")
def test_a_pod_that_is_lost_with_its_node_is_replaced_and_the_sync_that_it_started_joined(
    airflow: Airflow, cluster: Cluster, emulator: Any
) -> None:
    done = airflow("dags", "test", "slipway_kubernetes")
    said = done.stdout + done.stderr
    assert airflow.tasks() == {"trigger": Task("success", 2), "check": Task("success", 1)}, said[-3000:]
    assert "exit 143" in said
    assert len(emulator.requests("POST")) == 1


def pod() -> dict[str, Any]:
    """Return the smallest pod that a restricted namespace accepts."""
    container = {"name": "base", "image": "registry.example.com/slipway:0.1.0", "securityContext": RIGHTS}
    context = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"containers": [container], "restartPolicy": "Never", "securityContext": context}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}


def test_the_cluster_takes_a_sound_pod_and_says_what_is_wrong_with_any_other() -> None:
    assert list(problems(pod())) == list(overprivileged(pod()["spec"])) == []
    for path, value, complaint in (
        ("spec.containers.0.argumnets", ["a"], "argumnets"),
        ("spec.containers.0.volumeMounts", [{"name": "data", "mountPath": "/data"}], "there is no volume 'data'"),
        ("spec.nodeSelector", {"disk": "ssd"}, "nodeSelector.disk is not played"),
        ("metadata.labels", {"run_id": "manual__2026-11-22T14:36:15+00:00"}, "metadata.labels.run_id"),
        ("metadata.name", "Trigger_1", "metadata.name"),
        ("spec.securityContext", {}, "runAsNonRoot of container 'base'"),
    ):
        wrong = pod()
        *parents, name = path.split(".")
        place: Any = wrong
        for parent in parents:
            place = place[int(parent) if parent.isdigit() else parent]
        place[name] = value
        assert complaint in "; ".join([*problems(wrong), *overprivileged(wrong["spec"])]), path


def test_the_cluster_says_why_a_container_does_not_start(cluster: Cluster) -> None:
    for name, fields, reason in (
        ("image", {"image": "nowhere:1"}, "ErrImagePull"),
        ("secret", {"envFrom": [{"secretRef": {"name": "other"}}]}, "CreateContainerConfigError"),
        ("command", {"command": ["/none"]}, "CreateContainerError"),
        ("root", {"securityContext": {**RIGHTS, "runAsUser": 0}}, "CreateContainerConfigError"),
    ):
        wrong = pod()
        wrong["metadata"]["name"] = name
        wrong["spec"]["containers"][0] |= fields
        cluster.create("default", wrong)
        assert name in cluster.names()
        (status,) = cluster.shown(wrong)["status"]["containerStatuses"]
        assert status["state"]["waiting"]["reason"] == reason
