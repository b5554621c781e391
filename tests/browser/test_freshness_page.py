"""The freshness page in a real browser: it renders, filters, runs nothing of anybody's, and fits a phone."""

from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator

NAMES = {
    "speak_inexpensive": "<script>alert(1)</script>",
    "gratuitous_bounty": "</script>",
    "stubborn_kettle": '"><img src=x onerror="document.title=\'owned\'">',
    "brisk_metronome": "{{rows}}",
}
TITLE = "Is the data fresh?"


@pytest.fixture
def page(browser: Any, blueprint: Blueprint, emulator: Emulator) -> Any:
    """The page of the emulated account, four of its connectors named by somebody who means no good."""
    for connector_id, name in NAMES.items():
        emulator.set(connector_id, schema=name)
    emulator.set("sleepy_lantern", tasks=[{"code": "x", "message": "<b>bold</b>", "details": "</li></ol>"}])
    blueprint("fivetran/check_freshness")
    browser.get(blueprint.file("artifacts", "freshness.html").as_uri())
    return browser


def select(page: Any, css: str) -> list[Any]:
    return list(page.find_elements("css selector", css))


def shown(page: Any) -> list[str]:
    """The names of the connectors that can be seen."""
    return [row.find_element("css selector", ".name").text for row in select(page, "#rows > li") if row.is_displayed()]


def type_into(page: Any, css: str, text: str) -> None:
    field = page.find_element("css selector", css)
    field.clear()
    field.send_keys(text)


def test_it_renders_with_no_error_and_the_worst_first(page: Any) -> None:
    assert page.title == TITLE
    assert len(shown(page)) == 14
    tags = [tag.text for tag in select(page, ".tag")]
    assert [tag.startswith("stale") for tag in tags] == sorted((tag.startswith("stale") for tag in tags), reverse=True)
    assert [" ".join(tile.text.split()) for tile in select(page, ".tiles button")] == ["14 all", "6 stale", "8 fresh"]
    assert page.get_log("browser") == []


def test_style_and_script_are_let_through_by_their_hashes(page: Any) -> None:
    assert page.find_element("id", "shown").text == "14 connectors"
    assert page.execute_script("return getComputedStyle(document.querySelector('li')).display") == "grid"


def test_hostile_names_stay_text(page: Any) -> None:
    assert set(NAMES.values()) <= set(shown(page))
    assert len(select(page, "script")) == 1
    assert select(page, "img, b i, li b") == []
    assert "<b>bold</b>" in page.find_element("css selector", "[data-state=paused] .why").text
    assert page.title == TITLE


def test_even_a_script_that_got_in_would_not_run(page: Any) -> None:
    page.execute_script(
        "const script = document.createElement('script'); script.textContent = 'document.title = \"owned\"';"
        "document.body.append(script); const image = document.createElement('img'); image.src = 'https://example.com/x';"
        "document.body.append(image);"
    )
    assert page.title == TITLE
    refused = [entry["message"] for entry in page.get_log("browser")]
    assert len([message for message in refused if "Content Security Policy" in message]) >= 2


def test_a_bar_is_as_long_as_its_age(page: Any) -> None:
    script = """const row = document.querySelector(arguments[0]);
    const width = (one) => row.querySelector(one).getBoundingClientRect().width;
    return width('.fill') / width('.track');"""
    assert page.execute_script(script, "li.stale") == pytest.approx(1.0, abs=0.01)
    assert 0 < page.execute_script(script, "li.fresh:last-child") < 0.5


def test_text_filters_by_every_word(page: Any) -> None:
    type_into(page, "#text", "github revoked")
    assert shown(page) == ["github"]
    assert page.find_element("id", "shown").text == "1 of 14 connectors"
    type_into(page, "#text", "<script>")
    assert shown(page) == [NAMES["speak_inexpensive"]]
    type_into(page, "#text", "no such thing")
    assert shown(page) == []
    assert page.find_element("id", "none").is_displayed()


def test_a_state_filters(page: Any) -> None:
    page.find_element("css selector", "#state option[value=paused]").click()
    assert shown(page) == ["google_ads"]


def test_a_tile_filters_and_lets_go_again(page: Any) -> None:
    stale = page.find_element("css selector", ".tiles .stale")
    stale.click()
    assert len(shown(page)) == 6
    assert stale.get_attribute("aria-pressed") == "true"
    stale.click()
    assert len(shown(page)) == 14


def test_a_link_leads_to_the_dashboard_and_tells_it_nothing(page: Any) -> None:
    link = page.find_element("css selector", "li a")
    assert link.get_attribute("href").startswith("https://fivetran.com/dashboard/connections/")
    assert link.get_attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_in_light_and_in_dark(page: Any, dark: bool) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    for css in (".name", ".what", ".why", ".stale .tag", ".fresh .tag", ".late", ".age i", ".when", ".key"):
        assert contrast(page, css) >= 4.5, css
    assert contrast(page, "input", "::placeholder") >= 4.5


def test_nothing_is_wider_than_a_phone(page: Any) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    )
    assert page.execute_script("return document.documentElement.scrollWidth") <= 360
    assert page.execute_script("return document.querySelector('svg').getBoundingClientRect().width") > 250


def test_what_a_bar_means_stands_before_the_first_of_them(page: Any) -> None:
    assert page.find_element("css selector", ".key").location["y"] < page.find_element("id", "rows").location["y"]


def test_the_tools_fill_a_phone_and_no_more_rows_than_they_need(page: Any) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    )
    assert len({tile.location["y"] for tile in select(page, ".tiles button")}) == 1
    middle = """const box = document.querySelector(arguments[0]).getBoundingClientRect();
    return (box.top + box.bottom) / 2;"""
    state, shown = (page.execute_script(middle, css) for css in ("#state", "#shown"))
    assert state == pytest.approx(shown, abs=1)


def contrast(page: Any, css: str, part: str = "") -> float:
    """WCAG's contrast of an element's text and the nearest background behind it."""
    ink, paper = page.execute_script(
        """let one = document.querySelector(arguments[0]); const ink = getComputedStyle(one, arguments[1]).color;
        while (one && getComputedStyle(one).backgroundColor === 'rgba(0, 0, 0, 0)') one = one.parentElement;
        const numbers = (text) => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
        return [numbers(ink), numbers(getComputedStyle(one).backgroundColor)];""",
        css,
        part or None,
    )
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
