"""Loading windows: what is new, restated, vanished, returned, refused, set apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.report import ReportSpec
from warehouse.errors import LandingDamaged, LoadRefused
from warehouse.load import due_window, load_window

FACT = "select ad_id, day, spend_micros, clicks, gone_at is not null, is_final from fact_ad_day order by all"


def test_strings_of_meta_become_exact_micros_and_one_canonical_action(world: Any, meta: Any) -> None:
    summary = world.load("ad", [meta(world.day(3), spend="1234567.89", purchases=4)])
    assert (summary.rows, summary.new, summary.restated) == (1, 1, 0)
    assert summary.spend_after == Decimal("1234567.89")
    assert world.rows(
        "select spend_micros, clicks, conversions, conversions_value, attribution from fact_ad_day"
    ) == [(1_234_567_890_000, 20, 4.0, 50.0, "7d_click,1d_view")]


def test_nested_rows_of_google_load_as_campaign_fact(world: Any, google: Any) -> None:
    world.load("google", [google(world.day(1), clicks=None)], ago=30)
    assert world.rows(
        "select account_id, campaign_id, spend_micros, clicks, conversions from fact_campaign_day"
    ) == [("200", "1", 7_000_000, 0, 1.5)]


def test_loading_the_same_window_again_changes_nothing(world: Any, meta: Any) -> None:
    rows = [meta(world.day(ago), ad) for ago in range(28) for ad in (1, 2, 3)]
    world.load("ad", rows)
    before = world.rows("from fact_ad_day order by all"), world.rows("from entity order by all")
    again = world.load("ad", reversed(rows))
    assert (again.changed, again.spend_before) == (0, again.spend_after)
    assert (world.rows("from fact_ad_day order by all"), world.rows("from entity order by all")) == before
    assert world.rows("from restatement") == []


def test_late_conversions_are_restated_and_the_first_report_is_remembered(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2), 1, purchases=1), meta(world.day(2), 2)])
    summary = world.load(
        "ad", [meta(world.day(2), 1, purchases=3), meta(world.day(2), 2), meta(world.day(1), 2)]
    )
    assert (summary.new, summary.restated, summary.vanished) == (1, 1, 0)
    assert world.rows("select load_id, what, ad_id, conversions from restatement") == [
        (2, "restated", "101", 1.0)
    ]
    assert world.rows("select conversions, load_id from fact_ad_day where ad_id = '101'") == [(3.0, 2)]


def test_a_vanished_row_keeps_its_spend_and_returns_as_itself(world: Any, meta: Any) -> None:
    both = [meta(world.day(2), 1), meta(world.day(2), 2)]
    world.load("ad", both)
    gone = world.load("ad", both[:1])
    assert (gone.vanished, gone.spend_before, gone.spend_after) == (1, Decimal("21.00"), Decimal("21.00"))
    assert [row[4] for row in world.rows(FACT)] == [False, True]
    assert world.load("ad", both[:1]).changed == 0
    back = world.load("ad", both)
    assert (back.returned, back.new, back.restated) == (1, 0, 0)
    assert [row[4] for row in world.rows(FACT)] == [False, False]


def test_days_outside_the_window_stay_untouched(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(40)), meta(world.day(3))], ago=50)
    summary = world.load("ad", [meta(world.day(2))], ago=28)
    assert (summary.new, summary.vanished) == (1, 1)
    assert world.rows("select gone_at from fact_ad_day where day < date '2026-12-01'") == [(None,)]


def test_another_account_is_not_touched(world: Any, meta: Any, google: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    other = replace(world.specs["ad"], platform="google")
    world.specs = {**world.specs, "other": other}
    world.load("other", [meta(world.day(2), 7, account_id="200")])
    assert world.rows("select platform, ad_id, gone_at from fact_ad_day order by all") == [
        ("google", "107", None),
        ("meta", "101", None),
    ]


def test_days_as_old_as_the_window_are_final(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(ago)) for ago in (0, 27, 28, 29)], ago=29)
    assert [row[5] for row in world.rows(FACT)] == [True, True, False, False]
    later = world.load("ad", [meta(world.day(ago)) for ago in (0, 27, 28)], ago=28, today=date(2027, 1, 1))
    assert later.changed == 0
    assert [row[5] for row in world.rows(FACT)] == [True, True, True, False]


def test_unreadable_rows_go_to_quarantine_with_their_reason_and_the_others_load(
    world: Any, meta: Any
) -> None:
    bad = [
        meta(world.day(2), 2, spend="abc"),
        meta(world.day(2), 3, date_start="yesterday"),
        meta(world.day(2), 4, ad_id=" "),
        meta(world.day(2), 5, actions=[{"action_type": "purchase", "value": "NaN"}]),
    ]
    summary = world.load("ad", [meta(world.day(2)), *bad])
    assert (summary.new, summary.quarantined) == (1, 4)
    reasons = world.rows("select reason, raw from quarantine order by reason")
    assert [reason for reason, _ in reasons] == [
        f"cannot read: {name}" for name in ("ad_id", "conversions", "day", "spend_micros")
    ]
    assert '"spend":"abc"' in reasons[3][1]
    assert "4 rows set aside" in summary.warnings[0]


def test_a_value_of_another_shape_costs_its_row_not_the_file(world: Any, meta: Any) -> None:
    rows = [
        meta(world.day(2), 1, purchases=2),
        meta(world.day(2), 2, actions="none"),
        meta(world.day(2), 3, actions=None),
    ]
    summary = world.load("ad", rows)
    assert (summary.new, summary.quarantined) == (2, 1)
    assert world.rows("select reason from quarantine") == [("cannot read: a nested one",)]
    assert world.rows("select ad_id, conversions from fact_ad_day order by all") == [
        ("101", 2.0),
        ("103", 0.0),
    ]


def test_quarantine_is_what_the_latest_load_could_not_read(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2)), meta(world.day(2), 2, spend="abc")])
    world.load("ad", [meta(world.day(2)), meta(world.day(2), 2)])
    assert world.rows("from quarantine") == []


def test_a_row_in_quarantine_does_not_vanish(world: Any, meta: Any) -> None:
    both = [meta(world.day(2), 1), meta(world.day(2), 2)]
    world.load("ad", both)
    assert world.load("ad", [both[0], meta(world.day(2), 2, spend="abc")]).vanished == 0


def test_nothing_vanishes_while_a_quarantined_row_has_no_readable_key(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2), 1), meta(world.day(2), 2)])
    assert world.load("ad", [meta(world.day(2), 1), meta(world.day(2), 2, ad_id=None)]).vanished == 0


def test_a_row_sent_twice_counts_once(world: Any, meta: Any) -> None:
    summary = world.load("ad", [meta(world.day(2)), meta(world.day(2)), meta(world.day(3))])
    assert (summary.rows, summary.quarantined, summary.spend_after) == (2, 1, Decimal("21.00"))
    assert world.rows("select reason from quarantine") == [("row repeated",)]


def test_two_different_rows_of_one_key_refuse_the_load(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    before = world.rows(FACT)
    with pytest.raises(LoadRefused, match="Two different rows for one key"):
        world.load("ad", [meta(world.day(2), spend="1"), meta(world.day(2), spend="2")])
    assert world.rows(FACT) == before


def test_unknown_columns_are_drift_not_failure(world: Any, meta: Any) -> None:
    summary = world.load("ad", [meta(world.day(2), reels="1"), meta(world.day(3), attention={"a": 1})])
    assert summary.drift_keys == ("attention", "reels")
    world.load("ad", [meta(world.day(2), reels="1"), meta(world.day(3))])
    assert world.rows("select key, first_load_id, last_load_id from schema_drift order by key") == [
        ("attention", 1, 1),
        ("reels", 1, 2),
    ]


@pytest.mark.parametrize("wrong", [{"account_id": "999"}, {"date_start": "2026-01-01"}])
def test_rows_of_another_account_or_day_refuse_the_load(world: Any, meta: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(LoadRefused, match="Rows that were not asked for"):
        world.load("ad", [meta(world.day(2)), meta(world.day(2), 2, **wrong)])
    assert world.rows("from fact_ad_day") == world.rows("from load_log") == []


def test_an_empty_answer_where_there_was_spend_is_refused(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    with pytest.raises(LoadRefused, match="An empty answer where there was spend"):
        world.load("ad", [])
    assert world.rows("select count(*) from load_log") == [(1,)]


def test_an_empty_answer_is_taken_when_the_accounts_own_report_says_zero_too(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))], run="monday")
    world.load("account", [meta(world.day(2), spend="0")], run="tuesday")
    assert world.load("ad", [], run="tuesday").vanished == 1


def test_an_account_report_of_another_run_does_not_vouch_for_an_empty_answer(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))], run="tuesday")
    world.load("account", [meta(world.day(2), spend="0")], run="monday")
    with pytest.raises(LoadRefused):
        world.load("ad", [], run="tuesday")


def test_an_empty_answer_is_fine_where_there_never_was_spend(world: Any) -> None:
    assert world.load("ad", []).changed == 0


def test_a_load_of_which_no_row_can_be_read_is_refused(world: Any, meta: Any) -> None:
    with pytest.raises(LoadRefused, match="No row could be read"):
        world.load("ad", [meta(world.day(2), impressions="many")])


def test_another_currency_is_refused(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    since, until = world.day(28), world.day(0)
    landing = world.land("ad", [meta(world.day(2))], since, until)
    euros = replace(landing.asked, account=replace(landing.asked.account, currency="EUR"))
    with pytest.raises(LoadRefused, match="currency changed"):
        load_window(world.con, world.specs["ad"], replace(landing, asked=euros))


def test_a_landing_of_fewer_days_leaves_those_before_it_as_they_were(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(9)), meta(world.day(2))])
    assert world.load("ad", [meta(world.day(2))], ago=7).vanished == 0
    assert world.rows("select count(*) from fact_ad_day where gone_at is null") == [(2,)]


def test_a_landing_of_one_report_cannot_pass_for_anothers(world: Any, meta: Any) -> None:
    landing = world.land("ad", [meta(world.day(2))], world.day(7), world.day(0))
    with pytest.raises(LoadRefused, match="answers another question"):
        load_window(world.con, replace(world.specs["ad"], name="campaign_day"), landing)


def test_a_damaged_landing_is_not_loaded(world: Any, meta: Any) -> None:
    since, until = world.day(28), world.day(0)
    landing = world.land("ad", [meta(world.day(2))], since, until)
    landing.files[0].path.write_bytes(landing.files[0].path.read_bytes()[:-9])
    with pytest.raises(LandingDamaged):
        load_window(world.con, world.specs["ad"], landing)


def test_names_follow_the_platform_but_a_replay_of_old_days_renames_nothing(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(9), ad_name="old")], ago=20, until=5)
    world.load("ad", [meta(world.day(2), ad_name="new")], ago=4)
    world.load("ad", [meta(world.day(9), ad_name="old")], ago=20, until=5)
    assert world.rows("select name, first_day, last_day from entity where kind = 'ad'") == [
        ("new", world.day(9), world.day(2))
    ]


def test_ads_that_do_not_add_up_to_the_account_are_a_warning(world: Any, meta: Any) -> None:
    world.load("account", [meta(world.day(2), spend="100"), meta(world.day(3), spend="20.99")])
    rows = [meta(world.day(2), 1, spend="60"), *(meta(world.day(3), ad) for ad in (1, 2))]
    summary = world.load("ad", rows)
    assert summary.warnings == ("2026-12-29: ad rows add up to 60.00, the account says 100.00",)
    assert (summary.short, summary.incomplete) == (True, True)


def test_ads_that_add_up_to_more_than_the_account_are_told_and_nothing_is_missing(
    world: Any, meta: Any
) -> None:
    world.load("account", [meta(world.day(2), spend="10")])
    summary = world.load("ad", [meta(world.day(2), 1, spend="60")])
    assert len(summary.warnings) == 1
    assert not summary.incomplete


def by_campaign(ads: ReportSpec) -> ReportSpec:
    select = {name: said for name, said in ads.select.items() if not name.startswith("ad_")}
    return replace(ads, name="campaign_day", level="campaign", select=select)


def test_a_campaign_that_never_has_ads_to_report_is_told_and_nothing_is_missing(
    world: Any, meta: Any
) -> None:
    days = [world.day(2), world.day(3)]
    world.load("account", [meta(day, spend="21") for day in days])
    services = {"campaign_id": "777", "campaign_name": "services"}
    world.specs = {**world.specs, "campaign": by_campaign(world.specs["ad"])}
    world.load("campaign", [row for day in days for row in (meta(day), {**meta(day), **services})])
    summary = world.load("ad", [meta(day, 1) for day in days])
    assert len(summary.warnings) == 2
    assert not summary.incomplete
    fewer = world.load("ad", [meta(day, 1, spend="5") for day in days])
    assert fewer.incomplete, "of a campaign that has ads, rows are missing"


def test_a_vanished_ads_money_still_counts_towards_the_accounts(world: Any, meta: Any) -> None:
    world.load("account", [meta(world.day(2), spend="21")])
    world.load("ad", [meta(world.day(2), 1), meta(world.day(2), 2)])
    assert world.load("ad", [meta(world.day(2), 1)]).warnings == ()


def test_a_spec_without_a_column_of_its_level_is_refused(world: Any, meta: Any) -> None:
    spec = world.specs["ad"]
    select = {name: sql for name, sql in spec.select.items() if name != "clicks"}
    world.specs = {**world.specs, "ad": replace(spec, select=select)}
    with pytest.raises(LoadRefused, match="clicks"):
        world.load("ad", [meta(world.day(2))])


def test_the_window_due_reaches_back_to_whatever_is_not_final(world: Any, meta: Any) -> None:
    spec, today = world.specs["ad"], world.day(0)
    world.load("ad", [meta(world.day(2))], ago=60)
    after_an_outage = today + timedelta(days=60)
    assert due_window(world.con, spec, "100", after_an_outage) == (world.day(2), after_an_outage)
    years_later = today + timedelta(days=2000)
    assert due_window(world.con, spec, "100", years_later)[0] == years_later - timedelta(days=1123)


def test_all_of_the_month_and_from_the_first_day_of_interest_is_due_once(world: Any, meta: Any) -> None:
    spec, today = world.specs["ad"], world.day(0)
    assert due_window(world.con, spec, "100", today) == (date(2026, 12, 1), today)
    assert due_window(world.con, spec, "100", today, start=world.day(60))[0] == world.day(60)
    world.load("ad", [], ago=60)
    assert due_window(world.con, spec, "100", today, start=world.day(60))[0] == world.day(28)


def test_a_narrow_load_hides_no_gap(world: Any, meta: Any) -> None:
    """Forty days without a load, then one of the day alone: the forty are still due."""
    spec, later = world.specs["ad"], world.day(0) + timedelta(days=40)
    world.load("ad", [], ago=60)
    world.load("ad", [], ago=-40, until=-40, today=later)
    assert due_window(world.con, spec, "100", later) == (world.day(0), later)
    assert due_window(world.con, spec, "100", later + timedelta(days=1))[0] == world.day(0)
