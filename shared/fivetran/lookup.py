"""Which run is asked about: the traces of the step before, found by run ids, else by names.

Order of evidence: the execution time given as a variable, the sidecar, the pickle, the newer official package's two
pickles, none.
"""

from collections.abc import Iterable
from datetime import datetime

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.fivetran.record import Record
from shared.fivetran.record_files import (
    FLEET_SIDECAR,
    PICKLE,
    SIDECAR,
    Traces,
    read_official,
    read_pickle,
    read_sidecar,
)


def find(
    artifacts: Artifacts,
    run_id: str | None,
    upstream_ids: list[str],
    connector_id: str | None,
    execution_time: datetime | None = None,
) -> Record | None:
    """The trace to judge by; None where nothing lies upstream of ``connector_id`` (independent verdict).

    Raises InvalidInput (206) where several runs or connectors come into question and none is chosen, or the files
    name another connector than the one asked for; ArtifactUnusable (207) where upstream runs left nothing; NotStarted
    (217) where the run was about several and could not even read about whom.
    """
    if execution_time and connector_id:
        return Record(connector_id, execution_time)
    if upstream_ids:
        found = _upstream(artifacts, upstream_ids)
    else:
        found = (run_id and _of_run(artifacts, run_id)) or _plain(artifacts, connector_id)
    trace = _chosen(found, connector_id)
    if trace is None and connector_id is None:
        raise InvalidInput(
            "FIVETRAN_CONNECTOR_ID is required: no earlier step left a run to look up in "
            f"{artifacts.path(FOLDER, '')}; give the id, or run after execute_sync in the same working directory"
        )
    if trace and execution_time:
        return Record(trace.connector_id, execution_time)
    return trace


def several(artifacts: Artifacts, run_id: str | None, upstream_ids: list[str]) -> list[Record]:
    """The traces of one earlier run that was about several connectors; [] where it was about one, or there is none.

    Several upstream runs are not taken together: which of them is meant is for the user to say.
    """
    if upstream_ids:
        runs = _of_runs(artifacts, upstream_ids)
    else:
        if not (own := run_id and _of_run(artifacts, run_id)):
            return _plain_fleet(artifacts)
        runs = [own]
    return runs[0] if len(runs) == 1 and len(runs[0]) > 1 else []


def of_each(artifacts: Artifacts, run_id: str | None, upstream_ids: list[str]) -> dict[str, Record]:
    """The trace of each connector that an earlier step triggered, by its id; the newest where there are several.

    Raises ArtifactUnusable where upstream runs left nothing.
    """
    if upstream_ids:
        found = _upstream(artifacts, upstream_ids)
    else:
        found = (run_id and _of_run(artifacts, run_id)) or _plain_fleet(artifacts) or _plain(artifacts, None)
    return {trace.connector_id: trace for trace in sorted(found, key=lambda trace: trace.execution_time)}


def _plain_fleet(artifacts: Artifacts) -> list[Record]:
    """The files of a run about several connectors and without a run id: its sidecar, else its pickle.

    A pickle of one that the sidecar does not tell of is a later run's, which somebody else's trigger left.
    """
    pairs, found = read_pickle(artifacts, PICKLE), read_sidecar(artifacts, FLEET_SIDECAR)
    told = {(trace.connector_id, trace.execution_time) for trace in found}
    if len(pairs) == 1 and (pairs[0].connector_id, pairs[0].execution_time) not in told:
        return []
    return found or pairs or _started(artifacts, FLEET_SIDECAR)


def _upstream(artifacts: Artifacts, upstream_ids: list[str]) -> list[Record]:
    """Those runs' traces. Where none left a file there is no verdict, rather than one about some other run."""
    found = [trace for traces in _of_runs(artifacts, upstream_ids) for trace in traces]
    if not found:
        raise ArtifactUnusable(
            f"none of the upstream runs {', '.join(upstream_ids)} left a file in {artifacts.path(FOLDER, '')}; "
            "did the trigger run, and in this working directory?"
        )
    return found


def _of_runs(artifacts: Artifacts, run_ids: list[str]) -> list[list[Record]]:
    """What those of the runs left that left anything. Raises NotStarted where none did and one could read nobody."""
    found: list[list[Record]] = []
    nobody: NotStarted | None = None
    for run_id in run_ids:
        try:
            found.append(_of_run(artifacts, run_id))
        except NotStarted as error:
            nobody = error
    if nobody and not any(found):
        raise nobody
    return [traces for traces in found if traces]


def _of_run(artifacts: Artifacts, run_id: str) -> list[Record]:
    name = run_id + SIDECAR
    return read_sidecar(artifacts, name) or read_pickle(artifacts, f"{run_id}_{PICKLE}") or _started(artifacts, name)


def _started(artifacts: Artifacts, name: str) -> list[Record]:
    """[] of a run that left no sidecar. One that names nobody says NotStarted: no older run's files may answer then."""
    if artifacts.read(FOLDER, name) is None:
        return []
    where = artifacts.path(FOLDER, name)
    raise NotStarted(f"the step before could not read which connectors it was about and started nothing ({where})")


def _plain(artifacts: Artifacts, connector_id: str | None) -> list[Record]:
    """The files of runs without a run id."""
    if connector_id:
        own = read_sidecar(artifacts, Traces(artifacts, None).sidecar_name(connector_id))
        return own or _plain_fleet(artifacts) or read_pickle(artifacts, PICKLE) or read_official(artifacts)
    if last := read_pickle(artifacts, PICKLE):
        return [_best(artifacts, trace) for trace in last]
    # No pickle: the last trigger was refused, or never came so far. Its sidecar is named after its connector.
    names = [name for name in artifacts.names(FOLDER) if name.endswith(SIDECAR)]
    traces = [
        trace for name in names for trace in read_sidecar(artifacts, name) if name == trace.connector_id + SIDECAR
    ]
    return traces or read_official(artifacts)


def _best(artifacts: Artifacts, trace: Record) -> Record:
    """The sidecar's account of a pickled trigger where it tells of the same one, else the pickle's own."""
    beside = read_sidecar(artifacts, trace.connector_id + SIDECAR)
    same = [found for found in beside if found.execution_time == trace.execution_time]
    return same[0] if same else trace


def _chosen(found: Iterable[Record], connector_id: str | None) -> Record | None:
    traces = list(found)
    names = sorted({trace.connector_id for trace in traces})
    if connector_id:
        if traces and connector_id not in names:
            raise InvalidInput(
                f"FIVETRAN_CONNECTOR_ID is {connector_id!r}, but the step before triggered {', '.join(names)}; "
                "leave it blank to check that, or run this step apart from it"
            )
        traces = [trace for trace in traces if trace.connector_id == connector_id]
    elif len(names) > 1:
        raise InvalidInput(
            f"FIVETRAN_CONNECTOR_ID is required: several came before, {', '.join(names)}; give one of them"
        )
    return max(traces, key=lambda trace: trace.execution_time, default=None)
