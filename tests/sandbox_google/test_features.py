"""Experiments within one campaign through the SDK: what they need, how they run, and how they end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from google.api_core import exceptions

from tests.sandbox_google.conftest import CUSTOMER, ROOT
from tests.sandbox_google.test_asset_groups import group as asset_group
from tests.sandbox_google.test_asset_groups import links, pmax

DAY = date(2026, 12, 1)
OF = f"{ROOT}/experiments/-1"
FIT = "experiment_arm_error"


def send(ads: Any, *operations: dict[str, Any]) -> list[str]:
    request = {"customer_id": CUSTOMER, "mutate_operations": list(operations)}
    answer = ads.service("GoogleAdsService").mutate(request=request)
    kinds = [next(iter(each)).removesuffix("_operation") for each in operations]
    return [
        getattr(each, f"{kind}_result").resource_name
        for kind, each in zip(kinds, answer.mutate_operation_responses, strict=True)
    ]


def made(kind: str, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"resource_name": OF, "name": "deneme", "type_": kind}
    return {"experiment_operation": {"create": body | fields}}


def arm(campaign: str | None, control: bool, **fields: Any) -> dict[str, Any]:
    body = {"experiment": OF, "name": "kontrol" if control else "deney", "control": control,
            "traffic_split": 50, "campaigns": [campaign] if campaign else []}  # fmt: skip
    return {"experiment_arm_operation": {"create": body | fields}}


def with_ai_max(campaign: str, on: bool = True) -> dict[str, Any]:
    update = {"resource_name": campaign, "ai_max_setting": {"enable_ai_max": on}}
    mask = {"paths": ["ai_max_setting.enable_ai_max"]}
    return {"campaign_operation": {"update": update, "update_mask": mask}}


def ai_max(ads: Any, campaign: str) -> str:
    arms = (arm(campaign, True), arm(campaign, False))
    return send(ads, made("ADOPT_AI_MAX"), *arms, with_ai_max(campaign))[0]


def shown(ads: Any, field: str, resource: str) -> Any:
    kind = field.split(".")[0]
    row = ads.query(f"SELECT {field} FROM {kind} WHERE {kind}.resource_name = '{resource}'")[0]
    value = row
    for part in field.split("."):
        value = getattr(value, part)
    return getattr(value, "name", value)


def test_it_runs_at_once_and_its_campaign_stays_whole(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    before = ads.sandbox.lines(DAY)
    of = ai_max(ads, campaign)
    assert shown(ads, "experiment.status", of) == "ENABLED"
    assert shown(ads, "experiment.start_date", of) == "2026-12-01"
    assert ads.sandbox.lines(DAY) == before
    assert len(ads.query("SELECT campaign.id FROM campaign PARAMETERS include_drafts = true")) == 1


def test_each_arm_is_told_half_of_the_campaigns_numbers(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    ai_max(ads, campaign)
    ads.deliver(DAY, clicks=51)
    metrics = ads.query("SELECT metrics.clicks, metrics.control_clicks FROM experiment")[0].metrics
    assert (metrics.clicks, metrics.control_clicks) == (25, 26)


@pytest.mark.parametrize(
    ("end", "status", "stays"), [("end", "HALTED", False), ("promote", "PROMOTED", True)]
)
def test_the_feature_goes_when_it_ends_and_stays_when_it_is_promoted(
    ads: Any, end: str, status: str, stays: bool
) -> None:
    campaign, _, _ = ads.tree()
    of, service = ai_max(ads, campaign), ads.service("ExperimentService")
    if end == "end":
        service.end_experiment(experiment=of)
    else:
        service.promote_experiment(resource_name=of).result(timeout=20)
    assert shown(ads, "experiment.status", of) == status
    assert shown(ads, "campaign.ai_max_setting.enable_ai_max", campaign) is stays
    assert shown(ads, "campaign.status", campaign) == "ENABLED"


def test_broad_match_comes_by_itself_and_goes_again(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    of = send(ads, made("ADOPT_BROAD_MATCH_KEYWORDS"), arm(campaign, True), arm(campaign, False))[0]
    assert shown(ads, "campaign.keyword_match_type", campaign) == "BROAD"
    ads.service("ExperimentService").end_experiment(experiment=of)
    assert shown(ads, "campaign.keyword_match_type", campaign) == "UNSPECIFIED"


def test_performance_max_is_named_by_the_treatment_alone(ads: Any) -> None:
    campaign, kind = pmax(ads), "PMAX_TEXT_CUSTOMIZATION_FINAL_URL_EXPANSION"
    named = ads.refused(lambda: send(ads, made(kind), arm(campaign, True), arm(campaign, False)))
    assert named[0][0] == f"{FIT}.CANNOT_MODIFY_CAMPAIGN_IDS"
    assert send(ads, made(kind), arm(None, True), arm(campaign, False))


def test_nothing_of_it_is_scheduled_or_graduates(ads: Any) -> None:
    of, service = ai_max(ads, ads.campaign()), ads.service("ExperimentService")
    mapping = {"experiment_campaign": "x", "campaign_budget": "y"}
    request = {"experiment": of, "campaign_budget_mappings": [mapping]}
    for act in (
        lambda: service.schedule_experiment(resource_name=of),
        lambda: service.graduate_experiment(request=request),
    ):
        assert ads.refused(act)[0][0] == "experiment_error.STATUS_TRANSITION_INVALID"


def content_too(ads: Any) -> str:
    network = {"target_google_search": True, "target_content_network": True}
    return str(ads.campaign(network_settings=network))


def uses_it(ads: Any) -> str:
    return str(ads.campaign(ai_max_setting={"enable_ai_max": True}))


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda ads, one: [made("ADOPT_AI_MAX")], "experiment_error.MISSING_EXPERIMENT_ARMS"),
        (
            lambda ads, one: [made("ADOPT_AI_MAX"), arm(one, True), arm(one, False)],
            f"{FIT}.ADOPT_AI_MAX_CAMPAIGN_MISSING_PERFORMANCE_SEARCH_ENABLED",
        ),
        (
            lambda ads, one: [made("ADOPT_AI_MAX"), arm(uses_it(ads), True)],
            f"{FIT}.ADOPT_AI_MAX_CAMPAIGN_ALREADY_ENABLED",
        ),
        (
            lambda ads, one: [made("ADOPT_BROAD_MATCH_KEYWORDS"), arm(content_too(ads), True)],
            f"{FIT}.SEARCH_PLUS_CAMPAIGN_NOT_ALLOWED",
        ),
        (
            lambda ads, one: [made("ADOPT_AI_MAX", status="SETUP"), arm(one, True), arm(one, False)],
            "experiment_error.INVALID_STATUS",
        ),
        (
            lambda ads, one: [made("ADOPT_AI_MAX", sync_enabled=True)],
            "experiment_error.CANNOT_ENABLE_SYNC_FOR_UNSUPPORTED_EXPERIMENT_TYPE",
        ),
        (
            lambda ads, one: [made("ADOPT_AI_MAX"), arm(one, True, traffic_split=40)],
            "experiment_error.INVALID_TRIAL_ARM_TRAFFIC_SPLIT",
        ),
        (
            lambda ads, one: [made("ADOPT_AI_MAX"), arm(one, True), arm(content_too(ads), False)],
            f"{FIT}.CANNOT_SET_TREATMENT_ARM_CAMPAIGN",
        ),
        (
            lambda ads, one: [made("PMAX_TEXT_CUSTOMIZATION_FINAL_URL_EXPANSION"), arm(one, False)],
            "experiment_error.INVALID_CAMPAIGN_CHANNEL_TYPE",
        ),
        (lambda ads, one: [made("OPTIMIZE_ASSETS")], "field_error.REQUIRED"),
    ],
)
def test_what_such_an_experiment_needs(ads: Any, build: Any, code: str) -> None:
    operations = build(ads, ads.campaign(name="ana"))
    assert code in {found for found, _ in ads.refused(lambda: send(ads, *operations))}
    assert ads.query("SELECT experiment.experiment_id FROM experiment") == []


def test_a_campaign_is_in_one_such_experiment_at_a_time(ads: Any) -> None:
    campaign = ads.campaign()
    ai_max(ads, campaign)
    again = (made("ADOPT_BROAD_MATCH_KEYWORDS", name="ikinci"), arm(campaign, True), arm(campaign, False))
    found = {code for code, _ in ads.refused(lambda: send(ads, *again))}
    assert "experiment_error.OVERLAPPING_MEMBERS_AND_DATE_RANGE" in found


# -- other assets -------------------------------------------------------------------------------------------

INFO = {"optimize_assets_experiment": {"optimize_assets_experiment_subtype": "COMPARE_ASSETS"}}


def compared(ads: Any, **fields: Any) -> list[dict[str, Any]]:
    """An experiment with a new headline: `control` and `treatment` are the assets of the arms."""
    campaign = pmax(ads)
    asset_group(ads, campaign, links(ads))
    group = ads.query("SELECT asset_group.resource_name FROM asset_group")[0].asset_group.resource_name
    asset = ads.create("assets", text_asset={"text": "Yepyeni bir başlık"})
    new = {"asset": asset, "field_type": "HEADLINE"}
    given = {"control": [], "treatment": [new], "linked": True} | fields
    tried = [new if each == "new" else each for each in given["treatment"]]
    base = [new if each == "new" else each for each in given["control"]]
    operations = [
        made("OPTIMIZE_ASSETS", **INFO),
        arm(campaign, True, asset_groups=[{"asset_group": group, "asset_group_assets": base}]),
        arm(campaign, False, asset_groups=[{"asset_group": group, "asset_group_assets": tried}]),
    ]
    if given["linked"]:
        operations.append({"asset_group_asset_operation": {"create": {"asset_group": group, **new}}})
    return operations


def test_assets_are_compared_within_an_asset_group(ads: Any) -> None:
    of = send(ads, *compared(ads))[0]
    assert shown(ads, "experiment.status", of) == "ENABLED"
    assert len(ads.sandbox.lines(DAY)) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"linked": False}, "mutate_error.RESOURCE_NOT_FOUND"),
        ({"treatment": ["new", "new"]}, f"{FIT}.DUPLICATE_ASSET_GROUP_ASSETS_IN_ONE_ARM"),
        ({"control": ["new"]}, f"{FIT}.DUPLICATE_ASSET_GROUP_ASSETS_BETWEEN_ARMS"),
    ],
)
def test_which_assets_may_be_compared(ads: Any, fields: dict[str, Any], code: str) -> None:
    operations = compared(ads, **fields)
    assert code in {found for found, _ in ads.refused(lambda: send(ads, *operations))}


@pytest.mark.parametrize("kind", ["COMPARE_CAMPAIGNS", "PMAX_REPLACEMENT_SHOPPING", "HOTEL_CUSTOM"])
def test_other_types_are_named_as_not_reproduced(ads: Any, kind: str) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match=kind):
        ads.create("experiments", name="x", type_=kind)
