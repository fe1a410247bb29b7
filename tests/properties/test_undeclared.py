"""What is not declared stays as the platform has it, and what the platform does by itself is no drift."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.resource import Address
from operations.drift import drift
from tests.properties import contents, declared
from tests.properties.example import brand
from tests.properties.grounds import InSandbox
from tests.properties.strangers import Google, Meta
from tests.properties.test_reach import FEW, MANY

AD_SET = "yil-sonu/eve-siparis"
# Set by a person, in no declaration of this test: Graph's parameter and value by kind, ...
META: dict[str, tuple[str, str, Any]] = {
    "spending limit": ("campaign", "spend_cap", 5_000_000),
    "payor": ("ad_set", "dsa_payor", "Ajans Ltd."),
    "beneficiary": ("ad_set", "dsa_beneficiary", "Lezzet A.Ş."),
    "domain": ("ad", "conversion_domain", "lezzet.example"),
}
# ... and Google's field, its value and the collection.
GOOGLE: dict[str, tuple[str, str, str, Any]] = {
    "tracking": ("campaign", "campaigns", "tracking_url_template", "{lpurl}?kaynak=x"),
    "bid": ("ad_group", "adGroups", "cpc_bid_micros", 3_000_000),
    "group tracking": ("ad_group", "adGroups", "tracking_url_template", "{lpurl}?k=y"),
}
REVIEWS = ("ACTIVE", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED")
HANDS = st.lists(st.sampled_from([*META, *GOOGLE]), unique=True, max_size=5)


def set_by_hand(ground: InSandbox, what: str) -> None:
    ids = ground.journal.ids()
    if what in META:
        kind, name, value = META[what]
        answer = Meta(ground).ask(ids[Address("meta", kind, KEYS[kind])], **{name: value})
        assert answer.get("success"), answer
        return
    kind, collection, name, value = GOOGLE[what]
    id = ids[Address("google", kind, AD_SET)]
    resource = f"customers/1234567890/{collection}/{id}"
    operation = {"update": {"resource_name": resource, name: value}, "update_mask": camel(name)}
    assert Google(ground).mutate({f"{kind}_operation": operation})


KEYS = {"campaign": "yil-sonu", "ad_set": AD_SET, "ad": f"{AD_SET}/kadikoy"}


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def there(ground: InSandbox, what: str) -> Any:
    """What the platform holds of it now."""
    ids = ground.journal.ids()
    if what in META:
        kind, name, _ = META[what]
        return ground.sandbox.meta.graph.store._nodes[ids[Address("meta", kind, KEYS[kind])]].data.get(name)
    kind, collection, name, _ = GOOGLE[what]
    entries = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    found = entries[f"customers/1234567890/{collection}/{ids[Address('google', kind, AD_SET)]}"]
    return getattr(found.message, name)


def undeclared(ground: InSandbox, days: int, verdict: str, hands: list[str]) -> None:
    ground.fresh()
    declared.write(brand(), ground.root)
    assert ground.apply().complete
    ground.sandbox.advance(days)
    ground.sandbox.meta.review(ground.journal.ids()[Address("meta", "ad", KEYS["ad"])], verdict)
    for what in hands:
        set_by_hand(ground, what)
    before = contents.everything(ground.sandbox)
    assert ground.plan().changes == ()
    assert drift(ground.site, ground.journal) == []
    assert contents.everything(ground.sandbox) == before
    declared.write(brand("550 TRY"), ground.root)
    assert ground.apply().complete
    values = {name: value for name, (*_, value) in (META | GOOGLE).items()}
    assert {what: there(ground, what) for what in hands} == {what: values[what] for what in hands}


CASES = (st.integers(0, 6), st.sampled_from(REVIEWS), HANDS)


@pytest.mark.server
def test_what_the_market_and_people_do_beside_the_declaration_is_left_alone(stands: InSandbox) -> None:
    FEW(given(*CASES)(lambda days, verdict, hands: undeclared(stands, days, verdict, hands)))()


@pytest.mark.soak
def test_what_is_not_declared_is_left_alone_very_often(stands: InSandbox) -> None:
    MANY(given(*CASES)(lambda days, verdict, hands: undeclared(stands, days, verdict, hands)))()
