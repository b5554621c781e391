"""No request body causes an error in the emulator itself."""

from __future__ import annotations

import json

import pytest

from tests.emulator.fivetran.test_api_openapi_bodies import changed
from tests.emulator.openapi import CALLS

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
LIST = {
    "configId": SHOP,
    "configTypes": ["sync"],
    "statuses": ["failed"],
    "pagination": {"pageSize": 5, "rowOffset": 0},
}
AIRBYTE = [
    ("POST", "/api/v1/connections/get", {"connectionId": SHOP}),
    ("POST", "/api/v1/connections/list", {"workspaceId": SHOP}),
    ("POST", "/api/v1/connections/update", {"connectionId": SHOP, "name": "New", "status": "active", "schedule": None}),
    ("POST", "/api/v1/connections/sync", {"connectionId": SHOP}),
    ("POST", "/api/v1/connections/refresh", {"connectionId": SHOP, "refreshMode": "Merge"}),
    ("POST", "/api/v1/connections/status", {"connectionIds": [SHOP]}),
    ("POST", "/api/v1/jobs/list", LIST),
    ("POST", "/api/v1/jobs/get", {"id": 1001}),
    ("POST", "/api/v1/jobs/cancel", {"id": 1001}),
    ("POST", "/api/v1/applications/token", {"client_id": "a", "client_secret": "b"}),
    ("POST", "/api/public/v1/jobs", {"connectionId": SHOP, "jobType": "sync"}),
    ("PATCH", f"/api/public/v1/connections/{SHOP}", {"name": "New", "status": "active"}),
]
ANYTHING = (None, True, -1, 10**30, 1.5, float("nan"), float("inf"), "", "\ud800", [], {}, ["x"], [{}], {"x": []})


def places(value, place=()):
    """Yield each place of a value in a body, beginning with the whole body."""
    yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, (*place, key))


@pytest.mark.parametrize(("method", "path", "body"), [one for one in (*CALLS, *AIRBYTE) if one[2] is not None])
def test_no_body_is_a_bug_of_the_emulators(emulated, caplog, method, path, body):
    more = {} if path.startswith("/v1/") else {"auth": None, "headers": {"Authorization": "Bearer any"}}
    for place in places(body):
        for one in ANYTHING:
            sent = json.dumps(changed(body, place, one))
            emulated.ask(method, path, data=sent, content_type="application/json", **more)
            assert "A bug in the emulator" not in caplog.text, sent
    for where in ("/v1/connections?limit=1000", "/v1/transformations", f"/api/public/v1/connections/{SHOP}"):
        more = {} if where.startswith("/v1/") else {"auth": None, "headers": {"Authorization": "Bearer any"}}
        assert emulated.ask("GET", where, **more).status_code == 200, "what was stored can be shown"
