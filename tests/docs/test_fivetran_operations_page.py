"""docs/fivetran-operations.md has every operation. That its commands run is in test_shell_snippets.py."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "fivetran-operations.md").read_text("utf-8")
SCRIPTS = [script for script in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "python " in script]
OPERATIONS = """get_connector list_connectors list_groups create_connector delete_connector run_setup_tests
resync_connector create_connect_card list_connector_types get_connector_type get_schemas update_schemas reload_schemas
run_transformation list_transformations create_transformation_project create_transformation update_transformation
cancel_transformation execute_sync check_sync_status update_connector""".split()
SDK = """connect_card connector_details create_connector delete_connector metadata_connector_config metadata_connectors
modify_connector resync_connector run_setup_tests sync_connector""".split()


def test_every_operation_has_a_command() -> None:
    assert [name for name in OPERATIONS if not any(f"/{name}.py" in script for script in SCRIPTS)] == []


def test_every_operation_of_the_sdk_is_named_beside_ours() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| \[`(\w+)`\]", PAGE, re.MULTILINE))
    assert sorted(rows) == sorted(SDK)
    assert [name for name in rows.values() if not (ROOT / f"blueprints/fivetran/{name}.py").exists()] == []


def test_every_program_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\((?!https:)([^)]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link.partition("#")[0]).exists()] == []
