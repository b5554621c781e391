"""When a wait polls a job, and which durations it keeps."""

from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.airbyte.conftest import FAILING, FLAKY, SHOP
from tests.past_runs import kept, leave_twenty

ITS_OWN: dict[str, Any] = {"AIRBYTE_POLL_INTERVAL": None}


def file(airbyte: Any) -> Path:
    found: Path = airbyte.blueprint.cwd / f"shipyard-artifacts/airbyte-blueprints/variables/{SHOP}_durations.json"
    return found


def test_a_poll_is_one_call(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 1000})
    assert airbyte("execute_sync", SHOP, **ITS_OWN).code == 0
    sent = Counter(row["path"] for row in airbyte.emulator.requests())
    polls = sum(count for path, count in sent.items() if fnmatchcase(path, airbyte.job_path))
    slept = airbyte.blueprint.slept
    assert polls <= len(slept) + 2  # the first poll comes at once; at the end the numbers of rows may be read
    renewals = sum(count for path, count in sent.items() if "token" in path)
    assert sum(sent.values()) - polls - renewals <= 4  # the trigger, and the reads before it
    assert all(pause < 112 for pause in slept)
    assert len(slept) < 55


def test_with_a_history_the_end_is_noticed_sooner_and_with_fewer_calls(public: Any) -> None:
    polls = {}
    for known in (False, True):
        if known:
            leave_twenty(file(public), 1000)
        public.outcomes(SHOP, {"seconds": 1010})
        assert public("execute_sync", SHOP, **ITS_OWN).code == 0
        polls[known] = len(public.blueprint.slept)
    assert sum(public.blueprint.slept) - 1010 < 30
    assert polls[True] < 0.7 * polls[False]


def test_a_check_counts_from_when_the_job_began(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 1500})
    assert airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE").code == 0
    airbyte.emulator.advance(900)
    assert airbyte("check_sync_status", AIRBYTE_WAIT="TRUE", **ITS_OWN).code == 0
    assert 80 <= airbyte.blueprint.slept[0] <= 105
    assert kept(file(airbyte)) == [(pytest.approx(1500, abs=3), "succeeded")]


def test_an_interval_means_exactly_that(own: Any) -> None:
    leave_twenty(file(own), 1000)
    own.outcomes(SHOP, {"seconds": 1000})
    assert own("execute_sync", SHOP, AIRBYTE_POLL_INTERVAL="100").code == 0
    assert set(own.blueprint.slept) == {100.0}


def test_a_failure_is_kept_as_one(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"result": "failed", "seconds": 300})
    assert airbyte("execute_sync", SHOP, **ITS_OWN).code == 211
    assert kept(file(airbyte)) == [(pytest.approx(300, abs=3), "failed")]


def test_a_job_that_is_no_sync_is_neither_kept_nor_expected_to_last_as_long(own: Any) -> None:
    leave_twenty(file(own), 1000)
    own.outcomes(SHOP, {"seconds": 60})
    assert own("execute_sync", SHOP, AIRBYTE_JOB_TYPE="clear", **ITS_OWN).code == 0
    assert max(own.blueprint.slept) < 8
    assert len(kept(file(own))) == 20


def test_a_trigger_alone_neither_reads_nor_writes_it(own: Any) -> None:
    file(own).parent.mkdir(parents=True)
    file(own).write_text("{")
    done = own("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert (done.code, "_durations" in done.stderr, file(own).read_text()) == (0, False, "{")


def test_where_the_connection_is_not_known_before_the_job_is_read(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 100})
    started = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    done = airbyte("check_sync_status", AIRBYTE_JOB_ID=str(started.result["job_id"]), AIRBYTE_WAIT="TRUE", **ITS_OWN)
    assert done.code == 0
    assert [seconds for seconds, _ in kept(file(airbyte))] == [pytest.approx(100, abs=3)]


def test_a_failing_connection_costs_no_more_calls_than_its_polls_and_the_reasons(airbyte: Any) -> None:
    assert airbyte("execute_sync", FAILING, **ITS_OWN).code == 211
    assert sum(fnmatchcase(row["path"], airbyte.job_path) for row in airbyte.emulator.requests()) <= 2


@pytest.mark.parametrize("fault", [{"status": status, "html": "<h1>no</h1>"} for status in (401, 403, 404)])
@pytest.mark.parametrize("ids", [SHOP, f"{SHOP},{FLAKY}"])
@pytest.mark.parametrize("times", [1, "always"])
def test_a_page_of_an_ingress_ends_a_wait_only_if_it_is_met_twice(
    airbyte: Any, fault: dict[str, Any], ids: str, times: Any
) -> None:
    for one in (SHOP, FLAKY):
        airbyte.outcomes(one, {"seconds": 60})
    tries = 2 if fault["status"] == 401 and airbyte.api == "public" else 1  # with a new token a 401 is tried again
    often = "always" if times == "always" else tries

    def restart() -> None:
        airbyte.answers("*/jobs*", {**fault, "times": often})

    airbyte.during(2, restart)
    done = airbyte("execute_sync", ids, AIRBYTE_WAIT_TIMEOUT="300")
    gone = fault["status"] == 404  # Airbyte's own 404 is JSON, so this one never is about a job
    assert done.code == (0 if times == 1 else 221 if gone else 200), done.stderr
