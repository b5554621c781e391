"""skills/slipway/SKILL.md: each command runs, a dry run stands before each write, and no operation is missing.

Commands run in the test's own process, one block of them as real commands.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from docs import tables
from shared.settings.unknown_names import is_known
from tests.conftest import ROOT, Blueprint, Emulator, Process

SKILL = ROOT / "skills" / "slipway" / "SKILL.md"
TEXT = SKILL.read_text("utf-8")
BLUEPRINTS = tables.blueprints()
DRY_RUN = "SLIPWAY_DRY_RUN"
LEFT_OUT = {
    "fivetran/create_transformation_project": "set up once, by a person: it needs the key of a git repository",
}
"""Operations without a command in the skill, and the reason."""
CONFIG = {
    "schema_prefix": "new_shop",
    "host": "db.example.com",
    "port": 5432,
    "user": "u",
    "password": "pass-of-db",
    "database": "shop",
}


class Command(NamedTuple):
    """One line of a shell block: its variables, and the blueprint that it starts."""

    line: str
    variables: dict[str, str]
    name: str

    @property
    def writes(self) -> bool:
        return bool(BLUEPRINTS[self.name].main.declaration.writes)


def command(line: str) -> Command:
    words = shlex.split(line)
    at = words.index("slipway")
    assert len(words) == at + 2, f"{line}: nothing follows the name"
    return Command(line, dict(word.split("=", 1) for word in words[:at]), words[-1])


BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [command(line) for _, block in BLOCKS for line in block.splitlines()]


def ident(one: Command) -> str:
    return f"{one.name}-{COMMANDS.index(one)}"


def test_its_front_matter_is_that_of_a_skill() -> None:
    head, _, _ = TEXT.removeprefix("---\n").partition("\n---\n")
    fields = dict(re.findall(r'^(\w+): "?(.*?)"?$', head, re.MULTILINE))
    assert fields.keys() == {"name", "description"}
    assert fields["name"] == SKILL.parent.name
    assert 100 < len(fields["description"]) <= 1024


def test_every_operation_has_a_command_or_a_reason_to_be_left_out() -> None:
    """A new operation needs a command in the skill or a line in ``LEFT_OUT``."""
    shown = {one.name for one in COMMANDS}
    assert set(BLUEPRINTS) - shown - set(LEFT_OUT) == set()
    assert shown & set(LEFT_OUT) == set()


def test_its_blocks_are_commands_with_names_of_settings_and_no_secret() -> None:
    assert {language for language, _ in BLOCKS} == {"sh"}
    for one in COMMANDS:
        assert [name for name in one.variables if not is_known(name)] == [], one.line
        assert not re.search(r"SECRET|_KEY|PASSWORD|TOKEN|CREDENTIAL|CLIENT_ID|NOTIFY_URL", one.line), one.line
    for name in re.findall(r"`((?:FIVETRAN|AIRBYTE|SLIPWAY)_\w+)", TEXT):
        assert is_known(name), name


@pytest.mark.parametrize("one", COMMANDS, ids=ident)
def test_what_changes_something_is_a_dry_run_and_what_reads_is_none(one: Command) -> None:
    assert (one.variables.get(DRY_RUN) == "TRUE") == one.writes


def test_deleting_and_reading_again_need_a_persons_consent() -> None:
    sections = re.split(r"^### ", TEXT, flags=re.MULTILINE)
    grave = [one for one in sections if re.search(r"delete_connector|resync_connector|JOB_TYPE", one)]
    assert len(grave) == 2
    assert all("Only with a person's consent for this id (rule 3)." in one for one in grave)


@pytest.mark.parametrize("one", COMMANDS, ids=ident)
def test_a_command_works_and_a_dry_run_of_it_sends_nothing_that_writes(
    blueprint: Blueprint, emulator: Emulator, one: Command
) -> None:
    (blueprint.cwd / "config.json").write_text(json.dumps(CONFIG))  # the file that a person has written
    address = urlsplit(emulator.url)
    server = {"AIRBYTE_SERVER_HOST": address.hostname, "AIRBYTE_SERVER_PORT": str(address.port)}
    given = {**(server if one.name.startswith("airbyte") else {}), **one.variables}
    done = blueprint(one.name, **given)
    stale = one.name.endswith("check_freshness") and "WAIT_UNTIL" not in one.line  # some data there is stale
    assert done.code == (219 if stale else 0), done.stderr
    if not one.writes:
        return
    assert done.result["status"] in ("dry_run", "ended_before", "nothing_runs")
    sent = [row["path"] for row in emulator.requests() if row["method"] != "GET"]
    assert [path for path in sent if re.match(r"/v1/|.*/(sync|reset|clear|refresh|cancel)$", path)] == []
    again = blueprint(one.name, **{name: value for name, value in given.items() if name != DRY_RUN})
    assert (again.code, again.result["status"] != "dry_run") == (0, True), again.stderr


PAIRS = [
    [command(line) for line in block.splitlines()]
    for _, block in BLOCKS
    if re.search(r"execute_sync$", block, re.MULTILINE) and "check_sync_status" in block
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair[0].name))
def test_a_check_is_about_the_sync_of_the_trigger_above_it(
    blueprint: Blueprint, emulator: Emulator, pair: list[Command]
) -> None:
    """It does not take the stamp of the earlier success, which is there all the time, for that of the new sync."""
    address = urlsplit(emulator.url)
    server = {"AIRBYTE_SERVER_HOST": address.hostname, "AIRBYTE_SERVER_PORT": str(address.port)}
    trigger, check = ({**(server if one.name.startswith("airbyte") else {}), **one.variables} for one in pair)
    del trigger[DRY_RUN]
    triggered = blueprint(pair[0].name, **trigger)
    assert (triggered.code, triggered.result["status"]) == (0, "triggered"), triggered.stderr
    if "AIRBYTE_JOB_ID" in check:  # the text says where its value comes from
        check["AIRBYTE_JOB_ID"] = str(triggered.result["job_id"])
    assert blueprint(pair[1].name, **check).code == 255
    emulator.advance(3600)
    assert blueprint(pair[1].name, **check).code == 0


def test_what_starts_something_has_a_run_id_of_its_own() -> None:
    """A second try joins what the first one started, but another request must not."""
    starts = [one for one in COMMANDS if re.search(r"/(execute_sync|resync_connector|run_transformation)$", one.name)]
    given = [one.variables.get("SLIPWAY_RUN_ID") for one in starts]
    assert None not in given
    assert len(set(given)) == len(given)


def test_the_command_itself_runs_a_block(process: Process) -> None:
    block = next(block for _, block in BLOCKS if "list_groups" in block)
    bin_folder = process.cwd / "bin"
    bin_folder.mkdir()
    script = bin_folder / "slipway"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m slipway "$@"\n')
    script.chmod(0o755)
    environ = process.environment({"PATH": f"{bin_folder}:{os.environ['PATH']}"})
    shell = ["bash", "-euc", block]
    done = subprocess.run(shell, cwd=process.cwd, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["exit_code"] for line in done.stdout.splitlines()] == [0] * len(block.splitlines())
