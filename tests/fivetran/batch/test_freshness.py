"""check_freshness of many connectors: rows, page, table and exit code."""

import html

import pytest

from tests.conftest import SECRET, Blueprint, Emulator
from tests.fivetran.batch.account import TWO, rows, statuses


def test_freshness_never_triggers_and_says_how_late_and_why(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_freshness")
    assert done.code == 219
    found = rows(blueprint, done.result)
    assert len(found) == 14
    assert found["brisk_metronome"]["status"] == "fresh"
    late = found["sleepy_lantern"]
    assert (late["status"], late["state"], late["why"]) == ("stale", "paused", "it is paused")
    assert late["age_seconds"] == pytest.approx(9 * 86400, abs=60)
    assert found["unopened_parcel"]["age_seconds"] is None
    assert {row["method"] for row in emulator.requests()} == {"GET"}
    calls = [row["path"].split("/")[2] for row in emulator.requests()]  # late connectors' destinations, groups' names
    assert (done.result["api_calls"], calls) == (4, ["connections", "destinations", "destinations", "groups"])
    assert done.result["data"]["worst"][0]["status"] == "stale"


def test_a_key_that_may_not_read_groups_sees_their_ids(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("GET", "/v1/groups", {"status": 403, "json": {"code": "Forbidden"}})
    done = blueprint("fivetran/check_freshness")
    assert done.code == 219
    assert "warning: groups are shown by their ids" in done.stderr
    assert "projected_sickle" in blueprint.file("artifacts", "freshness.html").read_text()


def test_freshness_tells_ages_by_the_servers_clock(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.advance(100 * 86400)
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_MAX_AGE="99d")
    assert done.code == 219
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_MAX_AGE="101d")
    assert done.code == 0


def test_freshness_names_what_is_unknown_and_looks_at_the_rest(blueprint: Blueprint) -> None:
    ids = "brisk_metronome,nobody_here"
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=ids)
    assert done.code == 204
    assert statuses(blueprint, done) == {"brisk_metronome": "fresh", "nobody_here": "unknown_id"}
    assert "nobody_here" in blueprint.file("artifacts", "freshness.html").read_text()


def test_freshness_adds_a_table_to_a_github_step_summary(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.set("sleepy_lantern", schema="<script>alert(1)</script>|x")
    summary = blueprint.cwd / "summary.md"
    summary.write_text("before\n")
    blueprint("fivetran/check_freshness", GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text()
    assert text.startswith("before\n")
    assert "| connector | service |" in text
    assert "<script>" not in text


def test_a_malformed_age_is_refused(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_freshness", FIVETRAN_MAX_AGE="6 parsecs")
    assert (done.code, "FIVETRAN_MAX_AGE" in done.result["message"]) == (206, True)
    assert not emulator.requests()


def test_a_secret_in_an_answer_is_hidden_in_each_picture_of_freshness(blueprint: Blueprint, emulator: Emulator) -> None:
    task = {"code": "x", "message": f"login with {SECRET} failed"}
    emulator.set("speak_inexpensive", succeeded_at="2020-01-01T00:00:00Z", tasks=[task])
    summary = blueprint.cwd / "summary.md"
    blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=TWO, GITHUB_STEP_SUMMARY=str(summary))
    texts = [path.read_text() for path in blueprint.cwd.rglob("*") if path.is_file()]
    assert len(texts) >= 3
    shown = html.unescape("".join(texts))
    assert "login with ****** failed" in shown
    assert SECRET not in shown
