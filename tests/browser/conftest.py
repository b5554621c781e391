"""A real headless Chromium. `make test-browser` sets SLIPWAY_BROWSER and fails without one; `make test` goes by."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSER = os.environ.get("SLIPWAY_BROWSER")

collect_ignore_glob = [] if BROWSER else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Debian's Chromium, driven by its chromedriver, with a profile of its own; one for all tests of a process."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    from docs.screenshot import FLAGS

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


class Browser:
    """A page in Chromium, and what tests ask about it."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def sized(self, width: int, dark: bool = False) -> "Browser":
        """What is opened from now on is so many pixels wide."""
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        return self

    def open(self, page: Path | bytes) -> "Browser":
        """Show a file, or these bytes as one."""
        if isinstance(page, bytes):
            (self.folder / "page.html").write_bytes(page)
            page = self.folder / "page.html"
        self.driver.get_log("browser")  # what was said of the page before
        self.driver.get(page.as_uri())
        return self

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def said(self) -> list[str]:
        """What the browser's console says of this page."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def all(self, css: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", css))

    def seen(self, css: str) -> list[str]:
        """The texts of those that can be seen."""
        return [" ".join(one.text.split()) for one in self.all(css) if one.is_displayed()]

    def click(self, css: str) -> None:
        self.driver.find_element("css selector", css).click()

    def type(self, css: str, text: str) -> None:
        field = self.driver.find_element("css selector", css)
        field.clear()
        field.send_keys(text)


@pytest.fixture
def browser(chromium: Any, tmp_path: Path) -> Browser:
    return Browser(chromium, tmp_path).sized(1440)
