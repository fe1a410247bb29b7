"""What a person does in the Prefect UI, by the words they see there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RESULTS = Path(__file__).parents[2] / "test-results"


@dataclass
class Screen:
    """One window; `name` is the test's, under which pictures are kept."""

    page: Page
    address: str
    name: str

    def keep(self, step: str) -> None:
        """A picture of what is shown now, in test-results/."""
        RESULTS.mkdir(exist_ok=True)
        self.page.screenshot(path=RESULTS / f"{self.name}-{step}.png")

    def start_launch(self) -> None:
        """From the list of deployments through the form of a custom run."""
        self.page.goto(f"{self.address}/deployments")
        self.page.get_by_role("link", name="lezzet-launch").first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").click()
        self.page.get_by_text("Seconds until the question lapses").wait_for()
        self.keep("1-form")
        self.page.get_by_role("button", name="Submit").click()

    def open_run(self, run: str) -> None:
        self.page.goto(f"{self.address}/runs/flow-run/{run}")

    def question(self) -> Locator:
        """The form of the suspended run."""
        self.page.get_by_role("button", name="Resume").click()
        form = self.page.get_by_role("dialog")
        form.get_by_text("Decision", exact=True).wait_for()
        form.get_by_text("To be answered until").first.wait_for()  # what is asked comes after the fields
        return form

    def answer(self, form: Locator, decision: str, approver: str, reason: str) -> None:
        form.locator(".p-select-button__icon").first.click()
        self.page.locator(".p-select-option", has_text=decision).first.click()
        for number, text in ((0, approver), (2, reason)):
            form.get_by_role("textbox").nth(number).fill(text)
        self.keep("2-question")
        self._submit(form)

    def _submit(self, form: Locator) -> None:
        """As often as a person would: Prefect on SQLite answers 503 while it is busy, and the form stays."""
        from playwright.sync_api import TimeoutError as NotYet

        for _ in range(6):
            form.get_by_role("button", name="Submit").click()
            try:
                form.wait_for(state="hidden", timeout=15_000)
            except NotYet:
                continue
            return

    def ended(self, state: str) -> None:
        """Wait for the badge of the run's state."""
        self.page.get_by_text(state, exact=True).first.wait_for()

    def artifacts(self, *keys: str) -> None:
        """The tab, once it shows all of them."""
        self.page.get_by_text("Artifacts", exact=True).first.click()
        for key in keys:
            self.page.get_by_text(key, exact=True).first.wait_for()

    def open_artifact(self, key: str) -> None:
        self.page.get_by_text(key, exact=True).first.click()
