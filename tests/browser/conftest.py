"""A real headless Chromium.

`make test-browser` sets SLIPWAY_BROWSER, and these tests then fail if there is no Chromium. `make test` does not
collect them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSER = os.environ.get("SLIPWAY_BROWSER")

collect_ignore_glob = [] if BROWSER else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start Debian's Chromium by its chromedriver, with an empty profile. All tests of a process share it."""
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
    """A page in Chromium, with methods that tests use to read it."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def sized(self, width: int, dark: bool = False) -> "Browser":
        """Set the width in pixels, and the colour scheme, of the pages that are opened from now on."""
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        return self

    def open(self, page: Path | bytes) -> "Browser":
        """Open a file, or bytes as a file."""
        if isinstance(page, bytes):
            (self.folder / "page.html").write_bytes(page)
            page = self.folder / "page.html"
        self.driver.get_log("browser")  # discards the messages of the page before
        self.driver.get(page.as_uri())
        return self

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def said(self) -> list[str]:
        """Return the messages in the browser's console about this page."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def all(self, css: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", css))

    def seen(self, css: str) -> list[str]:
        """Return the texts of the visible elements that match a CSS selector."""
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
