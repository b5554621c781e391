"""Which job is asked about: one that was named, the one of the step before, or a connection's latest.

Order of evidence: ``AIRBYTE_JOB_ID``, the upstream runs' traces, this run's own, the traces of runs without an id
(the sidecar before the pickle), the official package's bare job id, the connection.
"""

from datetime import datetime, timedelta

from shared import timestamps
from shared.airbyte.api import Api
from shared.airbyte.job import SYNCING, Job
from shared.airbyte.record import PICKLE, SIDECAR, Trace, newest, read_official, read_pickle, read_sidecar
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.http.response import Answer

START_WITHIN = timedelta(minutes=15)
"""A trigger whose answer was lost and that has left no job by then left none."""


def find(
    artifacts: Artifacts,
    run_id: str | None,
    upstream_ids: list[str],
    connection_id: str | None,
    job_id: int | None = None,
) -> Trace | None:
    """The trace to judge by; None where only the connection is known, whose latest job is meant then.

    Raises InvalidInput (206) where several runs or nothing comes into question, or the files name another connection
    than the one asked for; ArtifactUnusable (207) where upstream runs left nothing.
    """
    if job_id is not None:
        return Trace(connection_id, None, job_id=job_id)
    found: Trace | None
    if upstream_ids:
        found = _upstream(artifacts, upstream_ids, connection_id)
    else:
        found = (_of_run(artifacts, run_id) if run_id else None) or _plain(artifacts, connection_id)
    if found is None and connection_id is None:
        raise InvalidInput(
            "AIRBYTE_CONNECTION_ID or AIRBYTE_JOB_ID is required: no earlier step left a job to look up in "
            f"{artifacts.path(FOLDER, '')}; give one of them, or run after execute_sync in the same working directory"
        )
    if found and connection_id and found.connection_id not in (None, connection_id):
        raise InvalidInput(
            f"AIRBYTE_CONNECTION_ID is {connection_id}, but the step before triggered {found.connection_id}; "
            "leave it blank to check that, or run this step apart from it"
        )
    return found


def _upstream(artifacts: Artifacts, upstream_ids: list[str], connection_id: str | None) -> Trace:
    """The traces of those runs. Where none left one there is no verdict, rather than one about some other run."""
    found = [trace for run_id in upstream_ids if (trace := _of_run(artifacts, run_id))]
    if not found:
        raise ArtifactUnusable(
            f"none of the upstream runs {', '.join(upstream_ids)} left a file in {artifacts.path(FOLDER, '')}; "
            "did the trigger run, and in this working directory?"
        )
    asked = [trace for trace in found if connection_id in (None, trace.connection_id)] or found[:1]
    names = sorted({str(trace.connection_id) for trace in asked})
    if len(names) > 1:
        raise InvalidInput(
            f"AIRBYTE_CONNECTION_ID is required: several came before, {', '.join(names)}; give one of them"
        )
    return max(asked, key=lambda trace: trace.execution_time or timestamps.EPOCH)


def _of_run(artifacts: Artifacts, run_id: str) -> Trace | None:
    return read_sidecar(artifacts, run_id + SIDECAR) or read_pickle(artifacts, f"{run_id}_{PICKLE}")


def _plain(artifacts: Artifacts, connection_id: str | None) -> Trace | None:
    """The files of runs without a run id."""
    if connection_id:
        own = read_sidecar(artifacts, connection_id + SIDECAR)
        return own or read_pickle(artifacts, PICKLE) or read_official(artifacts)
    if last := read_pickle(artifacts, PICKLE) or read_official(artifacts):
        return last
    # No pickle: the last trigger was refused, or never came so far. Its sidecar is named after its connection.
    names = [name for name in artifacts.names(FOLDER) if name.endswith(SIDECAR)]
    traces = [trace for name in names if (trace := read_sidecar(artifacts, name))]
    plain = [trace for name, trace in zip(names, traces, strict=True) if name == f"{trace.connection_id}{SIDECAR}"]
    if len(plain) > 1:
        ids = ", ".join(sorted(str(trace.connection_id) for trace in plain))
        raise InvalidInput(f"AIRBYTE_CONNECTION_ID is required: several came before, {ids}; give one of them")
    return plain[0] if plain else None


def locate(api: Api, trace: Trace | None, connection_id: str | None) -> tuple[Job | None, Answer]:
    """The job that is asked about, freshly read; None where there is none yet.

    Raises NotStarted (217) where the step before started nothing, InvalidInput (206) where a job that was named is
    another connection's.
    """
    if trace and not trace.started:
        raise NotStarted("Airbyte: the step before started nothing: it was refused or not sent")
    if trace and trace.job_id is not None:
        job, answer = api.get_job(trace.job_id)
        if connection_id and job.connection_id.lower() != connection_id:
            raise InvalidInput(
                f"AIRBYTE_CONNECTION_ID is {connection_id}, but job {job.id} belongs to {job.connection_id}", answer
            )
        return job, answer
    jobs, answer = api.list_jobs(str(trace.connection_id if trace else connection_id))
    found = trace.job_among(jobs) if trace else newest(job for job in jobs if job.kind in SYNCING)
    return api.get_job(found.id) if found else (None, answer)


def missing(trace: Trace | None, now: datetime | None) -> str:
    """What it means that there is no job, in words. Raises NotStarted (217) where none will come any more."""
    if trace is None:
        return "the connection has had no sync yet"
    if now and trace.execution_time and now - trace.execution_time > START_WITHIN:
        raise NotStarted("Airbyte: the trigger whose answer was lost has left no job; it did not arrive")
    return "the answer of the trigger was lost, and no job of it has been seen yet"
