"""Every command of docs/fivetran-operations.md is run exactly as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Process

PAGE = (ROOT / "docs" / "fivetran-operations.md").read_text("utf-8")
SCRIPTS = [script for script in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "python " in script]
OPERATIONS = """get_connector list_connectors list_groups create_connector delete_connector run_setup_tests
resync_connector create_connect_card list_connector_types get_connector_type get_schemas update_schemas reload_schemas
run_transformation list_transformations execute_sync check_sync_status update_connector""".split()
SDK = """connect_card connector_details create_connector delete_connector metadata_connector_config metadata_connectors
modify_connector resync_connector run_setup_tests sync_connector""".split()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.split("/")[-1].strip())
def test_a_documented_command_runs_as_it_stands(process: Process, script: str) -> None:
    for room in ("blueprints", "shared"):
        (process.cwd / room).symlink_to(ROOT / room)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**process.environ, "PATH": path, "FIVETRAN_POLL_INTERVAL": "1"}
    done = subprocess.run(
        ["bash", "-euc", script], cwd=process.cwd, env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_every_operation_has_a_command() -> None:
    assert [name for name in OPERATIONS if not any(f"/{name}.py" in script for script in SCRIPTS)] == []


def test_every_operation_of_the_sdk_is_named_beside_ours() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| \[`(\w+)`\]", PAGE, re.MULTILINE))
    assert sorted(rows) == sorted(SDK)
    assert [name for name in rows.values() if not (ROOT / f"blueprints/fivetran/{name}.py").exists()] == []


def test_every_program_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
