"""The documents show the examples unchanged, and what they say about exit codes agrees with the table."""

import re

import pytest

from shared.exit_codes import ExitCode
from tests.schedulers.examples import PAGE, PASTES, ROOT, SCHEDULERS, source

PAGES = ["docs/schedulers.md", "docs/from-shipyard.md"]
TRY_AGAIN = ", ".join(str(int(code)) for code in sorted(ExitCode) if code.retry)
EXCERPT = re.compile(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def excerpts() -> list[tuple[str, str, str]]:
    return [(page, file, text) for page in PAGES for file, text in EXCERPT.findall((ROOT / page).read_text())]


@pytest.mark.parametrize(("page", "file", "text"), excerpts())
def test_an_excerpt_stands_so_in_the_example(page: str, file: str, text: str) -> None:
    assert text in (ROOT / file).read_text()


def test_every_example_is_named_and_every_scheduler_has_something_to_paste() -> None:
    named = re.findall(r"\(\.\./(schedulers/[\w.]+)\)", PAGE.read_text())
    assert {f"schedulers/{path.name}" for path in SCHEDULERS.iterdir() if path.is_file()} - set(named) == {
        "schedulers/test_all.sh"
    }
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert [section.count("<!-- to paste: ") for section in sections] == [0, 0, 0, 0, *[1] * 10]
    assert set(PASTES) <= {path.name for path in SCHEDULERS.iterdir()}


def test_what_is_to_paste_is_read_in_one_go() -> None:
    written = {name: [line for line in text.splitlines() if line] for name, text in PASTES.items()}
    assert not {name: len(lines) for name, lines in written.items() if len(lines) > 33}


def test_the_crontab_to_paste_is_the_examples_without_its_comments() -> None:
    lines = [line for line in source("crontab").splitlines() if line and not line.startswith("#")]
    assert PASTES["crontab"].splitlines() == lines


@pytest.mark.parametrize("page", PAGES)
def test_the_codes_to_try_again_are_the_tables(page: str) -> None:
    lists = re.findall(r"129, 130, 143[\d, ]*\d", (ROOT / page).read_text())
    assert lists
    assert set(lists) == {TRY_AGAIN}


def test_the_guardrail_that_the_pages_name_excludes_the_final_codes() -> None:
    lists = re.findall(r"exclude_exit_code_ranges: \[(.*?)\]", (ROOT / "docs/from-shipyard.md").read_text())
    final = {int(code) for code in ExitCode if code and not code.retry}
    assert lists
    for text in lists:
        ends = [part.partition("-") for part in text.split(", ")]
        assert {code for first, _, last in ends for code in range(int(first), int(last or first) + 1)} == final


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in [*PAGES, "docs/containers.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text()):
            assert (ROOT / "docs" / target).exists(), f"{page}: {target}"
