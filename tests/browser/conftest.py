"""A real Chromium on the Prefect UI of a real `kampanya up`, on a copy of the example brand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.screen import Screen
from tests.flows import running

HOME = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120_000  # milliseconds; a few seconds on an idle machine


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def agency(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Up]:
    """The example brand, brought up."""

    def copy(target: Path) -> None:
        unwanted = shutil.ignore_patterns(".kampanya", "decisions")
        shutil.copytree(HOME / "brands" / "lezzet", target, ignore=unwanted)

    folder = running.agency(tmp_path_factory.mktemp("browser"), copy, "lezzet")
    with running.up(folder) as up:
        yield up


@pytest.fixture
def ui(chromium: str, agency: running.Up, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """The UI in a window of its own; what it shows last is kept, also when the test fails."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        screen = Screen(page, agency.api.url.removesuffix("/api"), request.node.name)
        try:
            yield screen
        finally:
            screen.keep("last")
            browser.close()
