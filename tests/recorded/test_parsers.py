"""The client reads every recorded answer: timestamps are right, and its messages are true and readable."""

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from shared import timestamps
from shared.airbyte.answers import data as airbyte_data
from shared.airbyte.configuration_api import ConfigurationApi
from shared.airbyte.job import ENDED, RUNNING
from shared.airbyte.public_api import PublicApi
from shared.airbyte.settings import CLIENT, CLOUD_URL, Server
from shared.errors import (
    CredentialsRefused,
    RateLimited,
    RequestRefused,
    SlipwayError,
    UnknownId,
    Unreachable,
)
from shared.fivetran.answers import accepted, data, plain_text
from shared.fivetran.connector import Connector
from shared.http.response import Answer
from tests.recorded.bodies import ALL, Recorded

STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
SERVER = Server(CLOUD_URL, True, "AIRBYTE_API_URL", CLIENT)
UNKNOWN = "names nothing here"
ERRORS: dict[int, type[SlipwayError]] = {
    400: RequestRefused,
    401: CredentialsRefused,
    403: CredentialsRefused,
    404: UnknownId,
    405: RequestRefused,
    409: RequestRefused,
    422: RequestRefused,
    429: RateLimited,
    500: Unreachable,
    502: Unreachable,
}
ABOUT_THE_PATH = (
    "fivetran/schemas_404_no_such_route_2024-01-23.json",
    "fivetran/metadata_api_404_deprecated_2025-01-30.json",
    "airbyte/cloud_gateway_404_not_defined_2024-07-17.json",
)


def of(vendor: str, *, errors: bool) -> list[Any]:
    return [
        pytest.param(one, id=one.name)
        for one in ALL
        if one.name.startswith(vendor) and one.status and (one.status >= 400) is errors
    ]


def answer_of(one: Recorded) -> Answer:
    return Answer(one.status, one.headers, one.body)


def independent(text: str) -> datetime:
    """Parse a timestamp with the standard library alone."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    form = "%Y-%m-%dT%H:%M:%S" if whole.count(":") == 2 else "%Y-%m-%dT%H:%M"
    micros = int(fraction.ljust(6, "0")) if fraction else 0
    return datetime.strptime(whole, form).replace(tzinfo=timezone.utc, microsecond=micros)


def texts(value: Any) -> Iterator[str]:
    """Yield all texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


@pytest.mark.parametrize("one", [*of("fivetran", errors=False), *of("airbyte", errors=False)])
def test_every_timestamp_is_read_to_its_last_digit(one: Recorded) -> None:
    for text in filter(STAMP.fullmatch, texts(one.json)):
        assert timestamps.parse(text) == independent(text), text


@pytest.mark.parametrize("one", of("fivetran", errors=False))
def test_a_connector_of_fivetrans_is_read(one: Recorded) -> None:
    body = one.json
    found = data(answer_of(one)) if "data" in body else body
    if "code" in body and "data" not in body:
        assert accepted(answer_of(one)).json["code"] == "Success"
        return
    for row in found.get("items", [found]):
        if "status" not in row:  # a group, a destination or a connector type
            continue
        connector = Connector(row)
        assert (connector.id, connector.paused) == (row["id"], row["paused"] or row["status"]["sync_state"] == "paused")
        for name in ("succeeded_at", "failed_at"):
            assert getattr(connector, name) == (independent(row[name]) if row[name] else None)
        assert connector.schema_status in ("", "ready")
        notices = [*row["status"]["tasks"], *row["status"]["warnings"]]
        assert len(connector.tasks + connector.warnings) == len(notices)
        for notice in notices:
            assert notice["message"] in connector.why()
        for test in row.get("setup_tests") or []:
            assert not re.search(r"<[a-z/]", plain_text(test["message"]))


@pytest.mark.parametrize("one", of("fivetran", errors=True))
def test_an_error_of_fivetrans_becomes_ours_with_its_words(one: Recorded) -> None:
    with pytest.raises(SlipwayError) as caught:
        data(answer_of(one), UNKNOWN)
    expected = RequestRefused if one.name in ABOUT_THE_PATH else ERRORS[one.status]
    assert type(caught.value) is expected
    assert one.json["code"] in caught.value.message
    assert " ".join(one.json["message"].split())[:60] in " ".join(caught.value.message.split())
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("one", of("airbyte", errors=True))
def test_an_error_of_airbytes_becomes_ours_with_its_words(one: Recorded) -> None:
    with pytest.raises(SlipwayError) as caught:
        airbyte_data(SERVER, answer_of(one), UNKNOWN)
    expected = RequestRefused if one.name in ABOUT_THE_PATH else ERRORS[one.status]
    assert type(caught.value) is expected
    assert str(one.status) in caught.value.message
    assert "\n" not in caught.value.message
    assert "<" not in caught.value.message
    said = one.json if one.body.startswith(b"{") else {}
    for word in filter(None, (said.get("title"), *_embedded(said))):
        assert word in caught.value.message
    if not said.get("_embedded"):
        assert str(said.get("message", ""))[:60] in caught.value.message


def _embedded(said: Any) -> list[str]:
    return [str(one["message"]) for one in said.get("_embedded", {}).get("errors", [])]


class Playing:
    """A client that gets the same answer to every request."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def get(self, *call: Any, **more: Any) -> Answer:
        return self.answer

    ask = write = get


JOBS = [one for one in ALL if re.match(r"airbyte/(public_jobs|config_connections_sync_200)", one.name)]


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in JOBS])
def test_a_job_of_airbytes_is_read(one: Recorded) -> None:
    found: Any = one.json
    client: Any = Playing(answer_of(one))
    if "job" in found:
        job = ConfigurationApi(client, SERVER).get_job(found["job"]["id"])
        assert job.created_at == datetime.fromtimestamp(found["job"]["createdAt"], timezone.utc)
        assert (job.id, job.connection_id) == (found["job"]["id"], found["job"]["configId"])
    else:
        job = PublicApi(client, SERVER).get_job(found["jobId"])
        ended = found.get("lastUpdatedAt")
        assert job.created_at == independent(found["startTime"])
        assert job.updated_at == (independent(ended) if ended else None)
        assert (job.id, job.connection_id) == (found["jobId"], found["connectionId"])
        assert (job.rows, job.size) == (found.get("rowsSynced"), found.get("bytesSynced"))
    assert job.kind == "sync"
    assert job.status in RUNNING | ENDED
    assert job.running is (job.status == "running")


EVENTS = [one for one in ALL if one.status == 0]


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in EVENTS])
def test_timestamps_of_log_events_are_read_too(one: Recorded) -> None:
    assert [timestamps.parse(text) for text in texts(one.json) if STAMP.fullmatch(text)]
