"""What an apply says it did agrees with what its plan said it would do."""

from __future__ import annotations

from engine.change import Archive, Create, Update
from engine.footer import counts
from engine.plan import Plan
from engine.resource import Address
from operations.tally import Tally, tally
from tests.operations.sites import Bench

MENU = Address("meta", "ad_set", "yil-sonu/restorana-menu")


def counted(brand: Bench, plan: Plan) -> Tally:
    return tally(brand.journal, plan.digest, brand.site.supports)


def as_planned(plan: Plan) -> dict[type, set[Address]]:
    return {
        sort: {each.change.address for each in plan.changes if isinstance(each.change, sort)}
        for sort in (Create, Update, Archive)
    }


def test_a_launch_counts_each_object_once_and_what_it_let_go_apart(brand: Bench) -> None:
    plan = brand.plan()
    brand.apply(plan)
    assert counts(plan)["create"] == 15
    assert counted(brand, plan) == Tally(created=15, changed=0, archived=0, let_go=1)


def test_an_update_that_is_sent_in_parts_is_one_change(brand: Bench) -> None:
    brand.apply()
    brand.edit("budget: {daily: 600 TRY}", "budget: {daily: 660 TRY}\n    name: Yeni ad")
    plan = brand.plan()
    brand.apply(plan)
    assert counted(brand, plan) == Tally(0, len(as_planned(plan)[Update]), 0, 0)
    assert counts(plan)["change"] == 1


def test_an_apply_that_was_carried_on_counts_all_of_its_runs(brand: Bench) -> None:
    plan = brand.plan()
    brand.far_side.refuse.add(MENU)
    assert not brand.apply(plan).complete
    half = counted(brand, plan)
    assert 0 < half.created < 15
    assert brand.apply(plan).complete
    assert counted(brand, plan).created == 15


def test_another_plans_work_is_not_counted(brand: Bench) -> None:
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    plan = brand.plan()
    assert counted(brand, plan) == Tally(0, 0, 0, 0)
    brand.apply(plan)
    assert counted(brand, plan) == Tally(0, 1, 0, 0)
