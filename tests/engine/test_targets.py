"""Targets: a strategy that campaigns share is theirs, and only what loosens is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.google.supports import SUPPORTS
from engine.change import Create, Update
from engine.resource import Address, Ref, Resource
from engine.targets import Bound, Loosened, Watch, loosened

PLATFORMS = {"google": SUPPORTS}
CAMPAIGN, SHARED = Address("google", "campaign", "kis"), Address("google", "portfolio", "satis")
MICROS = 1_000_000


def own(cpa: int | None = None, status: str = "ENABLED", **more: Any) -> dict[str, Any]:
    target = None if cpa is None else cpa * MICROS
    return {"status": status, "bidding": {"strategy": "X", "target_cpa_micros": target, **more}}


def shared(cpa: int) -> dict[str, Any]:
    return {"bidding": {"strategy": "X", "target_cpa_micros": cpa * MICROS}}


def change(address: Address, before: dict[str, Any], after: dict[str, Any]) -> Update:
    return Update(Resource(address, "1", "m", after), "9", before, after)


def found(before: Any, after: Any, held: Any = None, ids: Any = None) -> list[Loosened]:
    changes = [change(at, before[at], after[at]) for at in after if before.get(at, after[at]) != after[at]]
    return list(loosened(changes, before, after, held or {}, PLATFORMS, {"google": ids or {}}))


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, 300))
def test_a_cost_and_its_return_are_held_to_the_same_share(was: int, now: int, percent: int) -> None:
    limit = Decimal(percent) / 100
    cost = Loosened(CAMPAIGN, "x", "cost", Decimal(was), Decimal(now))
    back = Loosened(CAMPAIGN, "x", "return", Decimal(now), Decimal(was))
    assert cost.beyond(limit) == back.beyond(limit) == (100 * now > was * (100 + percent))


def test_a_change_of_the_shared_strategy_is_told_once_and_not_for_each_campaign() -> None:
    uses = own(portfolio="77")
    before, after = {SHARED: shared(40), CAMPAIGN: uses}, {SHARED: shared(60), CAMPAIGN: uses}
    (one,) = found(before, after, ids={"77": SHARED})
    assert (one.address, one.was, one.now) == (SHARED, 40 * MICROS, 60 * MICROS)
    assert one.told(PLATFORMS, {"google": "TRY"}) == "google portfolio satis, target_cpa 40 TRY → 60 TRY"


def test_a_campaign_that_changes_to_a_shared_strategy_has_its_target() -> None:
    uses = own(portfolio=Ref(SHARED))
    for target, told in ((40, 0), (41, 1)):
        after = {SHARED: shared(target), CAMPAIGN: uses}
        assert len(found({SHARED: shared(target), CAMPAIGN: own(40)}, after)) == told
    left = found({SHARED: shared(40), CAMPAIGN: own(portfolio="77")}, {CAMPAIGN: own(50)}, ids={"77": SHARED})
    assert [each.was for each in left] == [40 * MICROS]


def test_what_does_not_run_is_free_and_what_is_taken_away_is_without_limit() -> None:
    assert found({CAMPAIGN: own(40, "PAUSED")}, {CAMPAIGN: own(400, "PAUSED")}) == []
    (gone,) = found({CAMPAIGN: own(40)}, {CAMPAIGN: own(None)})
    assert gone.beyond(Decimal(1000))
    assert gone.more is None


def test_a_limit_that_was_never_there_is_not_loosened_by_setting_one() -> None:
    assert found({CAMPAIGN: own(None)}, {CAMPAIGN: own(40)}) == []


def test_the_journal_holds_what_first_ran_and_a_creation_in_its_place_too() -> None:
    watch = Watch(PLATFORMS)
    watch.see({CAMPAIGN: own(10, "PAUSED")})
    assert watch.held == {}
    watch.see({CAMPAIGN: own(40)})
    watch.see({CAMPAIGN: own(44)})
    held = watch.held
    assert held[CAMPAIGN].first["bidding.target_cpa_micros"] == 40 * MICROS
    anew = Create(Resource(CAMPAIGN, "1", "m", own(50)))
    (one,) = loosened([anew], {}, {CAMPAIGN: own(50)}, held, PLATFORMS, {})
    assert one.was == 40 * MICROS
    assert isinstance(held[CAMPAIGN], Bound)
