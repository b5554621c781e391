"""A dry run starts nothing, so no trigger waits in it."""

import re

import pytest

from tests.conftest import ROOT

TRIGGERS = [*(ROOT / "blueprints").glob("*/*.py"), *(ROOT / "shared").glob("*/batch/sync.py")]
READS_THE_SETTING = re.compile(r"(?<!run\.waits\()\b(?:settings|waiting)\.wait\b")


def test_no_trigger_reads_the_setting_past_run_waits() -> None:
    read = [str(path.relative_to(ROOT)) for path in TRIGGERS if READS_THE_SETTING.search(path.read_text())]
    assert read == []


@pytest.mark.parametrize("name", ["fivetran/batch/sync.py", "airbyte/batch/sync.py"])
def test_both_batches_are_among_them(name: str) -> None:
    assert "run.waits(waiting.wait)" in (ROOT / "shared" / name).read_text()
