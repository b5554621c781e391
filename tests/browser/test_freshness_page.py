"""The freshness page in a real browser: its filter, no code of others that runs, readable colours, a phone's width."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from shared.fivetran.freshness.shown import WORDS
from shared.freshness.page import page
from tests.browser.accounts import account
from tests.browser.conftest import Browser
from tests.conftest import Blueprint, Emulator

NAMES = {
    "speak_inexpensive": "<script>alert(1)</script>",
    "gratuitous_bounty": "</script>",
    "stubborn_kettle": '"><img src=x onerror="document.title=\'owned\'">',
    "brisk_metronome": "{{sections}}",
}
CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")
WIDTHS = [1440, 390]


def made(count: int, **ago: float) -> bytes:
    """Return the page of so many connectors, made so long ago (default: five minutes)."""
    return b"".join(page(account(count), datetime.now(timezone.utc) - timedelta(**ago or {"minutes": 5}), WORDS))


@pytest.fixture
def fourteen(browser: Browser) -> Browser:
    return browser.open(made(14))


@pytest.fixture
def hostile(browser: Browser, blueprint: Blueprint, emulator: Emulator) -> Browser:
    """Open the page of check_freshness for an account with four hostile connector names."""
    for connector_id, name in NAMES.items():
        emulator.set(connector_id, schema=name)
    emulator.set("sleepy_lantern", tasks=[{"code": "x", "message": "&lt;b&gt;bold", "details": "&lt;/li&gt;"}])
    blueprint("fivetran/check_freshness")
    return browser.open(blueprint.file("artifacts", "freshness.html"))


@pytest.mark.parametrize(
    ("count", "answer"),
    [
        (0, "No connectors were checked"),
        (1, "shop is fresh"),
        (2, "1 of 2 connectors is stale"),
        (14, "8 of 14 connectors are stale, 1 could not be judged"),
        (500, "56 of 500 connectors are stale, 1 could not be judged"),
    ],
)
def test_the_headline_and_the_title_answer(browser: Browser, count: int, answer: str) -> None:
    browser.open(made(count))
    assert browser.seen("h1") == [answer]
    assert browser.driver.title == f"{answer} · Fivetran"
    assert browser.said() == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("count", "most"), [(0, 900), (1, 900), (14, 2600), (500, 8000)])
def test_it_fits_the_screen_and_is_no_endless_list(browser: Browser, width: int, count: int, most: int) -> None:
    browser.sized(width).open(made(count))
    assert browser.run("return document.documentElement.scrollWidth") == width
    assert browser.run("return document.documentElement.scrollHeight") <= most
    clipped = browser.run(
        """return [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility()
        && !one.closest(".states, svg") && one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.outerHTML);"""
    )
    assert clipped == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [0, 1, 14, 60])
def test_everything_on_it_can_be_told_from_what_is_behind(browser: Browser, count: int, width: int, dark: bool) -> None:
    browser.sized(width, dark).open(made(count, days=3))
    browser.run("document.querySelectorAll('details').forEach((fold) => { fold.open = true; });")
    found = browser.run(CONTRAST)
    assert [one for one in found if one["ratio"] < one["needed"]] == []
    kinds = {one["what"].partition(" ")[0] for one in found}
    assert kinds >= ({"text", "icon", "outline", "fill", "tick", "underline", "border"} if count else {"text", "icon"})
    assert len(found) > 10 * count


def test_stale_ones_come_first_under_a_heading_and_fresh_ones_are_folded(fourteen: Browser) -> None:
    assert fourteen.seen("h2, summary") == [
        "Stale 8",
        "Could not be judged 1",
        "Fresh 5 of these 1 delayed, 1 paused",
    ]
    assert len(fourteen.seen("li")) == 9
    fourteen.click("summary")
    assert len(fourteen.seen("li")) == 14


def test_of_very_many_stale_ones_fifty_are_shown_and_the_others_one_click_away(browser: Browser) -> None:
    browser.open(made(500))
    assert len(browser.seen("li")) == 51  # one of them could not be judged
    assert browser.seen("details.more summary") == ["6 more"]
    browser.click("details.more summary")
    assert len(browser.seen("li")) == 57


def test_one_fresh_connector_is_not_folded_and_needs_no_filters(browser: Browser) -> None:
    browser.open(made(1))
    assert browser.seen("li .name") == ["shop"]
    assert browser.seen("button, input, select") == []


def test_states_differ_in_colour_and_in_shape(fourteen: Browser) -> None:
    looks = fourteen.run(
        """const found = {};
        document.querySelectorAll(".tag").forEach((tag) => { const icon = tag.querySelector("use");
          const shape = document.querySelector(icon.getAttribute("href")).innerHTML;
          found[tag.textContent] = [getComputedStyle(tag).color, shape]; });
        return found;"""
    )
    distinct = [
        "paused",
        "setup broken",
        "failing",
        "never synced",
        "rescheduled",
        "syncing",
        "late",
        "fresh",
        "unknown",
    ]
    assert len({looks[state][0] for state in distinct}) == len(distinct)
    assert len({looks[state][1] for state in distinct}) == len(distinct)


def test_what_never_succeeded_has_an_empty_bar(fourteen: Browser) -> None:
    never = "[data-state='never synced']"
    assert fourteen.seen(f"{never} .age") == ["never succeeded limit 1 h 15 min"]
    assert fourteen.all(f"{never} .fill") == []
    assert (
        fourteen.run("return getComputedStyle(document.querySelector(arguments[0])).fill", f"{never} .track") == "none"
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_the_ticks_names_stand_above_the_ticks(browser: Browser, width: int) -> None:
    browser.sized(width).open(made(14))
    middles = """const box = (one) => one.getBoundingClientRect();
    const middle = (one) => (box(one).left + box(one).right) / 2;
    const bar = box(document.querySelector(".fill").parentNode);
    const names = [...document.querySelector(".axis").querySelectorAll("text")];
    return names.map((name) => [name.textContent, 100 * (middle(name) - bar.left) / bar.width]);"""
    found = browser.run(middles)
    assert [name for name, _ in found] == ["limit", "x2", "x8"]
    assert [share for _, share in found] == pytest.approx([40, 52, 76], abs=1)


def test_a_bar_is_as_long_as_its_age(fourteen: Browser) -> None:
    script = """const row = document.querySelector(arguments[0]);
    const width = (one) => row.querySelector(one).getBoundingClientRect().width;
    return width('.fill') / width('.track');"""
    assert fourteen.run(script, "[data-state=paused]") == pytest.approx(1.0, abs=0.02)
    assert 0.7 < fourteen.run(script, "[data-state=late]") < 0.76  # 9 h of 1 h 15 min: 7.2 limits


def test_the_tag_is_not_said_again_beside_it(fourteen: Browser) -> None:
    fourteen.click("summary")
    for row in fourteen.all("li"):
        tag = row.find_element("css selector", ".tag").text
        assert tag not in [why.text for why in row.find_elements("css selector", ".why")]
        assert row.text.lower().count(f"it is {tag}") == 0
    assert fourteen.seen("[data-state=paused] .why") == ["nothing syncs until it is resumed"] * 2


def test_tops_are_aligned(fourteen: Browser) -> None:
    tops = """return [...document.querySelectorAll("li")].filter((row) => row.querySelector(".fill")
      && row.checkVisibility()).map((row) => [".name", ".bar", ".tag"].map((css) =>
      row.querySelector(css).getBoundingClientRect()).map((box) => (box.top + Math.min(box.height, 22) / 2)));"""
    found = fourteen.run(tops)
    assert len(found) >= 5
    assert all(max(row) - min(row) < 4 for row in found), found


def test_the_group_is_shown_and_filters(fourteen: Browser) -> None:
    assert "Warehouse" in fourteen.seen("[data-state=paused] .what")[0]
    assert "in 2 groups" in fourteen.seen(".when")[0]
    fourteen.click("#group option[value=Marketing]")
    assert {row.get_attribute("data-group") for row in fourteen.all("li") if row.is_displayed()} == {"Marketing"}


@pytest.mark.parametrize(
    ("ago", "said", "old"),
    [
        ({"seconds": 5.0}, "made just now ", False),
        ({"minutes": 12.5}, "made 12 min ago ", False),
        ({"hours": 3.2}, "made 3 h ago ", True),
        ({"days": 4.1}, "made 4 d ago ", True),
    ],
)
def test_it_says_when_it_was_made_and_loudly_when_it_is_old(
    browser: Browser, ago: dict[str, float], said: str, old: bool
) -> None:
    browser.open(made(14, **ago))
    assert said in browser.seen(".when")[0]
    assert bool(browser.seen("#old")) is old


def test_without_the_servers_clock_it_says_so(browser: Browser) -> None:
    browser.open(b"".join(page(account(3), None, WORDS)))
    assert "made at a time that the server did not say" in browser.seen(".when")[0]
    assert browser.said() == []


def test_text_filters_by_every_word_and_opens_what_is_folded(fourteen: Browser) -> None:
    fourteen.type("#text", "github revoked")
    assert fourteen.seen("li .name") == ["github"]
    assert fourteen.seen("#shown") == ["1 of 14 connectors shown"]
    fourteen.type("#text", "zendesk")
    assert fourteen.seen("li .name") == ["zendesk"]
    fourteen.type("#text", "no such thing")
    assert fourteen.seen("li") == []
    assert fourteen.seen("#none") == ["No connector to show."]
    fourteen.click("#all")
    assert len(fourteen.seen("li")) == 9


def test_all_counts_follow_the_filter(fourteen: Browser) -> None:
    fourteen.click("#group option[value=Marketing]")
    assert fourteen.seen(".tiles button") == ["7 all", "4 stale", "0 not judged", "3 fresh"]
    assert "paused 1" in fourteen.seen(".states button")
    assert "failing 0" in fourteen.seen(".states button")
    assert fourteen.seen("h2, summary") == ["Stale 4 of 8", "Fresh 3 of 5"]
    fourteen.type("#text", "hubspot")
    assert fourteen.seen(".tiles button") == ["1 all", "1 stale", "0 not judged", "0 fresh"]
    options = [option.text for option in fourteen.all("#group option")]
    assert options == ["all groups", "Marketing (1)", "Warehouse (0)"]


def test_a_state_and_a_tile_filter_and_let_go_again(fourteen: Browser) -> None:
    fourteen.click(".states .paused")
    assert fourteen.seen("li .name") == ["google_ads", "salesforce"]
    fourteen.click(".tiles .fresh")
    assert fourteen.seen("li .name") == ["salesforce"]
    assert [tile.get_attribute("aria-pressed") for tile in fourteen.all(".tiles button")] == ["false"] * 3 + ["true"]
    fourteen.click(".tiles .fresh")
    fourteen.click(".states .paused")
    assert len(fourteen.seen("li")) == 9


def test_it_can_be_read_where_no_script_runs(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(made(14))
        assert browser.seen("button, input") == []
        assert len(browser.seen("li")) == 9
        browser.click("summary")
        assert len(browser.seen("li")) == 14
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_hostile_names_stay_text(hostile: Browser) -> None:
    hostile.click("summary")
    assert set(NAMES.values()) <= set(hostile.seen("li .name"))
    assert len(hostile.all("script")) == 1
    assert hostile.all("img, li b") == []
    assert "<b>bold: </li>" in hostile.seen("[data-state=paused] .why")
    assert hostile.seen("h1") == ["6 of 14 connectors are stale"]
    assert hostile.said() == []


def test_groups_have_their_names(hostile: Browser) -> None:
    assert [option.text for option in hostile.all("#group option")] == ["all groups", "Warehouse (8)", "Marketing (6)"]


def test_even_a_script_that_got_in_would_not_run(hostile: Browser) -> None:
    hostile.run(
        "const script = document.createElement('script'); script.textContent = 'document.title = \"owned\"';"
        "document.body.append(script); const image = document.createElement('img'); image.src = 'https://example.com/x';"
        "document.body.append(image);"
    )
    assert "owned" not in hostile.driver.title
    assert len([message for message in hostile.said() if "Content Security Policy" in message]) >= 2


def test_a_link_leads_to_the_dashboard_and_tells_it_nothing(fourteen: Browser) -> None:
    link = fourteen.driver.find_element("css selector", "li a")
    assert link.get_attribute("href").startswith("https://fivetran.com/dashboard/connections/")
    assert link.get_attribute("rel") == "noopener noreferrer"
