"""Rules that no other test breaks, each broken once; and that every rule is broken somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from google.ads.googleads.client import GoogleAdsClient

import sandbox.google
from sandbox.google import images
from sandbox.google.messages import message
from tests.contract.brand import png
from tests.sandbox_google.conftest import CUSTOMER, MANAGER, ROOT, rsa
from tests.sandbox_google.test_asset_groups import group, links, pmax
from tests.sandbox_google.test_experiments import arm, arms, experiment, running
from tests.sandbox_google.test_goals import action, config
from tests.sandbox_google.test_shopping import Tree
from tests.sandbox_google.test_shopping import campaign as shop
from tests.sandbox_google.test_userlists import made, operand

# -- campaigns, budgets, bids -------------------------------------------------------------------------------


def without_networks(ads: Any) -> Any:
    return ads.campaign(network_settings={"target_google_search": False, "target_content_network": False})


def with_removed(ads: Any, kind: str) -> Any:
    if kind == "budget":
        budget = ads.budget(name="eski", explicitly_shared=True)
        ads.mutate("campaign_budgets", {"remove": budget})
        return ads.campaign(campaign_budget=budget)
    strategy = ads.create("bidding_strategies", name="eski", target_spend={})
    ads.mutate("bidding_strategies", {"remove": strategy})
    return ads.campaign(manual_cpc=None, bidding_strategy=strategy)


def another_scheme(ads: Any) -> Any:
    strategy = ads.create("bidding_strategies", name="p", target_spend={})
    return ads.update("bidding_strategies", strategy, ["target_cpa.target_cpa_micros"],
                      target_cpa={"target_cpa_micros": 5_000_000})  # fmt: skip


def shared_without_name(ads: Any) -> Any:
    budget = ads.budget()
    ads.campaign(campaign_budget=budget)
    return ads.update("campaign_budgets", budget, ["explicitly_shared"], explicitly_shared=True)


TOTAL = {"period": "CUSTOM_PERIOD", "type_": "STANDARD", "explicitly_shared": False}


def removed_ad(ads: Any) -> Any:
    _, _, ad = ads.tree()
    ads.mutate("ad_group_ads", {"remove": ad})
    return ads.update("ad_group_ads", ad, ["status"], status="PAUSED")


def seventh_interval(ads: Any) -> Any:
    campaign = ads.campaign()
    for hour in range(7):
        day = {"day_of_week": "MONDAY", "start_minute": "ZERO", "end_minute": "ZERO"}
        span = day | {"start_hour": 2 * hour, "end_hour": 2 * hour + 1}
        found = ads.create("campaign_criteria", campaign=campaign, ad_schedule=span)
    return found


def faint_modifier(ads: Any) -> Any:
    place = {"geo_target_constant": "geoTargetConstants/2792"}
    return ads.create("campaign_criteria", campaign=ads.campaign(), location=place, bid_modifier=0.01)


def paid_in_total(ads: Any, end: str | None, **fields: Any) -> Any:
    budget = ads.create("campaign_budgets", **TOTAL, total_amount_micros=50_000_000)
    ends = {"end_date_time": f"{end} 23:59:59"} if end else {}
    return ads.campaign(campaign_budget=budget, **ends, **fields)


def from_daily_to_total(ads: Any) -> Any:
    campaign = ads.campaign(end_date_time="2026-12-31 23:59:59")
    budget = ads.create("campaign_budgets", **TOTAL, total_amount_micros=50_000_000)
    return ads.update("campaigns", campaign, ["campaign_budget"], campaign_budget=budget)


MANAGEMENT: list[tuple[Any, str]] = [
    (lambda ads: paid_in_total(ads, None), "campaign_error.END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET"),
    (lambda ads: paid_in_total(ads, "2027-03-01"), "campaign_error.DURATION_TOO_LONG_FOR_TOTAL_BUDGET"),
    (lambda ads: paid_in_total(ads, "2026-12-02"), "campaign_budget_error.INVALID_PERIOD"),
    (
        lambda ads: paid_in_total(ads, "2026-12-31", advertising_channel_type="DISPLAY"),
        "campaign_budget_error.INVALID_PERIOD",
    ),
    (from_daily_to_total, "campaign_budget_error.INVALID_PERIOD"),
    (without_networks, "campaign_error.CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK"),
    (lambda ads: with_removed(ads, "budget"), "campaign_budget_error.CAMPAIGN_BUDGET_REMOVED"),
    (lambda ads: with_removed(ads, "strategy"), "bidding_error.CANNOT_ATTACH_BIDDING_STRATEGY_TO_CAMPAIGN"),
    (another_scheme, "bidding_strategy_error.CANNOT_CHANGE_BIDDING_STRATEGY_TYPE"),
    (
        shared_without_name,
        "campaign_budget_error.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_EXPLICITLY_SHARED_WITHOUT_NAME",
    ),
    (
        lambda ads: ads.budget(**TOTAL, total_amount_micros=10_000_000),
        "campaign_budget_error.BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD",
    ),
    (lambda ads: ads.budget(amount_micros=10**18), "campaign_budget_error.MONEY_AMOUNT_TOO_LARGE"),
    (removed_ad, "ad_group_ad_error.CANNOT_OPERATE_ON_REMOVED_ADGROUPAD"),
    (seventh_interval, "criterion_error.AD_SCHEDULE_EXCEEDED_INTERVALS_PER_DAY_LIMIT"),
    (faint_modifier, "range_error.TOO_LOW"),
    (
        lambda ads: ads.mutate("labels", {"update": {"name": "x"}, "update_mask": {"paths": ["name"]}}),
        "request_error.RESOURCE_NAME_MISSING",
    ),
    (lambda ads: ads.ad_group(ads.campaign(), name="a\x00b"), "ad_group_error.INVALID_ADGROUP_NAME"),
    (lambda ads: ads.create("labels", name="a\x00b"), "label_error.INVALID_LABEL_NAME"),
    (
        lambda ads: ads.create(
            "user_lists", name="a\x00b", crm_based_user_list={"upload_key_type": "CRM_ID"}
        ),
        "user_list_error.INVALID_NAME",
    ),
]


# -- ads, labels, assets ------------------------------------------------------------------------------------


def ad_of(ads: Any, **ad: Any) -> Any:
    return ads.ad(ads.ad_group(ads.campaign()), ad=ad)


def ad_to(url: str) -> Any:
    return lambda ads: ad_of(ads, **(rsa() | {"final_urls": [url]}))


def labelled_negative(ads: Any) -> Any:
    keyword = ads.keyword(ads.ad_group(ads.campaign()), "tarif", negative=True)
    label = ads.create("labels", name="x")
    return ads.create("ad_group_criterion_labels", ad_group_criterion=keyword, label=label)


def labelled_twice(ads: Any, kind: str) -> Any:
    _, group, ad = ads.tree()
    label = ads.create("labels", name="x")
    owners = {"ad_group": group, "ad_group_ad": ad, "ad_group_criterion": ads.keyword(group, "üçüncü")}
    ads.create(f"{kind}_labels", **{kind: owners[kind], "label": label})
    return ads.create(f"{kind}_labels", **{kind: owners[kind], "label": label})


def linked(ads: Any, kind: str, role: str, **owner: str) -> Any:
    asset = ads.create("assets", text_asset={"text": "metin"})
    return ads.create(kind, asset=asset, field_type=role, **owner)


def huge_image(ads: Any) -> Any:
    data = png(9, 600, 314) + b"\0" * images.LARGEST
    return ads.create("assets", name="dev", image_asset={"data": data})


def asset_group(ads: Any, campaign: str, name: str = "grup") -> str:
    answers = group(ads, campaign, links(ads), name=name).mutate_operation_responses
    return str(answers[0].asset_group_result.resource_name)


def audience(ads: Any, user_list: str, **fields: Any) -> str:
    segment = {"user_list": {"user_list": user_list}}
    given = {"name": "kitle", "dimensions": [{"audience_segments": {"segments": [segment]}}]}
    return str(ads.create("audiences", **(given | fields)))


def second_signal(ads: Any) -> Any:
    owner, people = asset_group(ads, pmax(ads)), made(ads, operand())
    for name in ("bir", "iki"):
        signal = {"audience": audience(ads, people, name=name)}
        found = ads.create("asset_group_signals", asset_group=owner, audience=signal)
    return found


def signal_of_another(ads: Any) -> Any:
    campaign, people = pmax(ads), made(ads, operand())
    owner, other = asset_group(ads, campaign), asset_group(ads, campaign, "öteki")
    scoped = audience(ads, people, name="", scope="ASSET_GROUP", asset_group=other)
    return ads.create("asset_group_signals", asset_group=owner, audience={"audience": scoped})


def custom_goal(ads: Any, *names: str, of: str = "Purchase") -> Any:
    for name in names or ("satış",):
        found = ads.create("custom_conversion_goals", name=name, conversion_actions=[action(ads, of)])
        of = "Lead"
    return found


def removed_action(ads: Any) -> Any:
    ads.mutate("conversion_actions", {"remove": action(ads)})
    return custom_goal(ads)


def custom_goal_of_the_account(ads: Any) -> Any:
    name, custom = config(ads.campaign()), custom_goal(ads)
    paths = ["custom_conversion_goal", "goal_config_level"]
    return ads.update("conversion_goal_campaign_configs", name, paths,
                      custom_conversion_goal=custom, goal_config_level="CUSTOMER")  # fmt: skip


def rooted_in_a_brand(ads: Any) -> Any:
    tree = Tree(ads.ad_group(shop(ads), type_="SHOPPING_PRODUCT_ADS"))
    body = {"type_": "SUBDIVISION", "case_value": {"product_brand": {"value": "x"}}}
    tree.add("SUBDIVISION")
    create = tree.operations[0]["ad_group_criterion_operation"]["create"]
    create["listing_group"] = body
    return tree.send(ads)


ADS: list[tuple[Any, str]] = [
    (lambda ads: ad_of(ads, expanded_text_ad={}), "ad_group_ad_error.CANNOT_CREATE_DEPRECATED_ADS"),
    (lambda ads: ad_of(ads, text_ad={"headline": "x"}), "ad_group_ad_error.CANNOT_CREATE_TEXT_ADS"),
    (ad_to("ftp://lezzet.example"), "url_field_error.INVALID_PROTOCOL_IN_FINAL_URL"),
    (ad_to("https:///siparis"), "url_field_error.MISSING_HOST_IN_FINAL_URL"),
    (ad_to("https://lezzet.example/iki kelime"), "url_field_error.MALFORMED_FINAL_URL"),
    (labelled_negative, "label_error.CANNOT_APPLY_LABEL_TO_NEGATIVE_AD_GROUP_CRITERION"),
    (lambda ads: labelled_twice(ads, "ad_group"), "ad_group_error.ADGROUP_LABEL_ALREADY_EXISTS"),
    (lambda ads: labelled_twice(ads, "ad_group_ad"), "ad_group_ad_error.AD_GROUP_AD_LABEL_ALREADY_EXISTS"),
    (
        lambda ads: labelled_twice(ads, "ad_group_criterion"),
        "ad_group_criterion_error.AD_GROUP_CRITERION_LABEL_ALREADY_EXISTS",
    ),
    (
        lambda ads: linked(ads, "campaign_assets", "LONG_HEADLINE", campaign=ads.campaign()),
        "asset_link_error.UNSUPPORTED_FIELD_TYPE",
    ),
    (huge_image, "image_error.FILE_TOO_LARGE"),
    (second_signal, "criterion_error.ONE_AUDIENCE_ALLOWED_PER_ASSET_GROUP"),
    (signal_of_another, "asset_group_signal_error.AUDIENCE_WITH_WRONG_ASSET_GROUP_ID"),
    (removed_action, "custom_conversion_goal_error.CONVERSION_ACTION_NOT_ENABLED"),
    (
        lambda ads: custom_goal(ads, "satış", "satış"),
        "custom_conversion_goal_error.CUSTOM_GOAL_DUPLICATE_NAME",
    ),
    (custom_goal_of_the_account, "field_error.INVALID_VALUE"),
    (rooted_in_a_brand, "criterion_error.INVALID_LISTING_DIMENSION"),
    (
        lambda ads: pmax(ads, shopping_setting={"merchant_id": 5500000001, "enable_local": True}),
        "campaign_error.SHOPPING_ENABLE_LOCAL_NOT_SUPPORTED_FOR_CAMPAIGN_TYPE",
    ),
]


# -- experiments --------------------------------------------------------------------------------------------


def ended(ads: Any) -> Any:
    of, _, _ = running(ads)
    ads.service("ExperimentService").end_experiment(experiment=of)
    return ads.update("experiments", of, ["name"], name="yeni")


def graduated_by_hand(ads: Any) -> Any:
    return ads.update("experiments", experiment(ads), ["status"], status="GRADUATED")


def moved_split(ads: Any) -> Any:
    running(ads)
    name = ads.query("SELECT experiment_arm.name FROM experiment_arm")[0].experiment_arm.resource_name
    return ads.update("experiment_arms", name, ["traffic_split"], traffic_split=40)


def moved_campaign(ads: Any) -> Any:
    arms(ads, experiment(ads), ads.campaign())
    rows = ads.query("SELECT experiment_arm.control FROM experiment_arm")
    name = next(row.experiment_arm.resource_name for row in rows if row.experiment_arm.control)
    other = ads.campaign(name="başka")
    return ads.update("experiment_arms", name, ["campaigns"], campaigns=[other])


def third_arm(ads: Any) -> Any:
    of, campaign = experiment(ads), ads.campaign()
    arms(ads, of, campaign, 40)
    return ads.mutate("experiment_arms", arm(of, name="üç", control=False, traffic_split=10))


def control_arm(ads: Any, campaigns: list[str]) -> Any:
    return ads.mutate("experiment_arms", arm(experiment(ads), campaigns=campaigns))


def without_suffix(ads: Any) -> Any:
    of = experiment(ads, suffix="")
    return ads.mutate("experiment_arms", arm(of, name="deney", control=False))


def removed_base(ads: Any) -> Any:
    campaign = ads.campaign()
    ads.mutate("campaigns", {"remove": campaign})
    return control_arm(ads, [campaign])


def total_budget(ads: Any) -> Any:
    budget = ads.create("campaign_budgets", **TOTAL, total_amount_micros=50_000_000)
    end = {"end_date_time": "2026-12-31 23:59:59"}
    return control_arm(ads, [ads.campaign(campaign_budget=budget, **end)])


def scheduled(ads: Any, *said: dict[str, Any], undeclared: bool = False) -> Any:
    of, campaign = experiment(ads), ads.campaign()
    given = [each | {"experiment": of} for each in said] or [
        {"name": "kontrol", "control": True, "traffic_split": 50, "campaigns": [campaign], "experiment": of},
        {"name": "deney", "traffic_split": 50, "experiment": of},
    ]
    ads.mutate("experiment_arms", *({"create": each} for each in given))
    if undeclared:
        ads.sandbox.edit(campaign, {"contains_eu_political_advertising": None})
    return ads.service("ExperimentService").schedule_experiment(resource_name=of)


def begun(ads: Any, **fields: Any) -> str:
    """An experiment under way."""
    of, campaign = experiment(ads, **fields), ads.campaign()
    arms(ads, of, campaign)
    ads.service("ExperimentService").schedule_experiment(resource_name=of).result(timeout=20)
    return str(of)


def start_moved(ads: Any) -> Any:
    return ads.update("experiments", begun(ads), ["start_date"], start_date="2026-12-05")


def end_moved(ads: Any) -> Any:
    of = begun(ads, end_date="2026-12-03")
    ads.clock.advance(5)
    return ads.update("experiments", of, ["end_date"], end_date="2026-12-20")


def removed_by_status(ads: Any) -> Any:
    return ads.update("experiments", experiment(ads), ["status"], status="REMOVED")


def removed_while_made(ads: Any) -> Any:
    of, campaign = experiment(ads), ads.campaign()
    arms(ads, of, campaign)
    ads.service("ExperimentService").schedule_experiment(resource_name=of)
    return ads.mutate("experiments", {"remove": of})


def base_ends_before(ads: Any) -> Any:
    of = experiment(ads, end_date="2026-12-20")
    base = ads.campaign(end_date_time="2026-12-10 23:59:59")
    return ads.mutate("experiment_arms", arm(of, campaigns=[base]))


def twice_at_a_time(ads: Any, then: str = "") -> Any:
    first, campaign = experiment(ads, end_date="2026-12-10"), ads.campaign()
    arms(ads, first, campaign)
    ads.service("ExperimentService").schedule_experiment(resource_name=first).result(timeout=20)
    second = experiment(ads, name="ikinci", suffix="[iki]", **({"start_date": then} if then else {}))
    arms(ads, second, campaign)
    return ads.service("ExperimentService").schedule_experiment(resource_name=second).result(timeout=20)


EXPERIMENTS: list[tuple[Any, str]] = [
    (start_moved, "experiment_error.START_DATE_ALREADY_PASSED"),
    (end_moved, "experiment_error.CANNOT_MODIFY_PAST_END_DATE"),
    (
        lambda ads: experiment(ads, start_date="2028-01-01"),
        "experiment_error.START_DATE_TOO_FAR_IN_FUTURE",
    ),
    (removed_by_status, "experiment_error.CANNOT_SET_STATUS_TO_REMOVED"),
    (removed_while_made, "experiment_error.CANNOT_REMOVE_IN_CREATION_EXPERIMENT"),
    (base_ends_before, "experiment_arm_error.CANNOT_ADD_BASE_CAMPAIGN_WITH_DATE_RANGE"),
    (twice_at_a_time, "experiment_error.OVERLAPPING_MEMBERS_AND_DATE_RANGE"),
    (ended, "experiment_error.CANNOT_MODIFY_REMOVED_EXPERIMENT"),
    (graduated_by_hand, "experiment_error.CANNOT_SET_STATUS_TO_GRADUATED"),
    (moved_split, "experiment_arm_error.CANNOT_MUTATE_TRAFFIC_SPLIT_AFTER_START"),
    (moved_campaign, "experiment_arm_error.CANNOT_MODIFY_CAMPAIGN_IDS"),
    (third_arm, "experiment_arm_error.EXPERIMENT_ARM_COUNT_LIMIT_EXCEEDED"),
    (
        lambda ads: control_arm(ads, [f"{ROOT}/campaigns/1", f"{ROOT}/campaigns/2"]),
        "experiment_arm_error.TOO_MANY_CAMPAIGNS_IN_EXPERIMENT_ARM",
    ),
    (without_suffix, "experiment_arm_error.CANNOT_MODIFY_CAMPAIGN_WITHOUT_SUFFIX_SET"),
    (removed_base, "experiment_arm_error.INVALID_CAMPAIGN_STATUS"),
    (total_budget, "experiment_arm_error.CANNOT_ADD_CAMPAIGN_WITH_CUSTOM_BUDGET"),
    (
        lambda ads: scheduled(ads, {"name": "a", "traffic_split": 50}, {"name": "b", "traffic_split": 50}),
        "experiment_error.IN_DESIGN_CAMPAIGNS_NOT_SET",
    ),
    (
        lambda ads: scheduled(ads, undeclared=True),
        "experiment_error.MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION",
    ),
]


def test_a_campaign_may_be_in_one_experiment_after_the_other(ads: Any) -> None:
    assert twice_at_a_time(ads, "2026-12-11") is not None


# -- reading, places, batches -------------------------------------------------------------------------------


def search(ads: Any, **more: Any) -> Any:
    query = "SELECT campaign.id FROM campaign"
    service = ads.service("GoogleAdsService")
    return service.search(request={"customer_id": CUSTOMER, "query": query} | more)


def forgotten_pages(ads: Any) -> Any:
    import base64
    import json

    token = base64.urlsafe_b64encode(json.dumps([10_000, "SELECT campaign.id FROM campaign"]).encode())
    return search(ads, page_token=token.decode())


def suggest(ads: Any, names: list[str], country: str = "TR") -> Any:
    request = {"country_code": country, "location_names": {"names": names}}
    return ads.service("GeoTargetConstantService").suggest_geo_target_constants(request=request)


def huge_batch(ads: Any) -> Any:
    service = ads.service("BatchJobService")
    job = service.mutate_batch_job(customer_id=CUSTOMER, operation={"create": {}}).result.resource_name
    label = {"label_operation": {"create": {"name": "x" * 11_000_000}}}
    return service.add_batch_job_operations(resource_name=job, mutate_operations=[label])


READING: list[tuple[Any, str]] = [
    (
        lambda ads: search(ads, validate_only=True, page_token="x"),
        "request_error.VALIDATE_ONLY_REQUEST_HAS_PAGE_TOKEN",
    ),
    (forgotten_pages, "request_error.EXPIRED_PAGE_TOKEN"),
    (lambda ads: suggest(ads, ["a"] * 26), "geo_target_constant_suggestion_error.LOCATION_NAME_LIMIT"),
    (
        lambda ads: suggest(ads, ["a"], "Türkiye"),
        "geo_target_constant_suggestion_error.INVALID_COUNTRY_CODE",
    ),
    (
        lambda ads: ads.query("SELECT customer.id FROM customer WHERE customer.manager = 'belki'"),
        "query_error.BAD_VALUE",
    ),
    (huge_batch, "batch_job_error.REQUEST_TOO_LARGE"),
]


@pytest.mark.parametrize(("act", "code"), [*MANAGEMENT, *ADS, *EXPERIMENTS, *READING])
def test_what_breaks_the_rule_is_refused_with_its_code(ads: Any, act: Any, code: str) -> None:
    assert code in [found for found, _ in ads.refused(lambda: act(ads))]


def test_a_login_customer_is_ten_digits(ads: Any) -> None:
    client = GoogleAdsClient(
        ads.client.credentials,
        endpoint=ads.sandbox.endpoints()["endpoint"],
        login_customer_id=MANAGER,
        use_proto_plus=True,
    )
    client.login_customer_id = "98765"
    service = ads.service("GoogleAdsService", client=client)
    request = {"customer_id": CUSTOMER, "query": "SELECT campaign.id FROM campaign"}
    refused = ads.refused(lambda: list(service.search_stream(request=request)))
    assert refused[0][0] == "header_error.INVALID_LOGIN_CUSTOMER_ID"


# -- every rule has its test --------------------------------------------------------------------------------

# Names of error codes in the source that are no rule of this account: who may call is tested by status, and
# these are also words for other things.
ELSEWHERE = {
    "OAUTH_TOKEN_HEADER_INVALID", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_EXPIRED", "UNSUPPORTED_VERSION",
    "CAMPAIGN_ENDED", "NOT_FOUND",
}  # fmt: skip


def codes() -> set[str]:
    """All that the platform's error codes are called."""
    fields = message("errors.types.errors", "ErrorCode").DESCRIPTOR.fields
    return {value.name for field in fields for value in field.enum_type.values if "_" in value.name}


def test_every_error_code_that_the_stand_in_gives_is_met_by_a_test() -> None:
    known, given = codes(), dict[str, str]()
    for path in sorted(Path(sandbox.google.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                given.setdefault(node.value, f"{path.name}:{node.lineno}")
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    met = set(re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", "\n".join(texts)))
    assert len(given) > 250
    assert {code: at for code, at in given.items() if code not in met | ELSEWHERE} == {}
