"""What the documentation states is true: tables, paths, commands, headers, imports, and what start-up loads."""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from docs import tables
from shared.errors import InvalidInput
from shared.exit_codes import ExitCode
from shared.settings.environment import POKE_INTERVALS
from shared.status import Status
from tests.conftest import ROOT

SCRIPTS = sorted(path for path in (ROOT / "blueprints").glob("*/*.py") if path.stem != "__init__")
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLUEPRINTS = tables.blueprints()
DECLARED = {variable.name: variable for module in BLUEPRINTS.values() for variable in tables.variables(module)}


def blocks(text: str) -> list[str]:
    """Return the commands in fenced blocks, without comments."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"\s#.*", "", line).strip() for block in fenced for line in block.splitlines()]


def spans(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


HEADER = re.compile(r'"""\n\n(import os\nimport sys\n.*?\n    prepare\(\)\n)', re.DOTALL)
FOOTER = '\n\n\nif __name__ == "__main__":\n    raise SystemExit(main(os.environ, sys.argv[1:]))\n'


def test_there_are_blueprints() -> None:
    assert len(SCRIPTS) >= 4
    assert {f"{path.parent.name}/{path.stem}" for path in SCRIPTS} == set(BLUEPRINTS)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_blueprint_begins_and_ends_with_the_same_lines(path: Path) -> None:
    text = path.read_text("utf-8")
    model = HEADER.search((ROOT / "blueprints/fivetran/execute_sync.py").read_text("utf-8"))
    found = HEADER.search(text)
    assert model
    assert found
    assert found[1] == model[1]
    assert text.startswith('"""')
    assert text.index('"""', 3) == found.start()  # the docstring, directly followed by the header
    assert text.endswith(FOOTER)


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_every_blueprint_is_in_the_table_and_five_are_in_the_readme(name: str) -> None:
    page = (ROOT / "docs" / "blueprints.md").read_text("utf-8")
    assert f"| [`{name}`](../blueprints/{name}.py) | " in page
    assert (f"| [`{name}`](blueprints/{name}.py) | " in README) == (name in tables.FIRST)


@pytest.mark.parametrize(("path", "text"), tables.documents().items(), ids=lambda value: getattr(value, "name", ""))
def test_what_is_generated_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text("utf-8") == text, "run: make docs"


def test_the_tables_say_what_is_declared() -> None:
    page = (ROOT / "docs" / "variables.md").read_text("utf-8")
    for name, module in BLUEPRINTS.items():
        for variable in tables.variables(module):
            assert f"| `{variable.name}`" in page, (name, variable.name)
    codes = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    for code in ExitCode:
        assert f"| {int(code)} | {code.meaning} | {'yes' if code.retry else 'no'} |" in codes


def test_the_example_is_a_file_of_settings_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / ".env.example", ".env")
    Path(".env").chmod(0o600)
    assert set(dotenv_values(".env")) <= set(DECLARED)
    for module in BLUEPRINTS.values():
        needed = {v.name: "speak_inexpensive" for v in tables.variables(module) if v.required or v.rank == 0}
        problems = ""
        try:
            module.main.declaration(needed)
        except InvalidInput as error:  # other variables that the blueprint requires do not matter here
            problems = error.message
        assert ".env" not in problems


def test_the_example_has_what_a_run_needs_and_five_defaults_that_people_change() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    declared = {variable.name: variable for variable in tables.variables(BLUEPRINTS["fivetran/execute_sync"])}
    needed = re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE)
    assert needed == [("FIVETRAN_API_KEY", ""), ("FIVETRAN_API_SECRET", ""), ("FIVETRAN_CONNECTOR_ID", "")]
    changed = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert len(changed) == 5
    for name, default in changed.items():  # to copy a line unchanged has no effect on any blueprint
        assert declared[name].kind.parse(default) == declared[name].default
        everywhere = [one for module in BLUEPRINTS.values() for one in tables.variables(module) if one.name == name]
        assert {one.default for one in everywhere} == {declared[name].default}
    for name in ["FIVETRAN_API_KEY", "FIVETRAN_API_SECRET", "FIVETRAN_CONNECTOR_ID", *changed]:
        assert re.search(rf"^# {re.escape(declared[name].help)}\n(# )?{name}=", example, re.MULTILINE)


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    named = {found for text in [*blocks(README), *spans(README)] for found in re.findall(r"^make ([a-z-]+)", text)}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_documentation_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_every_path_that_readme_and_blueprints_name_exists() -> None:
    tops = {path.name for path in ROOT.iterdir()} - {"shipyard-artifacts"}
    texts = [README, (ROOT / "docs" / "blueprints.md").read_text("utf-8")]
    named = [span for text in texts for span in spans(text)]
    paths = [span for span in named if span.partition("/")[0] in tops and re.fullmatch(r"[\w./-]+", span)]
    assert "shared/" in paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_command_of_the_readme_can_be_given() -> None:
    commands = "\n".join([*blocks(README), *spans(README)])
    scripts = re.findall(r"python3? ([\w/.-]+\.py)", commands)
    assert scripts
    assert [path for path in scripts if not (ROOT / path).is_file()] == []
    modules = re.findall(r"python3? -m ([\w.]+)", commands)
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    assert [path for path in re.findall(r"-r ([\w./-]+)", commands) if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_the_documentation_names_is_declared(page: Path) -> None:
    named = set(re.findall(r"\b(?:FIVETRAN|AIRBYTE|SLIPWAY)_[A-Z0-9_]*[A-Z0-9]\b", page.read_text("utf-8")))
    known = DECLARED.keys() | POKE_INTERVALS.keys()  # a warning names the latter
    assert {name for name in named if name.removesuffix("_FILE") not in known} == set()


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_help_has_the_docstring_the_variables_and_the_exit_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = BLUEPRINTS[name]
    assert module.main({}, ["--help", "all"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert f"python blueprints/{name}.py" in said.out
    words = " ".join(said.out.split())
    assert " ".join(str(module.__doc__).split()) in words
    for variable in tables.variables(module):
        assert f"\n  {variable.name}\n" in said.out
        assert " ".join(variable.help.split()) in words
    for code in ExitCode:
        assert f"{int(code)}{'*' if code.retry else ''} {code.meaning}" in words
    assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.parametrize("name", BLUEPRINTS)
@pytest.mark.parametrize("width", [80, 60, 100])
def test_help_fits_a_screen_and_names_every_variable(
    name: str, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = BLUEPRINTS[name]
    monkeypatch.setattr(os, "get_terminal_size", lambda stream: os.terminal_size((width, 24)))
    assert module.main({}, ["--help"]) == 0
    said = capsys.readouterr().out
    if width >= 80:
        assert len(said.splitlines()) <= 50
    assert max(map(len, said.splitlines())) <= max(width, 80)
    for variable in tables.variables(module):
        assert re.search(rf"\b{variable.name}\b", said)
    assert "Everywhere: " in said
    assert "--help all explains" in said
    assert (module.main({}, ["-h"]), capsys.readouterr().out) == (0, said)


@pytest.mark.parametrize(
    "name", [name for name, module in BLUEPRINTS.items() if hasattr(module.main.declaration, "wait")]
)
def test_help_explains_whether_a_blueprint_waits(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    BLUEPRINTS[name].main({}, ["--help"])
    assert re.search(r"^  (FIVETRAN|AIRBYTE)_WAIT  ", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize("name", BLUEPRINTS)
@pytest.mark.parametrize("started_as", ["script", "command"])
def test_the_two_examples_of_help_are_accepted_as_settings(
    name: str, started_as: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = BLUEPRINTS[name]
    script = f"blueprints/{name}.py"
    monkeypatch.setattr(sys, "argv", [f"/srv/{script}" if started_as == "script" else "/usr/bin/slipway"])
    module.main({}, ["--help"])
    text = capsys.readouterr().out.partition("Examples (credentials in .env):\n")[2].partition("\n\n")[0]
    commands = [shlex.split(line) for line in text.replace("\\\n", "").splitlines()]
    assert len(commands) == 2
    assert commands[0] != commands[1]
    account = {"FIVETRAN_API_KEY": "key-1", "FIVETRAN_API_SECRET": "secret-1", "AIRBYTE_API_TOKEN": "token-1"}
    for *given, first, second in commands:
        assert (first, second) == (("python", script) if started_as == "script" else ("slipway", name))
        # If this raises that a variable is required, add it to EXAMPLES in shared/settings/help.py.
        module.main.declaration({**account, **dict(pair.split("=", 1) for pair in given)})


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_the_files_of_every_blueprint_are_listed(name: str) -> None:
    listed = (ROOT / "docs" / "files.md").read_text("utf-8").partition("## Airbyte")
    page = listed[2] if name.startswith("airbyte/") else listed[0]
    assert f"`{name.partition('/')[2]}`" in page, f"docs/files.md: add a row for {name}"


def test_every_setting_is_used() -> None:
    """It is read as an attribute or, if it is needed before the settings are loaded, by a constant with its name."""
    files = [path for folder in ("shared", "blueprints") for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in files)
    constants = {name: constant for constant, name in re.findall(r'^([A-Z_]+) = "([A-Z_]+)"$', text, re.MULTILINE)}
    unused = [
        one.name
        for one in DECLARED.values()
        if not re.search(rf"\.{one.field}\b", text)
        and not re.search(rf"\((self\.)?{constants.get(one.name, one.name)}\)", text)
    ]
    assert unused == []


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_docstring_is_in_the_users_words(name: str) -> None:
    first = tables.summary(BLUEPRINTS[name])
    assert first.endswith(".")
    assert len(first) <= 120


def test_the_version_is_one() -> None:
    found = {subprocess.check_output([sys.executable, str(path), "--version"], text=True) for path in SCRIPTS[:2]}
    assert len(found) == 1


def test_a_blueprint_runs_as_a_module_from_the_root() -> None:
    run = [sys.executable, "-m", "blueprints.fivetran.execute_sync", "--version"]
    assert subprocess.check_output(run, cwd=ROOT, text=True).startswith("slipway ")


def imported(program: str) -> set[str]:
    run = f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n{program}\nprint(json.dumps(list(sys.modules)))"
    return set(json.loads(subprocess.check_output([sys.executable, "-c", run], text=True)))


HEAVY = {"dataclasses", "argparse", "dotenv", "difflib", "pickletools", "dateutil", "asyncio", "inspect", "textwrap"}
ELSEWHERE = {"emulator", "demo", "benchmarks", "tests", "flask", "pytest", "hypothesis", "responses", "pyfakefs"}


def test_starting_imports_nothing_heavy_that_it_does_not_need() -> None:
    """Modules that requests imports cost nothing more. Any other must be worth its time."""
    names = [f"blueprints.{name.replace('/', '.')}" for name in BLUEPRINTS]
    ours = imported("\n".join(f"import {name}" for name in names)) - imported("import requests")
    assert "shared.program.run" in ours
    assert ours & (HEAVY | ELSEWHERE) == set()


def test_a_trigger_imports_no_help_no_sink_and_no_other_vendor() -> None:
    ours = imported("import blueprints.fivetran.execute_sync")
    assert "shared.program.outputs" in ours
    assert [
        name for name in ours if name.startswith(("shared.program.outputs.", "shared.airbyte", "shared.settings.help"))
    ] == []


@pytest.mark.bare
def test_prepare_imports_only_what_the_interpreter_has_already() -> None:
    ours = imported("import shared.program.startup") - imported("import signal")
    assert ours == {
        "shared",
        "shared.program",
        "shared.program.signals",
        "shared.program.startup",
        "atexit",
        "gc",
    }  # built into the interpreter


def test_the_arrows_between_the_rooms_go_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_the_requirements_are_the_cards_and_what_a_blueprint_needs() -> None:
    def names(file: str) -> list[str]:
        return re.findall(r"^([a-z-]+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)

    assert sorted(names("requirements.txt")) == ["pyfakefs", "pytest", "python-dotenv", "requests", "responses"]
    assert sorted(names("requirements-run.txt")) == ["python-dotenv", "requests"]


def test_a_value_of_the_enum_has_a_meaning_of_its_own() -> None:
    meanings: list[Any] = [code.meaning for code in ExitCode]
    assert len(set(meanings)) == len(meanings)


def test_every_status_word_is_used_and_every_used_one_is_in_the_enum() -> None:
    sources = "\n".join(
        path.read_text("utf-8")
        for folder in ("shared", "blueprints")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "status.py"
    )
    named = set(re.findall(r"Status\.([A-Z_]+)", sources))
    by_value = {"PENDING", "QUEUED", "RUNNING", "INCOMPLETE", "NEW", "SCHEDULING", "TERMINATING"}  # used by their names
    assert {status.name for status in Status} == named | by_value
    assert {status.name.lower() for status in Status} == {str(status) for status in Status}


def test_help_shows_a_dry_run_before_what_cannot_be_undone(capsys: pytest.CaptureFixture[str]) -> None:
    from blueprints.fivetran import delete_connector

    delete_connector.main({}, ["--help"])
    first, second = capsys.readouterr().out.partition("Examples")[2].split("fivetran/delete_connector")[:2]
    assert ("SLIPWAY_DRY_RUN=TRUE" in first, "SLIPWAY_DRY_RUN=TRUE" in second) == (True, False)
    assert "FIVETRAN_CONFIRM_DELETE=speak_inexpensive" in first
