"""All examples name the same image, each file in one place. `make push` pushes another one and names it there."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from release import image
from shared import __version__
from tests.packaging.conftest import ROOT
from tests.schedulers.examples import PASTES

CURRENT = image.current(ROOT)
FILES = {
    "compose.yaml": ROOT / "compose.yaml",
    **{
        name: ROOT / "schedulers" / name
        for name in ("kubernetes.yaml", "argo.yaml", "kestra.yaml", "aws_batch.json", "airflow_kubernetes_dag.py")
    },
}


def images(given: Any) -> list[str]:
    """Return all values of "image" and "containerImage" in a document."""
    if isinstance(given, list):
        return [found for one in given for found in images(one)]
    if not isinstance(given, dict):
        return []
    here = [value for key, value in given.items() if key in ("image", "containerImage") and isinstance(value, str)]
    return here + [found for value in given.values() for found in images(value)]


def test_the_tag_is_this_version() -> None:
    assert CURRENT.endswith(f"/slipway:{__version__}")


@pytest.mark.parametrize("name", FILES)
def test_a_file_names_the_image_once(name: str) -> None:
    assert FILES[name].read_text().count(CURRENT) == 1


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".py")])
@pytest.mark.parametrize("where", ["file", "page"])
def test_no_other_image_is_named(name: str, where: str) -> None:
    if where == "page" and name not in PASTES:
        assert name == "compose.yaml"
        return
    text = FILES[name].read_text() if where == "file" else PASTES[name]
    found = {one for document in yaml.safe_load_all(text) for one in images(document)}
    others = {f"slipway-emulator:{__version__}"} if name == "compose.yaml" else {"{{ vars.image }}"}
    assert CURRENT in found
    assert found - {CURRENT} <= others | {"alpine:3.20"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for place in image.PLACES:
        for path in ROOT.glob(place):
            if path.is_file():
                (tmp_path / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
                shutil.copy(path, tmp_path / path.relative_to(ROOT))
    return tmp_path


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ``docker`` that keeps its arguments and exits with the code in the file ``code``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "docker"
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {folder}/calls\n[ "$1" = push ] || exit 0\nexit $(cat {folder}/code || echo 0)\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


NEW = "ghcr.io/you/slipway:0.1.0-2"


def test_a_new_name_is_pushed_and_then_stands_everywhere(checkout: Path, builder: Path) -> None:
    before = {path: path.read_text().count(CURRENT) for path in checkout.rglob("*") if path.is_file()}
    assert image.main([NEW], checkout) == 0
    built, pushed = (builder / "calls").read_text().splitlines()
    assert re.fullmatch(rf"build --target slipway --build-arg VERSION=\S+ --tag {NEW} \.", built)
    assert pushed == f"push {NEW}"
    assert image.current(checkout) == NEW
    after = {path: path.read_text() for path in before}
    assert not [path for path, text in after.items() if CURRENT in text]
    assert {path: text.count(NEW) for path, text in after.items()} == before
    assert image.main([CURRENT], checkout) == 0  # and back again
    assert {path: path.read_text().count(CURRENT) for path in before} == before


def test_what_could_not_be_pushed_is_named_nowhere(checkout: Path, builder: Path) -> None:
    (builder / "code").write_text("7")
    assert image.main([NEW], checkout) == 7
    assert image.current(checkout) == CURRENT


@pytest.mark.parametrize(
    "name",
    ["", "slipway", "slipway:1", "ghcr.io/you/slipway", "ghcr.io/you/slipway:latest", "ghcr.io/You/x:1", "a/b:1 x"],
)
def test_a_name_without_a_registry_or_a_tag_of_its_own_is_refused(
    name: str, checkout: Path, builder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert image.main([name], checkout) == 2
    assert capsys.readouterr().err.startswith("usage: ")
    assert not (builder / "calls").exists()
