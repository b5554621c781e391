"""The workflows, as far as they can be checked without GitHub. `make lint` also runs zizmor and actionlint on them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from release import notes
from shared import __version__
from tests.packaging.conftest import ROOT

FOLDER = ROOT / ".github/workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
JOBS = [(file, name, job) for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items()]
STEPS = [(file, step) for file, _, job in JOBS for step in job["steps"]]
PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())


def commands(file: str) -> str:
    return "\n".join(step["run"] for name, step in STEPS if name == file and "run" in step)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        *[("vendor.github-workflows", f".github/workflows/{name}") for name in WORKFLOWS],
        *[("custom.github-workflows-require-timeout", f".github/workflows/{name}") for name in WORKFLOWS],
        ("vendor.dependabot", ".github/dependabot.yml"),
    ],
)
def test_a_published_schema_takes_the_file(schema: str, file: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_by_a_commit_one_for_each_version() -> None:
    uses = [line for name in WORKFLOWS for line in re.findall(r"uses: (.*)", (FOLDER / name).read_text())]
    others = [line for line in uses if not line.startswith("./")]
    assert [line for line in others if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
    assert len({line.partition("@")[0] for line in others}) == len(set(others))


def test_nothing_is_permitted_but_what_a_job_asks_for() -> None:
    assert {name: workflow["permissions"] for name, workflow in WORKFLOWS.items()} == {key: {} for key in WORKFLOWS}
    writing = {
        (file, name): sorted(scope for scope, access in job["permissions"].items() if access == "write")
        for file, name, job in JOBS
    }
    assert {key: scopes for key, scopes in writing.items() if scopes} == {
        ("release.yml", "publish"): ["id-token"],
        ("release.yml", "image"): ["attestations", "id-token", "packages"],
        ("release.yml", "release"): ["attestations", "contents", "id-token"],
        ("locks.yml", "renew"): ["contents", "pull-requests"],
    }
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert {step["with"]["persist-credentials"] for step in checkouts} == {False}


def test_no_expression_stands_in_a_shells_text() -> None:
    assert [step["run"] for _, step in STEPS if "${{" in step.get("run", "")] == []


def test_the_tests_run_on_every_python_that_the_package_names() -> None:
    jobs = WORKFLOWS["ci.yml"]["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert jobs["install"]["strategy"]["matrix"]["python"] == [PYTHONS[0], PYTHONS[-1]]
    (made,) = re.findall(r'make dist PYTHONS="(.*)"', commands("release.yml"))
    assert made.split() == [f"python{version}" for version in PYTHONS]
    (setup,) = [step for file, step in STEPS if file == "release.yml" and "setup-python" in step.get("uses", "")]
    assert set(setup["with"]["python-version"].split()) == set(PYTHONS)


def test_everything_that_has_to_pass_before_a_change_lands_is_in_the_workflow() -> None:
    wanted = re.findall(r"^(make [\w-]+|\.ci/[\w-]+)", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    wanted.remove("make test-workflows")  # it runs a job of this workflow
    assert [command for command in wanted if command not in commands("ci.yml")] == []


def test_every_target_and_every_file_that_a_command_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in WORKFLOWS:
        text = commands(name)
        assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
        assert not [file for file in re.findall(r"(?:^|\s)(\.ci/\S+)", text) if not (ROOT / file).exists()]
        for module in re.findall(r"python -m (release\.\w+)", text):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists()


def test_a_step_reads_outputs_of_steps_that_are_before_it() -> None:
    for _, _, job in JOBS:
        before: set[str] = set()
        for step in job["steps"]:
            asked = set(re.findall(r"steps\.(\w+)\.outputs", yaml.safe_dump(step)))
            assert asked <= before
            before |= {step["id"]} if "id" in step else set()


@pytest.mark.parametrize("path", ["action.yml", "schedulers/action.yml"])
def test_the_action_hands_its_inputs_to_its_script_and_outputs_what_a_result_has(
    path: str, process: Any, emulator: Any
) -> None:
    action = yaml.safe_load((ROOT / path).read_text())
    (step,) = action["runs"]["steps"]
    script = (ROOT / path).parent / step["run"].strip('"').removeprefix("$GITHUB_ACTION_PATH/")
    assert os.access(script, os.X_OK)
    assert step["env"] == {name.upper(): f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    assert not [name for name in step["env"] if f"${name}" not in script.read_text() and name != "TRIES"]
    emulator.reset(sync_seconds=0)
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    server = {"AIRBYTE_SERVER_HOST": host, "AIRBYTE_SERVER_PORT": port}
    ids = {
        "FIVETRAN_CONNECTOR_ID": "speak_inexpensive",
        "AIRBYTE_CONNECTION_ID": "749c19dc-4f97-4f30-bb0f-126e53506960",
    }
    written = process.cwd / "output"
    for blueprint in ("fivetran/execute_sync", "fivetran/check_sync_status", "airbyte/execute_sync"):
        process(blueprint, GITHUB_OUTPUT=str(written), SLIPWAY_RUN_ID="a", **ids, **server)
    names = set(re.findall(r"^(\w+)<<", written.read_text(), re.MULTILINE))
    assert set(action["outputs"]) <= names
    assert {name: one["value"] for name, one in action["outputs"].items()} == {
        name: f"${{{{ steps.run.outputs.{name} }}}}" for name in action["outputs"]
    }


def test_the_tag_that_the_examples_name_is_the_one_that_a_release_moves() -> None:
    tag = WORKFLOWS["release.yml"]["env"]["ACTION"]
    for file in ("action.yml", "schedulers/action.yml", "schedulers/github_actions.yml", "docs/schedulers.md"):
        found = set(re.findall(r"OWNER/slipway(?:/schedulers)?@([\w.]+)", (ROOT / file).read_text()))
        assert found == {tag}, file


CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2027-01-02

### Added

- Two.

## [0.1.0] - 2026-11-30

- One.
"""


def test_a_releases_notes_are_its_section_of_the_changelog() -> None:
    assert notes.notes(CHANGELOG, "0.2.0") == "### Added\n\n- Two."
    assert notes.notes(CHANGELOG, "0.1.0") == "- One."
    assert notes.notes(CHANGELOG, "0.3.0") is None
    assert notes.notes(CHANGELOG, "0-1-0") is None
    assert notes.notes(CHANGELOG, "Unreleased") is None


def test_the_changelog_has_notes_for_the_packages_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert notes.main([__version__]) == 0
    assert capsys.readouterr().out.startswith("### Added\n")


def test_a_tag_that_is_not_the_packages_version_has_no_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert notes.main(["9.9.9"]) == 1
    assert capsys.readouterr() == ("", f"no notes for '9.9.9': the package is {__version__}\n")


def test_a_version_that_the_changelog_lacks_has_no_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notes, "CHANGELOG", tmp_path / "CHANGELOG.md")
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n- More.\n")
    assert notes.main([__version__]) == 1
    (tmp_path / "CHANGELOG.md").write_text(f"## [{__version__}] - 2026-11-30\n\n- More.\n")
    assert notes.main([__version__]) == 0
    assert capsys.readouterr().out == "- More.\n"
