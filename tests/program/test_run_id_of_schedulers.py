"""Variables of schedulers and older programs: their run ids, and poke intervals in minutes."""

import pytest

from shared.program.run_id import safe_name, scheduler_run_id
from shared.settings.environment import Environment

# The variables that Airflow 3.3 exported to one instance of a mapped task. There is no map index among them.
AIRFLOW = {
    "AIRFLOW_CTX_DAG_OWNER": "airflow",
    "AIRFLOW_CTX_DAG_ID": "slipway",
    "AIRFLOW_CTX_TASK_ID": "trigger",
    "AIRFLOW_CTX_LOGICAL_DATE": "2026-11-22T00:00:00+00:00",
    "AIRFLOW_CTX_TRY_NUMBER": "1",
    "AIRFLOW_CTX_DAG_RUN_ID": "manual__2026-11-22T00:00:00+00:00",
}


def test_airflows_name_survives_a_retry() -> None:
    again = {**AIRFLOW, "AIRFLOW_CTX_TRY_NUMBER": "2"}
    assert scheduler_run_id(AIRFLOW) == scheduler_run_id(again) == "slipway__trigger__manual__2026-11-22T00:00:00+00:00"


def test_airflows_name_has_the_map_index_where_the_deployment_exports_it() -> None:
    names = {scheduler_run_id({**AIRFLOW, "AIRFLOW_CTX_MAP_INDEX": index}) for index in ("0", "1")}
    assert len(names) == 2


def test_a_batch_jobs_id_is_the_same_for_each_of_its_attempts() -> None:
    first = {"AWS_BATCH_JOB_ID": "1f0d:7", "AWS_BATCH_JOB_ATTEMPT": "1"}
    assert scheduler_run_id(first) == scheduler_run_id({**first, "AWS_BATCH_JOB_ATTEMPT": "2"}) == "1f0d:7"
    assert safe_name("1f0d:7") != safe_name("1f0d:8")


def test_outside_a_scheduler_there_is_no_name() -> None:
    assert scheduler_run_id({"AIRFLOW_CTX_TASK_ID": "x", "AWS_BATCH_JOB_ID": ""}) is None


@pytest.mark.parametrize(
    ("minutes", "advice"),
    [
        ("5", "use FIVETRAN_POLL_INTERVAL=300 for the same pause, in seconds"),
        ("1", "use FIVETRAN_POLL_INTERVAL=60 for the same pause, in seconds"),
        ("90", "use FIVETRAN_POLL_INTERVAL with 1 to 3600 seconds"),
        ("five", "use FIVETRAN_POLL_INTERVAL with 1 to 3600 seconds"),
    ],
)
def test_a_poke_interval_is_answered_with_the_new_value(minutes: str, advice: str) -> None:
    (warning,) = Environment({"FIVETRAN_POKE_INTERVAL": minutes}, ["FIVETRAN_POLL_INTERVAL"]).warnings()
    assert warning == f"FIVETRAN_POKE_INTERVAL is not read here: it counted minutes; {advice}"


def test_a_poke_interval_beside_the_new_variable_or_a_blueprint_that_never_waits_is_no_news() -> None:
    both = {"FIVETRAN_POKE_INTERVAL": "5", "FIVETRAN_POLL_INTERVAL": "300"}
    assert Environment(both, ["FIVETRAN_POLL_INTERVAL"]).warnings() == []
    assert Environment({"FIVETRAN_POKE_INTERVAL": "5"}, ["FIVETRAN_PAUSED"]).warnings() == []
