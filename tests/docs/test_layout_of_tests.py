"""The path of a module tells where its tests are: `tests/` has the packages' folders, and test files have modules'
names.

`tests/http/test_client.py` and `tests/http/test_client_*.py` test `shared/http/client.py`. `shared/` and `blueprints/`
share their folders in `tests/`. Tests of any other package stand in a folder with its name.
"""

from pathlib import Path

from tests.conftest import ROOT

TESTS = ROOT / "tests"

# These tests are not about a Python package of Slipway.
OTHER_FOLDERS = {
    "browser": "the freshness page in Chromium",
    "docs": "the documentation",
    "faults": "what a server, a network and a kill can do to any blueprint",
    "engines": "the schedulers' examples in their engines",
    "install": "each way of installing, with the registry",
    "packaging": "wheel, archive, image and locks",
    "recorded": "recorded answers of the real services",
    "soak": "what chance finds: kills, signals, many processes, damaged files, random histories",
    "schedulers": "the schedulers' examples as files",
}
# These tests are about several modules.
OTHER_FILES = {
    "emulator/airbyte/test_readme": "what emulator/README.md says of Airbyte",
    "emulator/test_readme": "emulator/README.md",
    "fivetran/test_exit_codes": "every exit code of four blueprints",
    "fivetran/test_known_faults": "the faults of the programs that Slipway replaces",
}


def names(folder: Path) -> set[str]:
    """Return the names that a test in this folder of `tests/` may begin with: of its modules, or of the folder."""
    packages = [found for root in ("shared", "blueprints", "") if (found := ROOT / root / folder).is_dir()]
    modules = {path.stem for package in packages for path in package.glob("*.py")} - {"__init__"}
    return modules | {folder.name} if packages else set()


def is_about(test: Path, name: str) -> bool:
    topic = test.stem.removeprefix("test_")
    return topic == name or topic.startswith(f"{name}_")


def test_a_test_is_named_after_a_module_of_its_folders_package() -> None:
    tests = [path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")]
    mirrored = [test for test in tests if test.parts[0] not in OTHER_FOLDERS]
    misnamed = {
        str(test): f"name it test_MODULE_TOPIC.py, MODULE one of {sorted(names(test.parent))}"
        for test in mirrored
        if str(test.with_suffix("")) not in OTHER_FILES and not any(is_about(test, name) for name in names(test.parent))
    }
    assert misnamed == {}


def test_the_exceptions_are_there() -> None:
    assert all((TESTS / folder).is_dir() for folder in OTHER_FOLDERS)
    assert all((TESTS / f"{file}.py").is_file() for file in OTHER_FILES)
