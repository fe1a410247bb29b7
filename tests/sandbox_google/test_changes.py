"""The change history through the SDK: what is told of a change, to whom, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.google.messages import versions
from sandbox.google.store import Store
from sandbox.google.tokens import EMAIL, PERSON
from tests.sandbox_google.conftest import rsa

OF_A_TREE = 7  # a budget, which takes its campaign's name, and five things below
TIMES = "change_event.change_date_time DURING LAST_7_DAYS"
TODAY = "change_event.change_date_time DURING TODAY"
FIELDS = (
    "change_event.resource_name, change_event.change_date_time, change_event.change_resource_type, "
    "change_event.change_resource_name, change_event.client_type, change_event.user_email, "
    "change_event.old_resource, change_event.new_resource, change_event.resource_change_operation, "
    "change_event.changed_fields, change_event.campaign, change_event.ad_group"
)


def events(ads: Any, more: str = "") -> list[Any]:
    query = f"SELECT {FIELDS} FROM change_event WHERE {TODAY} {more} LIMIT 10000"
    return [row.change_event for row in ads.query(query)]


def statuses(ads: Any, when: str = "DURING TODAY") -> list[Any]:
    query = (
        "SELECT change_status.resource_name, change_status.resource_type, change_status.resource_status, "
        "change_status.campaign, change_status.ad_group, change_status.ad_group_criterion, "
        "change_status.last_change_date_time FROM change_status "
        f"WHERE change_status.last_change_date_time {when} LIMIT 10000"
    )
    return [row.change_status for row in ads.query(query)]


def test_a_change_tells_what_the_field_was_and_what_it_became(ads: Any) -> None:
    campaign = ads.campaign()
    ads.update("campaigns", campaign, ["status", "name"], status="PAUSED", name="bahar")
    (change,) = events(ads, "AND change_event.resource_change_operation = 'UPDATE' "
                            "AND change_event.change_resource_type = 'CAMPAIGN'")  # fmt: skip
    assert set(change.changed_fields.paths) == {"status", "name"}
    assert (change.old_resource.campaign.status.name, change.new_resource.campaign.status.name) == (
        "ENABLED",
        "PAUSED",
    )
    assert (change.old_resource.campaign.name, change.new_resource.campaign.name) == ("yil-sonu", "bahar")
    assert change.old_resource.campaign.id == 0  # unchanged fields are not told
    assert change.campaign == change.change_resource_name == campaign
    assert change.change_date_time.startswith("2026-12-01 09:00:00.")
    assert (change.client_type.name, change.user_email) == ("GOOGLE_ADS_API", EMAIL)


def test_what_is_made_is_told_whole_and_below_whom_it_is(ads: Any) -> None:
    campaign, group, _ = ads.tree()
    made = {change.change_resource_type.name: change for change in events(ads)}
    assert set(made) == {"CAMPAIGN_BUDGET", "CAMPAIGN", "AD_GROUP", "AD_GROUP_CRITERION", "AD_GROUP_AD"}
    keyword = made["AD_GROUP_CRITERION"]
    assert keyword.resource_change_operation.name == "CREATE"
    assert keyword.new_resource.ad_group_criterion.keyword.text == "paket servis"
    assert "keyword.text" in keyword.changed_fields.paths
    assert not keyword.old_resource.ad_group_criterion.keyword.text
    assert (keyword.campaign, keyword.ad_group) == (campaign, group)


def test_a_budget_that_is_raised_is_told_in_numbers(ads: Any) -> None:
    budget = ads.budget()
    ads.update("campaign_budgets", budget, ["amount_micros"], amount_micros=900_000_000)
    change = events(ads)[-1]
    assert list(change.changed_fields.paths) == ["amount_micros"]
    assert change.old_resource.campaign_budget.amount_micros == 400_000_000
    assert change.new_resource.campaign_budget.amount_micros == 900_000_000


def test_new_words_of_an_ad_are_a_change_of_the_ad_and_its_pause_one_of_its_place(ads: Any) -> None:
    _, _, ad = ads.tree()
    content = ads.query("SELECT ad_group_ad.ad.resource_name FROM ad_group_ad")[
        0
    ].ad_group_ad.ad.resource_name
    ads.update("ads", content, ["responsive_search_ad.headlines"],
               responsive_search_ad=rsa(4)["responsive_search_ad"])  # fmt: skip
    ads.update("ad_group_ads", ad, ["status"], status="PAUSED")
    words, pause = events(ads)[-2:]
    assert (words.change_resource_type.name, words.change_resource_name) == ("AD", content)
    assert list(words.changed_fields.paths) == ["responsive_search_ad.headlines"]
    assert len(words.old_resource.ad.responsive_search_ad.headlines) == 3
    assert len(words.new_resource.ad.responsive_search_ad.headlines) == 4
    assert (pause.change_resource_type.name, pause.change_resource_name) == ("AD_GROUP_AD", ad)
    assert list(pause.changed_fields.paths) == ["status"]


def test_what_is_removed_is_told_as_a_removal(ads: Any) -> None:
    _, group, _ = ads.tree()
    ads.mutate("ad_groups", {"remove": group})
    change = events(ads)[-1]
    assert (change.resource_change_operation.name, change.change_resource_name) == ("REMOVE", group)


def test_a_person_at_the_interface_is_told_from_the_api(ads: Any) -> None:
    campaign, *_ = ads.tree()
    ads.sandbox.edit(campaign, {"status": "PAUSED"})
    change = events(ads)[-1]
    assert (change.client_type.name, change.user_email) == ("GOOGLE_ADS_WEB_CLIENT", PERSON)
    assert list(change.changed_fields.paths) == ["status"]


def test_what_fails_or_is_only_validated_leaves_no_trace(ads: Any) -> None:
    ads.mutate("campaign_budgets", {"create": {"amount_micros": 10_000_000, "name": "b"}}, validate_only=True)
    ads.refused(lambda: ads.mutate("labels", {"create": {"name": ""}}))
    ads.refused(lambda: ads.campaign(name=""))
    assert [change.change_resource_type.name for change in events(ads)] == ["CAMPAIGN_BUDGET"]  # its own


def test_changes_have_an_order_and_names_even_while_the_clock_stands_still(ads: Any) -> None:
    ads.tree()
    found = events(ads, "ORDER BY change_event.change_date_time DESC")
    times = [change.change_date_time for change in found]
    assert times == sorted(times, reverse=True)
    assert len({change.resource_name for change in found}) == len(found) == OF_A_TREE
    later = f"AND change_event.change_date_time > '{times[2]}'"
    assert [change.resource_name for change in events(ads, later)] == [
        change.resource_name for change in reversed(found[:2])
    ]


def test_only_the_last_change_of_a_resource_in_the_time_asked_for_is_its_status(ads: Any) -> None:
    campaign, group, _ = ads.tree()
    before = max(status.last_change_date_time for status in statuses(ads))
    ads.clock.advance(1)
    ads.update("campaigns", campaign, ["name"], name="bahar")
    ads.mutate("ad_groups", {"remove": group})
    now = {status.resource_type.name: status for status in statuses(ads)}
    assert now["CAMPAIGN"].resource_status.name == "CHANGED"
    assert now["AD_GROUP"].resource_status.name == "REMOVED"
    assert (now["AD_GROUP"].campaign, now["AD_GROUP"].ad_group) == (campaign, group)
    assert "-5-" in now["CAMPAIGN"].resource_name
    then = statuses(ads, f"BETWEEN '2026-12-01' AND '{before}'")
    assert {
        status.resource_status.name for status in then if status.resource_type.name != "CAMPAIGN_BUDGET"
    } == {"ADDED"}
    keyword = next(status for status in then if status.resource_type.name == "AD_GROUP_CRITERION")
    assert keyword.ad_group_criterion.startswith("customers/1234567890/adGroupCriteria/")


def test_attributes_of_the_campaign_stand_beside_its_changes(ads: Any) -> None:
    ads.tree()
    query = f"SELECT campaign.name, change_event.campaign FROM change_event WHERE {TODAY} LIMIT 100"
    rows = ads.query(query)
    assert {row.campaign.name for row in rows} == {"", "yil-sonu"}  # a budget hangs under nobody


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("", "CHANGE_DATE_RANGE_INFINITE"),
        ("WHERE {time} >= '2026-11-20'", "CHANGE_DATE_RANGE_INFINITE"),
        ("WHERE {time} >= '2026-11-20' AND {time} <= '2026-11-19'", "CHANGE_DATE_RANGE_NEGATIVE"),
        ("WHERE {time} BETWEEN '{old}' AND '2026-12-02'", "START_DATE_TOO_OLD"),
    ],
)
@pytest.mark.parametrize(
    ("resource", "time", "old"),
    [
        ("change_event", "change_date_time", "2026-10-31"),
        ("change_status", "last_change_date_time", "2026-09-01"),
    ],
)
def test_the_time_asked_for_is_finite_and_not_long_ago(
    ads: Any, resource: str, time: str, old: str, where: str, code: str
) -> None:
    clause = where.format(time=f"{resource}.{time}", old=old)
    query = f"SELECT {resource}.resource_name FROM {resource} {clause} LIMIT 10"
    assert ads.refused(lambda: ads.query(query))[0][0] == f"{resource}_error.{code}"


@pytest.mark.parametrize("resource", ["change_event", "change_status"])
@pytest.mark.parametrize(
    ("limit", "code"), [("", "LIMIT_NOT_SPECIFIED"), ("LIMIT 10001", "INVALID_LIMIT_CLAUSE")]
)
def test_the_history_is_asked_with_a_limit(ads: Any, resource: str, limit: str, code: str) -> None:
    query = f"SELECT {resource}.resource_name FROM {resource} {limit}"
    assert ads.refused(lambda: ads.query(query))[0][0] == f"{resource}_error.{code}"


def test_the_oldest_day_that_is_told_is_thirty_days_ago(ads: Any) -> None:
    ads.tree()
    ads.clock.advance(30)
    query = (
        "SELECT change_event.resource_name FROM change_event WHERE change_event.change_date_time >= '{}' AND"
    )
    query += " change_event.change_date_time <= '2027-01-01' LIMIT 100"
    assert len(ads.query(query.format("2026-12-01"))) == OF_A_TREE
    assert ads.refused(lambda: ads.query(query.format("2026-11-30")))[0][0] == (
        "change_event_error.START_DATE_TOO_OLD"
    )


def test_a_time_that_is_none_is_refused(ads: Any) -> None:
    query = f"SELECT change_event.campaign FROM change_event WHERE {TIMES} AND change_event.change_date_time"
    assert ads.refused(lambda: ads.query(f"{query} > 'yesterday' LIMIT 1"))[0][0] == (
        "query_error.INVALID_DATE_FORMAT"
    )


@pytest.mark.parametrize("version", versions())
def test_every_version_tells_the_history(ads: Any, version: str) -> None:
    ads.tree()
    query = f"SELECT {FIELDS} FROM change_event WHERE {TODAY} LIMIT 10"
    stream = ads.service("GoogleAdsService", version).search_stream(customer_id="1234567890", query=query)
    assert sum(len(batch.results) for batch in stream) == OF_A_TREE


def test_the_history_outlives_a_restart_and_ends_with_a_reset(ads: Any) -> None:
    ads.tree()
    again = Store(ads.sandbox.folder / "account.db", ads.clock.now)
    assert len(list(again.log.read(0, 10**18))) == OF_A_TREE
    again.close()
    ads.sandbox.reset()
    assert events(ads) == []
