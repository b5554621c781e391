"""Readings after a request that may have taken effect. A failed reading does not replace what is known of that."""

import json
from typing import Any

import pytest
import requests

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
LONG = {"seconds": 60}
BAD_LOOKS = [401, 403, 404, 400, 429, 503]


def state(airbyte: Any, run_id: str = "run-1") -> Any:
    return json.loads(airbyte.file("variables", f"{run_id}_sync.json").read_text())["state"]


def bad(status: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "json": {"message": "not now"}, **more}


@pytest.mark.parametrize("status", BAD_LOOKS)
def test_a_read_of_any_kind_that_fails_does_not_end_the_search_for_a_lost_trigger(public: Any, status: int) -> None:
    public.answer_trigger({"reset": "after"})
    method, path = public.list_path
    public.answers(path, {"pass": True}, bad(status, times=2), method=method)
    done = public("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="3", AIRBYTE_WAIT="FALSE")
    assert (done.code, public.triggers(), state(public)) == (0, 1, "accepted")


@pytest.mark.parametrize("status", [400, 404])
def test_a_lost_trigger_that_cannot_be_looked_for_is_unknown(airbyte: Any, status: int) -> None:
    airbyte.answer_trigger({"reset": "after"})
    method, path = airbyte.list_path
    airbyte.answers(path, {"pass": True}, bad(status, times="always"), method=method)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, airbyte.triggers(), state(airbyte)) == (202, 1, "unknown")


def test_a_file_that_is_lost_too_does_not_hide_that_a_trigger_was_sent(own: Any) -> None:
    def block() -> None:
        sidecar = own.file("variables", "run-1_sync.json")
        sidecar.unlink()
        sidecar.mkdir()

    own.answer_trigger({"reset": "before"})
    own.during(1, block)
    done = own("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="3")
    assert (done.code, own.triggers()) == (207, 1)
    assert done.result["message"].startswith(f"the trigger of {SHOP} was sent and its answer was lost, but ")


@pytest.mark.parametrize("status", [303, 504])
def test_an_answer_that_settles_nothing_is_a_lost_one(airbyte: Any, status: int) -> None:
    airbyte.answer_trigger({"status": status, "empty": True, "handled": True})
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="3", AIRBYTE_WAIT="FALSE")
    assert (done.code, airbyte.triggers(), state(airbyte)) == (0, 1, "accepted")


def test_a_retry_looks_for_what_its_earlier_try_sent_before_it_sends_anything(own: Any) -> None:
    """The first try's request arrives while the retry looks for it. Its job is joined, and nothing is sent again."""
    given = {"SLIPWAY_RUN_ID": "run-1", "SLIPWAY_RETRY_TIMEOUT": "10", "AIRBYTE_WAIT": "FALSE"}
    own.answer_trigger({"reset": "before"})
    assert own("execute_sync", SHOP, **given).code == 202

    def arrives() -> None:
        url = f"{own.emulator.url}/api/v1/connections/sync"
        assert requests.post(url, json={"connectionId": SHOP}, timeout=10).ok

    own.during(3, arrives)
    done = own("execute_sync", SHOP, **given)
    assert (done.code, done.result["status"], state(own)) == (0, "joined", "accepted")
    assert "checking whether it arrived" in done.stderr
    assert own.triggers() == 2  # the lost request, and the same request as it arrives


def test_a_later_job_does_not_answer_for_the_one_whose_trigger_was_lost(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, "failed", "succeeded")
    airbyte.answer_trigger({"reset": "after"})
    method, path = airbyte.list_path
    airbyte.answers(path, {"pass": True}, bad(404), method=method)
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0").code == 202
    later = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="of-the-schedule")
    assert (later.code, airbyte.triggers()) == (0, 2)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert (done.code, done.result["job_id"]) == (211, later.result["job_id"] - 1)


def first_reads(airbyte: Any) -> list[tuple[str, str]]:
    path = "/api/v1/connections/get" if airbyte.api == "own" else f"/api/public/v1/connections/{SHOP}"
    return [("*", path), airbyte.list_path]


@pytest.mark.parametrize("run_id", ["daily", None])
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("status", [401, 404, 503])
def test_yesterdays_files_do_not_answer_for_todays_unread_connection(
    airbyte: Any, run_id: str | None, which: int, status: int
) -> None:
    old = {"SLIPWAY_RUN_ID": run_id, "AIRBYTE_WAIT": "FALSE"}
    assert airbyte("execute_sync", SHOP, **old).code == 0
    airbyte.emulator.advance(30 * 3600)
    method, path = first_reads(airbyte)[which]
    airbyte.answers(path, bad(status, times=3), method=method)
    failed = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0", **old)
    assert failed.code == {401: 200, 404: 204, 503: 223}[status]
    check = airbyte("check_sync_status", SLIPWAY_RUN_ID=run_id)
    assert (check.code, check.result["status"]) == (217, "not_started"), check.stderr


def test_a_retry_that_cannot_read_keeps_what_its_earlier_try_started(airbyte: Any) -> None:
    first = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", AIRBYTE_WAIT="FALSE")
    airbyte.answers(airbyte.list_path[1], bad(503, times=3), method=airbyte.list_path[0])
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0").code == 223
    third = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert (third.code, third.result["job_id"], airbyte.triggers()) == (0, first.result["job_id"], 1)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_job_that_is_joined_is_known_even_where_it_cannot_be_read_again(airbyte: Any, status: int) -> None:
    """Another try, or somebody else, has started it (409), and the list has just shown it."""
    airbyte.set(SHOP, start=LONG)
    method, path = airbyte.list_path
    airbyte.answers(path, {"json": {"jobs": [], "data": []}}, method=method)  # not listed yet
    airbyte.answers(airbyte.job_path, bad(status, times=2))
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0", AIRBYTE_WAIT="FALSE")
    assert (done.code, done.result["status"], state(airbyte)) == (0, "joined", "accepted")
    assert done.result["job_id"] == airbyte.jobs(SHOP)[0]["id"]


def test_a_conflict_says_that_it_was_not_to_be_joined(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    method, path = airbyte.list_path
    airbyte.answers(path, {"json": {"jobs": [], "data": []}}, method=method)
    done = airbyte("execute_sync", SHOP, AIRBYTE_ON_RUNNING="fail")
    assert done.code == 203
    assert "AIRBYTE_ON_RUNNING is fail" in done.result["message"]
    assert "no such job" not in done.result["message"]


def test_what_is_in_the_way_of_a_sync_is_not_joined_where_it_is_none(own: Any) -> None:
    never_synced = "e1f2a3b4-c5d6-4e7f-9081-a2b3c4d5e6f7"
    own.set(never_synced, start={"kind": "clear", "seconds": 60})
    own.answers(own.list_path[1], {"json": {"jobs": [], "totalJobCount": 0}})  # it begins after this reading
    own.answer_trigger({"status": 409, "json": {"message": "busy"}})
    done = own("execute_sync", never_synced, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, state(own)) == (203, "refused")
    assert "no such job is listed that could be joined" in done.result["message"]


def test_a_file_that_cannot_be_written_after_the_trigger_does_not_hide_it(airbyte: Any) -> None:
    airbyte.file("responses", f"sync_{SHOP}_response.json").mkdir(parents=True)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert (done.code, airbyte.triggers()) == (207, 1)
    assert f"sync job {airbyte.jobs(SHOP)[0]['id']} was triggered, but " in done.result["message"]


def test_a_file_that_cannot_be_written_after_a_cancel_does_not_hide_it(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    number = airbyte.jobs(SHOP)[0]["id"]
    airbyte.file("responses", f"cancel_{number}_response.json").mkdir(parents=True)
    done = airbyte("cancel_sync", SHOP)
    assert (done.code, airbyte.jobs(SHOP)[0]["status"]) == (207, "cancelled")
    assert f"cancellation of job {number} was requested, but " in done.result["message"]


@pytest.mark.parametrize("status", BAD_LOOKS)
def test_a_read_of_any_kind_that_fails_does_not_end_a_cancel(airbyte: Any, status: int) -> None:
    airbyte.set(SHOP, start=LONG)
    number = airbyte.jobs(SHOP)[0]["id"]
    path, method = (
        ("/api/v1/jobs/get_light", "POST") if airbyte.api == "own" else (f"/api/public/v1/jobs/{number}", "GET")
    )
    airbyte.answers(path, {"pass": True}, bad(status, times=2), method=method)
    if airbyte.api == "own":
        airbyte.answers("/api/v1/jobs/get", bad(status, times=2), method=method)
    done = airbyte("cancel_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["status"]) == (0, "cancelled"), done.stderr


@pytest.mark.parametrize("status", [400, 409, 418])
def test_a_first_poll_that_is_refused_does_not_end_the_wait_for_a_job_that_was_started(
    airbyte: Any, status: int
) -> None:
    airbyte.answers(airbyte.job_path, bad(status))
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 0, done.stderr
    assert "looking again" in done.stderr


def test_the_triggers_answer_stays_what_it_is_whatever_the_wait_meets(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    airbyte.answers(airbyte.job_path, {"pass": True}, bad(401, times=9))
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 200
    answer = json.loads(airbyte.file("responses", f"sync_{SHOP}_response.json").read_text())
    assert answer.get("jobId", answer.get("job", {}).get("id")) == airbyte.jobs(SHOP)[0]["id"]


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status"])
def test_the_answer_seen_last_is_saved_at_the_deadline(airbyte: Any, name: str) -> None:
    airbyte.set(SHOP, start=LONG)
    number = airbyte.jobs(SHOP)[0]["id"]
    done = airbyte(name, SHOP, AIRBYTE_WAIT="TRUE", AIRBYTE_WAIT_TIMEOUT="1")
    assert done.code == 221
    answer = json.loads(airbyte.file("responses", f"job_{number}_response.json").read_text())
    assert answer.get("status", answer.get("job", {}).get("status")) == "running"


def test_waiting_leaves_the_jobs_end_too(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP)
    answer = json.loads(airbyte.file("responses", f"job_{done.result['job_id']}_response.json").read_text())
    assert answer.get("status", answer.get("job", {}).get("status")) == "succeeded"


@pytest.mark.parametrize(("left", "number"), [("sending", None), ("accepted", 0)])
def test_a_retry_after_a_kill_before_the_pickle_joins_and_leaves_the_pickles(
    airbyte: Any, left: str, number: int | None
) -> None:
    first = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", AIRBYTE_WAIT="FALSE")
    sidecar = airbyte.file("variables", "run-1_sync.json")
    job_id = None if number is None else first.result["job_id"]
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), "state": left, "job_id": job_id}))
    for name in ("run-1_sync.pickle", "sync_response.pickle"):
        airbyte.file("variables", name).unlink()
    second = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", AIRBYTE_WAIT="FALSE")
    assert (second.code, second.result["job_id"], airbyte.triggers()) == (0, first.result["job_id"], 1)
    assert airbyte.file("variables", "run-1_sync.pickle").exists()
    assert airbyte.file("variables", "sync_response.pickle").exists()


def test_a_refused_read_does_not_end_the_wait_for_a_lost_triggers_job(airbyte: Any) -> None:
    airbyte.answer_trigger({"status": 502, "html": "<h1>Bad Gateway</h1>"})
    airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0")
    airbyte.emulator.forget_requests()
    method, path = airbyte.list_path
    old = [{"pass": True}, *[bad(409)] * 2]
    airbyte.answers(path, *old, method=method)
    wait = {"SLIPWAY_UPSTREAM_RUN_IDS": "run-1", "AIRBYTE_WAIT": "TRUE", "SLIPWAY_RETRY_TIMEOUT": "0"}
    airbyte.during(3, lambda: airbyte.set(SHOP, start={"seconds": 0}))
    done = airbyte("check_sync_status", SHOP, **wait)
    assert done.code == 0, done.stderr
    assert done.stderr.count("looking again") == 2


def test_an_old_job_that_the_list_did_not_show_before_is_not_what_a_lost_request_started(airbyte: Any) -> None:
    """Otherwise its old success would count as this run's."""
    method, path = airbyte.list_path
    airbyte.answers(path, {"json": {"jobs": [], "data": []}}, method=method)
    airbyte.answer_trigger({"reset": "before"})
    given = {"SLIPWAY_RUN_ID": "run-1", "SLIPWAY_RETRY_TIMEOUT": "0"}
    done = airbyte("execute_sync", SHOP, **given)
    assert (done.code, airbyte.triggers(), state(airbyte)) == (202, 1, "unknown")
    assert airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 255


APART = [-600, 122]


@pytest.mark.parametrize("on_running", ["join", "fail"])
@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("skew", APART)
def test_a_retry_after_a_lost_answer_never_triggers_again_however_far_the_clocks_are_apart(
    airbyte: Any, skew: float, seconds: float, on_running: str
) -> None:
    """``skew``: how far the job times are behind ``Date``. Whatever the retry finds, there is one job."""
    airbyte.switch(date_skew=skew)
    airbyte.outcomes(SHOP, {"seconds": seconds})
    airbyte.answer_trigger({"reset": "after"})
    given = {"SLIPWAY_RUN_ID": "run-1", "SLIPWAY_RETRY_TIMEOUT": "0", "AIRBYTE_ON_RUNNING": on_running}
    first = airbyte("execute_sync", SHOP, **given, AIRBYTE_WAIT="FALSE")
    for _ in range(2):
        again = airbyte("execute_sync", SHOP, **given)
        airbyte.emulator.advance(100)
    assert airbyte.triggers() == 1, (first.stderr, again.stderr)
    assert again.code in ((202,) if skew > 120 and (not seconds or on_running == "fail") else (0,)), again.stderr


@pytest.mark.parametrize(("result", "triggers"), [("failed", 2), ("cancelled", 2), ("succeeded", 1)])
def test_a_doubtful_job_that_failed_does_not_keep_a_retry_from_triggering(
    airbyte: Any, result: str, triggers: int
) -> None:
    airbyte.switch(date_skew=600)
    airbyte.outcomes(SHOP, {"result": result, "seconds": 0})
    airbyte.answer_trigger({"reset": "after"})
    given = {"SLIPWAY_RUN_ID": "run-1", "SLIPWAY_RETRY_TIMEOUT": "0", "AIRBYTE_WAIT": "FALSE"}
    assert airbyte("execute_sync", SHOP, **given).code == 202
    again = airbyte("execute_sync", SHOP, **given)
    assert (again.code, airbyte.triggers()) == (202 if triggers == 1 else 0, triggers)
    assert state(airbyte) == ("unknown" if triggers == 1 else "accepted")


@pytest.mark.parametrize("skew", [0, 600])
@pytest.mark.parametrize("ids", [SHOP, f"{SHOP},c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21"])
def test_a_check_does_not_say_that_a_trigger_did_not_arrive_where_its_job_may_be_there(
    airbyte: Any, skew: float, ids: str
) -> None:
    airbyte.switch(date_skew=skew)
    path, method = airbyte.list_path[1], airbyte.list_path[0]
    airbyte.answer_trigger({"reset": "after", "times": 2})
    if not skew:  # the job is not found at once
        airbyte.answers(path, {"pass": True, "times": 2}, bad(503, times=2), method=method)
    airbyte("execute_sync", ids, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0", AIRBYTE_WAIT="FALSE")
    airbyte.emulator.advance(1000)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert done.code == (202 if skew else 0), done.stderr
    assert ("by its time it is older" in done.result["message"]) is bool(skew)
