from __future__ import annotations

from typing import Any

import pytest
from google.ads.googleads.errors import GoogleAdsException

ROOT = "customers/1234567890"


def tree(keywords: int = 1, **campaign: Any) -> list[dict[str, Any]]:
    """Budget, campaign, ad group and keywords of one request, bound by temporary names."""
    texts = [f"kelime {n}" for n in range(keywords)]
    return [
        {
            "campaign_budget_operation": {
                "create": {
                    "resource_name": f"{ROOT}/campaignBudgets/-1",
                    "amount_micros": 1_000_000,
                    "explicitly_shared": False,
                }
            }
        },
        {
            "campaign_operation": {
                "create": {
                    "resource_name": f"{ROOT}/campaigns/-2",
                    "name": "bir",
                    "status": "PAUSED",
                    "campaign_budget": f"{ROOT}/campaignBudgets/-1",
                    "advertising_channel_type": "SEARCH",
                    "manual_cpc": {},
                    "contains_eu_political_advertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
                }
                | campaign
            }
        },
        {
            "ad_group_operation": {
                "create": {
                    "resource_name": f"{ROOT}/adGroups/-3",
                    "name": "grup",
                    "campaign": f"{ROOT}/campaigns/-2",
                }
            }
        },
        *(
            {
                "ad_group_criterion_operation": {
                    "create": {
                        "ad_group": f"{ROOT}/adGroups/-3",
                        "keyword": {"text": text, "match_type": "EXACT"},
                    }
                }
            }
            for text in texts
        ),
    ]


def send(ads: Any, operations: list[dict[str, Any]], **options: Any) -> Any:
    request = {"customer_id": "1234567890", "mutate_operations": operations, **options}
    return ads.service("GoogleAdsService").mutate(request=request)


def test_temporary_names_bind_a_whole_tree_in_one_request(ads: Any) -> None:
    response = send(ads, tree(keywords=2))
    names = [type(one).pb(one).WhichOneof("response") for one in response.mutate_operation_responses]
    assert names == [
        "campaign_budget_result",
        "campaign_result",
        "ad_group_result",
        "ad_group_criterion_result",
        "ad_group_criterion_result",
    ]
    rows = ads.query("SELECT campaign.name, ad_group.name, ad_group_criterion.keyword.text FROM keyword_view")
    assert [(r.campaign.name, r.ad_group.name, r.ad_group_criterion.keyword.text) for r in rows] == [
        ("bir", "grup", "kelime 0"),
        ("bir", "grup", "kelime 1"),
    ]


def test_one_wrong_operation_undoes_the_whole_request(ads: Any) -> None:
    before = ads.sandbox.status()["objects"]
    operations = tree()
    operations[2]["ad_group_operation"]["create"]["name"] = ""
    refused = ads.refused(lambda: send(ads, operations))
    assert refused[0] == ("field_error.REQUIRED", "mutate_operations.ad_group_operation.create.name")
    assert refused[1][0] == "new_resource_creation_error.TEMP_ID_RESOURCE_HAD_ERRORS"
    assert ads.sandbox.status()["objects"] == before


def test_ids_of_an_undone_request_are_given_again(ads: Any) -> None:
    first = ads.budget()
    with pytest.raises(GoogleAdsException):
        send(ads, tree(name=""))
    assert int(ads.budget().split("/")[-1]) == int(first.split("/")[-1]) + 1


def test_partial_failure_keeps_what_is_right_and_names_what_is_wrong(ads: Any) -> None:
    campaign = ads.campaign()
    response = ads.mutate(
        "ad_groups",
        {"create": {"name": "a", "campaign": campaign}},
        {"create": {"name": "b", "campaign": f"{ROOT}/campaigns/0"}},
        {"create": {"name": "a", "campaign": campaign}},
        partial_failure=True,
    )
    assert [bool(result.resource_name) for result in response.results] == [True, False, False]
    status = response.partial_failure_error
    failure = ads.client.get_type("GoogleAdsFailure")
    errors = type(failure).deserialize(status.details[0].value).errors
    assert status.code == 3
    assert [error.location.field_path_elements[0].index for error in errors] == [1, 2]
    assert errors[0].error_code.mutate_error.name == "RESOURCE_NOT_FOUND"
    assert errors[1].error_code.ad_group_error.name == "DUPLICATE_ADGROUP_NAME"


def test_validate_only_checks_everything_and_changes_nothing(ads: Any) -> None:
    before = ads.sandbox.status()["objects"]
    response = send(ads, tree(), validate_only=True)
    assert not response.mutate_operation_responses
    assert ads.refused(lambda: send(ads, tree(name=""), validate_only=True))
    assert ads.sandbox.status()["objects"] == before


def test_the_mutable_resource_comes_back_when_asked_for(ads: Any) -> None:
    operation = {"create": ads.campaign_fields()}
    result = ads.mutate("campaigns", operation, response_content_type="MUTABLE_RESOURCE").results[0]
    assert result.campaign.name == "yil-sonu"
    assert result.campaign.bidding_strategy_type.name == "MANUAL_CPC"


def test_an_update_changes_only_what_its_mask_names(ads: Any) -> None:
    campaign = ads.campaign()
    ads.update("campaigns", campaign, ["status"], status="PAUSED", name="not in the mask")
    row = ads.query("SELECT campaign.name, campaign.status FROM campaign")[0]
    assert (row.campaign.name, row.campaign.status.name) == ("yil-sonu", "PAUSED")


def test_a_field_that_the_mask_names_and_the_update_leaves_out_is_cleared(ads: Any) -> None:
    campaign = ads.campaign(end_date_time="2026-12-31 23:59:59")
    ads.update("campaigns", campaign, ["end_date_time"])
    assert not ads.query("SELECT campaign.end_date_time FROM campaign")[0].campaign.end_date_time


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        ([], "field_mask_error.FIELD_MASK_MISSING"),
        (["no_such_field"], "field_mask_error.FIELD_NOT_FOUND"),
        (["network_settings"], "field_mask_error.FIELD_HAS_SUBFIELDS"),
        (["advertising_channel_type"], "field_error.IMMUTABLE_FIELD"),
        (["serving_status"], "field_error.IMMUTABLE_FIELD"),
    ],
)
def test_masks_that_cannot_be_are_refused(ads: Any, paths: list[str], code: str) -> None:
    campaign = ads.campaign()
    assert ads.refused(lambda: ads.update("campaigns", campaign, paths))[0][0] == code


def test_nested_fields_are_updated_alone(ads: Any) -> None:
    campaign = ads.campaign(network_settings={"target_google_search": True, "target_search_network": True})
    ads.update("campaigns", campaign, ["network_settings.target_search_network"])
    row = ads.query(
        "SELECT campaign.network_settings.target_google_search,"
        " campaign.network_settings.target_search_network"
        " FROM campaign"
    )[0]
    settings = row.campaign.network_settings
    assert (settings.target_google_search, settings.target_search_network) == (True, False)


def test_removed_is_final(ads: Any) -> None:
    campaign = ads.campaign()
    ads.mutate("campaigns", {"remove": campaign})
    code = "operation_access_denied_error.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"
    assert ads.refused(lambda: ads.update("campaigns", campaign, ["status"], status="ENABLED"))[0][0] == code
    assert ads.refused(lambda: ads.mutate("campaigns", {"remove": campaign}))[0][0] == code
    assert ads.query("SELECT campaign.status FROM campaign")[0].campaign.status.name == "REMOVED"


def test_nothing_is_added_below_what_is_removed(ads: Any) -> None:
    campaign = ads.campaign()
    ads.mutate("campaigns", {"remove": campaign})
    assert ads.refused(lambda: ads.ad_group(campaign)) == [
        ("context_error.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", "operations.create.campaign")
    ]


def test_a_resource_appears_once_in_a_request(ads: Any) -> None:
    campaign = ads.campaign()
    operation = {
        "update": {"resource_name": campaign, "status": "PAUSED"},
        "update_mask": {"paths": ["status"]},
    }
    refused = ads.refused(lambda: ads.mutate("campaigns", operation, operation))
    assert refused[0][0] == "mutate_error.ID_EXISTS_IN_MULTIPLE_MUTATES"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (f"{ROOT}/campaignBudgets/7", "new_resource_creation_error.CANNOT_SET_ID_FOR_CREATE"),
        (f"{ROOT}/campaigns/-1", "request_error.RESOURCE_NAME_MALFORMED"),
        ("customers/1112223334/campaignBudgets/-1", "request_error.RESOURCE_NAME_MALFORMED"),
    ],
)
def test_names_of_new_resources_are_temporary_ones_of_their_kind(ads: Any, name: str, code: str) -> None:
    assert ads.refused(lambda: ads.budget(resource_name=name))[0] == (code, "operations.create.resource_name")


def test_two_creates_cannot_have_one_temporary_name(ads: Any) -> None:
    operations = [tree()[0], tree()[0]]
    assert (
        ads.refused(lambda: send(ads, operations))[0][0] == "new_resource_creation_error.DUPLICATE_TEMP_IDS"
    )


def test_a_request_has_from_one_to_ten_thousand_operations(ads: Any) -> None:
    assert ads.refused(lambda: ads.mutate("labels"))[0][0] == "request_error.REQUIRED_FIELD_MISSING"
    many = [{"create": {"name": str(n)}} for n in range(10_001)]
    refused = ads.refused(lambda: ads.mutate("labels", *many))
    assert refused == [("request_error.TOO_MANY_MUTATE_OPERATIONS", "operations")]


def test_an_operation_without_content_is_refused(ads: Any) -> None:
    assert ads.refused(lambda: ads.mutate("labels", {}))[0][0] == "request_error.OPERATION_REQUIRED"


def test_an_ad_is_changed_through_its_own_service(ads: Any) -> None:
    _, _, name = ads.tree()
    ad = f"{ROOT}/ads/{name.split('~')[-1]}"
    ads.update("ads", ad, ["final_urls"], final_urls=["https://lezzet.example/yeni"])
    row = ads.query("SELECT ad_group_ad.ad.final_urls, ad_group_ad.ad.type FROM ad_group_ad")[0]
    assert list(row.ad_group_ad.ad.final_urls) == ["https://lezzet.example/yeni"]
    assert row.ad_group_ad.ad.type_.name == "RESPONSIVE_SEARCH_AD"
    assert (
        ads.refused(lambda: ads.update("ad_group_ads", name, ["ad.final_urls"]))[0][0]
        == "field_error.IMMUTABLE_FIELD"
    )


def test_a_removed_keyword_added_again_bears_its_old_name(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    first = ads.keyword(group, "paket servis")
    ads.mutate("ad_group_criteria", {"remove": first})
    assert ads.keyword(group, "paket servis") == first
    row = ads.query("SELECT ad_group_criterion.status FROM ad_group_criterion")[0]
    assert row.ad_group_criterion.status.name == "ENABLED"


def test_the_budget_of_one_campaign_bears_its_name_and_goes_with_it(ads: Any) -> None:
    campaign = ads.campaign()
    fields = ("name", "status", "reference_count")
    text = f"SELECT {', '.join(f'campaign_budget.{field}' for field in fields)} FROM campaign_budget"
    budget = ads.query(text)[0].campaign_budget
    assert (budget.name, budget.reference_count) == ("yil-sonu", 1)
    ads.update("campaigns", campaign, ["name"], name="yeni")
    assert ads.query(text)[0].campaign_budget.name == "yeni"
    ads.mutate("campaigns", {"remove": campaign})
    budget = ads.query(text)[0].campaign_budget
    assert (budget.status.name, budget.reference_count) == ("REMOVED", 0)


def test_the_manager_has_nothing_to_mutate(ads: Any) -> None:
    service = ads.service("LabelService")
    request = {"customer_id": "9876543210", "operations": [{"create": {"name": "x"}}]}
    refused = ads.refused(lambda: service.mutate_labels(request=request))
    assert refused[0][0] == "request_error.CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"
