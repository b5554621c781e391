"""What the emulator's README says is true, and its commands work."""

from __future__ import annotations

import json
import re
import shlex

from emulator.__main__ import build_parser
from emulator.fivetran.connector import CHECKS as CONNECTOR
from emulator.fivetran.switches import CHECKS as SWITCHES
from emulator.fivetran.switches import Switches
from emulator.scripted_answer import ANSWER
from tests.emulator.conftest import ROOT

README = (ROOT / "emulator" / "README.md").read_text(encoding="utf-8")
OPTIONS = set(re.findall(r"--[a-z]+[a-z-]*", build_parser().format_help())) - {"--help"}


def test_the_account_is_as_the_readme_lists_it(emulated):
    account = emulated.app.extensions["fivetran"].account
    names = [*account.connectors, *account.groups, *account.transformations, *SWITCHES, *CONNECTOR, *ANSWER]
    assert [one for one in names if f"`{one}`" not in README] == []
    defaults = {name: json.dumps(getattr(Switches(), name)) for name in SWITCHES}
    assert [name for name, one in defaults.items() if f"| `{name}` | `{one}` |" not in README] == []
    endpoints = emulated.control("GET", "")["endpoints"]
    assert [one for one in endpoints if f"`{one}`" not in README] == []
    assert [one for one in OPTIONS if f"`{one}" not in README] == []


def test_the_example_in_the_readme_is_a_scenario(emulated):
    examples = [json.loads(block.split("```")[0]) for block in README.split("```json\n")[1:]]
    for example in examples:
        assert emulated.control("POST", "scenario", example) == {"applied": True}
    assert examples[0].keys() == {"fivetran", "routes"}


def typed(emulated, line):
    """Return the answer to a `curl` command of the README."""
    words = shlex.split(line)
    given = {word: words[n + 1] for n, word in enumerate(words) if word in ("-X", "-d", "-u", "-H")}
    path = words[-1].partition(":8000")[2]
    name, _, value = given.get("-H", "Content-Type: application/x-www-form-urlencoded").partition(": ")
    auth = tuple(given["-u"].split(":")) if "-u" in given else None
    method = given.get("-X", "POST" if "-d" in given else "GET")
    answer = emulated.ask(method, path, auth=auth, headers={name: value} if "-d" in given else {}, data=given.get("-d"))
    assert answer.status_code == 200, line
    return answer.json


def test_the_five_minutes_go_as_they_say(emulated):
    lines = README.split("```console\n")[1].split("```")[0].strip().splitlines()
    assert {line.split()[0] for line in lines} == {"curl"}
    before, _, sent, _, after, asked, reset = [typed(emulated, line) for line in lines]
    assert before["data"]["failed_at"] is None
    assert sent["code"] == "Success"
    assert after["data"]["failed_at"] is not None
    assert after["data"]["status"]["tasks"][0]["message"] == "Unknown Sync Failure"
    assert [row["method"] for row in asked] == ["GET", "POST", "GET"]
    assert reset == {"reset": True}
