"""A successful update: its request, and what its result says."""

from typing import Any

from tests.conftest import Emulator
from tests.fivetran.conftest import Play

UPDATE = "fivetran/update_connector"
ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"


def updated(play: Play, emulator: Emulator, **variables: str) -> tuple[dict[str, Any], Any]:
    """Run an update. Return the body that was sent, and the changes in the result."""
    emulator.forget_requests()
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **variables)
    assert done.code == 0, done
    (row,) = emulator.requests("PATCH")
    assert row["path"] == f"/v1/connections/{ID}"
    return row["body"], done.result["data"]["changed"]
