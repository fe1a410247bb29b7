"""Google's own example programs, unchanged, where GOOGLE_ADS_EXAMPLES names their folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("GOOGLE_ADS_EXAMPLES", "")
CUSTOMER = "1234567890"
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not FOLDER, reason="GOOGLE_ADS_EXAMPLES does not name the examples' folder"),
]
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A sandbox by the machine's clock, as the examples take their dates from it, and a way to run them."""
    command = [sys.executable, "-m", "sandbox.google", "--state", str(tmp_path), "--clock", "now"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    server.stdout.readline()
    env = os.environ | {
        "GOOGLE_ADS_CONFIGURATION_FILE_PATH": str(tmp_path / "google" / "google-ads.yaml"),
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tmp_path / "google" / "roots.pem"),
    }

    def example(path: str, *arguments: str) -> str:
        file = Path(FOLDER) / path
        done = subprocess.run(
            [sys.executable, file.name, "-c", CUSTOMER, *arguments],
            cwd=file.parent,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield example
    server.terminate()
    server.wait(10)
    server.stdout.close()


def number_in(text: str, collection: str) -> str:
    found = re.search(rf"{collection}/(\d+)", text)
    assert found is not None, text
    return found[1]


def test_campaigns_are_added_read_updated_labelled_reported_and_removed(run: Run, tmp_path: Path) -> None:
    campaign = number_in(run("basic_operations/add_campaigns.py"), "campaigns")
    assert "Created ad group" in run("basic_operations/add_ad_groups.py", "-i", campaign)
    assert "Created campaign" in run("asyncio/async_add_campaigns.py")
    for reader in ("basic_operations/get_campaigns.py", "asyncio/async_search_stream.py"):
        assert run(reader).count("was found.") == 2
    assert "Updated campaign" in run("basic_operations/update_campaign.py", "-i", campaign)
    assert run("assets/add_sitelinks.py", "-i", campaign).count("Created sitelink asset") == 3
    report = str(tmp_path / "report.csv")
    assert "report written" in run("misc/campaign_report_to_csv.py", "-o", report, "-w")
    assert Path(report).read_text().startswith("Account,Date,Campaign")
    assert "Removed campaign" in run("basic_operations/remove_campaign.py", "-i", campaign)


def test_a_partial_failure_is_one_success_and_two_failures(run: Run) -> None:
    campaign = number_in(run("basic_operations/add_campaigns.py"), "campaigns")
    printed = run("error_handling/handle_partial_failure.py", "-i", campaign)
    assert printed.count("A partial failure at index") == 2
    assert printed.count("Created ad group with resource_name") == 1


def test_targeting_remarketing_and_strategies_run_whole(run: Run) -> None:
    campaign = number_in(run("basic_operations/add_campaigns.py"), "campaigns")
    group = number_in(run("basic_operations/add_ad_groups.py", "-i", campaign), "adGroups")
    targeting = run(
        "targeting/add_campaign_targeting_criteria.py", "-i", campaign, "-k", "mars", "-l", "2792"
    )
    assert targeting.count("Added campaign criterion") == 3
    assert (
        run("targeting/add_demographic_targeting_criteria.py", "-a", group).count(
            "Created ad group criterion"
        )
        == 2
    )
    assert "Successfully updated the bid" in run(
        "remarketing/set_up_remarketing.py", "-i", campaign, "-a", group
    )
    assert "Created campaign" in run("advanced_operations/use_portfolio_bidding_strategy.py")
    assert "Successfully added" in run("error_handling/handle_keyword_policy_violations.py", "-a", group)


def test_a_batch_job_builds_whole_campaigns(run: Run) -> None:
    printed = run("campaign_management/add_complete_campaigns_using_batch_job.py")
    assert "campaign_result" in printed


def test_an_experiment_is_set_up_changed_and_scheduled(run: Run, tmp_path: Path) -> None:
    campaign = number_in(run("basic_operations/add_campaigns.py"), "campaigns")
    own_budget(tmp_path, campaign)  # the examples make shared budgets, with which no experiment can be made
    printed = run("experiments/create_search_custom_experiment.py", "-i", campaign)
    assert "Created treatment arm with resource name" in printed
    assert "Updated name for campaign" in printed
    experiment = number_in(printed, "experiments")
    assert experiment


def own_budget(state: Path, campaign: str) -> None:
    """Give a campaign a budget that is not shared, as no example does."""
    code = (
        "from google.ads.googleads.client import GoogleAdsClient as C\n"
        "client = C.load_from_storage()\n"
        "s = client.get_service('CampaignBudgetService')\n"
        "make = {'create': {'amount_micros': 9000000, 'explicitly_shared': False}}\n"
        f"made = s.mutate_campaign_budgets(customer_id='{CUSTOMER}', operations=[make])\n"
        "b = made.results[0].resource_name\n"
        "s = client.get_service('CampaignService')\n"
        f"name = 'customers/{CUSTOMER}/campaigns/{campaign}'\n"
        "change = {'update': {'resource_name': name, 'campaign_budget': b},\n"
        "          'update_mask': {'paths': ['campaign_budget']}}\n"
        f"s.mutate_campaigns(customer_id='{CUSTOMER}', operations=[change])"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(state), check=True, capture_output=True)


def environment(state: Path) -> dict[str, Any]:
    return os.environ | {
        "GOOGLE_ADS_CONFIGURATION_FILE_PATH": str(state / "google" / "google-ads.yaml"),
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(state / "google" / "roots.pem"),
    }


def test_a_label_is_put_on_campaigns(run: Run, tmp_path: Path) -> None:
    campaign = number_in(run("basic_operations/add_campaigns.py"), "campaigns")
    label = made_label(tmp_path)
    printed = run("campaign_management/add_campaign_labels.py", "-l", label, "-i", campaign)
    assert f"campaignLabels/{campaign}~{label}" in printed


def made_label(state: Path) -> str:
    """The examples add no label themselves."""
    code = (
        "from google.ads.googleads.client import GoogleAdsClient as C\n"
        "s = C.load_from_storage().get_service('LabelService')\n"
        f"r = s.mutate_labels(customer_id='{CUSTOMER}', operations=[{{'create': {{'name': 'x'}}}}])\n"
        "print(r.results[0].resource_name)"
    )
    env = environment(state)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return number_in(done.stdout, "labels")
