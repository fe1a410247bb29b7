"""Experiments that run: how the arms share traffic and budget, what is measured, and what fails late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.rpc import status_pb2

from sandbox.market import Conversion
from tests.sandbox_google.conftest import TODAY
from tests.sandbox_google.test_experiments import arm, experiment, running


def lines(ads: Any, day: date = TODAY) -> dict[str, tuple[int, int]]:
    """Campaign's name → its daily budget in micros and the people it reaches."""
    found = ads.sandbox.lines(day)
    assert len({line.budget_id for line in found}) == len(found)
    return {line.name.split("/")[0]: (line.daily_budget_micros, line.audience_size) for line in found}


def scheduled(ads: Any, split: int, **fields: Any) -> str:
    campaign, _, _ = ads.tree()
    of = experiment(ads, **fields)
    ads.mutate(
        "experiment_arms",
        arm(of, campaigns=[campaign], traffic_split=100 - split),
        arm(of, name="deney", control=False, traffic_split=split),
    )
    ads.service("ExperimentService").schedule_experiment(resource_name=of).result(timeout=20)
    return of


@pytest.mark.parametrize("split", [50, 20])
def test_the_arms_share_people_and_budget_by_their_split(ads: Any, split: int) -> None:
    campaign, _, _ = ads.tree()
    ((whole, people),) = lines(ads).values()
    ads.mutate("campaigns", {"remove": campaign})
    scheduled(ads, split)
    found = lines(ads)
    assert found["yil-sonu"] == (whole * (100 - split) // 100, people * (100 - split) // 100)
    assert found["yil-sonu [deney]"] == (whole * split // 100, people * split // 100)


def test_outside_its_dates_an_experiment_leaves_everything_to_its_base(ads: Any) -> None:
    scheduled(ads, 50, start_date="2026-12-05", end_date="2026-12-10")
    before, within, after = (lines(ads, date(2026, 12, day)) for day in (4, 10, 11))
    assert set(before) == set(after) == {"yil-sonu"}
    assert before == after
    assert set(within) == {"yil-sonu", "yil-sonu [deney]"}
    assert 2 * within["yil-sonu"][0] == before["yil-sonu"][0]


def test_an_experiment_that_ended_gives_the_base_its_budget_back(ads: Any) -> None:
    of, _, _ = running(ads)
    half = lines(ads)["yil-sonu"][0]
    ads.service("ExperimentService").end_experiment(experiment=of)
    assert {name: budget for name, (budget, _) in lines(ads).items()} == {"yil-sonu": 2 * half}


METRICS = (
    "metrics.clicks, metrics.control_clicks, metrics.impressions, metrics.control_impressions,"
    " metrics.cost_micros, metrics.control_cost_micros, metrics.conversions, metrics.control_conversions,"
    " metrics.control_cost_per_conversion, metrics.clicks_p_value"
)


def test_an_experiment_tells_the_numbers_of_both_arms_from_its_start_on(ads: Any) -> None:
    ads.tree()
    ads.deliver(TODAY, clicks=999)
    ads.mutate(
        "campaigns", {"remove": ads.query("SELECT campaign.id FROM campaign")[0].campaign.resource_name}
    )
    ads.clock.advance(1)
    scheduled(ads, 50)
    day = TODAY + timedelta(days=1)
    found = sorted(ads.sandbox.lines(day), key=lambda line: "[deney]" in line.name)
    for line, clicks in zip(found, (40, 60), strict=True):
        bought = (Conversion("purchase", 0, clicks // 10, 1_000_000),)
        ads.deliver_line(day, line, clicks=clicks, conversions=bought)
    ads.clock.advance(1)
    metrics = ads.query(f"SELECT {METRICS} FROM experiment")[0].metrics
    assert (metrics.clicks, metrics.control_clicks) == (60, 40)
    assert (metrics.conversions, metrics.control_conversions) == (6.0, 4.0)
    assert metrics.control_cost_per_conversion == metrics.control_cost_micros / 4
    assert "clicks_p_value" not in metrics
    daily = ads.query(
        f"SELECT {METRICS}, segments.date FROM experiment WHERE segments.date DURING LAST_7_DAYS"
    )
    assert [(row.segments.date, row.metrics.control_clicks) for row in daily] == [(day.isoformat(), 40)]


def shared(ads: Any, draft: str) -> None:
    budget = ads.budget(name="ortak", explicitly_shared=True)
    ads.update("campaigns", draft, ["campaign_budget"], campaign_budget=budget)


def taken(ads: Any, draft: str) -> None:
    ads.sandbox.edit(ads.campaign(name="başka"), {"name": "yil-sonu [deney]"})


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (shared, "CANNOT_CREATE_EXPERIMENT_CAMPAIGN_WITH_SHARED_BUDGET"),
        (taken, "DUPLICATE_EXPERIMENT_CAMPAIGN_NAME"),
    ],
)
def test_what_shows_only_while_campaigns_are_made_is_an_error_of_the_operation(
    ads: Any, spoil: Any, code: str
) -> None:
    campaign, _, _ = ads.tree()
    of = experiment(ads)
    made = ads.mutate(
        "experiment_arms",
        arm(of, campaigns=[campaign]),
        arm(of, name="deney", control=False),
        response_content_type="MUTABLE_RESOURCE",
    )
    spoil(ads, made.results[1].experiment_arm.in_design_campaigns[0])
    service = ads.service("ExperimentService")
    assert not list(service.list_experiment_async_errors(resource_name=of))
    with pytest.raises(exceptions.GoogleAPICallError):
        service.schedule_experiment(resource_name=of).result(timeout=20)
    errors: list[status_pb2.Status] = list(service.list_experiment_async_errors(resource_name=of))
    failure = ads.client.get_type("GoogleAdsFailure")
    found = [type(failure).deserialize(detail.value) for error in errors for detail in error.details]
    assert [each.errors[0].error_code.experiment_error.name for each in found] == [code]
    row = ads.query("SELECT experiment.status FROM experiment")[0]
    assert row.experiment.status.name == "SETUP"


@pytest.mark.parametrize(
    ("more", "code"),
    [({"page_size": 1001}, "INVALID_PAGE_SIZE"), ({"page_token": "x"}, "INVALID_PAGE_TOKEN")],
)
def test_errors_are_listed_in_pages(ads: Any, more: dict[str, Any], code: str) -> None:
    request = {"resource_name": experiment(ads), **more}
    service = ads.service("ExperimentService")
    refused = ads.refused(lambda: service.list_experiment_async_errors(request=request))
    assert refused[0][0] == f"request_error.{code}"
