"""Google's own example programs, unchanged, where GOOGLE_ADS_EXAMPLES names their folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("GOOGLE_ADS_EXAMPLES", "")
CUSTOMER = "1234567890"
WHEN = "2026-11-22 10:00:00+03:00"
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not FOLDER, reason="GOOGLE_ADS_EXAMPLES does not name the examples' folder"),
]
# What the examples need and none of them makes, through the client that they use.
FURNISH = """
import json, sys
from google.ads.googleads.client import GoogleAdsClient
client, customer = GoogleAdsClient.load_from_storage(), sys.argv[1]
root = f"customers/{customer}"
def make(service, method, **create):
    called = getattr(client.get_service(service), method)
    return called(customer_id=customer, operations=[{"create": create}]).results[0].resource_name
def campaign(name, channel, **budget):
    held = make("CampaignBudgetService", "mutate_campaign_budgets", amount_micros=9000000, **budget)
    return make("CampaignService", "mutate_campaigns", name=name, status="PAUSED", manual_cpc={},
        advertising_channel_type=channel, campaign_budget=held,
        contains_eu_political_advertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING")
base = campaign("own budget", "SEARCH", explicitly_shared=False)
place = {"geo_target_constant": "geoTargetConstants/2792"}
group = make("AdGroupService", "mutate_ad_groups", name="group", campaign=base)
found = {
    "campaign": base, "group": group,
    "display": campaign("display", "DISPLAY", explicitly_shared=False),
    "location": make("CampaignCriterionService", "mutate_campaign_criteria", campaign=base, location=place),
    "keyword": make("AdGroupCriterionService", "mutate_ad_group_criteria", ad_group=group,
        keyword={"text": "mars", "match_type": "EXACT"}),
    "ad": make("AdGroupAdService", "mutate_ad_group_ads", ad_group=group, ad={
        "final_urls": ["https://a.example"], "responsive_search_ad": {
            "headlines": [{"text": f"a {n}"} for n in range(3)],
            "descriptions": [{"text": f"d {n}"} for n in range(2)]}}),
    "label": make("LabelService", "mutate_labels", name="label"),
    "action": make("ConversionActionService", "mutate_conversion_actions", name="upload",
        type_="UPLOAD_CLICKS", category="DEFAULT"),
}
for name in ("list", "other"):
    found[name] = make("UserListService", "mutate_user_lists", name=name,
        crm_based_user_list={"upload_key_type": "CONTACT_INFO"})
print(json.dumps({name: each.split("/")[-1].split("~")[-1] for name, each in found.items()}))
"""
# Path, arguments ({names} are ids of what was furnished), and what is printed.
RUN = (
    ("asyncio/async_add_campaigns.py", "", "Created campaign"),
    ("asyncio/async_search.py", "", "was found."),
    ("asyncio/async_search_stream.py", "", "was found."),
    ("basic_operations/add_ad_groups.py", "-i {campaign}", "Created ad group"),
    ("basic_operations/get_campaigns.py", "", "was found."),
    ("basic_operations/get_responsive_search_ads.py", "-a {group}", "pinned to"),
    ("basic_operations/update_ad_group.py", "-a {group} -b 1000000", "Updated ad group"),
    ("basic_operations/update_campaign.py", "-i {campaign}", "Updated campaign"),
    ("basic_operations/update_responsive_search_ad.py", "-i {ad}", "was updated."),
    ("basic_operations/pause_ad.py", "-a {group} -i {ad}", "Paused ad group ad"),
    ("campaign_management/add_campaign_labels.py", "-l {label} -i {campaign}", "Added 1 campaign labels"),
    ("campaign_management/add_complete_campaigns_using_batch_job.py", "", "campaign_result"),
    ("campaign_management/get_all_disapproved_ads.py", "-i {campaign}", "disapproved ads found: 0"),
    ("campaign_management/set_ad_parameters.py", "-a {group} -k {keyword}", "Set 2 ad parameters"),
    (
        "campaign_management/update_campaign_criterion_bid_modifier.py",
        "-i {campaign} -k {location} -b 1.5",
        "was modified.",
    ),
    ("error_handling/handle_keyword_policy_violations.py", "-a {group}", "Successfully added"),
    ("error_handling/handle_partial_failure.py", "-i {campaign}", "A partial failure at index 2"),
    ("error_handling/handle_rate_exceeded_error.py", "-a {group}", "Added 0 ad group criteria"),
    ("experiments/create_search_custom_experiment.py", "-i {campaign}", "Updated name for campaign"),
    ("remarketing/add_conversion_action.py", "", "Created conversion action"),
    ("remarketing/add_conversion_based_user_list.py", "-a {action}", "Created basic user list"),
    ("remarketing/add_custom_audience.py", "", "New custom audience added"),
    ("remarketing/add_flexible_rule_user_list.py", "", "Created user list"),
    ("remarketing/add_logical_user_list.py", "-l {list} {other}", "Created logical user list"),
    ("remarketing/set_up_advanced_remarketing.py", "", "Created user list"),
    ("remarketing/set_up_remarketing.py", "-i {campaign} -a {group}", "Successfully updated the bid"),
    ("remarketing/update_audience_target_restriction.py", "-a {group}", "target restriction"),
    ("reporting/parallel_report_download.py", "", "impressions"),
    ("targeting/add_customer_negative_criteria.py", "", "Added 2 negative customer criteria"),
    ("targeting/add_demographic_targeting_criteria.py", "-a {group}", "Created ad group criterion"),
    (
        "targeting/add_campaign_targeting_criteria.py",
        "-i {display} -k mars -l 2792",
        "Added campaign criterion",
    ),
    ("recommendations/detect_and_apply_recommendations.py", "", ""),
    ("advanced_operations/add_ad_customizer.py", "-a {group}", "Added an ad with resource name"),
)
# Path, arguments, and the refusal that today's rules ask for.
NOT_ALLOWED = "Customer is not allowlisted for this feature"
REFUSED = (
    ("advanced_operations/add_responsive_search_ad_full.py", "", "contains_eu_political_advertising"),
    ("remarketing/add_customer_match_user_list.py", "-r true -u {list}", NOT_ALLOWED),
    ("remarketing/upload_enhanced_conversions_for_leads.py", "-a {action} -d {when} -v 1", NOT_ALLOWED),
    ("remarketing/upload_offline_conversion.py", "-a {action} -t {when} -v 1 -g abc", NOT_ALLOWED),
    ("remarketing/upload_store_sales_transactions.py", "-a {action} -l 1", NOT_ALLOWED),
)
# Path, arguments, and what of the program itself is broken.
BROKEN = (
    ("campaign_management/validate_ad.py", "-a {group}", "ImportError: cannot import name 'AdTextAsset'"),
    (
        "error_handling/handle_responsive_search_ad_policy_violations.py",
        "-a {group}",
        "no attribute 'PolicyFindingErrorEnum'",
    ),
    ("account_management/get_change_details.py", "", "cannot import name 'SearchPagedResponse'"),
)
# Path, arguments, and what the sandbox names as not reproduced.
MISSING = (
    ("remarketing/add_dynamic_remarketing_asset.py", "-i {display}", "Asset.dynamic_education_asset"),
    (
        "remarketing/upload_call_conversion.py",
        "-a {action} -i +905321234567 -s {when} -t {when} -v 1",
        "ConversionUploadService.UploadCallConversions",
    ),
    (
        "remarketing/upload_conversion_adjustment.py",
        "-a {action} -d RETRACTION -o 1 -v {when}",
        "ConversionAdjustmentUploadService",
    ),
    (
        "remarketing/upload_enhanced_conversions_for_web.py",
        "-a {action} -o 1",
        "ConversionAdjustmentUploadService",
    ),
)
# Those that fetch a picture from the internet first, and helpers that are no programs.
OTHERS = {
    "experiments/create_asset_optimization_experiment.py",
    "experiments/create_search_adopt_ai_max_experiment.py",  # below, with a campaign of its own
    "experiments/evaluate_and_update_experiment.py",  # below, with an experiment
    "remarketing/add_merchant_center_dynamic_remarketing_campaign.py",
    "targeting/get_geo_target_constants_by_names.py",  # below, as it takes no customer
    "basic_operations/search_for_google_ads_fields.py",  # likewise
    "basic_operations/add_campaigns.py",
    "basic_operations/remove_campaign.py",
}
FOLDERS = (
    "asyncio", "basic_operations", "campaign_management", "error_handling", "experiments", "remarketing",
    "reporting", "targeting",
)  # fmt: skip


class Examples:
    """A sandbox by the machine's clock, from which the examples take their dates, and a way to run them."""

    def __init__(self, state: Path) -> None:
        command = [sys.executable, "-m", "sandbox.google", "--state", str(state), "--clock", "now"]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        self.server.stdout.readline()
        self.env = os.environ | {
            "GOOGLE_ADS_CONFIGURATION_FILE_PATH": str(state / "google" / "google-ads.yaml"),
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(state / "google" / "roots.pem"),
        }
        self.known: dict[str, str] = json.loads(self.python("-c", FURNISH, CUSTOMER).stdout)

    def python(self, *command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=folder, env=self.env, capture_output=True, text=True, timeout=90
        )

    def run(self, path: str, *arguments: str, customer: bool = True) -> subprocess.CompletedProcess[str]:
        file = Path(FOLDER) / path
        about = ["-c", CUSTOMER] if customer else []
        return self.python(file.name, *about, *arguments, folder=file.parent)

    def printed(self, path: str, arguments: str, code: int) -> str:
        """What a program printed that must end with that code."""
        words = [word.format(**self.known, when=WHEN) for word in arguments.split()]
        done = self.run(path, *words)
        printed = done.stdout + done.stderr
        assert done.returncode == code, printed
        return printed

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(10)
        assert self.server.stdout is not None
        self.server.stdout.close()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examples]:
    made = Examples(tmp_path_factory.mktemp("examples"))
    yield made
    made.stop()


@pytest.mark.parametrize(("path", "arguments", "expected"), RUN)
def test_an_example_runs_whole(examples: Examples, path: str, arguments: str, expected: str) -> None:
    assert expected in examples.printed(path, arguments, 0)


@pytest.mark.parametrize(("path", "arguments", "expected"), [*REFUSED, *BROKEN, *MISSING])
def test_an_example_that_cannot_run_says_why(
    examples: Examples, path: str, arguments: str, expected: str
) -> None:
    assert expected in examples.printed(path, arguments, 1)


def test_every_example_of_these_folders_has_its_place_in_a_table() -> None:
    there = {
        f"{folder}/{file.name}"
        for folder in FOLDERS
        for file in (Path(FOLDER) / folder).glob("*.py")
        if file.name != "__init__.py"
    }
    known = {row[0] for row in (*RUN, *REFUSED, *BROKEN, *MISSING)} | OTHERS
    assert there - known == set()


def number_in(text: str, collection: str) -> str:
    found = re.search(rf"{collection}/(\d+)", text)
    assert found is not None, text
    return found[1]


def test_campaigns_are_added_reported_and_removed(examples: Examples, tmp_path: Path) -> None:
    campaign = number_in(examples.printed("basic_operations/add_campaigns.py", "", 0), "campaigns")
    links = examples.run("assets/add_sitelinks.py", "-i", campaign).stdout
    assert links.count("Created sitelink asset") == 3
    report = str(tmp_path / "report.csv")
    done = examples.run("misc/campaign_report_to_csv.py", "-o", report, "-w")
    assert "report written" in done.stdout, done.stderr
    assert Path(report).read_text().startswith("Account,Date,Campaign")
    removed = examples.run("basic_operations/remove_campaign.py", "-i", campaign).stdout
    assert "Removed campaign" in removed


def test_a_partial_failure_is_one_success_and_two_failures(examples: Examples) -> None:
    campaign = number_in(examples.printed("basic_operations/add_campaigns.py", "", 0), "campaigns")
    printed = examples.run("error_handling/handle_partial_failure.py", "-i", campaign).stdout
    assert printed.count("A partial failure at index") == 2
    assert printed.count("Created ad group with resource_name") == 1


def test_an_experiment_is_evaluated_though_it_has_no_figures_of_significance(examples: Examples) -> None:
    assert examples.python("-c", OWN_CAMPAIGN, CUSTOMER).returncode == 0
    campaign = examples.python("-c", OWN_CAMPAIGN, CUSTOMER).stdout.strip()
    made = examples.run("experiments/create_search_custom_experiment.py", "-i", campaign).stdout
    experiment = number_in(made, "experiments")
    printed = examples.run("experiments/evaluate_and_update_experiment.py", "-e", experiment)
    assert "not yet populated. Allowing the experiment to continue" in printed.stdout, printed.stderr


def test_ai_max_is_tried_within_a_campaign(examples: Examples) -> None:
    campaign = examples.python("-c", OWN_CAMPAIGN, CUSTOMER).stdout.strip()
    printed = examples.run("experiments/create_search_adopt_ai_max_experiment.py", "-i", campaign)
    assert "Updated campaign to enable AI Max" in printed.stdout, printed.stdout + printed.stderr


OWN_CAMPAIGN = FURNISH.split("base = ")[0] + (
    'import uuid\nprint(campaign(str(uuid.uuid4()), "SEARCH", explicitly_shared=False).split("/")[-1])'
)


@pytest.mark.parametrize(
    ("path", "arguments", "expected"),
    [
        ("basic_operations/search_for_google_ads_fields.py", ("-n", "campaign"), "campaign"),
        ("targeting/get_geo_target_constants_by_names.py", (), ""),
    ],
)
def test_an_example_about_no_customer_runs(
    examples: Examples, path: str, arguments: tuple[str, ...], expected: str
) -> None:
    done: Any = examples.run(path, *arguments, customer=False)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
