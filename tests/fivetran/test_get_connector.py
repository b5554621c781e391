"""get_connector: a connector's state in words."""

from tests.conftest import Blueprint
from tests.fivetran.conftest import Play
from tests.fivetran.files import saved


def test_why_is_it_stale_is_answered_in_words(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/get_connector", FIVETRAN_CONNECTOR_ID="stubborn_kettle")
    assert done.code == 0
    assert done.result["data"]["condition"] == "failing"
    assert "Access denied to bucket partner-files" in done.stderr
    assert "; last success " in done.result["message"]
    assert " ago, at 2" in done.result["message"]
    assert "https://fivetran.com/dashboard/connections/stubborn_kettle/status" in done.stderr
    assert saved(blueprint, "connector_stubborn_kettle_response.json")["data"]["id"] == "stubborn_kettle"


def test_an_unknown_connector_is_204(blueprint: Blueprint) -> None:
    assert blueprint("fivetran/get_connector", FIVETRAN_CONNECTOR_ID="no_such").code == 204


def test_a_warning_about_a_name_is_in_the_result_too(play: Play) -> None:
    given = {"FIVETRAN_CONNECTOR_ID": "stubborn_kettle"}
    assert "warnings" not in play("fivetran/get_connector", **given).result
    done = play("fivetran/get_connector", **given, FIVETRAN_CONECTOR_ID="other")
    assert done.result["warnings"] == ["FIVETRAN_CONECTOR_ID is not known here; did you mean FIVETRAN_CONNECTOR_ID?"]
