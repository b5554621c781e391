"""How the connectors of a selection are read."""

import json
from typing import Any

import pytest
import responses

from blueprints.fivetran.execute_sync import Settings
from shared.errors import SlipwayError
from shared.fivetran.api import Fivetran
from shared.fivetran.batch.reader import Reader
from shared.program.run import Run

URL = "https://api.fivetran.com/v1/connections"


def row(one: str) -> dict[str, Any]:
    return {"id": one, "service": "s3", "status": {"sync_state": "scheduled"}, "succeeded_at": None}


@pytest.fixture
def reader() -> Reader:
    environ = {
        "FIVETRAN_API_KEY": "a-key",
        "FIVETRAN_API_SECRET": "a-secret",
        "FIVETRAN_GROUP_ID": "g_id",
        "FIVETRAN_SERVICE": "s3",
    }
    settings = Settings(environ)
    run = Run("fivetran/execute_sync", settings, environ)

    def failure(error: Exception) -> SlipwayError:
        assert isinstance(error, SlipwayError)
        return error

    return Reader(Fivetran(run, settings), settings, run.say, failure)


@responses.activate
def test_only_the_first_few_of_a_selection_are_parsed(reader: Reader) -> None:
    """The others are read again before they are used. Which are selected does not depend on it."""
    rows = [row("a"), {"id": "no_s3", "service": "mysql"}, row("b"), row("../c"), row("d"), row("d"), {"id": "e"}]
    responses.get(URL, body=json.dumps({"code": "Success", "data": {"items": rows}}))
    responses.get(
        "https://api.fivetran.com/v1/groups", json={"code": "Success", "data": {"items": [{"id": "g_id", "name": "G"}]}}
    )
    asked = {"code": "Success", "data": {**row("e"), "service": "s3"}}
    responses.get(f"{URL}/e", json=asked)
    few = {one.subject: one for one in reader.selected(1)}
    assert [(one, few[one].value is None, few[one].error is None) for one in few] == [
        ("a", False, True),
        ("b", True, True),
        ("d", True, True),
        ("../c", True, False),
        ("e", False, True),
    ]
    assert list(few) == [one.subject for one in reader.selected()]
