"""execute_sync against the emulated server, with each API."""

import json
import pickle
import signal
import socket
from datetime import datetime
from typing import Any

import pytest

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
FLAKY = "c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21"
INACTIVE = "9e8d7c6b-5a49-4838-b726-150f4e3d2c1b"
DEPRECATED = "3f2e1d0c-9b8a-4796-8574-6352413f2e1d"
LOCKED = "6a7b8c9d-0e1f-4a2b-9c3d-4e5f6a7b8c9d"
HTML = {"status": 200, "html": "<!doctype html><title>Airbyte</title>"}
LONG = {"seconds": 60}


def test_it_triggers_waits_and_leaves_what_a_later_step_needs(airbyte_process: Any) -> None:
    airbyte = airbyte_process
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert (done.code, done.result["status"]) == (0, "succeeded")
    job = airbyte.jobs(SHOP)[0]
    assert (done.result["connection_id"], done.result["job_id"]) == (SHOP, job["id"])
    assert (done.result["rows_synced"], done.result["bytes_synced"]) == (1000, 64000)
    assert datetime.fromisoformat(done.result["succeeded_at"].replace("Z", "+00:00")).tzinfo
    left = pickle.loads(airbyte.file("variables", "run-1_sync.pickle").read_bytes())
    assert left[:2] == [SHOP, job["id"]]
    assert left[2].tzinfo is not None
    assert pickle.loads(airbyte.file("variables", "sync_response.pickle").read_bytes()) == job["id"]
    assert json.loads(airbyte.file("variables", "run-1_sync.json").read_text())["state"] == "accepted"
    response = json.loads(airbyte.file("responses", f"sync_{SHOP}_response.json").read_text())
    assert response.get("jobId", response.get("job", {}).get("id")) == job["id"]
    assert set(done.result["files"]) == airbyte.blueprint.files()
    assert done.result["api_calls"] == len(airbyte.paths())
    assert airbyte.triggers() == 1


def test_the_first_line_says_which_server_and_api(airbyte: Any) -> None:
    first = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE").stderr.splitlines()[0]
    name = {"own": "Configuration API at http://127", "public": "public API at http://127"}[airbyte.api]
    assert first.startswith(f"Airbyte: {name}")


def test_the_references_task_needs_host_port_and_connection_only(own: Any) -> None:
    """AirbyteConnectionTask returns connection_id and succeeded_at. It would have removed the connection's schedule."""
    own.set(SHOP, schedule_type="basic", hours=24)
    done = own("execute_sync", SHOP, AIRBYTE_API_VERSION="v1")
    assert done.code == 0
    assert done.result["connection_id"] == SHOP
    assert done.result["succeeded_at"]
    assert own.paths()[:4] == [
        "POST /connections/get",
        "POST /jobs/list",
        "POST /connections/sync",
        "POST /jobs/get_light",
    ]
    assert not [path for path in own.paths() if "update" in path]
    assert own.emulator.connector(SHOP)["schedule_type"] == "basic"


def test_without_waiting_it_returns_at_once(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert (done.code, done.result["status"], done.result["job_status"]) == (0, "triggered", "running")
    assert done.result["succeeded_at"] is None


def test_pending_queued_and_incomplete_are_not_the_end(own: Any) -> None:
    own.outcomes(SHOP, {"pending": 100, "queued": 100, "seconds": 100, "failing": 1, "incomplete": 100})
    for sleep in range(1, 8):  # pending, queued, running, incomplete, pending, queued, running
        own.during(sleep, lambda: own.emulator.advance(100))
    done = own("execute_sync", SHOP)
    assert (done.code, len(own.blueprint.slept)) == (0, 7)
    for status in ("is pending", "is queued", "is incomplete: an attempt failed and Airbyte will try again"):
        assert done.stderr.count(status) >= 1


def test_a_failure_says_why_where_the_api_does(airbyte: Any) -> None:
    done = airbyte("execute_sync", FAILING)
    assert (done.code, done.result["status"]) == (211, "failed")
    reason = "the password of user 'airbyte' was refused" if airbyte.api == "own" else "the job's log has it"
    assert reason in done.result["message"]
    assert done.result["retry"] is False


def test_a_job_that_somebody_cancels_is_213(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, "cancelled")
    assert airbyte("execute_sync", SHOP).code == 213


def test_an_unknown_status_is_215_and_not_success(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"status": "hibernating", "seconds": 60})
    done = airbyte("execute_sync", SHOP)
    assert (done.code, done.result["status"]) == (215, "unknown_status")
    assert "'hibernating'" in done.result["message"]


def test_an_unknown_status_that_passes_is_only_a_moment(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"status": "warming_up", "seconds": 0.7})
    assert airbyte("execute_sync", SHOP).code == 0


def test_a_job_of_an_unknown_status_that_has_ended_is_not_joined(own: Any) -> None:
    """It ended an hour ago, and its success would count as this run's. Only the server knows whether it is running."""
    own("execute_sync", SHOP)
    earlier = own.jobs(SHOP)[0]["id"]
    job = {
        "id": earlier,
        "configType": "sync",
        "configId": SHOP,
        "createdAt": 1,
        "updatedAt": 2,
        "status": "levitating",
    }
    own.answers("/api/v1/jobs/list", {"json": {"jobs": [{"job": job, "attempts": []}]}})
    done = own("execute_sync", SHOP)
    assert (done.code, done.result["status"], own.triggers()) == (0, "succeeded", 2)
    assert done.result["job_id"] > earlier


def test_a_job_of_an_unknown_status_that_runs_is_joined(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"status": "hibernating", "seconds": 60})
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert (done.code, done.result["status"], done.result["job_status"]) == (0, "joined", "hibernating")
    assert [job["status"] for job in airbyte.jobs(SHOP)] == ["hibernating", "succeeded"]


@pytest.mark.parametrize(
    ("connection_id", "status", "code", "said"),
    [
        (INACTIVE, None, 216, "enable it with the switch on its page"),
        (DEPRECATED, None, 218, "is deprecated"),
        (LOCKED, None, 218, "is locked (free trial ended)"),
        (SHOP, "archived", 215, "has the status 'archived'"),
    ],
)
def test_a_connection_that_will_not_sync_is_not_triggered(
    airbyte: Any, connection_id: str, status: str | None, code: int, said: str
) -> None:
    if status:
        airbyte.set(connection_id, status=status)
    done = airbyte("execute_sync", connection_id, SLIPWAY_RUN_ID="run-1")
    assert done.code == code
    assert said in done.result["message"]
    assert airbyte.triggers() == 0
    assert json.loads(airbyte.file("variables", "run-1_sync.json").read_text())["state"] == "refused"
    assert not airbyte.file("variables", "run-1_sync.pickle").exists()


def test_a_running_job_is_joined_and_waited_for(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    done = airbyte("execute_sync", SHOP)
    assert (done.code, done.result["job_id"]) == (0, airbyte.jobs(SHOP)[0]["id"])
    assert "joined it, nothing was triggered" in done.stderr
    assert sum(airbyte.blueprint.slept) == pytest.approx(60, abs=2)
    assert airbyte.triggers() == 0


def test_a_running_job_is_an_error_where_that_is_asked_for(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    done = airbyte("execute_sync", SHOP, AIRBYTE_ON_RUNNING="fail")
    assert (done.code, done.result["status"]) == (203, "already_running")
    assert airbyte.triggers() == 0


@pytest.mark.parametrize(("running", "asked"), [("reset", "sync"), ("sync", "reset")])
def test_a_job_of_another_kind_is_never_joined(airbyte: Any, running: str, asked: str) -> None:
    airbyte.set(SHOP, start={"kind": running, **LONG})
    done = airbyte("execute_sync", SHOP, AIRBYTE_JOB_TYPE=asked)
    assert done.code == 203
    assert f"{running} job" in done.result["message"]
    assert airbyte.triggers() == 0


def hide_running_job(airbyte: Any) -> None:
    """Let the first list of jobs miss the running job, as if that began later."""
    method, path = airbyte.list_path
    airbyte.answers(path, {"json": {"jobs": [], "data": []}}, method=method)


def test_a_job_that_started_meanwhile_is_found_and_joined(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    hide_running_job(airbyte)
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert (done.code, done.result["status"], airbyte.triggers()) == (0, "joined", 1)
    assert len(airbyte.jobs(SHOP)) == 2


def test_a_job_that_started_meanwhile_is_an_error_where_that_is_asked_for(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    hide_running_job(airbyte)
    done = airbyte("execute_sync", SHOP, AIRBYTE_ON_RUNNING="fail")
    assert done.code == 203
    assert "already running" in done.result["message"]


def test_a_conflict_with_nothing_is_said_to_be_one(airbyte: Any) -> None:
    airbyte.switch(phantom_conflict=True)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 203
    assert "no such job is listed" in done.result["message"]


def test_a_state_conflict_is_no_running_job(public: Any) -> None:
    body = {"status": 409, "title": "state-conflict", "data": {"message": "The connection is locked"}}
    public.answer_trigger({"status": 409, "json": body})
    done = public("execute_sync", SHOP)
    assert (done.code, public.triggers()) == (201, 1)
    assert "The connection is locked" in done.result["message"]


def test_what_only_reads_is_repeated_also_where_it_is_a_post(airbyte: Any) -> None:
    path = "/api/v1/connections/get" if airbyte.api == "own" else f"/api/public/v1/connections/{SHOP}"
    bad = [{"status": 503, "empty": True}, {"reset": "before"}, {"truncated": True}]
    airbyte.answers(path, *bad)
    method, path = airbyte.list_path
    airbyte.answers(path, {"status": 429, "headers": {"Retry-After": "0"}, "empty": True}, method=method)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="10")
    assert (done.code, airbyte.triggers()) == (0, 1)
    assert done.result["api_calls"] == len(airbyte.paths())


LOST = [
    {"reset": "after"},
    {"status": 502, "html": "<h1>Bad Gateway</h1>", "handled": True},
    {"status": 500, "json": {"errorId": "1b9d"}, "handled": True},
    {**HTML, "handled": True},
    {"status": 200, "json": {}, "handled": True},
    {"truncated": True},
]


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_looked_for_and_never_repeated(airbyte: Any, lost: dict[str, Any]) -> None:
    airbyte.answer_trigger(lost)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert (done.code, airbyte.triggers()) == (0, 1)
    assert "the answer was lost, but the job is there" in done.stderr
    assert len(airbyte.jobs(SHOP)) == 2
    assert pickle.loads(airbyte.file("variables", "run-1_sync.pickle").read_bytes())[1] == airbyte.jobs(SHOP)[0]["id"]


def test_an_answer_that_never_comes_is_lost_too(airbyte: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.http.client.SLOW_FACTOR", 1)
    airbyte.answer_trigger({"hang": 30, "handled": True})
    done = airbyte("execute_sync", SHOP, SLIPWAY_READ_TIMEOUT="1")
    assert (done.code, airbyte.triggers(), len(airbyte.jobs(SHOP))) == (0, 1, 2)


def test_a_trigger_that_may_not_have_arrived_is_unknown_and_a_retry_looks_first(airbyte: Any) -> None:
    airbyte.answer_trigger({"status": 502, "html": "<h1>Bad Gateway</h1>"})
    first = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0")
    assert (first.code, first.result["status"], airbyte.triggers()) == (202, "unknown", 1)
    assert not airbyte.file("variables", "run-1_sync.pickle").exists()
    airbyte.set(SHOP, start={"seconds": 1.5})  # the request arrived late
    second = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert (second.code, airbyte.triggers()) == (0, 1)
    assert "earlier try of this run" in second.stderr


@pytest.mark.parametrize(
    "answer", [{"status": 429, "headers": {"Retry-After": "0"}, "empty": True}, {"reset": "before"}]
)
def test_what_was_turned_away_may_be_sent_again_and_what_was_lost_may_not(airbyte: Any, answer: dict[str, Any]) -> None:
    airbyte.answer_trigger(answer)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="1.5")
    assert (done.code, airbyte.triggers()) == ((0, 2) if "status" in answer else (202, 1))


def test_a_retry_of_the_same_run_joins_its_job(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 1.5})
    first = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", AIRBYTE_WAIT="FALSE")
    running = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    ended = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert [running.code, ended.code] == [0, 0]
    assert {run.result["job_id"] for run in (first, running, ended)} == {first.result["job_id"]}
    assert {run.result["execution_time"] for run in (first, running, ended)} == {first.result["execution_time"]}
    assert airbyte.triggers() == 1


@pytest.mark.parametrize(("outcome", "code"), [("failed", 211), ("cancelled", 213)])
def test_a_retry_after_a_job_that_brought_nothing_triggers_anew(airbyte: Any, outcome: str, code: int) -> None:
    airbyte.outcomes(SHOP, outcome)
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1").code == code
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1").code == 0
    assert airbyte.triggers() == 2


def test_files_of_another_connection_with_the_same_run_id_are_not_replaced_in_silence(airbyte: Any) -> None:
    assert "SLIPWAY_RUN_ID" not in airbyte("execute_sync", FLAKY, SLIPWAY_RUN_ID="run-1").stderr
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    assert f"left by a run about {FLAKY} and is replaced by this one's about {SHOP}: both have the run id run-1" in (
        done.stderr
    )
    assert done.stderr.count("SLIPWAY_RUN_ID") == 1
    assert "SLIPWAY_RUN_ID" not in airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1").stderr


def test_another_run_triggers_anew(airbyte: Any) -> None:
    for run_id in ("run-1", "run-2"):
        assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID=run_id).code == 0
    assert airbyte.triggers() == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interruption_leaves_the_job_alone_and_a_retry_finds_it(
    airbyte_process: Any, number: int, code: int
) -> None:
    airbyte = airbyte_process
    airbyte.outcomes(SHOP, LONG)
    process = airbyte.start("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    airbyte.await_looks(2)  # the first poll's answer has been read
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(stdout)["status"]) == (code, "interrupted")
    assert json.loads(stdout)["job_status"] == "running"
    assert airbyte.file("responses", f"job_{json.loads(stdout)['job_id']}_response.json").exists()
    assert airbyte.jobs(SHOP)[0]["status"] == "running"
    assert not [path for path in airbyte.paths() if "cancel" in path or "DELETE" in path]
    airbyte.emulator.advance(60)
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1").code == 0
    assert airbyte.triggers() == 1


def test_failed_reads_do_not_end_the_wait(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 2})
    reset = [
        {"reset": "before"},
        {"reset": "before"},
    ]  # after a reset on a kept connection the client asks again at once
    bad = [{"status": 502, "html": "<h1>Bad</h1>"}, *reset, HTML, {"status": 429, "empty": True}]
    airbyte.answers(airbyte.job_path, *bad, {"json": {}}, {"truncated": True})
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 0
    assert done.stderr.count("looking again") == 6


def test_the_deadline_of_the_wait_leaves_the_job_alone(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="1")
    assert (done.code, done.result["retry"]) == (221, True)
    assert airbyte.jobs(SHOP)[0]["status"] == "running"


def test_a_wait_that_the_server_turns_away_at_its_end_is_222(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    turned_away = {"status": 429, "headers": {"Retry-After": "600"}, "times": "always"}
    airbyte.answers(airbyte.job_path, {"pass": True}, turned_away)
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="2")
    assert (done.code, done.result["status"], done.result["retry"]) == (222, "rate_limited", True)
    assert "asks to wait until" in done.result["message"]
    assert done.result["job_status"] == "running"


@pytest.mark.parametrize(
    "switches", [{}, {"token_expires_in": False}, {"token_expires_in": False, "token_is_jwt": False}]
)
def test_tokens_that_expire_in_the_middle_of_a_wait_are_renewed(public: Any, switches: dict[str, bool]) -> None:
    public.switch(token_seconds=60, **switches)
    public.outcomes(SHOP, {"seconds": 300})
    done = public("execute_sync", SHOP, AIRBYTE_POLL_INTERVAL="10")
    assert done.code == 0
    tokens = [path for path in public.paths() if path == "POST /applications/token"]
    assert len(tokens) >= 2
    assert done.result["api_calls"] == len(public.paths())


def test_the_configuration_api_has_a_token_endpoint_of_its_own(own: Any) -> None:
    own.switch(configuration_auth="bearer", token_seconds=60)
    own.outcomes(SHOP, {"seconds": 300})
    credentials = {name: value for name, value in own.public.items() if "CLIENT" in name}
    done = own("execute_sync", SHOP, AIRBYTE_POLL_INTERVAL="10", **credentials)
    assert done.code == 0
    assert own.paths().count("POST /applications/token") >= 2
    tokens = [row for row in own.emulator.requests() if row["path"].endswith("/token")]
    assert set(tokens[0]["body"]) == {"client_id", "client_secret"}


def test_a_static_token_that_expires_in_the_middle_of_a_wait_says_so(public: Any) -> None:
    public.switch(static_token_seconds=3)
    public.outcomes(SHOP, LONG)
    none = {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}
    done = public("execute_sync", SHOP, AIRBYTE_API_TOKEN="portal-token", **none)
    assert done.code == 200
    for said in ("AIRBYTE_API_TOKEN is wrong or has expired", "lives only minutes", "goes on"):
        assert said in done.result["message"]


def test_bad_client_credentials_are_refused_before_anything_else(public: Any) -> None:
    for status in (400, 401):
        public.switch(bad_credentials_status=status)
        done = public("execute_sync", SHOP, AIRBYTE_CLIENT_ID="revoked-client")
        assert (done.code, public.triggers()) == (200, 0)
        assert "AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET" in done.result["message"]


def test_basic_authentication(own: Any) -> None:
    own.switch(configuration_auth="basic")
    missing = own("execute_sync", SHOP)
    assert missing.code == 200
    assert "the server wants credentials" in missing.result["message"]
    given = {"AIRBYTE_USERNAME": "airbyte", "AIRBYTE_PASSWORD": "password-of-the-tests"}
    assert own("execute_sync", SHOP, **given).code == 0


def test_secrets_are_nowhere(public: Any) -> None:
    public.answers("/api/public/v1/connections/*", {"status": 400, "json": {"message": "client-secret-of-the-tests"}})
    runs = [public("execute_sync", SHOP), public("execute_sync", SHOP)]
    assert [run.code for run in runs] == [201, 0]
    said = "".join(run.stdout + run.stderr for run in runs)
    left = "".join(path.read_text("latin-1") for path in public.blueprint.cwd.rglob("*") if path.is_file())
    for secret in ("client-secret-of-the-tests", "client-id-of-the-tests", "eyJ"):
        assert secret not in said + left


def test_secrets_are_not_in_the_emulators_log_either(public: Any) -> None:
    public("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert "client-secret-of-the-tests" not in json.dumps(public.emulator.requests())


def test_a_job_type_that_the_api_does_not_have_is_refused_before_anything_is_sent(public: Any) -> None:
    done = public("execute_sync", SHOP, AIRBYTE_JOB_TYPE="refresh")
    assert (done.code, public.paths()) == (206, [])
    assert "AIRBYTE_JOB_TYPE refresh is not in the public API" in done.result["message"]


@pytest.mark.parametrize("kind", ["reset", "clear"])
def test_resets_and_clears(airbyte: Any, kind: str) -> None:
    done = airbyte("execute_sync", SHOP, AIRBYTE_JOB_TYPE=kind)
    assert done.code == 0
    assert airbyte.jobs(SHOP)[0]["kind"] in ("reset", "clear")


@pytest.mark.parametrize("answers_job", [True, False])
def test_a_refresh_whose_answer_may_lack_the_job(own: Any, answers_job: bool) -> None:
    own.switch(refresh_answers_job=answers_job)
    done = own("execute_sync", SHOP, AIRBYTE_JOB_TYPE="refresh", AIRBYTE_REFRESH_MODE="truncate")
    assert (done.code, done.result["job_type"]) == (0, "refresh")
    sent = [row["body"] for row in own.emulator.requests() if row["path"].endswith("/refresh")]
    assert sent == [{"connectionId": SHOP, "refreshMode": "Truncate"}]


def test_a_dry_run_does_not_wait_for_what_it_would_join(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"seconds": 600})
    done = airbyte("execute_sync", SHOP, SLIPWAY_DRY_RUN="TRUE", AIRBYTE_WAIT_TIMEOUT="60")
    assert (done.code, done.result["status"], airbyte.triggers()) == (0, "joined", 0)


def test_a_dry_run_reads_and_sends_nothing(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP, SLIPWAY_DRY_RUN="TRUE", SLIPWAY_RUN_ID="run-1")
    assert (done.code, done.result["status"], airbyte.triggers()) == (0, "dry_run", 0)
    (planned,) = done.result["data"]["requests"]
    assert planned["method"] == "POST"
    assert planned["body"]["connectionId"] == SHOP
    assert airbyte.blueprint.files() == set()
    assert len(airbyte.jobs(SHOP)) == 1


def test_an_unknown_connection_is_204(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP.replace("7", "8"))
    assert done.code == 204
    assert "(AIRBYTE_CONNECTION_ID) names no connection here; list_connections shows" in done.result["message"]


def test_an_unknown_connection_may_be_forbidden_first(own: Any) -> None:
    own.switch(unknown_connection_forbidden=True)
    done = own("execute_sync", SHOP.replace("7", "8"))
    assert done.code == 200
    assert "names no connection here" in done.result["message"]
    assert "or these credentials are not allowed to do this" in done.result["message"]


@pytest.mark.parametrize(
    "bad",
    [
        {"AIRBYTE_CONNECTION_ID": "not-a-uuid"},
        {"AIRBYTE_CONNECTION_ID": None},
        {"AIRBYTE_SERVER_PORT": "70000"},
        {"AIRBYTE_API_TOKEN": "token-of-the-tests", "AIRBYTE_PASSWORD": "password-of-the-tests"},
        {"AIRBYTE_JOB_TYPE": "sink"},
        {"AIRBYTE_WAIT": "perhaps"},
    ],
)
def test_bad_input_sends_nothing(own: Any, bad: dict[str, str | None]) -> None:
    done = own("execute_sync", SHOP, **bad)
    assert (done.code, own.paths(), own.blueprint.files()) == (206, [], set())
    assert next(iter(bad)) in done.result["message"]


def test_a_server_that_is_not_airbyte(airbyte: Any) -> None:
    airbyte.answers("*", {**HTML, "times": "always"})
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert "that is no Airbyte API" in done.result["message"]
    assert ("AIRBYTE_SERVER_HOST" if airbyte.api == "own" else "AIRBYTE_API_URL") in done.result["message"]


def test_the_wrong_vendors_address_is_no_airbyte_either(public: Any) -> None:
    public.switch(cloud_under_v1=False)
    done = public("execute_sync", SHOP, AIRBYTE_API_URL=f"{public.emulator.url}/v1")
    assert done.code in (200, 201)
    assert "AIRBYTE_" in done.result["message"]


def test_nobody_there_is_223_to_try_again(own: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    done = own("execute_sync", SHOP, AIRBYTE_SERVER_PORT=port, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["retry"]) == (223, True)


OLD = {"light_jobs": False, "job_types": ["sync", "reset_connection"], "error_bodies": "old", "health_key": "db"}


def test_servers_of_the_references_time_work_too(own: Any) -> None:
    own.switch(**OLD)
    assert own("execute_sync", SHOP).code == 0
    failed = own("execute_sync", FAILING)
    assert failed.code == 211
    assert "the password of user 'airbyte' was refused" in failed.result["message"]
    assert own("check_credentials").code == 0


def test_a_clock_that_is_wrong_by_hours_changes_nothing(airbyte: Any) -> None:
    airbyte.switch(date_skew=-90000)
    airbyte.answer_trigger({"reset": "after"})
    assert airbyte("execute_sync", SHOP).code == 0
    airbyte.switch(date_header=False)
    assert airbyte("execute_sync", SHOP).code == 0
    assert airbyte.triggers() == 2
