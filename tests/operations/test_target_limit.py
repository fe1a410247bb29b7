"""What a result may cost is held for 24 hours, through whatever is paused, rebuilt or stepped in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.pause import pause
from tests.operations import sites
from tests.operations.sites import Bench

RULE = "target in 24 hours"
CAP = "bid: {{strategy: cost_cap, amount: {} TRY}}"
LEAST = "bid: {{strategy: min_roas, roas: {}}}"
WHERE = "optimize_for: purchases"
HOURS = timedelta(hours=1)


def bids(brand: Bench, text: str) -> Bench:
    brand.edit(WHERE, f"{WHERE}\n    {text}")
    return brand


def refused(brand: Bench, **wish: object) -> list[str]:
    return [each.detail for each in brand.plan(**wish).refusals if each.rule == RULE]


@pytest.fixture
def capped(brand: Bench) -> Bench:
    """A running ad set that pays 40 TRY for a purchase."""
    bids(brand, CAP.format(40)).apply()
    return brand


def test_a_cost_may_rise_by_a_fifth_in_a_day_and_no_further(capped: Bench) -> None:
    capped.edit("amount: 40", "amount: 48")
    assert refused(capped) == []
    capped.edit("amount: 48", "amount: 49")
    (detail,) = refused(capped)
    assert detail.startswith("meta ad_set yil-sonu/eve-siparis, amount 40 → 49: a result may cost 22% more")


def test_steps_in_several_plans_are_one_rise(capped: Bench) -> None:
    capped.edit("amount: 40", "amount: 46")
    assert capped.apply().complete
    capped.edit("amount: 46", "amount: 52")
    assert refused(capped)


def test_a_day_later_it_may_rise_again(capped: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    capped.edit("amount: 40", "amount: 48")
    assert capped.apply().complete
    monkeypatch.setattr(sites, "NOW", sites.NOW + 25 * HOURS)
    capped.edit("amount: 48", "amount: 57")
    assert refused(capped) == []


def test_a_cap_that_is_taken_away_is_refused_and_one_that_is_tightened_passes(capped: Bench) -> None:
    capped.edit(CAP.format(40), "bid: {strategy: lowest_cost}")
    assert refused(capped)
    capped.edit("bid: {strategy: lowest_cost}", CAP.format(20))
    assert refused(capped) == []


def test_a_return_may_fall_by_as_much_as_a_cost_may_rise(brand: Bench) -> None:
    brand.edit(WHERE, "optimize_for: value")
    brand.edit("optimize_for: value", f"optimize_for: value\n    {LEAST.format('4.0')}")
    brand.apply()
    brand.edit("roas: 4.0", "roas: 3.34")
    assert refused(brand) == []
    brand.edit("roas: 3.34", "roas: 3.3")
    assert refused(brand)


def test_what_is_paused_is_not_let_go_again_with_ten_times_the_target(capped: Bench) -> None:
    pause(capped.site, capped.journal, [], actor="Ayşe Yılmaz")
    capped.edit("amount: 40", "amount: 400")
    assert refused(capped)
    assert refused(capped, resume=frozenset({"yil-sonu"}))


def test_what_never_ran_may_be_given_any_target(brand: Bench) -> None:
    bids(brand, f"{CAP.format(40)}\n    status: paused").apply()
    brand.edit("amount: 40", "amount: 400")
    assert refused(brand) == []


def test_an_ad_set_built_anew_is_held_to_what_it_was(capped: Bench) -> None:
    capped.edit("amount: 40 TRY}", "amount: 400 TRY}\n    replace: allow\n    meta: {destination: website}")
    assert refused(capped)


def test_the_limit_is_the_brands_to_set_and_to_lift(capped: Bench) -> None:
    capped.edit("amount: 40", "amount: 80")
    capped.edit("raise_24h: 20%", "raise_24h: 20%\n  target_24h: 100%", "kampanya.yaml")
    assert refused(capped) == []
    capped.edit("amount: 80", "amount: 90")
    assert refused(capped)
    capped.edit("target_24h: 100%", "target_24h: unlimited", "kampanya.yaml")
    assert refused(capped) == []


def test_what_a_person_raised_on_the_platform_is_neither_counted_nor_undone(capped: Bench) -> None:
    (record,) = [
        each for each in capped.far_side.records.values() if (each.fields.get("bid") or {}).get("amount")
    ]
    record.fields["bid"] = {**record.fields["bid"], "amount": "80 TRY"}
    capped.edit("amount: 40", "amount: 90")
    assert refused(capped) == []
    capped.edit("amount: 90", "amount: 100")
    assert refused(capped)
