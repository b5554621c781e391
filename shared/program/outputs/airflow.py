"""Airflow's KubernetesPodOperator (``do_xcom_push=True``): its sidecar container returns this file as XCom.

https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/operators.html#how-does-xcom-work
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import replace


def write(result: Mapping[str, Any], path: str) -> None:
    """Write the whole result as JSON."""
    replace(path, json.dumps(result) + "\n")
