"""The models: the unified columns, the YAML's keys, exact money; data tests that find what they are for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from warehouse.errors import WarehouseError
from warehouse.models import build, check, front_matter, models
from warehouse.objects import ObjectRow, put_objects

AD_REPORT = [
    "platform",
    "date_day",
    "account_id",
    "account_name",
    "campaign_id",
    "campaign_name",
    "ad_group_id",
    "ad_group_name",
    "ad_id",
    "ad_name",
    "clicks",
    "impressions",
    "spend",
    "conversions",
    "conversions_value",
    "currency",
    "is_final",
    "campaign_key",
    "ad_set_key",
    "ad_key",
]


def test_the_ad_report_has_exactly_the_promised_columns_in_order(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2), spend="0.07", purchases=2)])
    put_objects(world.con, [ObjectRow("meta", "100", "ad", "101", "yil-sonu/eve-siparis/kadikoy")])
    build(world.con)
    result = world.con.execute("from ad_reporting__ad_report")
    assert [column[0] for column in result.description] == AD_REPORT
    assert result.fetchall() == [
        (
            *("meta", world.day(2), "100", "Lezzet", "1", "Yıl sonu", "11", "set 1", "101", "ad 1"),
            *(20, 1000, Decimal("0.070000"), 2.0, 25.0, "TRY", False, "yil-sonu", "eve-siparis", "kadikoy"),
        )
    ]


def test_google_is_called_google_ads_in_the_reports_only(world: Any, google: Any) -> None:
    world.load("google", [google(world.day(2))], ago=30)
    put_objects(world.con, [ObjectRow("google", "200", "campaign", "1", "yil-sonu/eve-siparis")])
    build(world.con)
    assert world.rows("select platform, spend, campaign_key from ad_reporting__campaign_report") == [
        ("google_ads", Decimal("7.000000"), "yil-sonu")
    ]
    assert world.rows("select distinct platform from campaign_day") == [("google",)]


def test_keys_come_from_the_nearest_object_that_is_ours_and_are_null_elsewhere(world: Any, meta: Any) -> None:
    world.load(
        "ad",
        [meta(world.day(2), ad) for ad in (1, 2)] + [meta(world.day(2), 4, campaign_id="9", adset_id="90")],
    )
    put_objects(
        world.con,
        [
            ObjectRow("meta", "100", "campaign", "1", "kis"),
            ObjectRow("meta", "100", "ad_set", "11", "kis/ev"),
        ],
    )
    build(world.con)
    keys = "select ad_id, campaign_key, ad_set_key, ad_key from ad_reporting__ad_report order by all"
    assert world.rows(keys) == [
        ("101", "kis", "ev", None),
        ("102", "kis", None, None),
        ("104", None, None, None),
    ]


def test_putting_objects_replaces_the_map(world: Any) -> None:
    old = ObjectRow("meta", "100", "ad", "1", "a/b/c")
    assert put_objects(world.con, [old, old]) == 1
    assert put_objects(world.con, [ObjectRow("meta", "100", "ad_set", "2", "a/b")]) == 1
    assert world.rows("select kind, entity_id, key from object_key") == [("ad_group", "2", "a/b")]


def test_a_vanished_ads_money_stays_in_the_report_and_its_flag_in_the_fact(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2), 1), meta(world.day(2), 2)])
    world.load("ad", [meta(world.day(2), 1)])
    build(world.con)
    assert world.rows("select sum(spend) from ad_reporting__ad_report") == [(Decimal("21.000000"),)]
    assert world.rows("select ad_id, gone_at is not null from ad_day order by all") == [
        ("101", False),
        ("102", True),
    ]


def test_experiment_cells_sum_their_ads_per_day(world: Any, meta: Any) -> None:
    world.load(
        "ad", [meta(world.day(2), 1, purchases=1), meta(world.day(2), 3, purchases=2), meta(world.day(2), 2)]
    )
    keys = [
        ObjectRow("meta", "100", "ad_set", id, f"kis/{key}") for id, key in (("11", "menu"), ("10", "muzik"))
    ]
    put_objects(world.con, keys)
    build(world.con)
    assert world.rows(
        "select ad_set_key, platform, spend, impressions, clicks, conversions, value, is_final, currency"
        " from experiment_cell_day order by all"
    ) == [
        ("menu", "meta", Decimal("21.000000"), 2000, 40, 3.0, 37.5, False, "TRY"),
        ("muzik", "meta", Decimal("10.500000"), 1000, 20, 0.0, 0.0, False, "TRY"),
    ]


def test_first_reported_figures_stand_beside_todays(world: Any, meta: Any) -> None:
    for purchases in (1, 4, 9):
        world.load("ad", [meta(world.day(2), purchases=purchases)])
    build(world.con)
    assert world.rows(
        "select changes, first_conversions, conversions, first_spend from ad_day_first_reported"
    ) == [(2, 1.0, 9.0, Decimal("10.500000"))]


def test_models_come_after_what_they_depend_on() -> None:
    order = [model.name for model in models()]
    assert all(order.index(need) < order.index(model.name) for model in models() for need in model.depends)
    assert "ad_reporting__ad_report" in order


def test_an_unknown_or_circular_dependency_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- depends: b\n-- publish: x\nselect 1 as x")
    with pytest.raises(WarehouseError, match="not there"):
        models(tmp_path)
    (tmp_path / "b.sql").write_text("-- depends: a\n-- publish: x\nselect 1 as x")
    with pytest.raises(WarehouseError, match="circle"):
        models(tmp_path)


def test_a_model_that_fails_leaves_the_models_as_they_were(world: Any, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- publish: x\nselect 1 as x")
    build(world.con, tmp_path)
    (tmp_path / "a.sql").write_text("-- publish: x\nselect 2 as x")
    (tmp_path / "b.sql").write_text("-- depends: a\n-- publish: x\nselect nothing from a")
    with pytest.raises(Exception, match="nothing"):
        build(world.con, tmp_path)
    assert world.rows("from a") == [(1,)]


def test_front_matter_is_the_leading_comments() -> None:
    text = "-- severity: warn\n-- says: a: b\n\nselect 1 -- depends: not this\n;\n"
    assert front_matter(text) == ({"severity": "warn", "says": "a: b"}, "select 1 -- depends: not this")


def test_sound_data_passes_every_test(world: Any, meta: Any, google: Any) -> None:
    rows = [meta(world.day(ago), ad) for ago in range(5) for ad in (1, 2)]
    known = ("date_start", "account_id", "impressions", "spend")
    account = [meta(world.day(ago), spend="21") for ago in range(5)]
    world.load("account", [{name: row[name] for name in known} for row in account])
    world.load("ad", rows)
    world.load("google", [google(world.day(2))], ago=30)
    build(world.con)
    assert check(world.con, datetime(2027, 1, 1, 16, 59, tzinfo=UTC)) == []


Damage = Callable[[Any, Any], object]
DAMAGES: dict[str, Damage] = {
    "facts_have_one_row_per_key": lambda w, _: w.con.execute(
        "insert into fact_ad_day from fact_ad_day limit 1"
    ),
    "every_fact_has_a_name": lambda w, _: w.con.execute("delete from entity where entity_id = '101'"),
    "report_holds_all_spend": lambda w, _: w.con.execute(
        "insert into account values ('meta', '100', 'again', 'TRY', 'UTC')"
    ),
    "account_has_one_currency": lambda w, _: w.con.execute(
        "insert into account values ('meta', '100', 'again', 'EUR', 'UTC')"
    ),
    "no_figure_is_negative": lambda w, _: w.con.execute("update fact_ad_day set spend_micros = -1"),
    "platform_is_known": lambda w, _: w.con.execute("update account set platform = 'x'"),
    "days_are_within_what_was_loaded": lambda w, _: w.con.execute(
        "update load_log set today = date '2026-12-01'"
    ),
    "object_keys_are_unique": lambda w, _: w.con.execute(
        "insert into object_key values ('meta', '1', 'ad', '1', 'a'), ('meta', '1', 'ad', '1', 'b')"
    ),
    "levels_agree": lambda w, meta: w.load("account", [meta(w.day(2), spend="40")]),
    "clicks_do_not_exceed_impressions": lambda w, _: w.con.execute("update fact_ad_day set clicks = 1001"),
    "loads_are_fresh": lambda w, _: w.con.execute(
        "update load_log set loaded_at = loaded_at - interval 2 days"
    ),
    "days_have_no_gap": lambda w, _: w.con.execute(
        "update load_log set since = date '2026-12-20';"
        "insert into load_log"
        " select * replace (date '2026-12-01' as since, date '2026-12-09' as until) from load_log"
    ),
    "little_is_restated": lambda w, meta: w.load("ad", [meta(w.day(2), ad, spend="12") for ad in (1, 2, 3)]),
    "rows_do_not_drop": lambda w, meta: w.load("ad", [meta(w.day(2))]),
    "nothing_is_in_quarantine": lambda w, meta: w.load("ad", [meta(w.day(2)), meta(w.day(2), 2, spend="x")]),
    "columns_are_known": lambda w, meta: w.load("ad", [meta(w.day(2), reels="1")]),
}


def test_every_data_test_has_damage_to_find() -> None:
    folder = Path(models.__code__.co_filename).parent / "tests"
    assert {file.stem for file in folder.glob("*.sql")} == set(DAMAGES)


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_a_data_test_finds_its_damage(world: Any, meta: Any, name: str) -> None:
    world.load("ad", [meta(world.day(2), ad) for ad in (1, 2, 3)])
    build(world.con)
    now = datetime(2026, 12, 31, 6, tzinfo=UTC)
    assert check(world.con, now) == []
    DAMAGES[name](world, meta)
    failures = {failure.test: failure for failure in check(world.con, now)}
    assert failures[name].rows > 0
    assert failures[name].sample
