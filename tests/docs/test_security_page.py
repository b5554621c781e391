"""SECURITY.md: its figures are those of the code, its links lead somewhere. pre-commit runs what `make lint` runs."""

import re

import yaml

from shared.artifacts import files, pickles
from shared.http import body
from shared.settings.unknown_names import is_known
from shared.untrusted_json import MOST_FILE_BYTES
from tests.conftest import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
MIB = 1024 * 1024


def test_its_figures_are_the_codes() -> None:
    assert f"{pickles.MOST_BYTES // MIB} MiB read, {pickles.MOST_MEMORY // MIB} MiB built" in PAGE
    assert pickles.MOST_BYTES == MOST_FILE_BYTES  # "Sidecars are JSON with the same limit"
    assert f"read up to {body.MOST_BYTES // MIB} MiB" in PAGE
    assert f"has mode {files.MODE:04o} less the umask, and {files.PRIVATE_MODE:04o} where" in PAGE


def test_what_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / target).exists(), target
    names = set(re.findall(r"`((?:FIVETRAN|AIRBYTE|SLIPWAY)_\w+)`", PAGE))
    assert names
    assert not {name for name in names if not is_known(name)}


def test_it_invents_no_address() -> None:
    assert not re.findall(r"\S+@\S+|https?://(?!`)\S+", PAGE)


def test_pre_commit_runs_what_make_lint_runs_from_the_locks_environment() -> None:
    (recipe,) = re.findall(r"^lint: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    lint = [line.strip().replace("$(BIN)", ".venv/bin").replace("$(VENV)", ".venv") for line in recipe.splitlines()]
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    hooks = [hook["entry"] for hook in repository["hooks"]]
    whole = [line.removesuffix(" Dockerfile") if "hadolint" in line else line for line in lint]
    assert hooks == [line.removesuffix(" .") if "ruff" in line else line for line in whole]
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
