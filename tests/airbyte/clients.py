"""The client of each API, with answers that the tests define."""

import json
from typing import Any

import responses

from shared.http.client import Client

CONNECTION = "749c19dc-4f97-4f30-bb0f-126e53506960"


def client(url: str, retry_timeout: float = 0.0) -> Client:
    return Client(vendor="Airbyte", base_url=url, accept="application/json", retry_timeout=retry_timeout)


def bodies() -> list[Any]:
    return [json.loads(call.request.body) for call in responses.calls if call.request.body]


JOB_READ = {"id": 42, "configType": "sync", "configId": CONNECTION, "createdAt": 1795327200, "updatedAt": 1795327260}
