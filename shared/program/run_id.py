"""Run ids: the same for every retry of a run, and safe in file names."""

import re
from collections.abc import Mapping
from hashlib import sha256

_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", re.ASCII)
_AIRFLOW = ("AIRFLOW_CTX_DAG_ID", "AIRFLOW_CTX_TASK_ID", "AIRFLOW_CTX_MAP_INDEX", "AIRFLOW_CTX_DAG_RUN_ID")


def safe_name(run_id: str) -> str:
    """Return ``run_id`` if it is a safe file name, else its readable part and a hash. Never fails."""
    if _SAFE.fullmatch(run_id):
        return run_id
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", run_id).strip("-")[:60]
    return f"{readable or 'run'}-{sha256(run_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def scheduler_run_id(environ: Mapping[str, str]) -> str | None:
    """Return the scheduler's own name for this run and its retries, None if it has none.

    AWS Batch has one job id for all attempts of a job; those of an array job's children include their index:
    https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
    """
    return airflow_run_id(environ) or environ.get("AWS_BATCH_JOB_ID") or None


def airflow_run_id(environ: Mapping[str, str]) -> str | None:
    """Return Airflow's name for this task instance, the same for each of its tries; None outside Airflow.

    Airflow exports ``AIRFLOW_CTX_*`` to its tasks and their subprocesses, but no map index. A deployment can add it
    (``get_airflow_context_vars`` returning ``map_index``). Without it the instances of a mapped task share this name
    and need SLIPWAY_RUN_ID.
    """
    if not environ.get("AIRFLOW_CTX_DAG_ID") or not environ.get("AIRFLOW_CTX_DAG_RUN_ID"):
        return None
    return "__".join(environ[name] for name in _AIRFLOW if environ.get(name))


def split_ids(text: str) -> list[str]:
    """Split comma-separated run ids. Each becomes a safe file name; blanks and duplicates are dropped."""
    return list(dict.fromkeys(safe_name(part.strip()) for part in text.split(",") if part.strip()))
