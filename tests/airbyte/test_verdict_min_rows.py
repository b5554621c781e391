"""AIRBYTE_MIN_ROWS: a sync with too few rows is no success, with each API."""

from typing import Any

import pytest

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"

AT_LEAST = {"AIRBYTE_MIN_ROWS": "3"}
NOT_CHECKED = "so AIRBYTE_MIN_ROWS (3) was not checked"


@pytest.mark.parametrize(
    ("rows", "code", "status"), [(0, 211, "too_few_rows"), (2, 211, "too_few_rows"), (3, 0, "succeeded")]
)
def test_a_trigger_that_waits_counts_the_rows(airbyte: Any, rows: int, code: int, status: str) -> None:
    airbyte.outcomes(SHOP, {"rows": rows, "size": 7})
    done = airbyte("execute_sync", SHOP, **AT_LEAST)
    assert (done.code, done.result["status"], done.result["retry"]) == (code, status, False)
    assert (done.result["rows_synced"], done.result["bytes_synced"]) == (rows, 7)
    assert f"{rows} rows" in done.result["message"]
    assert ("AIRBYTE_MIN_ROWS asks for 3 at least" in done.result["message"]) is bool(code)


@pytest.mark.parametrize("wait", ["TRUE", "FALSE"])
def test_a_check_counts_them_too(airbyte: Any, wait: str) -> None:
    airbyte.outcomes(SHOP, {"rows": 0})
    started = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE", **AT_LEAST)
    assert started.code == 0
    assert "AIRBYTE_MIN_ROWS is checked once the job has ended" in started.stderr
    done = airbyte("check_sync_status", AIRBYTE_WAIT=wait, **AT_LEAST)
    assert (done.code, done.result["status"]) == (211, "too_few_rows")


@pytest.mark.parametrize("how", ["execute_sync", "check_sync_status"])
def test_without_the_variable_no_rows_are_a_warning(airbyte: Any, how: str) -> None:
    airbyte.outcomes(SHOP, {"rows": 0})
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT=str(how == "execute_sync"))
    done = airbyte("check_sync_status") if how == "check_sync_status" else done
    assert (done.code, done.result["status"], done.result["rows_synced"]) == (0, "succeeded", 0)
    assert "it brought no rows, or none were counted" in done.result["rows_warning"]
    assert f"warning: sync job {done.result['job_id']}: it brought no rows" in done.stderr


@pytest.mark.parametrize(
    ("rows", "variables"),
    [
        (1, {}),
        (0, {"AIRBYTE_MIN_ROWS": "0"}),
        (0, {"AIRBYTE_MIN_ROWS": "0", "AIRBYTE_MIN_ROWS_STRICT": "TRUE"}),
        (0, {"AIRBYTE_JOB_TYPE": "reset"}),
    ],
)
def test_there_is_no_warning_where_rows_came_or_none_are_enough(
    airbyte: Any, rows: int, variables: dict[str, str]
) -> None:
    airbyte.outcomes(SHOP, {"rows": rows})
    done = airbyte("execute_sync", SHOP, **variables)
    assert (done.code, "rows_warning" in done.result, "warning" in done.stderr) == (0, False, False)


def test_a_number_that_nobody_says_fails_where_that_is_asked_for(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"rows": None, "size": None})
    done = airbyte("execute_sync", SHOP, **AT_LEAST, AIRBYTE_MIN_ROWS_STRICT="TRUE")
    assert (done.code, done.result["status"]) == (211, "too_few_rows")
    assert "AIRBYTE_MIN_ROWS_STRICT is TRUE" in done.result["message"]


def test_the_strict_switch_alone_says_nothing_to_be_strict_about(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP, AIRBYTE_MIN_ROWS_STRICT="TRUE")
    assert (done.code, airbyte.triggers()) == (206, 0)
    assert "AIRBYTE_MIN_ROWS_STRICT needs AIRBYTE_MIN_ROWS" in done.result["message"]


def test_where_the_number_is_not_said_that_is_said_and_nothing_fails(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"rows": None, "size": None})
    done = airbyte("execute_sync", SHOP, **AT_LEAST)
    assert (done.code, NOT_CHECKED in done.result["message"]) == (0, True)
    assert done.result["rows_synced"] is None
    assert NOT_CHECKED in done.result["rows_warning"]


@pytest.mark.parametrize("switches", [{"light_stats": True}, {"light_jobs": False}])
def test_the_number_is_found_wherever_the_server_says_it(own: Any, switches: dict[str, Any]) -> None:
    own.switch(**switches)
    own.outcomes(SHOP, {"rows": 2})
    assert own("execute_sync", SHOP, **AT_LEAST).code == 211


def test_a_success_is_not_lost_because_its_rows_cannot_be_read(own: Any) -> None:
    own.answers("/api/v1/jobs/get_without_logs", {"status": 502, "html": "<h1>Bad Gateway</h1>", "times": "always"})
    done = own("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0", **AT_LEAST)
    assert (done.code, NOT_CHECKED in done.result["message"]) == (0, True)
    assert "the number of rows was not read" in done.stderr


def test_a_retry_of_the_same_run_finds_the_same_job(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"rows": 0})
    codes = [airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", **AT_LEAST).code for _ in range(2)]
    assert (codes, airbyte.triggers()) == ([211, 211], 1)


def test_a_reset_brings_no_rows_and_needs_none(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"rows": 0})
    assert airbyte("execute_sync", SHOP, AIRBYTE_JOB_TYPE="reset", **AT_LEAST).code == 0


@pytest.mark.parametrize("given", ["-1", "1.5", "many", "1000000000"])
def test_what_is_no_number_of_rows_is_refused_before_anything_is_sent(airbyte: Any, given: str) -> None:
    done = airbyte("execute_sync", SHOP, AIRBYTE_MIN_ROWS=given)
    assert (done.code, "AIRBYTE_MIN_ROWS" in done.result["message"], airbyte.triggers()) == (206, True, 0)
