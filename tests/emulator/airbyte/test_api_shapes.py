"""Answers of both APIs, checked against the shapes in Airbyte's documents and server source: fields, enumerations,
nulls.

A field whose name ends with `?` may be absent. Fields that are null are left out, except a problem's
`documentationUrl`.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator.airbyte.sample_connections import ANALYTICS, SHOP, named

CONFIGURATION, PUBLIC = "/api/v1", "/api/public/v1"
BILLING, STRIPE = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f", "c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TEXT, ANY = re.compile(r"(?s).*"), re.compile("any JSON")
JAVA_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:(?!00Z)\d\d)?Z")  # seconds that are zero are left out
JAVA_DURATION = re.compile(r"PT(?=.)(\d+H)?(\d+M)?(\d+S)?")
CONNECTION_STATUS = ("active", "inactive", "deprecated", "locked")
JOB_STATUS = ("pending", "queued", "running", "incomplete", "failed", "succeeded", "cancelled")

TAG = {"tagId": UUID, "workspaceId": UUID, "name": TEXT, "color": TEXT}
STREAM = {"streamDescriptor?": ANY, "name": TEXT, "namespace?": TEXT}
SCHEDULE_DATA = {
    "cron?": {"cronExpression": TEXT, "cronTimeZone": TEXT},
    "basicSchedule?": {"timeUnit": TEXT, "units": int},
}
CONNECTION_READ = {
    **{"connectionId": UUID, "name": TEXT, "sourceId": UUID, "destinationId": UUID, "breakingChange": bool},
    "status": CONNECTION_STATUS,
    "syncCatalog": {
        "streams": [
            {
                "stream": {"name": TEXT, "namespace?": TEXT, "jsonSchema": ANY, "supportedSyncModes": [TEXT]},
                "config": {
                    "syncMode": ("full_refresh", "incremental"),
                    "destinationSyncMode": ("append", "overwrite", "append_dedup", "overwrite_dedup"),
                    "cursorField": [TEXT],
                    "primaryKey": [[TEXT]],
                    "selected": bool,
                },
            }
        ]
    },
    **{"namespaceDefinition?": TEXT, "prefix?": TEXT, "operationIds?": [TEXT], "geography?": TEXT},
    "schedule?": {"units": int, "timeUnit": TEXT},
    "scheduleType?": ("manual", "basic", "cron"),
    "scheduleData?": SCHEDULE_DATA,
    **{"statusReason?": TEXT, "workspaceId?": UUID, "created_at?": int, "tags?": [TAG]},
}
STATISTICS = dict.fromkeys(
    ("recordsEmitted", "bytesEmitted", "recordsCommitted", "bytesCommitted", "recordsRejected"), int
)
JOB_READ = {
    **{"id": int, "configId": UUID, "createdAt": int, "updatedAt": int, "status": JOB_STATUS},
    "configType": ("sync", "reset_connection", "refresh", "clear"),
    **{"startedAt?": int, "aggregatedStats?": STATISTICS},
    **{"resetConfig?": {"streamsToReset": [STREAM]}, "refreshConfig?": {"streamsToRefresh": [STREAM]}},
}
FAILURE = {
    **{"failureOrigin": TEXT, "failureType": TEXT, "externalMessage": TEXT, "internalMessage": TEXT},
    **{"retryable": bool, "timestamp": int},
}
ATTEMPT = {
    **{"id": int, "status": ("running", "failed", "succeeded"), "createdAt": int, "updatedAt": int},
    **{"endedAt?": int, "bytesSynced?": int, "recordsSynced?": int},
    "failureSummary?": {"failures": [FAILURE], "partialSuccess?": bool},
}
JOB_INFO = {
    "job": JOB_READ,
    "attempts": [{"attempt": ATTEMPT, "logType": TEXT, "logs": {"logLines": [TEXT]}}],
}
STATUS_READ = {
    "connectionId": UUID,
    "connectionSyncStatus": ("synced", "failed", "incomplete", "pending", "running"),
    **{"lastSyncJobId?": int, "lastSyncJobStatus?": JOB_STATUS, "lastSuccessfulSync?": int},
    **{"lastSyncJobCreatedAt?": int, "scheduleData?": SCHEDULE_DATA},
    **{"activeJob?": JOB_READ, "failureReason?": FAILURE},
}
JOB_RESPONSE = {
    **{"jobId": int, "status": JOB_STATUS, "jobType": ("sync", "reset", "refresh", "clear"), "connectionId": UUID},
    "startTime": JAVA_TIME,
    **{"lastUpdatedAt?": JAVA_TIME, "duration?": JAVA_DURATION, "bytesSynced?": int, "rowsSynced?": int},
}
CONNECTION_RESPONSE = {
    **{"connectionId": UUID, "name": TEXT, "sourceId": UUID, "destinationId": UUID, "workspaceId": UUID},
    "status": CONNECTION_STATUS,
    "schedule": {"scheduleType": ("manual", "cron", "basic"), "cronExpression?": TEXT, "basicTiming?": TEXT},
    "configurations": {"streams": [{"name": TEXT, "namespace?": TEXT, "syncMode": TEXT}]},
    **{"createdAt": int, "tags": [TAG], "statusReason?": TEXT, "dataResidency?": TEXT},
}
WORKSPACE_RESPONSE = {"workspaceId": UUID, "name": TEXT, "dataResidency": TEXT, "notifications": ANY}
MASKED = ("**********",)
POSTGRES = {"host": TEXT, "port": int, "database": TEXT, "schemas": [TEXT], "username": TEXT}
SNOWFLAKE = dict.fromkeys(("host", "role", "warehouse", "database", "schema", "username"), TEXT)
SOURCE_RESPONSE = {
    **{"sourceId": UUID, "name": TEXT, "sourceType": TEXT, "definitionId": UUID, "workspaceId": UUID},
    **{"configuration": {"sourceType": TEXT, "password": MASKED, **POSTGRES}, "createdAt": int},
}
DESTINATION_RESPONSE = {
    **{"destinationId": UUID, "name": TEXT, "destinationType": TEXT, "definitionId": UUID, "workspaceId": UUID},
    **{
        "configuration": {"destinationType": TEXT, "credentials": {"auth_type": TEXT, "password": MASKED}, **SNOWFLAKE},
        "createdAt": int,
    },
}
STREAM_PROPERTIES = {
    **{"streamName": TEXT, "streamnamespace?": TEXT, "syncModes": [TEXT], "defaultCursorField": [TEXT]},
    "sourceDefinedCursorField": bool,
    **{"sourceDefinedPrimaryKey": [[TEXT]], "propertyFields": [[TEXT]]},
}
PROBLEM = {
    **{"status": int, "type": TEXT, "title": TEXT, "detail": TEXT, "documentationUrl": None},
    "data?": {"message?": TEXT, "resourceType?": TEXT, "resourceId?": TEXT},
}
HAL = {
    "message": TEXT,
    "_links": {"self": {"href": TEXT, "templated": bool}},
    "_embedded": {"errors": [{"message": TEXT, "_links": ANY, "_embedded": ANY}]},
}


def problems(shape: Any, value: Any, where: str = "") -> list[str]:
    """Return where a value differs from its shape."""
    if shape is ANY:
        return []
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where}: no object"]
        names = {key.removesuffix("?") for key in shape}
        found = [f"{where}.{key}: unknown" for key in value.keys() - names]
        found += [f"{where}.{key}: missing" for key in shape if not key.endswith("?") and key not in value]
        for key, one in shape.items():
            name = key.removesuffix("?")
            found += problems(one, value[name], f"{where}.{name}") if name in value else []
        return found
    if isinstance(shape, list):
        rows = value if isinstance(value, list) else [object()]
        return [each for row in rows for each in problems(shape[0], row, f"{where}[]")]
    good = {
        tuple: lambda: value in shape,
        re.Pattern: lambda: isinstance(value, str) and shape.fullmatch(value),
        type: lambda: type(value) is shape,
    }
    fits = value is None if shape is None else good[type(shape)]()
    return [] if fits else [f"{where}: {value!r}"]


def page_of(row: Any) -> Any:
    return {"data": [row], "next": TEXT, "previous": TEXT}


def ask(emulated: Any, method: str, path: str, body: Any = None) -> Any:
    return emulated.ask(method, path, json=body, auth=None, headers={"Authorization": "Bearer token-of-the-tests"})


def outcomes(emulated: Any) -> None:
    """Create jobs that pass through every state within the next half minute."""
    course = {"pending": 1, "queued": 1, "failing": 1, "incomplete": 1, "seconds": 2}
    for connection_id, result in ((SHOP, "succeeded"), (BILLING, "failed"), (STRIPE, "cancelled")):
        start = {"kind": "sync", "result": result, **course}
        emulated.control("POST", "scenario", {"airbyte": {"connections": {connection_id: {"start": start}}}})


READ = [
    ("POST", f"{CONFIGURATION}/connections/list", {"workspaceId": ANALYTICS}, {"connections": [CONNECTION_READ]}),
    ("POST", f"{CONFIGURATION}/connections/status", {"connectionIds": [SHOP, BILLING, STRIPE]}, [STATUS_READ]),
    *(
        (
            "POST",
            f"{CONFIGURATION}/jobs/list",
            {"configTypes": ["sync"], "configId": connection_id},
            {"jobs": [{"job": JOB_READ, "attempts": [ATTEMPT]}], "totalJobCount": int},
        )
        for connection_id in (SHOP, BILLING, STRIPE)
    ),
    *(("POST", f"{CONFIGURATION}/jobs/{name}", {"id": 1008}, JOB_INFO) for name in ("get", "get_without_logs")),
    ("POST", f"{CONFIGURATION}/jobs/get_light", {"id": 1009}, {"job": JOB_READ}),
    ("POST", f"{CONFIGURATION}/jobs/get_last_replication_job", {"connectionId": STRIPE}, {"job?": JOB_READ}),
    ("GET", f"{CONFIGURATION}/health", None, {"available": bool}),
    ("POST", f"{CONFIGURATION}/tags/list", {"workspaceId": ANALYTICS}, [TAG]),
    ("GET", f"{PUBLIC}/connections?limit=100", None, page_of(CONNECTION_RESPONSE)),
    ("GET", f"{PUBLIC}/connections/{SHOP}", None, CONNECTION_RESPONSE),
    ("GET", f"{PUBLIC}/jobs?limit=100", None, page_of(JOB_RESPONSE)),
    ("GET", f"{PUBLIC}/jobs/1010", None, JOB_RESPONSE),
    ("GET", f"{PUBLIC}/workspaces", None, page_of(WORKSPACE_RESPONSE)),
    ("GET", f"{PUBLIC}/workspaces/{ANALYTICS}", None, WORKSPACE_RESPONSE),
    ("GET", f"{PUBLIC}/sources?workspaceIds={ANALYTICS}", None, page_of(SOURCE_RESPONSE)),
    ("GET", f"{PUBLIC}/destinations", None, page_of(DESTINATION_RESPONSE)),
    ("GET", f"{PUBLIC}/streams?sourceId={named('source/Postgres shop to Snowflake')}", None, [STREAM_PROPERTIES]),
    ("GET", f"{PUBLIC}/tags", None, {"data": [TAG]}),
]


def test_every_read_has_its_shape_in_every_state_of_a_job(emulated: Any) -> None:
    outcomes(emulated)
    states = set()
    for _ in range(24):
        for method, path, body, shape in READ:
            answer = ask(emulated, method, path, body)
            assert (answer.status_code, problems(shape, answer.json)) == (200, []), path
            if path.endswith("jobs?limit=100"):
                states |= {row["status"] for row in answer.json["data"]}
        emulated.wait(0.5)
    assert states == set(JOB_STATUS)


STARTS = [
    *((f"{CONFIGURATION}/connections/{kind}", {"connectionId": SHOP}, JOB_INFO) for kind in ("sync", "reset", "clear")),
    *(
        (
            f"{CONFIGURATION}/connections/{kind}/stream",
            {"connectionId": SHOP, "streams": [{"streamName": "orders", "streamNamespace": "public"}]},
            JOB_INFO,
        )
        for kind in ("reset", "clear")
    ),
    (f"{CONFIGURATION}/connections/refresh", {"connectionId": SHOP, "refreshMode": "Merge"}, {"job?": JOB_READ}),
    *((f"{PUBLIC}/jobs", {"connectionId": SHOP, "jobType": kind}, JOB_RESPONSE) for kind in ("sync", "reset", "clear")),
    (f"{CONFIGURATION}/applications/token", {"client_id": "a", "client_secret": "b"}, {"access_token": TEXT}),
    (
        f"{PUBLIC}/applications/token",
        {"client_id": "a", "client_secret": "b"},
        {"access_token": TEXT, "token_type": ("Bearer",), "expires_in": int},
    ),
]


@pytest.mark.parametrize(("path", "body", "shape"), STARTS)
def test_what_starts_a_job_has_its_shape(emulated: Any, path: str, body: Any, shape: Any) -> None:
    answer = ask(emulated, "POST", path, body)
    assert (answer.status_code, problems(shape, answer.json)) == (200, [])


NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "shape"),
    [
        ("GET", f"{PUBLIC}/connections/{NOBODY}", None, 404, PROBLEM),
        ("GET", f"{PUBLIC}/jobs/7", None, 409, PROBLEM),
        ("POST", f"{PUBLIC}/jobs", {"connectionId": SHOP, "jobType": "refresh"}, 422, PROBLEM),
        ("POST", f"{PUBLIC}/jobs", {"connectionId": SHOP}, 400, PROBLEM),
        ("GET", f"{PUBLIC}/jobs?limit=0", None, 400, PROBLEM),
        ("GET", f"/cloud/v1/jobs/{7}", None, 403, PROBLEM),
        ("GET", "/cloud/v1/nothing", None, 404, {"message": TEXT, "code": int}),
        ("GET", f"{PUBLIC}/nothing", None, 404, HAL),
        ("POST", f"{PUBLIC}/applications/token", {"client_id": "revoked-client", "client_secret": "b"}, 400, HAL),
        ("POST", f"{CONFIGURATION}/connections/get", {"connectionId": NOBODY}, 404, {"errorId": UUID}),
        ("POST", f"{CONFIGURATION}/jobs/get", {"id": 7}, 500, {"errorId": UUID}),
    ],
)
def test_an_error_has_its_shape(emulated: Any, method: str, path: str, body: Any, status: int, shape: Any) -> None:
    answer = ask(emulated, method, path, body)
    assert (answer.status_code, problems(shape, answer.json)) == (status, [])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "7"}, ".id: '7'"),
        ({"status": "done"}, ".status: 'done'"),
        ({"startedAt": None}, ".startedAt: None"),
        ({"colour": "red"}, ".colour: unknown"),
        ({"aggregatedStats": {}}, ".aggregatedStats.recordsEmitted: missing"),
    ],
)
def test_a_wrong_shape_would_be_noticed(emulated: Any, wrong: Any, said: str) -> None:
    job = ask(emulated, "POST", f"{CONFIGURATION}/jobs/get_light", {"id": 1001}).json["job"]
    assert said in problems(JOB_READ, {**job, **wrong})


@pytest.mark.parametrize("base", [PUBLIC, "/cloud/v1", "/v1"])
@pytest.mark.parametrize(
    ("path", "name", "total"),
    [
        ("connections", "connectionId", 38),
        ("jobs", "jobId", 7),
        ("sources", "sourceId", 38),
        ("destinations", "destinationId", 3),
    ],
)
def test_following_next_reads_everything_once(emulate: Any, base: str, path: str, name: str, total: int) -> None:
    emulated = emulate(connectors=30)
    where, pages, ids = f"{base}/{path}?limit=7", 0, []
    while where:
        page = ask(emulated, "GET", where).json
        assert problems(page_of(ANY), page) == []
        ids += [row[name] for row in page["data"]]
        where, pages = page["next"].removeprefix("http://localhost"), pages + 1
        assert not where or where.startswith(f"{base}/{path}?")
    assert len(ids) == len(set(ids)) == total
    assert pages == -(-total // 7) + 1  # only an empty page has no next page
