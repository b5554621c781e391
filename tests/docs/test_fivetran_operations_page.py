"""docs/fivetran-operations.md has every operation. test_shell_snippets.py runs its commands."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "fivetran-operations.md").read_text("utf-8")
SCRIPTS = [script for script in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "slipway " in script]
OPERATIONS = sorted(path.stem for path in (ROOT / "blueprints" / "fivetran").glob("[a-z]*.py"))
SDK = """connect_card connector_details create_connector delete_connector metadata_connector_config metadata_connectors
modify_connector resync_connector run_setup_tests sync_connector""".split()


def test_every_operation_has_a_command() -> None:
    assert [
        name
        for name in OPERATIONS
        if not any(re.search(rf"fivetran/{name}\b|\bstep {name}\b", script) for script in SCRIPTS)
    ] == []


def test_every_operation_of_the_sdk_is_named_beside_ours() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| \[`(\w+)`\]", PAGE, re.MULTILINE))
    assert sorted(rows) == sorted(SDK)
    assert [name for name in rows.values() if not (ROOT / f"blueprints/fivetran/{name}.py").exists()] == []


def test_every_program_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\((?!https:)([^)]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link.partition("#")[0]).exists()] == []
