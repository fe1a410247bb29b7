"""A launch as a person does it in the Prefect UI: started by its form, read, rejected or approved, ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from operations.site import open_site
from tests.browser.screen import Screen
from tests.flows.running import Up, until

pytestmark = [pytest.mark.browser, pytest.mark.server]
CREATES = "39 to create"


def workspace(agency: Up) -> Path:
    return agency.folder / "brands" / "lezzet"


def launched(agency: Up, since: datetime) -> str:
    """The run that the form has started."""
    filters = {
        "deployment_id": {"any_": [agency.api.deployment("launch/lezzet-launch")["id"]]},
        "expected_start_time": {"after_": since.isoformat()},
    }
    (run,) = until(lambda: agency.api.runs(**filters))
    return str(run["id"])


def writes(agency: Up) -> list[str]:
    """What the sandbox was asked to change."""
    log = workspace(agency) / ".kampanya/sandbox/sandbox/access.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if (" POST " in line or "Mutate" in line) and "/_sandbox/" not in line]


def test_a_no_in_the_form_ends_the_run_with_nothing_sent(ui: Screen, agency: Up) -> None:
    since = datetime.now(UTC)
    ui.start_launch()
    ui.open_run(launched(agency, since))
    form = ui.question()
    assert "lezzet in sandbox" in form.inner_text()
    ui.answer(form, "reject", "Mehmet Kaya", "Bu hafta değil.")
    ui.ended("Completed")
    assert writes(agency) == []
    with open_site(workspace(agency)).journal() as journal:
        assert journal.objects() == []
        (said,) = journal.events("reject")
    assert (said.actor, said.detail["reason"]) == ("Mehmet Kaya", "Bu hafta değil.")


def test_a_yes_in_the_form_builds_what_the_plan_showed(ui: Screen, agency: Up) -> None:
    since = datetime.now(UTC)
    ui.start_launch()
    run = launched(agency, since)
    ui.open_run(run)
    form = ui.question()
    expect(form).to_contain_text("daily_budget: 600.00 TRY", timeout=60_000)  # it comes after the fields
    assert CREATES in form.inner_text()
    page = form.get_by_role("link", name="The plan as a page").get_attribute("href")
    assert page is not None
    with urlopen(page, timeout=10) as answer:
        assert "39" in answer.read().decode()
    ui.answer(form, "approve", "Ayşe Yılmaz", "Olur, başlayın.")
    ui.ended("Completed")
    ui.artifacts("plan-lezzet", "apply-lezzet", "apply-progress-lezzet", "page-lezzet")
    ui.keep("3-artifacts")
    ui.open_artifact("apply-lezzet")
    ui.page.get_by_text("meta:campaign/yil-sonu", exact=True).first.wait_for()
    ui.page.get_by_text("39 Items", exact=True).wait_for()
    ui.keep("4-outcome")
    assert agency.api.state(run) == "COMPLETED"
    assert writes(agency)
    with open_site(workspace(agency)).journal() as journal:
        assert len(journal.objects("live")) == 39
        assert [each.by for each in journal.approvals()] == ["Ayşe Yılmaz"]
