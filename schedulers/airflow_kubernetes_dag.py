"""Slipway under Airflow 3, each step in its own pod: trigger, check until it has ended, pass the result on.

Needs apache-airflow-providers-cncf-kubernetes, the image, and a Kubernetes secret "slipway" with FIVETRAN_API_KEY and
FIVETRAN_API_SECRET. The two pods share no disk. The facts that the check needs are passed by XCom: Slipway writes them
to /airflow/xcom/return.json if that folder exists.
"""

import os
from datetime import timedelta
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import dag
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from kubernetes.client import models as k8s

IMAGE = "registry.example.com/slipway:0.1.0"  # `make push` names it here
PAUSE = timedelta(seconds=float(os.environ.get("SLIPWAY_RETRY_DELAY", "60")))

TRY_AGAIN = {129, 130, 143, 221, 222, 223, 255}
"""Exit codes after which the same step, run again later, may end differently. Every other one is final."""

LOCKED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


class SlipwayPod(KubernetesPodOperator):
    """Runs a blueprint in a pod. A final exit code fails the task at once, even if retries are left.

    skip_on_exit_code is not used: it marks the task as skipped, so that a failed connector's branch looks green.
    """

    def __init__(self, *, blueprint: str, variables: dict[str, str], **kwargs: Any) -> None:
        super().__init__(
            image=IMAGE,
            arguments=[blueprint],
            env_vars=variables,
            env_from=[k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name="slipway"))],
            security_context={
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "runAsGroup": 0,
                "fsGroup": 0,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            volumes=[k8s.V1Volume(name="data", empty_dir=k8s.V1EmptyDirVolumeSource())],
            volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data")],
            do_xcom_push=True,
            log_pod_spec_on_failure=False,  # it would log hundreds of lines for each check of a running sync
            **kwargs,
        )

    def build_pod_request_obj(self, *args: Any, **kwargs: Any) -> k8s.V1Pod:
        """Restrict every container, also the operator's XCom sidecar, so that a restricted namespace admits the pod."""
        pod = super().build_pod_request_obj(*args, **kwargs)
        for container in pod.spec.containers:
            container.security_context = LOCKED
        return pod

    def cleanup(self, pod: k8s.V1Pod, remote_pod: k8s.V1Pod, *args: Any, **kwargs: Any) -> None:
        """Raise the operator's error for a failed pod, as AirflowFailException if the exit code is final."""
        try:
            super().cleanup(pod, remote_pod, *args, **kwargs)
        except AirflowSkipException:
            raise
        except AirflowException as error:
            code = exit_code(remote_pod, self.base_container_name)
            if code is None or code in TRY_AGAIN:
                raise
            raise AirflowFailException(f"exit code {code} is final") from error


def exit_code(pod: k8s.V1Pod | None, container: str) -> int | None:
    """Return the container's exit code, None if it has none (evicted, image not found)."""
    statuses = (pod.status.container_statuses or []) if pod and pod.status else []
    ended = [status.state.terminated for status in statuses if status.name == container and status.state]
    return ended[0].exit_code if ended and ended[0] else None


@dag(dag_id="slipway_kubernetes", schedule=None, catchup=False, params={"connector_id": "speak_inexpensive"})
def chain() -> None:
    trigger = SlipwayPod(
        task_id="trigger",
        blueprint="fivetran/execute_sync",
        variables={
            "FIVETRAN_CONNECTOR_ID": "{{ params.connector_id }}",
            # Without a shared disk a retry cannot know which sync its predecessor started. It must not interrupt that.
            "FIVETRAN_FORCE": "FALSE",
            "SLIPWAY_RUN_ID": "{{ ti.dag_id }}__{{ ti.task_id }}__{{ ti.run_id }}__{{ ti.map_index }}",
        },
        retries=5,
        retry_delay=PAUSE,
    )
    check = SlipwayPod(
        task_id="check",
        blueprint="fivetran/check_sync_status",
        variables={
            "FIVETRAN_CONNECTOR_ID": "{{ params.connector_id }}",
            "FIVETRAN_EXECUTION_TIME": "{{ ti.xcom_pull(task_ids='trigger')['execution_time'] }}",
        },
        retries=240,
        retry_delay=PAUSE,
    )
    trigger >> check


chain()
