"""What the blueprints get, create, delete, test, re-sync and authorize have in common."""

import pytest

from tests.conftest import Blueprint, Emulator

CARD = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_REDIRECT_URI": "https://app.example.com/back?id=7"}


def test_the_legacy_paths_do_the_same(blueprint: Blueprint, emulator: Emulator) -> None:
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_LEGACY_API": "TRUE"}
    assert blueprint("fivetran/resync_connector", **given).code == 0
    assert blueprint("fivetran/run_setup_tests", **given).code == 0
    assert blueprint("fivetran/create_connect_card", **{**CARD, **given}).code == 0
    assert {row["path"].split("/")[2] for row in emulator.requests()} == {"connectors"}


@pytest.mark.parametrize(
    "name",
    ["get_connector", "delete_connector", "run_setup_tests", "resync_connector", "create_connect_card"],
)
def test_a_wrong_key_is_200_an_unknown_id_204_and_a_bad_one_206(blueprint: Blueprint, name: str) -> None:
    def run(connector_id: str, **more: str) -> int:
        given = {**CARD, "FIVETRAN_CONNECTOR_ID": connector_id, "FIVETRAN_CONFIRM_DELETE": connector_id, **more}
        code: int = blueprint(f"fivetran/{name}", **given).code
        return code

    assert run("speak_inexpensive", FIVETRAN_API_KEY="revoked-key") == 200
    assert run("no_such") == 204
    assert run("../account/info") == 206
    assert not any("account" in file for file in blueprint.files())
