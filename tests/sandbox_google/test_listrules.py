"""Lists of customers, of other lists and of similar people: what is refused, and how large they come out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.sandbox_google.test_userlists import made, operand, sizes

ROOT = "customers/1234567890/userLists"
CONTACTS = {"upload_key_type": "CONTACT_INFO"}
SIMILAR = {"expansion_level": "BALANCED", "country_codes": ["TR"]}


def customers(ads: Any, name: str = "müşteriler", **info: Any) -> str:
    return str(ads.create("user_lists", name=name, crm_based_user_list=CONTACTS | info))


def logical(ads: Any, *rules: tuple[str, list[str]], name: str = "birlikte") -> str:
    said = [
        {"operator": operator, "rule_operands": [{"user_list": one} for one in lists]}
        for operator, lists in rules
    ]
    return str(ads.create("user_lists", name=name, logical_user_list={"rules": said}))


def lookalike(ads: Any, *seeds: str, name: str = "benzerler", **info: Any) -> str:
    ids = [int(seed.split("/")[-1]) for seed in seeds]
    said = SIMILAR | {"seed_user_list_ids": ids} | info
    return str(ads.create("user_lists", name=name, lookalike_user_list=said))


def mixed(ads: Any) -> str:
    return logical(ads, ("ALL", [made(ads, operand()), customers(ads)]))


def of_logical(ads: Any) -> str:
    return logical(ads, ("ALL", [logical(ads, ("ANY", [customers(ads)]))]), name="iki kat")


def of_lookalike(ads: Any) -> str:
    return logical(ads, ("ALL", [lookalike(ads, customers(ads))]))


def twice(ads: Any) -> str:
    seed = customers(ads)
    lookalike(ads, seed)
    return lookalike(ads, seed, name="yine")


def seeded_by_lookalike(ads: Any) -> str:
    return lookalike(ads, lookalike(ads, customers(ads)), name="benzerin benzeri")


MOBILE = {"upload_key_type": "MOBILE_ADVERTISING_ID"}
CASES: list[tuple[Any, str, str]] = [
    (
        lambda ads: customers(ads, upload_key_type="UNSPECIFIED"),
        "field_error.REQUIRED",
        "crm_based_user_list.upload_key_type",
    ),
    (lambda ads: customers(ads, **MOBILE), "user_list_error.APP_ID_NOT_SET", "crm_based_user_list.app_id"),
    (
        lambda ads: customers(ads, app_id="com.lezzet"),
        "user_list_error.APP_ID_NOT_ALLOWED",
        "crm_based_user_list.app_id",
    ),
    (
        lambda ads: customers(ads, data_source_type="THIRD_PARTY_CREDIT_BUREAU"),
        "user_list_error.ADVERTISER_NOT_ON_ALLOWLIST_FOR_USING_UPLOADED_DATA",
        "crm_based_user_list.data_source_type",
    ),
    (logical, "field_error.REQUIRED", "logical_user_list.rules"),
    (
        lambda ads: logical(ads, ("UNSPECIFIED", [customers(ads)])),
        "field_error.REQUIRED",
        "logical_user_list.rules.operator",
    ),
    (
        lambda ads: logical(ads, ("ALL", [])),
        "field_error.REQUIRED",
        "logical_user_list.rules.rule_operands",
    ),
    (
        lambda ads: logical(ads, ("ALL", [f"{ROOT}/7"])),
        "user_list_error.INVALID_USER_LIST_LOGICAL_RULE_OPERAND",
        "logical_user_list.rules.rule_operands.user_list",
    ),
    (
        of_logical,
        "user_list_error.CAN_NOT_ADD_LOGICAL_LIST_AS_LOGICAL_LIST_OPERAND",
        "logical_user_list.rules.rule_operands.user_list",
    ),
    (
        of_lookalike,
        "user_list_error.CAN_NOT_ADD_A_SIMILAR_USERLIST_AS_LOGICAL_LIST_OPERAND",
        "logical_user_list.rules.rule_operands.user_list",
    ),
    (
        mixed,
        "user_list_error.CAN_NOT_MIX_CRM_BASED_IN_LOGICAL_LIST_WITH_OTHER_LISTS",
        "logical_user_list.rules",
    ),
    (
        lambda ads: lookalike(ads, customers(ads), expansion_level="UNSPECIFIED"),
        "field_error.REQUIRED",
        "lookalike_user_list.expansion_level",
    ),
    (lookalike, "field_error.REQUIRED", "lookalike_user_list.seed_user_list_ids"),
    (
        lambda ads: lookalike(ads, *[customers(ads)] * 11),
        "collection_size_error.TOO_MANY",
        "lookalike_user_list.seed_user_list_ids",
    ),
    (
        lambda ads: lookalike(ads, f"{ROOT}/7"),
        "user_list_error.SEED_LIST_DOES_NOT_EXIST",
        "lookalike_user_list.seed_user_list_ids",
    ),
    (
        seeded_by_lookalike,
        "user_list_error.INVALID_SEED_LIST_TYPE",
        "lookalike_user_list.seed_user_list_ids",
    ),
    (
        lambda ads: lookalike(ads, customers(ads), country_codes=[]),
        "field_error.REQUIRED",
        "lookalike_user_list.country_codes",
    ),
    (
        lambda ads: lookalike(ads, customers(ads), country_codes=["XX"]),
        "user_list_error.INVALID_COUNTRY_CODES",
        "lookalike_user_list.country_codes",
    ),
    (twice, "user_list_error.DUPLICATE_LOOKALIKE", "lookalike_user_list"),
]


@pytest.mark.parametrize(
    ("make", "code", "path"), CASES, ids=[f"{path}-{code.partition('.')[2]}" for _, code, path in CASES]
)
def test_a_list_that_google_would_not_take_is_refused(ads: Any, make: Any, code: str, path: str) -> None:
    assert (code, f"operations.create.{path}") in ads.refused(lambda: make(ads))


@pytest.fixture
def visited(ads: Any) -> Any:
    """A website with visitors, and lists of those who came and of those who put something into a cart."""
    ads.tree()
    for day in range(1, 11):
        ads.deliver(date(2026, 12, day), visits=4000, carts=1000)
    ads.clock.advance(14)
    return ads


def people(ads: Any, user_list: str) -> int:
    return sizes(ads, user_list)[0]


def test_lists_of_visitors_are_combined_by_their_rules(visited: Any) -> None:
    everybody = made(visited, operand("PageView"), name="gelenler")
    carts = made(visited, operand("AddToCart"), name="sepet")
    both = logical(visited, ("ALL", [everybody, carts]), name="ikisi de")
    either = logical(visited, ("ANY", [everybody, carts]), name="biri")
    rest = logical(visited, ("ALL", [everybody]), ("NONE", [carts]), name="sepetsiz")
    whole, part = people(visited, everybody), people(visited, carts)
    assert 0 < people(visited, both) == part < whole == people(visited, either)
    assert people(visited, rest) == pytest.approx(whole - part, rel=0.05)


def test_similar_people_are_a_share_of_the_countries_once_the_seed_is_large_enough(visited: Any) -> None:
    seed, few = made(visited, operand("PageView"), name="gelenler"), customers(visited)
    narrow, balanced, broad = (
        people(visited, lookalike(visited, seed, name=level, expansion_level=level))
        for level in ("NARROW", "BALANCED", "BROAD")
    )
    assert (balanced, broad) == (pytest.approx(2 * narrow, rel=0.05), pytest.approx(4 * narrow, rel=0.05))
    assert people(visited, lookalike(visited, few, name="tohumsuz")) == 0


def test_lists_of_customers_are_joined_and_taken_away(ads: Any) -> None:
    one, other = customers(ads, "bir"), customers(ads, "iki")
    held = ads.sandbox.store.members
    held.add(one, [[f"a{n}"] for n in range(400)], date(2026, 12, 1))
    held.add(other, [[f"a{n}"] for n in range(100)], date(2026, 12, 1))
    either = logical(ads, ("ANY", [one, other]), name="biri")
    rest = logical(ads, ("ALL", [one]), ("NONE", [other]), name="fark")
    ads.clock.advance(1)
    first, second = people(ads, one), people(ads, other)
    assert people(ads, either) == pytest.approx(first + second, rel=0.05)
    assert people(ads, rest) == pytest.approx(first - second, rel=0.05)
