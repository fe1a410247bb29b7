"""Experiments through the SDK: arms, drafts, scheduling, the three ends, and what is refused on the way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.conftest import CUSTOMER

SHARES = "experiment_error.SUM_TRIAL_ARM_TRAFFIC_UNEQUALS_TO_TRIAL_TRAFFIC_SPLIT_DENOMINATOR"


def experiment(ads: Any, **fields: Any) -> str:
    given = {"name": "menü mü müzik mi", "type_": "SEARCH_CUSTOM", "suffix": "[deney]", "status": "SETUP"}
    return str(ads.create("experiments", **(given | fields)))


def arm(of: str, **fields: Any) -> dict[str, Any]:
    return {"create": {"experiment": of, "name": "kontrol", "control": True, "traffic_split": 50} | fields}


def arms(ads: Any, of: str, campaign: str, split: int = 50) -> list[str]:
    made = ads.mutate(
        "experiment_arms",
        arm(of, campaigns=[campaign]),
        arm(of, name="deney", control=False, traffic_split=split),
        response_content_type="MUTABLE_RESOURCE",
    )
    return [*made.results[1].experiment_arm.in_design_campaigns]


def running(ads: Any) -> tuple[str, str, str]:
    """A scheduled experiment: itself, its base campaign, its treatment."""
    campaign, _, _ = ads.tree()
    of = experiment(ads)
    (draft,) = arms(ads, of, campaign)
    ads.service("ExperimentService").schedule_experiment(resource_name=of).result(timeout=20)
    return of, campaign, draft


def status(ads: Any) -> str:
    return str(ads.query("SELECT experiment.status FROM experiment")[0].experiment.status.name)


def names(ads: Any, parameters: str = "") -> set[str]:
    return {row.campaign.name for row in ads.query(f"SELECT campaign.name FROM campaign {parameters}")}


def test_a_treatment_arm_gets_a_draft_of_everything_that_only_those_who_ask_see(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    (draft,) = arms(ads, experiment(ads), campaign)
    assert names(ads) == {"yil-sonu"}
    assert names(ads, "PARAMETERS include_drafts = true") == {"yil-sonu", "yil-sonu [deney]"}
    ads.update("campaigns", draft, ["name"], name="değişti")
    assert "değişti" in names(ads, "PARAMETERS include_drafts = true")
    assert len(ads.query("SELECT ad_group_criterion.keyword.text FROM ad_group_criterion")) == 2
    query = "SELECT ad_group_ad.ad.id, campaign.name FROM ad_group_ad PARAMETERS include_drafts = true"
    assert {row.campaign.name for row in ads.query(query)} == {"yil-sonu", "değişti"}


def test_a_scheduled_experiment_runs_beside_its_base_and_ends_at_once(ads: Any) -> None:
    of, _, draft = running(ads)
    assert status(ads) == "ENABLED"
    row = ads.query(
        f"SELECT campaign.experiment_type FROM campaign WHERE campaign.resource_name = '{draft}'"
    )[0]
    assert row.campaign.experiment_type.name == "EXPERIMENT"
    ads.service("ExperimentService").end_experiment(experiment=of)
    assert status(ads) == "HALTED"
    row = ads.query(f"SELECT campaign.status FROM campaign WHERE campaign.resource_name = '{draft}'")[0]
    assert row.campaign.status.name == "REMOVED"


def test_what_is_promoted_becomes_the_bases_own(ads: Any) -> None:
    of, base, treatment = running(ads)
    ads.update("campaigns", treatment, ["maximize_conversions.target_cpa_micros"],
               maximize_conversions={"target_cpa_micros": 40_000_000})  # fmt: skip
    ads.service("ExperimentService").promote_experiment(resource_name=of).result(timeout=20)
    columns = "campaign.name, campaign.maximize_conversions.target_cpa_micros"
    row = ads.query(f"SELECT {columns} FROM campaign WHERE campaign.resource_name = '{base}'")[0]
    assert (row.campaign.name, row.campaign.maximize_conversions.target_cpa_micros) == (
        "yil-sonu",
        40_000_000,
    )
    assert status(ads) == "PROMOTED"


def test_what_graduates_stands_alone_with_a_budget_of_its_own(ads: Any) -> None:
    of, _, treatment = running(ads)
    mapping = {
        "experiment_campaign": treatment,
        "campaign_budget": ads.budget(name="yeni", explicitly_shared=True),
    }
    service = ads.service("ExperimentService")
    service.graduate_experiment(request={"experiment": of, "campaign_budget_mappings": [mapping]})
    assert status(ads) == "GRADUATED"
    again = ads.refused(lambda: service.end_experiment(experiment=of))
    assert again[0][0] == "experiment_error.STATUS_TRANSITION_INVALID"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "ENABLED"}, "INVALID_STATUS"),
        ({"start_date": "2026-11-01"}, "CANNOT_SET_START_DATE_IN_PAST"),
        ({"end_date": "2026-11-01"}, "CANNOT_SET_END_DATE_IN_PAST"),
        ({"start_date": "2026-12-20", "end_date": "2026-12-10"}, "END_DATE_BEFORE_START_DATE"),
    ],
)
def test_what_an_experiment_may_say(ads: Any, fields: dict[str, Any], code: str) -> None:
    assert ads.refused(lambda: experiment(ads, **fields))[0][0] == f"experiment_error.{code}"


def test_names_of_experiments_differ(ads: Any) -> None:
    experiment(ads)
    assert ads.refused(lambda: experiment(ads))[0][0] == "experiment_error.DUPLICATE_EXPERIMENT_NAME"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"control": True, "name": "b"}, "experiment_error.CANNOT_HAVE_MULTIPLE_CONTROL_ARMS"),
        ({"control": False}, "experiment_arm_error.DUPLICATE_EXPERIMENT_ARM_NAME"),
        ({"control": False, "name": "b", "traffic_split": 60}, SHARES),
        (
            {"control": False, "name": "b", "traffic_split": 0},
            "experiment_error.INVALID_TRIAL_ARM_TRAFFIC_SPLIT",
        ),
        (
            {"control": False, "name": "b", "campaigns": ["customers/1234567890/campaigns/1"]},
            "experiment_arm_error.CANNOT_SET_TREATMENT_ARM_CAMPAIGN",
        ),
    ],
)
def test_what_a_second_arm_may_be(ads: Any, second: dict[str, Any], code: str) -> None:
    campaign, of = ads.campaign(), experiment(ads)
    first = arm(of, campaigns=[campaign])
    other = arm(of, **({"campaigns": [campaign]} if second.get("control") else {}), **second)
    assert code in [each for each, _ in ads.refused(lambda: ads.mutate("experiment_arms", first, other))]


@pytest.mark.parametrize(
    ("campaign", "code"),
    [
        ({"advertising_channel_type": "DISPLAY"}, "experiment_error.INVALID_CAMPAIGN_CHANNEL_TYPE"),
        ({"shared": True}, "experiment_arm_error.CANNOT_ADD_CAMPAIGN_WITH_SHARED_BUDGET"),
    ],
)
def test_which_campaign_a_control_arm_takes(ads: Any, campaign: dict[str, Any], code: str) -> None:
    shared = (
        {"campaign_budget": ads.budget(name="ortak", explicitly_shared=True)}
        if campaign.pop("shared", 0)
        else {}
    )
    base, of = ads.campaign(**campaign, **shared), experiment(ads)
    refused = ads.refused(lambda: ads.mutate("experiment_arms", arm(of, campaigns=[base])))
    assert refused[0][0] == code


@pytest.mark.parametrize(
    ("split", "code"), [(None, "experiment_error.MISSING_EXPERIMENT_ARMS"), (40, SHARES)]
)
def test_an_experiment_is_scheduled_whole(ads: Any, split: int | None, code: str) -> None:
    campaign, of = ads.campaign(), experiment(ads)
    if split:
        arms(ads, of, campaign, split)
    service = ads.service("ExperimentService")
    assert ads.refused(lambda: service.schedule_experiment(resource_name=of))[0][0] == code


def test_what_has_not_begun_does_not_end(ads: Any) -> None:
    of, service = experiment(ads), ads.service("ExperimentService")
    refused = ads.refused(lambda: service.end_experiment(experiment=of))
    assert refused == [("experiment_error.EXPERIMENT_NOT_YET_STARTED", "experiment")]
    unknown = f"customers/{CUSTOMER}/experiments/1"
    assert ads.refused(lambda: service.promote_experiment(resource_name=unknown))[0][0] == (
        "mutate_error.RESOURCE_NOT_FOUND"
    )
