from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from sandbox.ledger import Ledger, Total
from sandbox.market import Conversion, Delivery, Line

DAY = date(2026, 11, 30)


def line(ad: str, ad_set: str = "s1", platform: str = "meta") -> Line:
    return Line(platform, "act_1", ad, ad_set, "c1", ad_set, 10**9, f"c/{ad_set}/{ad}")


def delivery(ad: str, spend: int = 10_000, *conversions: Conversion) -> Delivery:
    return Delivery(ad, 1000, 10, 900, spend, 8, 2, conversions)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_a_conversion_shows_from_the_day_it_arrives_on_the_day_of_its_click(ledger: Ledger) -> None:
    late = (Conversion("purchase", 0, 2, 500), Conversion("purchase", 5, 1, 200))
    ledger.record(DAY, [line("a")], [delivery("a", 10_000, *late)])
    seen = [
        ledger.rows("meta", DAY, DAY, DAY + timedelta(days=n))[0].conversions["purchase"] for n in (0, 4, 5)
    ]
    assert seen == [Total(2, 500), Total(2, 500), Total(3, 700)]


def test_recording_a_day_again_replaces_it(ledger: Ledger) -> None:
    ledger.record(
        DAY,
        [line("a")],
        [delivery("a", 30_000, Conversion("purchase", 0, 1, 1), Conversion("lead", 1, 1, 0))],
    )
    ledger.record(DAY, [line("a")], [delivery("a", 20_000, Conversion("purchase", 0, 4, 9))])
    (row,) = ledger.rows("meta", DAY, DAY, DAY + timedelta(days=28))
    assert (row.spend_micros, row.conversions) == (20_000, {"purchase": Total(4, 9)})


def test_rows_are_of_one_platform_and_of_the_days_asked_for(ledger: Ledger) -> None:
    ledger.record(DAY, [line("a"), line("a", platform="google")], [delivery("a")])
    ledger.record(DAY + timedelta(days=1), [line("a")], [delivery("a")])
    assert [row.day for row in ledger.rows("meta", DAY, DAY, DAY)] == []
    assert [row.platform for row in ledger.rows("google", DAY, DAY, DAY)] == ["google"]
    assert len(ledger.rows("meta", DAY, DAY + timedelta(days=1), DAY)) == 1


def test_spend_adds_up_by_parent_since_a_day(ledger: Ledger) -> None:
    for n in range(3):
        ledger.record(DAY + timedelta(days=n), [line("a"), line("b")], [delivery("a"), delivery("b")])
    assert ledger.spent("meta", "ad_set_id", ["s1", "s2"]) == {"s1": 60_000, "s2": 0}
    assert ledger.spent("meta", "ad_id", ["a"], DAY + timedelta(days=1)) == {"a": 20_000}
    with pytest.raises(ValueError, match="not one of"):
        ledger.spent("meta", "day", ["x"])


def test_totals_page_by_id_and_keep_only_what_is_asked(ledger: Ledger) -> None:
    ads = ["a", "b", "c"]
    ledger.record(DAY, [line(ad) for ad in ads], [delivery(ad) for ad in ads])
    first = ledger.totals("meta", "ad_id", DAY, DAY, {}, limit=2)
    assert [one.id for one in first] == ["a", "b"]
    assert [one.id for one in ledger.totals("meta", "ad_id", DAY, DAY, {}, after="b")] == ["c"]
    (whole,) = ledger.totals("meta", "campaign_id", DAY, DAY, {"ad_id": ["a", "c"]})
    assert (whole.id, whole.impressions, whole.reach_sum, whole.reach_max) == ("c1", 2000, 1800, 900)


def test_the_ledger_survives_a_restart_and_can_be_cleared_by_platform(tmp_path: Path) -> None:
    first = Ledger(tmp_path)
    first.record(DAY, [line("a")], [delivery("a", 10_000, Conversion("purchase", 0, 1, 1))])
    first.record(DAY, [line("g", platform="google")], [delivery("g")])
    first.close()
    second = Ledger(tmp_path)
    assert second.first_day("meta") == DAY
    second.clear("meta")
    assert second.rows("meta", DAY, DAY, DAY) == []
    assert len(second.rows("google", DAY, DAY, DAY)) == 1
    second.close()
    assert (tmp_path / "ledger.db").stat().st_mode & 0o777 == 0o600
