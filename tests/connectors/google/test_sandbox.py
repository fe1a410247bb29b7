"""The connector against a running stand-in for Google Ads, through the unchanged SDK, over gRPC with TLS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.base import Handle
from connectors.google.convert import Converter
from connectors.google.supports import SUPPORTS
from engine.change import Applied, Archive, Create, Outcome, Refused, Unknown, Update
from engine.context import Context
from engine.diff import Diff, diff
from engine.match import Known
from engine.resource import Address, Resource
from tests.connectors.google import neutral

pytestmark = pytest.mark.server
CONTEXT = Context({"google": SUPPORTS})


def canonical(resources: Sequence[Resource]) -> list[Resource]:
    return Converter(neutral.SCOPE, "TRY").convert(resources)


def ids_of(known: dict[Address, Known]) -> set[Handle]:
    return {(address.kind, each.id) for address, each in known.items()}


def planned(google: Any, wanted: Sequence[Resource], known: dict[Address, Known] | None = None) -> Diff:
    context = replace(CONTEXT, known=known or {})
    return diff(wanted, google.read(ids_of(known or {})), context)


def apply(google: Any, wanted: Sequence[Resource]) -> list[Outcome]:
    plan = planned(google, wanted)
    return list(google.apply(plan.changes, plan.matching.ids))


def journal(outcomes: Sequence[Outcome], wanted: Sequence[Resource]) -> dict[Address, Known]:
    marks = {each.address: each.mark for each in wanted}
    return {
        each.address: Known(neutral.ACCOUNT, each.id, marks[each.address])
        for each in outcomes
        if isinstance(each, Applied)
    }


def changed(resources: Sequence[Resource], kind: str, **fields: Any) -> list[Resource]:
    """The same declaration with fields of its neutral resources of a kind replaced."""
    return [
        replace(each, fields={**each.fields, **fields}) if each.address.kind == kind else each
        for each in resources
    ]


@pytest.fixture
def built(google: Any) -> tuple[list[Resource], list[Outcome]]:
    """A tree with the budget on its ad set, as declared and as it came about."""
    wanted = canonical(neutral.tree())
    return wanted, apply(google, wanted)


def test_whether_it_may_write_is_asked_without_writing(google: Any) -> None:
    assert google.lacks() == []
    assert google.lacks() == []  # nothing bears the name now
    assert google.query("SELECT label.name FROM label") == []


def test_the_account_describes_itself(google: Any) -> None:
    facts = google.facts()
    assert (facts.id, facts.currency, facts.time_zone, facts.can_spend) == (
        neutral.ACCOUNT,
        "TRY",
        "Europe/Istanbul",
        True,
    )


@pytest.mark.parametrize("top", [{}, {"budget": neutral.budget("900.00")}], ids=["ad sets", "campaign"])
def test_a_plan_after_an_apply_is_empty_wherever_the_budget_lives(google: Any, top: dict[str, Any]) -> None:
    wanted = canonical(neutral.tree(("eve-siparis", "ofis"), **top))
    outcomes = apply(google, wanted)
    assert [type(each) for each in outcomes] == [Applied] * len(wanted)
    after = planned(google, wanted)
    assert after.changes == ()
    assert after.matching.foreign == ()
    calls, _ = google.calls()
    assert calls["Mutate"] == 1


def test_nothing_is_shared_between_the_campaigns_of_two_ad_sets(google: Any) -> None:
    apply(google, canonical(neutral.tree(("eve-siparis", "ofis"))))
    campaigns = [each for each in google.read() if each.kind == "campaign"]
    assert {each.label for each in campaigns} == {
        "lezzet_yil-sonu | eve-siparis",
        "lezzet_yil-sonu | ofis",
    }
    assert [each.fields["daily_budget_micros"] for each in campaigns] == [400_000_000] * 2


UPDATES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("ad_set", {"budget": neutral.budget("450.50")}, {"daily_budget_micros"}),
    ("ad_set", {"name": "eve-teslim"}, {"name"}),
    ("ad_set", {"end": None}, {"end_date_time"}),
    ("ad_set", {"end": "2027-01-15"}, {"end_date_time"}),
    ("ad_set", {"optimize_for": "link_clicks"}, {"bidding"}),
    (
        "ad_set",
        {"optimize_for": "value", "bid": {"strategy": "min_roas", "roas": 2.5}},
        {"bidding"},
    ),
    ("ad_set", {"audience": neutral.audience(locations=("TR-06", "TR-35"))}, {"locations"}),
    ("ad_set", {"audience": neutral.audience(languages=("en", "tr"))}, {"languages"}),
    ("ad_set", {"audience": neutral.audience(age={"min": 25, "max": None})}, {"age_ranges"}),
    ("ad_set", {"audience": neutral.audience(genders=("women",))}, {"genders"}),
    ("campaign", {"options": {"network": {"search_partners": True}}}, {"network_settings"}),
    ("ad", {"status": "paused"}, {"status"}),
]


@pytest.mark.parametrize(("kind", "fields", "differ"), UPDATES, ids=lambda value: str(value)[:40])
def test_a_change_in_the_yaml_changes_just_that_and_then_nothing(
    google: Any, kind: str, fields: dict[str, Any], differ: set[str]
) -> None:
    before = neutral.tree()
    apply(google, canonical(before))
    wanted = canonical(changed(before, kind, **fields))
    plan = planned(google, wanted)
    updates = [each for each in plan.changes if isinstance(each, Update)]
    assert {name for each in updates for name in each.after} == differ
    assert len(updates) == len(plan.changes)
    outcomes = google.apply(plan.changes, plan.matching.ids)
    assert [type(each) for each in outcomes] == [Applied] * len(updates)
    assert planned(google, wanted).changes == ()


def test_the_texts_of_an_ad_change_in_place(google: Any) -> None:
    top = neutral.campaign()
    group = neutral.ad_set(top)
    first, second = neutral.creative(), neutral.creative(headlines=("Yeni", "Daha yeni", "En yeni"), utm={})
    apply(google, canonical([top, group, first, neutral.ad(group, first)]))
    wanted = canonical([top, group, second, neutral.ad(group, second)])
    plan = planned(google, wanted)
    (update,) = plan.changes
    assert isinstance(update, Update)
    assert update.after.keys() == {"headlines", "final_url_suffix"}
    assert google.apply(plan.changes, plan.matching.ids) == [Applied(update.address, update.id)]
    assert planned(google, wanted).changes == ()


def test_a_keyword_that_goes_is_removed_and_a_new_one_is_made(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    wanted, outcomes = built
    known = journal(outcomes, wanted)
    options = {"keywords": {"phrase": ["paket servis", "24/7 servis"]}, "negative": {"broad": ["tarif"]}}
    less = canonical(changed(neutral.tree(), "ad_set", options=options))
    plan = planned(google, less, known)
    told = sorted((type(each).__name__, each.address.key.rpartition("siparis/")[2]) for each in plan.changes)
    assert told == [
        ("Archive", "exact:lezzet sipariş"),
        ("Archive", "phrase:eve yemek siparişi"),
        ("Create", "phrase:24/7 servis"),
    ]
    assert all(isinstance(each, Applied) for each in google.apply(plan.changes, plan.matching.ids))
    assert planned(google, less).changes == ()


def test_an_archived_tree_stays_archived_and_is_read_as_such(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    wanted, outcomes = built
    known = journal(outcomes, wanted)
    plan = planned(google, [], known)
    assert all(isinstance(each, Archive) for each in plan.changes)
    results = google.apply(plan.changes, {})
    assert results == [Applied(each.address, known[each.address].id) for each in plan.changes]
    seen = [each for each in google.read(ids_of(known)) if not each.archived]
    assert seen == []
    assert planned(google, [], known).changes == ()


def test_an_archive_needs_nothing_but_the_id(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    _, outcomes = built
    ad = next(each for each in outcomes if each.address.kind == "ad" and isinstance(each, Applied))
    bare = Archive(ad.address, neutral.ACCOUNT, ad.id, {})
    assert google.apply([bare], {}) == [Applied(ad.address, ad.id)]


def test_an_object_whose_label_was_removed_is_found_by_its_id(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    wanted, outcomes = built
    known = journal(outcomes, wanted)
    group = next(each for each in outcomes if each.address.kind == "ad_group" and isinstance(each, Applied))
    labels = {row.mark: row for row in google.read()}
    assert known[group.address].mark in labels
    google.unlabel(group.id)
    again = {each.id: each for each in google.read(ids_of(known))}
    assert again[group.id].mark == ""
    keyword = next(each for each in outcomes if each.address.kind == "keyword" and isinstance(each, Applied))
    assert again[keyword.id].mark == ""
    (change,) = planned(google, wanted, known).changes
    assert isinstance(change, Update)
    assert (change.id, change.after) == (group.id, {"mark": known[group.address].mark})


def test_what_a_human_adds_is_foreign_and_never_changed(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    wanted, outcomes = built
    group = next(each for each in outcomes if each.address.kind == "ad_group" and isinstance(each, Applied))
    parent = f"customers/{neutral.ACCOUNT}/adGroups/{group.id}"
    body = {"ad_group": parent, "negative": True, "keyword": {"text": "bedava", "match_type": "BROAD"}}
    google.mutate([{"ad_group_criterion_operation": {"create": body}}])
    plan = planned(google, wanted, journal(outcomes, wanted))
    assert plan.changes == ()
    assert [(each.kind, each.label) for each in plan.matching.foreign] == [
        ("negative_keyword", "broad: bedava")
    ]


def test_a_pinned_headline_shows_as_a_difference(
    google: Any, built: tuple[list[Resource], list[Outcome]]
) -> None:
    wanted, outcomes = built
    ad = next(each for each in outcomes if each.address.kind == "ad" and isinstance(each, Applied))
    headlines = [{"text": text} for text in neutral.HEADLINES]
    headlines[0]["pinned_field"] = "HEADLINE_1"
    body = {
        "resource_name": f"customers/{neutral.ACCOUNT}/ads/{ad.id}",
        "responsive_search_ad": {"headlines": headlines},
    }
    google.mutate([{"ad_operation": {"update": body, "update_mask": "responsiveSearchAd.headlines"}}])
    (update,) = planned(google, wanted).changes
    assert isinstance(update, Update)
    assert "Kadıköy: 30 dk kapında [HEADLINE_1]" in update.before["headlines"]  # type: ignore[operator]


def test_one_bad_keyword_is_refused_in_googles_words_and_all_else_is_built(google: Any) -> None:
    options = {"keywords": {"phrase": ["paket servis", "kötü!keyword"], "exact": ["lezzet"]}}
    wanted = canonical(changed(neutral.tree(("eve-siparis", "ofis")), "ad_set", options=options))
    outcomes = apply(google, wanted)
    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert [each.address.key.rpartition("/")[2] for each in refused] == ["phrase:kötü!keyword"] * 2
    assert {each.code for each in refused} == {"criterion_error.KEYWORD_HAS_INVALID_CHARS"}
    assert all(each.message and not each.retry for each in refused)
    assert len(outcomes) == len(wanted)
    assert {type(each) for each in planned(google, wanted).changes} == {Create}
    assert len(planned(google, wanted).changes) == 2


def test_a_refused_campaign_takes_only_its_own_tree_along(google: Any) -> None:
    good, bad = neutral.tree(("eve-siparis",)), neutral.tree(("ofis",), key="yaz")
    bad = changed(bad, "ad_set", start="2026-11-01")  # in the past of the sandbox's clock
    outcomes = apply(google, canonical([*good, *bad]))
    refused = {each.address: each for each in outcomes if isinstance(each, Refused)}
    assert all(address.key.startswith("yaz/") for address in refused)
    top = refused[Address("google", "campaign", "yaz/ofis")]
    assert top.field == "campaign.start_date_time"
    assert {each.code for each in refused.values()} == {top.code, "parent"}
    assert len([each for each in outcomes if isinstance(each, Applied)]) == len(canonical(good))


def test_an_unanswered_request_leaves_all_of_it_unknown_and_the_mark_finds_it(google: Any) -> None:
    wanted = canonical(neutral.tree())
    google.fault(kind="lost", method="GoogleAdsService.Mutate")
    assert {type(each) for each in apply(google, wanted)} == {Unknown}
    assert planned(google, wanted).changes == ()


def test_a_request_that_got_lost_is_unknown_and_not_repeated(google: Any) -> None:
    wanted = canonical(neutral.tree())
    google.fault(kind="dropped", method="GoogleAdsService.Mutate")
    assert {type(each) for each in apply(google, wanted)} == {Unknown}
    calls, _ = google.calls()
    assert calls["Mutate"] == 1
    assert len(planned(google, wanted).changes) == len(wanted)


@pytest.mark.parametrize("kind", ["throttled", "concurrent", "internal"])
def test_a_refusal_that_passes_is_sent_again(google: Any, kind: str) -> None:
    wanted = canonical(neutral.tree())
    google.fault(kind=kind, method="GoogleAdsService.Mutate", times=2)
    assert {type(each) for each in apply(google, wanted)} == {Applied}
    assert len(google.read()) == len(wanted)


def test_a_used_up_day_refuses_everything_for_now(google: Any) -> None:
    wanted = canonical(neutral.tree())
    google.fault(kind="exhausted", method="GoogleAdsService.Mutate", times=9)
    outcomes = apply(google, wanted)
    assert all(isinstance(each, Refused) and each.retry for each in outcomes)
    assert len(outcomes) == len(wanted)


def test_a_platform_that_cannot_be_reached_refuses_nothing_for_good(google: Any) -> None:
    wanted = canonical(neutral.tree())
    outcomes = google.apply_to_nobody([Create(each) for each in wanted])
    assert all(isinstance(each, Refused) and each.retry for each in outcomes)
    assert len(outcomes) == len(wanted)


def test_a_process_that_trusts_one_sandbox_refuses_another(google: Any) -> None:
    told = google.trust_others()
    assert "other root certificates" in told
    assert "Fix: Run this environment in a process of its own" in told


def test_reads_are_repeated_while_the_platform_is_away(google: Any) -> None:
    google.fault(kind="unavailable", method="GoogleAdsService.SearchStream", times=2)
    assert google.facts().id == neutral.ACCOUNT


def test_two_thousand_keywords_and_two_hundred_ads_are_one_request(google: Any) -> None:
    top = neutral.campaign(budget=neutral.budget("9000.00"))
    resources = [top]
    for group in range(67):
        words = [f"yemek {group} {word}" for word in range(30)]
        ad_set = neutral.ad_set(top, f"grup-{group}", options={"keywords": {"phrase": words}})
        content = neutral.creative()
        resources += [ad_set, content, *(neutral.ad(ad_set, content, f"ad-{number}") for number in range(3))]
    wanted = canonical(resources)
    outcomes = apply(google, wanted)
    assert {type(each) for each in outcomes} == {Applied}
    assert sum(each.address.kind == "keyword" for each in outcomes) == 2010
    assert sum(each.address.kind == "ad" for each in outcomes) == 201
    calls, _ = google.calls()
    assert calls["Mutate"] == 1
    assert planned(google, wanted).changes == ()


def test_reports_at_three_levels_agree_and_are_in_the_accounts_days(google: Any) -> None:
    apply(google, canonical(neutral.tree(("eve-siparis", "ofis"))))
    google.deliver(3)
    since, until = date(2026, 12, 1), date(2026, 12, 3)
    totals = {}
    for name in ("ad_day", "campaign_day", "account_day"):
        pages = google.pages(name, since, until)
        rows = [json.loads(line) for page in pages for line in page.ndjson.splitlines()]
        assert sum(page.rows for page in pages) == len(rows)
        assert {row["segments.date"] for row in rows} == {"2026-12-01", "2026-12-02", "2026-12-03"}
        assert {row["customer.id"] for row in rows} == {neutral.ACCOUNT}
        totals[name] = sum(int(row["metrics.cost_micros"]) for row in rows)
    assert totals["ad_day"] == totals["campaign_day"] == totals["account_day"] > 0


def test_a_removed_ad_keeps_its_days_in_the_reports(google: Any) -> None:
    wanted = canonical(neutral.tree())
    outcomes = apply(google, wanted)
    google.deliver(1)
    plan = planned(google, [], journal(outcomes, wanted))
    google.apply(plan.changes, {})
    (page,) = google.pages("ad_day", date(2026, 12, 1), date(2026, 12, 1))
    assert page.rows == 1


def test_days_without_delivery_are_one_empty_page(google: Any) -> None:
    (page,) = google.pages("ad_day", date(2026, 12, 1), date(2026, 12, 1))
    assert (page.rows, page.ndjson) == (0, b"")
