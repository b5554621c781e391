"""What the operations other than a sync do if an answer is odd, long or a refusal."""

import json

import pytest

from tests.conftest import Blueprint, Emulator

ID = "speak_inexpensive"
HERE = {"FIVETRAN_CONNECTOR_ID": ID}


def test_many_notices_do_not_flood_the_result(blueprint: Blueprint, emulator: Emulator) -> None:
    notices = [{"code": "c", "message": f"notice {number} " + "x" * 250} for number in range(500)]
    emulator.set(ID, tasks=notices, warnings=notices)
    done = blueprint("fivetran/get_connector", **HERE)
    assert done.code == 0
    assert [len(done.result["data"][kind]) for kind in ("tasks", "warnings")] == [20, 20]
    assert len(done.stderr) < 30_000


@pytest.mark.parametrize("names", [7, "orders", {"a": 1}])
def test_output_models_of_another_form_are_no_bug(blueprint: Blueprint, emulator: Emulator, names: object) -> None:
    row = {"id": "t", "status": "NEW", "output_model_names": names}
    emulator.answers("GET", "/v1/transformations", {"json": {"code": "Success", "data": {"items": [row]}}})
    done = blueprint("fivetran/list_transformations")
    assert done.code == 0, done.stderr
    assert done.result["data"]["transformations"][0]["output_models"] == ""


def test_a_refused_read_at_columns_leaves_the_schemas_that_were_read(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("GET", "/v1/connections/*/columns", {"status": 400, "json": {"code": "InvalidInput"}})
    done = blueprint("fivetran/get_schemas", **HERE, FIVETRAN_TABLE="sales.orders", FIVETRAN_LIVE_COLUMNS="TRUE")
    assert done.code == 201
    assert "schemas" in json.loads(blueprint.file("responses", f"schemas_{ID}_response.json").read_text())["data"]
    refusal = json.loads(blueprint.file("responses", f"columns_{ID}_response.json").read_text())
    assert refusal == {"code": "InvalidInput"}


def test_any_409_to_a_resync_is_203(blueprint: Blueprint, emulator: Emulator) -> None:
    """The sync that could not be completed has ended before it is looked for."""
    emulator.answers("POST", f"/v1/connections/{ID}/resync", {"status": 409, "json": {"code": "Conflict"}})
    done = blueprint("fivetran/resync_connector", **HERE)
    assert (done.code, done.result["status"]) == (203, "already_running")
    assert len(emulator.requests("POST")) == 1


def test_a_file_that_cannot_be_written_does_not_hide_what_was_done(blueprint: Blueprint) -> None:
    blueprint.file("responses", f"connect_card_{ID}_response.json").mkdir(parents=True)
    done = blueprint("fivetran/create_connect_card", **HERE, FIVETRAN_REDIRECT_URI="https://app.example.com/back")
    assert done.code == 207
    assert done.result["message"].startswith(f"a Connect Card of {ID} was created, but ")


def test_a_file_that_cannot_be_written_does_not_claim_what_was_not_done(blueprint: Blueprint) -> None:
    blueprint.file("responses", f"update_schemas_{ID}_response.json").mkdir(parents=True)
    done = blueprint("fivetran/update_schemas", **HERE, FIVETRAN_ENABLE="sales.orders")
    assert done.code == 207
    assert "was updated" not in done.result["message"]


@pytest.mark.parametrize(
    "first", [("fivetran/execute_sync", None), ("fivetran/resync_connector", '{"sales": ["refunds"]}')]
)
def test_a_resync_joins_no_other_operation_of_the_same_run(
    blueprint: Blueprint, emulator: Emulator, first: tuple[str, str | None]
) -> None:
    name, scope = first
    emulator.reset(sync_seconds=30)
    given = {**HERE, "SLIPWAY_RUN_ID": "nightly"}
    assert blueprint(name, **given, FIVETRAN_SCOPE=scope).code == 0
    for _ in range(2):  # the second run is a retry
        done = blueprint("fivetran/resync_connector", **given, FIVETRAN_SCOPE='{"sales": ["orders"]}')
        assert done.code == 0, done.stderr
    assert done.result["status"] == "joined"
    assert len(emulator.requests("POST")) == 2


@pytest.mark.parametrize(
    ("name", "variable", "asked", "answered"),
    [
        ("resync_connector", "FIVETRAN_CONNECTOR_ID", f"connections/{ID}", "handmade_widget"),
        ("execute_sync", "FIVETRAN_CONNECTOR_ID", f"connections/{ID}", "handmade_widget"),
        ("delete_connector", "FIVETRAN_CONNECTOR_ID", f"connections/{ID}", "handmade_widget"),
        ("run_transformation", "FIVETRAN_TRANSFORMATION_ID", "transformations/mellow_orchard", "crooked_ledger"),
    ],
)
def test_an_answer_about_something_else_is_no_use_and_nothing_is_sent(
    blueprint: Blueprint, emulator: Emulator, name: str, variable: str, asked: str, answered: str
) -> None:
    status = "SUCCEEDED" if name == "run_transformation" else {"setup_state": "connected", "sync_state": "scheduled"}
    found = {"code": "Success", "data": {"id": answered, "status": status}}
    emulator.answers("GET", f"/v1/{asked}", {"json": found, "times": "always"})
    wanted = asked.rpartition("/")[2]
    done = blueprint(f"fivetran/{name}", **{variable: wanted, "FIVETRAN_CONFIRM_DELETE": wanted})
    assert done.code == 223
    assert answered in done.result["message"]
    assert {row["method"] for row in emulator.requests()} == {"GET"}
