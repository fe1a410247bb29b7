"""What a plan takes: operations of a day's quota, requests as the platforms batch them, the least time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.google.supports import SUPPORTS as GOOGLE
from connectors.meta.supports import SUPPORTS as META
from engine.change import Change, Create, Update
from engine.effort import Effort, beyond, efforts
from engine.resource import Address, Ref, Resource, Value
from engine.supports import Score

SUPPORTS = {"meta": META, "google": GOOGLE}


def create(platform: str, kind: str, key: str, **fields: Value) -> Create:
    return Create(Resource(Address(platform, kind, key), "1", "m", fields))


def below(platform: str, kind: str, key: str, field: str, parent: Create) -> Create:
    return create(platform, kind, key, **{field: Ref(parent.address), "status": "PAUSED"})


def on_meta(campaigns: int, ad_sets: int) -> list[Create]:
    made = []
    for number in range(campaigns):
        top = create("meta", "campaign", f"c{number}", status="PAUSED")
        made += [
            top,
            *(below("meta", "ad_set", f"c{number}/{n}", "campaign_id", top) for n in range(ad_sets)),
        ]
    return made


def effort(changes: list[Create], platform: str, access: str = "", made: int = 0) -> Effort:
    found: list[Change] = [*changes]
    return efforts(found, SUPPORTS, {platform: access}, {platform: made})[platform]


@pytest.mark.parametrize(
    ("access", "quota"),
    [("", 2_880), ("explorer", 2_880), ("basic", 15_000), ("standard", None), ("test", 15_000)],
)
def test_the_quota_is_that_of_the_level_and_of_the_strictest_where_none_is_named(
    access: str, quota: int | None
) -> None:
    found = effort([create("google", "campaign", "c")], "google", access)
    assert (found.quota, found.access) == (quota, access or "explorer")


def test_one_request_of_meta_takes_one_ad_set_below_each_campaign() -> None:
    assert effort(on_meta(1, 7), "meta").requests == 7
    assert effort(on_meta(3, 7), "meta").requests == 7


def test_fifty_share_a_request_and_a_file_goes_alone() -> None:
    creatives = [create("meta", "creative", f"{n}") for n in range(101)]
    images = [create("meta", "image", f"{n}") for n in range(4)]
    assert effort(creatives, "meta").requests == 3
    assert effort(images, "meta").requests == 4


def test_requests_of_google_are_counted_in_operations() -> None:
    campaigns = [create("google", "campaign", f"{n}", status="PAUSED") for n in range(2_000)]
    assert effort(campaigns, "google").operations == 12_000
    assert effort(campaigns, "google").requests == 2


def test_each_node_of_a_product_tree_is_an_operation_of_its_own() -> None:
    small = {"brand = a": "bid 1.00", "brand: everything else": "exclude"}
    large = {**small, "brand = b": "bid 2.00"}
    group = create("google", "ad_group", "c/s", products=small)
    assert effort([group], "google").operations == 3 + 3  # itself and its label; the root and two ends
    change = Update(group.resource, "7", {"products": small}, {"products": large})
    assert efforts([change], SUPPORTS, {}, {})["google"].operations == 1
    named = replace(change, before={**change.before, "name": "a"}, after={**change.after, "name": "b"})
    assert efforts([named], SUPPORTS, {}, {})["google"].operations == 2


def test_each_phase_is_a_wave_with_requests_of_its_own() -> None:
    top = create("meta", "campaign", "c", status="ACTIVE")
    found = effort([top], "meta")
    assert (found.waves, found.requests) == (2, 2)  # built, then let go
    name = Update(top.resource, "7", {"name": "a"}, {"name": "b"})
    assert efforts([name], SUPPORTS, {}, {})["meta"].waves == 1


def test_what_was_made_today_is_not_to_be_had_again() -> None:
    campaigns = [create("google", "campaign", f"{n}") for n in range(100)]
    assert effort(campaigns, "google", "explorer", 2_280).too_many == 0
    assert effort(campaigns, "google", "explorer", 2_281).too_many == 1
    assert effort(campaigns, "google", "standard", 10**6).too_many == 0


@pytest.mark.parametrize(("writes", "seconds"), [(20, 0), (21, 15), (40, 300), (600, 8_700)])
def test_a_score_lets_the_first_through_and_the_rest_at_its_pace(writes: int, seconds: int) -> None:
    assert Score(3, 60, 300).seconds_for(writes) == seconds


def test_nothing_is_built_without_what_it_hangs_under() -> None:
    tree = on_meta(1, 4)
    over = beyond(tree, SUPPORTS, {"meta": 3})
    assert over == {each.address for each in tree[3:]}
    assert beyond(tree, SUPPORTS, {"google": 0}) == set()
    assert beyond(tree, SUPPORTS, {"meta": -5}) == {each.address for each in tree}


def test_a_small_one_does_not_slip_past_a_large_one_that_has_no_room() -> None:
    large, small = create("google", "campaign", "a"), create("google", "keyword", "b")
    assert replace(GOOGLE.kinds["campaign"]).operations > 2 >= GOOGLE.kinds["keyword"].operations
    assert beyond([large, small], SUPPORTS, {"google": 2}) == {large.address, small.address}
