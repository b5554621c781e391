"""Names in the environment that are no settings: some are refused before anything is sent, some cause a warning."""

import re
from pathlib import Path
from typing import Any

import pytest

from docs.tables import blueprints, variables
from shared.settings.unknown_names import OF_EXAMPLES, UnknownNames, is_known
from tests.conftest import ROOT

DECLARED = [variable.name for variable in variables(blueprints()["fivetran/execute_sync"])]


def judged(name: str, value: str = "TRUE", writes: bool = True) -> UnknownNames:
    return UnknownNames([name], DECLARED, writes=writes, value=lambda _: value)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("SLIPWAY_DRYRUN", "SLIPWAY_DRY_RUN"),
        ("SLIPWAY_DRY_RUNN", "SLIPWAY_DRY_RUN"),
        ("FIVETRAN_DRY_RUN", "SLIPWAY_DRY_RUN"),
        ("AIRBYTE_DRYRUN", "SLIPWAY_DRY_RUN"),
        ("fivetran_dry_run", "SLIPWAY_DRY_RUN"),
        ("slipway_dry_run", "SLIPWAY_DRY_RUN"),
        ("DRY_RUN", "SLIPWAY_DRY_RUN"),
        ("dryrun", "SLIPWAY_DRY_RUN"),
        ("FIVETRAN_FORCED", "FIVETRAN_FORCE"),
        ("FIVETRAN_FORCE_", "FIVETRAN_FORCE"),
        ("fivetran_force", "FIVETRAN_FORCE"),
        ("FIVETRAN_WAITT", "FIVETRAN_WAIT"),
        ("FIVETRAN_ONPAUSED", "FIVETRAN_ON_PAUSED"),
        ("FIVETRAN_ON_PAUSEDD", "FIVETRAN_ON_PAUSED"),
        ("SLIPWAY_RUNID", "SLIPWAY_RUN_ID"),
        ("SLIPWAY_WAIT", "FIVETRAN_WAIT"),
        ("SLIPWAY_CONNECTOR_ID", "FIVETRAN_CONNECTOR_ID"),
        ("SLIPWAY_RUN_IDS", "SLIPWAY_RUN_ID"),
        ("SLIPWAY-DRY-RUN", "SLIPWAY_DRY_RUN"),
        ("slipway.dry.run", "SLIPWAY_DRY_RUN"),
        ("SLIPWAYDRYRUN", "SLIPWAY_DRY_RUN"),
        ("SLIPAWY_DRY_RUN", "SLIPWAY_DRY_RUN"),
        ("FIVETRAN-FORCE", "FIVETRAN_FORCE"),
        ("fivetran.force", "FIVETRAN_FORCE"),
        ("FIVETRANFORCE", "FIVETRAN_FORCE"),
        ("FIVERTAN_FORCE", "FIVETRAN_FORCE"),
        ("fivtran_on_paused", "FIVETRAN_ON_PAUSED"),
        ("FIVETRAN_FORCE_SYNC", "FIVETRAN_FORCE"),
        ("FIVETRAN_SYNC_FORCE", "FIVETRAN_FORCE"),
        ("F1VETRAN_FORCE", "FIVETRAN_FORCE"),
        ("SLIPW\u0410Y_DRY_RUN", "SLIPWAY_DRY_RUN"),
        ("$env:SLIPWAY_DRY_RUN", "SLIPWAY_DRY_RUN"),
        ("exportFIVETRAN_FORCE", "FIVETRAN_FORCE"),
        ("FIVETRAN_ON_RUNNING_ENABLED", "FIVETRAN_ON_RUNNING"),
    ],
)
def test_a_name_that_is_nearly_a_setting_that_changes_what_is_done_is_an_error(name: str, right: str) -> None:
    found = judged(name)
    ((refused, text),) = found.errors
    assert (refused, found.warnings) == (name, [])
    assert right in text
    assert "Nothing was sent" in text


SALES_FORCE = [
    "FIVETRAN_SALES_FORCE_ID",
    "FIVETRAN_SALES_FORCE_SCHEMA",
    "FIVETRAN_SALES_FORCE_CONNECTOR",
    "FIVETRAN_SALES_FORCE",
    "AIRBYTE_SALES_FORCE_URL",
    "FIVETRAN_TASK_FORCE_TOKEN",
]


@pytest.mark.parametrize("name", SALES_FORCE)
def test_a_name_about_something_called_force_is_fine_unless_its_value_could_be_the_settings(name: str) -> None:
    for value in ("speak_inexpensive", "https://example.my.salesforce.com", "12"):
        assert (judged(name, value).errors, judged(name, value).warnings) == ([], [])
    for value in ("TRUE", "false", "0", " no ", '"FALSE"', "'off'"):
        ((refused, text),) = judged(name, value).errors
        assert (refused, f"(SLIPWAY_IGNORE={name} if it is" in text) == (name, True)


@pytest.mark.parametrize("value", ["FALSE", "nope", "x"])
@pytest.mark.parametrize(
    "name",
    ["FIVETRAN_FORCE_SYNC", "FIVETRAN_SYNC_FORCE", "FIVETRAN_FORCE_CONNECTOR", "FIVETRAN_FORCE_ID", "FIVERTAN_FORCE"],
)
def test_no_value_makes_another_name_with_force_fine(name: str, value: str) -> None:
    assert [one for one, _ in judged(name, value).errors] == [name]


def test_the_way_out_has_the_whole_value_to_set(blueprint: Any) -> None:
    names = {"FIVETRAN_FORCE_SYNC": "x", "fivetran_force": "x", "SLIPWAY_OTHER": "x", "SLIPWAY_OURS": "x"}
    ignored = "SLIPWAY_OTHER"
    for name in ("FIVETRAN_FORCE_SYNC", "SLIPWAY_OURS", "fivetran_force"):
        done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="a", SLIPWAY_IGNORE=ignored, **names)
        ignored = f"{ignored},{name}"
        assert (done.code, f"(SLIPWAY_IGNORE={ignored} if it is another program's)" in done.result["message"]) == (
            206,
            True,
        )
        ignored = ",".join(sorted(ignored.split(",")))
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="a", SLIPWAY_IGNORE=ignored, **names).code == 204


@pytest.mark.parametrize("name", ["SLIPWAY_ANYTHING", "slipway_anything", "SLIPWAY_"])
def test_the_prefix_is_ours_alone(name: str) -> None:
    assert [one for one, _ in judged(name).errors] == [name]


@pytest.mark.parametrize("name", ["FIVETRAN_RUN_ID", "AIRBYTE_READ_TIMEOUT"])
def test_a_setting_of_every_blueprint_under_a_vendors_prefix_is_a_warning(name: str) -> None:
    found = judged(name)
    right = f"SLIPWAY_{name.partition('_')[2]}"
    assert (found.errors, found.warnings) == ([], [f"{name} is not known here; did you mean {right}?"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FIVETRAN_APIKEY", "FIVETRAN_APIKEY is not known here; did you mean FIVETRAN_API_KEY?"),
        ("FIVETRAN_CONECTOR_ID", "FIVETRAN_CONECTOR_ID is not known here; did you mean FIVETRAN_CONNECTOR_ID?"),
        ("FIVETRAN_APIURL", "FIVETRAN_APIURL is not known here; did you mean FIVETRAN_API_URL?"),
        ("fivetran_api_key", "fivetran_api_key is set, but names are upper case: FIVETRAN_API_KEY"),
    ],
)
def test_a_near_miss_of_a_credential_an_address_or_an_id_is_a_warning(name: str, text: str) -> None:
    found = judged(name)
    assert (found.errors, found.warnings) == ([], [text])


@pytest.mark.parametrize(
    "name",
    [
        *("FIVETRAN_FORCE", "FIVETRAN_SCOPE", "FIVETRAN_CONFIRM_DELETE", "AIRBYTE_WAIT", "AIRBYTE_ON_RUNNING"),
        *("AIRBYTE_ROLE", "FIVETRAN_SOMETHING_ELSE", "fivetran_scope", "SLIPWAY_HOME", "PATH", "SHIPYARD_LOG_ID"),
        *(
            "_",
            "FORCE",
            "TERRAFORM_DRY_RUN",
            "TF_VAR_fivetran_force",
            "FIVETRAN_SCHEMA_OF_ANOTHER_TOOL",
            "SHIPYARD_FORCE",
            "shipyard_log_id",
            "DATAFORM-FORCE",
            "FIVETRANAPIKEY",
        ),
    ],
)
def test_names_of_other_blueprints_and_programs_are_no_misspellings(name: str) -> None:
    found = judged(name)
    assert (found.errors, found.warnings) == ([], [])


def test_a_bare_dry_run_counts_only_where_it_is_true_and_something_would_be_written() -> None:
    assert judged("DRY_RUN", "FALSE").errors == []
    assert judged("DRY_RUN", writes=False).errors == []
    assert judged("DRY_RUN").errors != []


def test_thousands_of_near_misses_are_not_all_held_against_all_settings() -> None:
    found = UnknownNames([f"FIVETRAN_FORCE{n}" for n in range(3000)], DECLARED, writes=True, value=lambda _: "FALSE")
    assert len(found.errors) == 20


def test_no_number_of_warnings_hides_an_error_that_comes_after_them() -> None:
    names = [*(f"FIVETRAN_CONNECTOR_ID{n}" for n in range(300)), "FIVETRAN_FORCED"]
    found = UnknownNames(names, DECLARED, writes=True, value=lambda _: "FALSE")
    assert ([name for name, _ in found.errors], len(found.warnings)) == (["FIVETRAN_FORCED"], 20)


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"SLIPWAY_DRYRUN": "TRUE"}, 206),
        ({"DRY_RUN": "TRUE"}, 206),
        ({"FIVETRAN_DRY_RUN": "1"}, 206),
        ({"SLIPWAY_DRYRUN": "None"}, 0),
        ({"DRY_RUN": "FALSE"}, 0),
        ({"SLIPWAY_DRYRUN": "TRUE", "SLIPWAY_IGNORE": "OTHER, SLIPWAY_DRYRUN"}, 0),
    ],
)
def test_nothing_is_deleted_where_the_dry_run_is_misspelt(
    blueprint: Any, emulator: Any, variables: dict[str, str], code: int
) -> None:
    name = "speak_inexpensive"
    done = blueprint("fivetran/delete_connector", FIVETRAN_CONNECTOR_ID=name, FIVETRAN_CONFIRM_DELETE=name, **variables)
    assert done.code == code, done.stderr
    assert [row["method"] for row in emulator.requests("DELETE")] == ["DELETE"] * (code == 0)


def test_a_name_in_dotenv_counts_too(blueprint: Any, emulator: Any) -> None:
    (blueprint.cwd / ".env").write_text("FIVETRAN_FORCED=FALSE\n")
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive")
    assert (done.code, emulator.requests("POST")) == (206, [])
    assert "FIVETRAN_FORCED is not a setting; did you mean FIVETRAN_FORCE?" in done.result["message"]


def test_what_the_examples_call_their_own_variables_is_known() -> None:
    files = [file for file in Path(ROOT, "schedulers").iterdir() if file.is_file()]
    named = {name for file in files for name in re.findall(r"SLIPWAY_[A-Z_]*[A-Z]", file.read_text("utf-8"))}
    assert "SLIPWAY_HOME" in named | OF_EXAMPLES
    assert sorted(name for name in named if not is_known(name)) == []
