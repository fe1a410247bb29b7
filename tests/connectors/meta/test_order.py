from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Connection
from connectors.meta import convert, order
from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Ref, Resource

MOST = 50


def address(kind: str, key: str) -> Address:
    return Address("meta", kind, key)


def resource(kind: str, key: str, **fields: Any) -> Resource:
    return Resource(address(kind, key), "act_1", "mark", fields)


def creates(campaigns: int, ad_sets: int, ads: int, shared: bool) -> list[Change]:
    """A forest, level by level, as a topological sort hands it over."""
    made = []
    for c in range(campaigns):
        made.append(resource("campaign", f"c{c}"))
        for s in range(ad_sets):
            made.append(resource("ad_set", f"c{c}/s{s}", campaign_id=Ref(address("campaign", f"c{c}"))))
            for a in range(ads):
                creative = "one" if shared else f"{c}-{s}-{a}"
                made.append(resource("creative", creative))
                refs = {
                    "adset_id": Ref(address("ad_set", f"c{c}/s{s}")),
                    "creative": {"creative_id": Ref(address("creative", creative))},
                }
                made.append(resource("ad", f"c{c}/s{s}/a{a}", **refs))
    unique = {each.address: each for each in made}
    ranks = ("campaign", "creative", "ad_set", "ad")
    return [Create(each) for each in sorted(unique.values(), key=lambda one: ranks.index(one.address.kind))]


def batches(changes: list[Change]) -> list[list[Change]]:
    known: set[Address] = set()
    found = []
    queue = order.Queue(changes)
    while queue:
        chosen = queue.take(known.__contains__, MOST)
        assert chosen
        known |= {each.address for each in chosen}
        found.append(chosen)
    return found


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(0, 6), st.integers(0, 30), st.booleans(), st.randoms())
def test_batches_hold_everything_once_after_what_it_needs_and_one_ad_set_of_a_campaign(
    campaigns: int, ad_sets: int, ads: int, shared: bool, chance: random.Random
) -> None:
    changes = creates(campaigns, ad_sets, ads, shared)
    chance.shuffle(changes)
    known: set[Address] = set()
    for chosen in batches(changes):
        assert len(chosen) <= MOST
        parents = [each.address.key.split("/")[0] for each in chosen if each.address.kind == "ad_set"]
        assert len(parents) == len(set(parents))
        for each in chosen:
            assert order.references(each) <= known
            assert each.address not in known
            known.add(each.address)
    assert known == {each.address for each in changes}


def test_an_ad_set_goes_with_its_creatives_and_ads() -> None:
    [first, *_] = batches(creates(1, 3, 4, shared=False))
    assert [str(each.address.kind) for each in first[:10]] == (
        ["campaign", "ad_set", *["creative"] * 4, *["ad"] * 4]
    )


def test_two_hundred_ad_sets_take_two_hundred_batches() -> None:
    assert len(batches(creates(1, 200, 1, shared=False))) == 200


def test_ad_sets_of_different_campaigns_share_batches() -> None:
    assert len(batches(creates(3, 4, 1, shared=False))) == 4


def test_updates_of_different_kinds_never_share_a_batch() -> None:
    ads = [Update(resource("ad", f"c/s/a{n}"), str(n), {}, {"status": "ACTIVE"}) for n in range(3)]
    ad_set = Update(resource("ad_set", "c/s"), "9", {}, {"status": "ACTIVE"})
    gone = [
        Archive(address("ad", "c/s/old"), "act_1", "8", {}),
        Archive(address("ad_set", "c/x"), "act_1", "7", {}),
    ]
    made = [Create(resource("campaign", "d")), Create(resource("creative", "x"))]
    found = order.segments([*made, *ads, ad_set, *gone])
    assert [len(each) for each in found] == [2, 3, 1, 1, 1]


def test_what_refers_to_nothing_known_is_left_over() -> None:
    lonely = Create(resource("ad_set", "c/s", campaign_id=Ref(address("campaign", "c"))))
    queue = order.Queue([lonely])
    assert queue.take(set[Address]().__contains__, MOST) == []
    assert queue.waiting() == [lonely]


def test_a_declared_tree_is_ordered_images_first(tree: Any, connection: Connection) -> None:
    changes: list[Change] = [Create(each) for each in convert.canonical(tree().resources, connection)]
    kinds = [each.address.kind for each in order.trees(changes[::-1])]
    assert kinds == ["image", "campaign", *["ad_set", "creative", "creative", "ad", "ad"] * 2]
