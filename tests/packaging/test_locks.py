"""The locks fit the ranges of the requirements. `make lock` writes them."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {ROOT / "requirements.lock": ROOT / "requirements-run.txt"} | {
    path.with_suffix(".lock"): path for path in sorted((ROOT / "requirements").glob("*.txt"))
}
PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(?: ; ([^\\]+?))? \\\n((?: +--hash=.*\n)+)((?: +# .*\n)*)", re.MULTILINE)
RENEW = "run: make lock"


def ranges(path: Path) -> dict[tuple[str, Path], Requirement]:
    """Return what a file requires, with the files that it includes: by name and by the file that says so."""
    found: dict[tuple[str, Path], Requirement] = {}
    for line in path.read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found |= ranges((path.parent / text[3:]).resolve())
        elif text:
            requirement = Requirement(text)
            found[canonicalize_name(requirement.name), path] = requirement
    return found


def pins(path: Path) -> list[tuple[str, str, str, str]]:
    """Return name, version, hashes and comment of each pin. A package may have one for each Python."""
    text = path.read_text("utf-8")
    found = [(name, version, hashes, comment) for name, version, _, hashes, comment in PIN.findall(text)]
    assert len(found) == len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)), f"{path.name}: a pin without hashes"
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_is_within_its_range_and_comes_from_one(lock: Path) -> None:
    asked = ranges(LOCKS[lock])
    found = pins(lock)
    because = {
        (name, (ROOT / file).resolve()) for name, _, _, comment in found for file in re.findall(r"-r (\S+)", comment)
    }
    assert because == set(asked), RENEW
    for (name, _), requirement in asked.items():
        versions = [version for one, version, _, _ in found if one == name]
        assert [one for one in versions if not requirement.specifier.contains(one, prereleases=True)] == [], RENEW
    names = {name for name, _, _, _ in found}
    needed_by = {
        one
        for _, _, _, comment in found
        for one in re.findall(r"# +(?:via )?([a-z][a-z0-9-]*)$", comment, re.MULTILINE)
    }
    assert needed_by - {"via"} <= names, RENEW


def test_one_environment_can_have_them_all() -> None:
    versions: dict[str, dict[str, set[str]]] = {}
    for lock in LOCKS:
        for name, version, _, _ in pins(lock):
            versions.setdefault(name, {}).setdefault(lock.name, set()).add(version)
    assert {name: locks for name, locks in versions.items() if len(set(map(frozenset, locks.values()))) > 1} == {}


def test_the_image_is_made_of_the_lock() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    installed = re.findall(r"pip install .*? -r /tmp/(\S+)", text)
    assert installed == ["requirements.lock", "emulator.lock"]
    assert text.count("pip install ") == text.count(" --no-deps --require-hashes ") == 2


def test_a_lock_is_installed_without_resolving() -> None:
    """An old pip takes the newest release for a package with extras (``coverage[toml]``), which no lock pins."""
    for name in ("Makefile", "Dockerfile", "release/pyz.py"):
        text = re.sub(r'[",]', "", (ROOT / name).read_text("utf-8"))
        assert text.count("--require-hashes") == text.count("--no-deps --require-hashes") > 0, name


def test_everything_that_is_installed_is_in_one_list() -> None:
    included = {
        (ROOT / line[3:]).resolve()
        for line in (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
        if line.startswith("-r ")
    }
    everything = {key for path in LOCKS.values() for key in ranges(path)}
    assert {key for path in included for key in ranges(path)} == everything
