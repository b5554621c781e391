"""Good and bad answers of both APIs, as one form of job and connection."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import responses

from shared.airbyte.answers import accepted, data, explanation
from shared.airbyte.api import Api
from shared.airbyte.configuration_api import ConfigurationApi
from shared.airbyte.public_api import PublicApi
from shared.airbyte.settings import BASIC, CLIENT, NONE, TOKEN, Server
from shared.errors import (
    AlreadyRunning,
    CredentialsRefused,
    RateLimited,
    RequestRefused,
    SlipwayError,
    UnknownId,
    Unreachable,
)
from shared.http.response import Answer
from shared.timestamps import parse, write
from tests.airbyte.clients import CONNECTION, JOB_READ, bodies, client

OWN, PUBLIC = "http://localhost:8000/api/v1", "http://localhost:8000/api/public/v1"
CONFLICT = {"title": "state-conflict", "status": 409, "data": {"message": "Job is not currently running"}}
OUT_OF_TIME = {"title": "state-conflict", "status": 409, "data": {"message": "Could not fulfill request"}}
NOT_DEFINED = {"message": "The current request is not defined by this API.", "code": 404}

TRY_AGAIN = {
    "title": "try-again-later",
    "status": 409,
    "detail": "Please try again later.",
    "data": {"message": f"A sync is already running for: {CONNECTION}"},
}


@pytest.fixture
def own() -> Iterator[ConfigurationApi]:
    with responses.mock:
        yield ConfigurationApi(client(OWN), Server(OWN, False, "AIRBYTE_SERVER_HOST", NONE))


@pytest.fixture
def public() -> Iterator[PublicApi]:
    with responses.mock:
        yield PublicApi(client(PUBLIC), Server(PUBLIC, True, "AIRBYTE_API_URL", NONE))


def test_a_job_of_the_configuration_api(own: ConfigurationApi) -> None:
    stats = {"recordsEmitted": 5, "recordsCommitted": 4, "bytesCommitted": 123}
    responses.post(f"{OWN}/jobs/get_light", json={"job": {**JOB_READ, "status": "running", "aggregatedStats": stats}})
    job = own.get_job(42)
    assert job[:4] == (42, CONNECTION, "running", "sync")
    assert (write(job.created_at), write(job.updated_at)) == (
        "2026-11-22T06:00:00.000000Z",
        "2026-11-22T06:01:00.000000Z",
    )
    assert (job.rows, job.size) == (4, 123)


def test_a_job_without_what_may_be_left_out(own: ConfigurationApi) -> None:
    responses.post(f"{OWN}/jobs/get_light", json={"job": {"id": 42, "status": "pending"}})
    job = own.get_job(42)
    assert job[:-1] == (42, "", "pending", "", None, None, None, None, (), None)


@pytest.mark.parametrize("kind", ["reset_connection", "clear"])
def test_a_reset_has_one_name_on_both_apis(own: ConfigurationApi, kind: str) -> None:
    responses.post(f"{OWN}/jobs/get_light", json={"job": {**JOB_READ, "status": "pending", "configType": kind}})
    assert own.get_job(42).is_a("reset")
    assert own.get_job(42).is_a("clear")
    assert not own.get_job(42).is_a("sync")


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("2026-11-22T06:17:05Z", "2026-11-22T06:17:05Z"),
        ("2026-11-22T06:17Z", "2026-11-22T06:17:00Z"),
        ("2026-11-22T06:17:05.123Z", "2026-11-22T06:17:05.123Z"),
        ("2026-11-22T08:17:05+02:00", "2026-11-22T06:17:05Z"),
        ("yesterday", None),
        (1795327200, None),
        (None, None),
    ],
)
def test_a_job_of_the_public_api(public: PublicApi, start: Any, moment: str | None) -> None:
    found = {"jobId": 42, "status": "pending", "jobType": "sync", "startTime": start, "connectionId": CONNECTION}
    responses.get(f"{PUBLIC}/jobs/42", json=found)
    job = public.get_job(42)
    assert job.created_at == (parse(moment) if moment else None)
    assert (job.updated_at, job.rows, job.size) == (None, None, None)


def test_an_answer_about_another_job_is_no_use(own: ConfigurationApi, public: PublicApi) -> None:
    """Otherwise that job's success would count as the requested one's."""
    responses.post(f"{OWN}/jobs/get_light", json={"job": {**JOB_READ, "status": "succeeded"}})
    responses.get(f"{PUBLIC}/jobs/41", json={"jobId": 42, "status": "succeeded", "jobType": "sync"})
    for api in (own, public):
        with pytest.raises(Unreachable, match="asked about job 41, the API answered about job 42"):
            api.get_job(41)


NO_JOBS = [{}, [], None, "job", {"job": None}, {"job": {"id": "42", "status": "running"}}, {"job": {"id": 42}}]


@pytest.mark.parametrize("body", [*NO_JOBS, {"jobId": "x", "status": "running"}, {"jobId": True, "status": "running"}])
def test_a_200_without_a_job_is_no_use(own: ConfigurationApi, public: PublicApi, body: Any) -> None:
    responses.post(f"{OWN}/jobs/get_light", json=body)
    responses.get(f"{PUBLIC}/jobs/42", json=body)
    for api in (own, public):
        with pytest.raises(Unreachable):
            api.get_job(42)


@pytest.mark.parametrize("body", [{}, {"connectionId": 5}, {"connectionId": None}, [CONNECTION], "x"])
def test_a_200_without_a_connection_is_no_use(own: ConfigurationApi, public: PublicApi, body: Any) -> None:
    responses.post(f"{OWN}/connections/get", json=body)
    responses.get(f"{PUBLIC}/connections/{CONNECTION}", json=body)
    for api in (own, public):
        with pytest.raises(Unreachable):
            api.get_connection(CONNECTION)


def test_old_servers_have_no_light_jobs(own: ConfigurationApi) -> None:
    responses.post(f"{OWN}/jobs/get_light", status=404, json={"message": "Page Not Found", "_links": {}})
    responses.post(f"{OWN}/jobs/get", json={"job": {**JOB_READ, "status": "running"}, "attempts": []})
    assert own.get_job(42).status == "running"
    assert own.get_job(42).status == "running"
    paths = [str(call.request.url).removeprefix(OWN) for call in responses.calls]
    assert paths == ["/jobs/get_light", "/jobs/get", "/jobs/get"], "once is enough to know it"


def test_an_unknown_job_is_unknown_on_any_version(own: ConfigurationApi) -> None:
    for path in ("get_light", "get"):
        responses.post(f"{OWN}/jobs/{path}", status=404, json={"errorId": "1b9d"})
    with pytest.raises(UnknownId, match="no job 42"):
        own.get_job(42)


def test_a_500_for_a_job_hints_at_its_id(own: ConfigurationApi) -> None:
    responses.post(f"{OWN}/jobs/get_light", status=500, json={"errorId": "1b9d"})
    with pytest.raises(Unreachable, match=r"is 42 \(AIRBYTE_JOB_ID\) right"):
        own.get_job(42)


@pytest.mark.parametrize(("status", "body"), [(409, CONFLICT), (404, {"title": "resource-not-found"})])
def test_an_unknown_job_of_the_public_api(public: PublicApi, status: int, body: Any) -> None:
    responses.get(f"{PUBLIC}/jobs/42", status=status, json=body)
    with pytest.raises(UnknownId, match="no job 42"):
        public.get_job(42)


def test_old_servers_do_not_know_all_types_of_jobs(own: ConfigurationApi) -> None:
    responses.post(f"{OWN}/jobs/list", status=422, json={"message": "Some properties contained invalid input."})
    responses.post(f"{OWN}/jobs/list", json={"jobs": [{"job": {**JOB_READ, "status": "failed"}, "attempts": []}]})
    jobs, _ = own.list_jobs(CONNECTION)
    assert [job.id for job in jobs] == [42]
    assert [body["configTypes"] for body in bodies()] == [
        ["sync", "reset_connection", "clear", "refresh"],
        ["sync", "reset_connection"],
    ]


def test_jobs_are_sorted_by_their_ids_whatever_the_server_does(own: ConfigurationApi, public: PublicApi) -> None:
    rows = [{"job": {**JOB_READ, "id": number, "status": "failed"}} for number in (41, 43, 42)]
    responses.post(f"{OWN}/jobs/list", json={"jobs": rows})
    responses.get(f"{PUBLIC}/jobs", json={"data": [{"jobId": n, "status": "failed"} for n in (41, 43, 42)]})
    for api in (own, public):
        assert [job.id for job in api.list_jobs(CONNECTION)[0]] == [43, 42, 41]


STARTED = {"job": {**JOB_READ, "status": "pending"}, "attempts": []}


@pytest.mark.parametrize(
    ("kind", "path", "more"),
    [
        ("sync", "sync", {}),
        ("reset", "reset", {}),
        ("clear", "clear", {}),
        ("refresh", "refresh", {"refreshMode": "Truncate"}),
    ],
)
def test_each_kind_of_job_has_its_path(own: ConfigurationApi, kind: str, path: str, more: dict[str, str]) -> None:
    responses.post(f"{OWN}/connections/{path}", json=STARTED)
    assert own.start_job(CONNECTION, kind, "truncate").id == 42
    assert bodies() == [{"connectionId": CONNECTION, **more}]


OLD_409 = {
    "message": f"A sync is already running for: {CONNECTION}",
    "exceptionClassName": "io.airbyte.commons.server.errors.ValueConflictKnownException",
    "exceptionStack": [],
}


@pytest.mark.parametrize("body", [OLD_409, {"message": "A sync is already running for: x", "errorId": "y"}, None])
def test_every_409_of_a_trigger_on_the_configuration_api_means_running(own: ConfigurationApi, body: Any) -> None:
    responses.post(f"{OWN}/connections/sync", status=409, json=body)
    with pytest.raises(AlreadyRunning):
        own.start_job(CONNECTION, "sync", "merge")


def test_of_the_public_409s_only_one_means_running(public: PublicApi) -> None:
    responses.post(f"{PUBLIC}/jobs", status=409, json=TRY_AGAIN)
    responses.post(f"{PUBLIC}/jobs", status=409, json=CONFLICT)
    with pytest.raises(AlreadyRunning, match="already running"):
        public.start_job(CONNECTION, "sync", "merge")
    with pytest.raises(RequestRefused, match="Job is not currently running") as refused:
        public.start_job(CONNECTION, "sync", "merge")
    assert not isinstance(refused.value, AlreadyRunning)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_trigger_is_sent_once_whatever_the_server_answers(public: PublicApi, status: int) -> None:
    public.client = client(PUBLIC, retry_timeout=5.0)
    responses.post(f"{PUBLIC}/jobs", status=status)
    with pytest.raises(Unreachable):
        public.start_job(CONNECTION, "sync", "merge")
    assert len(responses.calls) == 1


def attempt(*failures: Any) -> dict[str, Any]:
    return {"attempt": {"id": 0, "status": "failed", "failureSummary": {"failures": list(failures)}}, "logs": {}}


@pytest.mark.parametrize(
    ("attempts", "reasons"),
    [
        ([], ()),
        (None, ()),
        ([attempt()], ()),
        ([{"attempt": {"status": "running"}}], ()),
        ([attempt({"failureOrigin": "source", "externalMessage": "no access"})], ("source: no access",)),
        ([attempt({"internalMessage": "java.lang.X"})], ("java.lang.X",)),
        ([attempt({"failureType": "config_error"})], ("config_error",)),
        ([attempt({})], ("no reason given",)),
        ([attempt({"externalMessage": "one"}), attempt({"externalMessage": "two"})], ("two", "one")),
        ([attempt({"externalMessage": "one"}), attempt({"externalMessage": "one"})], ("one",)),
        ([attempt({"externalMessage": "a\n::error::b"})], ("a ::error::b",)),
        ([attempt({"externalMessage": str(number)}) for number in range(9)], ("8", "7", "6", "5", "4")),
    ],
)
def test_why_attempts_failed(own: ConfigurationApi, attempts: Any, reasons: tuple[str, ...]) -> None:
    responses.post(f"{OWN}/jobs/get_without_logs", json={"job": JOB_READ, "attempts": attempts})
    assert own.failures(42) == reasons


HTML = ("<!doctype html><title>Airbyte</title>", "text/html")


@pytest.mark.parametrize("which", ["own", "public"])
def test_a_server_that_is_not_airbyte_is_said_to_be_none(which: str, request: pytest.FixtureRequest) -> None:
    api: Api = request.getfixturevalue(which)
    variable = "AIRBYTE_SERVER_HOST" if which == "own" else "AIRBYTE_API_URL"
    for method, path in (("POST", "/connections/get"), ("GET", f"/connections/{CONNECTION}"), ("GET", "/health")):
        responses.add(method, api.client.base_url + path, body=HTML[0], content_type=HTML[1])
    for ask in (lambda: api.get_connection(CONNECTION), api.check_health):
        with pytest.raises(Unreachable, match=f"no Airbyte API.*{variable}"):
            ask()


def answered(status: int, body: Any = None, **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else b""
    return Answer(status, headers, content)


PROBLEM_404 = {"status": 404, "title": "resource-not-found", "data": {"resourceType": "connection"}}
HAL_404 = {"message": "Not Found", "_links": {}, "_embedded": {"errors": [{"message": "Page Not Found"}]}}


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (answered(404, {"errorId": "1b9d"}), UnknownId, "the id is unknown"),
        (answered(404, PROBLEM_404), UnknownId, "the id is unknown"),
        (answered(404, {"message": "Could not find configuration for STANDARD_SYNC"}), UnknownId, "STANDARD_SYNC"),
        (answered(404, HAL_404), RequestRefused, "knows no such path"),
        (answered(404, "<html>nginx</html>"), RequestRefused, "Check AIRBYTE_API_URL"),
        (answered(404), RequestRefused, "knows no such path"),
        (answered(404, NOT_DEFINED), RequestRefused, "Check AIRBYTE_API_URL"),
        (answered(404, {"type": "about:blank", "status": 404}), UnknownId, "the id is unknown"),
        (answered(405, HAL_404), RequestRefused, "405"),
        (answered(405, "<html>nginx</html>"), RequestRefused, "knows no such path"),
        (answered(400, {"errorId": "1b9d"}), RequestRefused, "refused as invalid (400: errorId 1b9d"),
        (
            answered(422, {"message": "Bad", "validationErrors": [{"message": "is null"}]}),
            RequestRefused,
            "Bad: is null",
        ),
        (
            answered(422, {"message": "Bad", "validationErrors": [{"propertyPath": "id", "message": "is null"}]}),
            RequestRefused,
            "Bad: id is null",
        ),
        (answered(401), CredentialsRefused, "AIRBYTE_CLIENT_ID"),
        (answered(403, {"title": "forbidden", "data": {"message": "no"}}), CredentialsRefused, "forbidden: no"),
        (answered(403), CredentialsRefused, "the id is unknown, or these credentials are not allowed to do this"),
        (answered(409, CONFLICT), RequestRefused, "Job is not currently running"),
        (answered(409, OUT_OF_TIME), Unreachable, "may have done it anyway"),
        (answered(429, {"message": "You are being rate limited."}), RateLimited, "You are being rate limited."),
        (answered(500, {"errorId": "1b9d"}), Unreachable, "errorId 1b9d, look it up in the server's log"),
        (answered(502, "<html>Bad Gateway</html>"), Unreachable, "(502)"),
        (answered(302, Location="https://login.example.com/"), RequestRefused, "redirects to https://login"),
        (answered(418), RequestRefused, "the request was refused"),
    ],
)
def test_every_refusal_has_its_error_and_says_why(answer: Answer, kind: type[SlipwayError], said: str) -> None:
    server = Server(PUBLIC, True, "AIRBYTE_API_URL", CLIENT)
    with pytest.raises(SlipwayError) as refused:
        accepted(server, answer, "the id is unknown")
    assert type(refused.value) is kind
    assert said in refused.value.message
    assert refused.value.message.startswith("Airbyte: ")
    assert refused.value.answer is answer


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        (NONE, "wants credentials"),
        (BASIC, "AIRBYTE_PASSWORD"),
        (CLIENT, "AIRBYTE_CLIENT_ID"),
        (TOKEN, "lives only minutes"),
    ],
)
def test_a_401_says_what_to_change(credentials: str, said: str) -> None:
    with pytest.raises(CredentialsRefused, match=said):
        accepted(Server(PUBLIC, True, "AIRBYTE_API_URL", credentials), answered(401))


@pytest.mark.parametrize(
    "body",
    [
        {"message": ["not", "text"]},
        {"data": "text", "detail": 5},
        {"_embedded": {"errors": ["text", None]}},
        {"validationErrors": ["text"]},
        {"_embedded": "text"},
        {"_embedded": {"errors": 5}},
        {"validationErrors": 5},
        {"title": {"a": 1}},
        ["list"],
        "text",
        5,
    ],
)
def test_an_explanation_survives_any_json(body: Any) -> None:
    assert "\n" not in explanation(answered(500, body))


def test_a_success_without_an_object_is_no_use() -> None:
    for body in ([], "text", None, 5):
        with pytest.raises(Unreachable):
            data(Server(OWN, False, "AIRBYTE_SERVER_HOST", NONE), answered(200, body))


@pytest.mark.parametrize(
    ("body", "healthy"),
    [
        ({"available": True}, True),
        ({"db": True}, True),
        ({"available": False}, False),
        ({"db": False}, False),
        ({}, False),
    ],
)
def test_the_health_of_the_configuration_api(own: ConfigurationApi, body: Any, healthy: bool) -> None:
    responses.get(f"{OWN}/health", json=body)
    if healthy:
        own.check_health()
    else:
        with pytest.raises(Unreachable, match="not available"):
            own.check_health()


def test_the_health_of_the_public_api_is_plain_text(public: PublicApi) -> None:
    responses.get(f"{PUBLIC}/health", body="Successful operation", content_type="text/plain")
    public.check_health()
    assert [call.request.url for call in responses.calls] == [f"{PUBLIC}/health"]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_access_to_the_configuration_api_is_whatever_is_not_refused(own: ConfigurationApi, status: int) -> None:
    responses.post(f"{OWN}/connections/get", status=status, json={"errorId": "x"})
    assert own.check_access().status == status


def test_a_moment_that_no_calendar_has_is_none(own: ConfigurationApi) -> None:
    responses.post(f"{OWN}/jobs/get_light", json={"job": {**JOB_READ, "status": "failed", "updatedAt": 10**17}})
    job = own.get_job(42)
    assert job.updated_at is None
    assert isinstance(job.created_at, datetime)


def test_asking_does_not_disturb_a_request_that_looks_for_its_adapter(own: ConfigurationApi) -> None:
    """Jobs are read in parallel. If the table of adapters changed during a search, a run could end with 249."""
    responses.post(OWN + "/jobs/list", json={"jobs": []})
    searching = iter(own.client._sessions.reads.adapters.items())
    next(searching)
    own.list_jobs(CONNECTION)
    own.list_jobs(CONNECTION)
    assert list(searching)


@pytest.mark.parametrize("number", [0, -1, 10**18, True])
def test_a_job_whose_id_no_file_could_hold_is_no_job(own: ConfigurationApi, public: PublicApi, number: int) -> None:
    responses.post(OWN + "/connections/sync", json={"job": {**JOB_READ, "id": number}})
    response = {"jobId": number, "status": "running", "jobType": "sync", "connectionId": CONNECTION}
    responses.post(PUBLIC + "/jobs", json=response)
    for api in (own, public):
        with pytest.raises(Unreachable, match="has no job"):
            api.start_job(CONNECTION, "sync", "merge")
