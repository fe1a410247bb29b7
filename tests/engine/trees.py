"""Small declared trees for tests, on the memory platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.memory import SUPPORTS
from engine.naming import Scope
from engine.resource import Address, Observed, Ref, Resource, resolve

SCOPE = Scope("lezzet", "sandbox")
ACCOUNT = "1"
PLATFORMS = {"memory": SUPPORTS}


def address(kind: str, key: str) -> Address:
    return Address("memory", kind, key)


def resource(kind: str, key: str, **fields: Any) -> Resource:
    where = address(kind, key)
    return Resource(where, ACCOUNT, SCOPE.token(where), fields)


def campaign(key: str = "c", status: str = "ACTIVE", **fields: Any) -> Resource:
    return resource("campaign", key, name=key, objective="sales", status=status, **fields)


def ad_set(key: str = "c/s", budget: int = 60_000, status: str = "ACTIVE", **fields: Any) -> Resource:
    parent = Ref(address("campaign", key.split("/")[0]))
    return resource(
        "ad_set", key, campaign=parent, name=key, status=status, daily_budget=budget, audience={}, **fields
    )


def creative(key: str = "k1", **fields: Any) -> Resource:
    return resource("creative", key, headlines=("Sıcak gelir",), **fields)


def ad(key: str = "c/s/a", creative_key: str = "k1", status: str = "ACTIVE") -> Resource:
    parent = Ref(address("ad_set", key.rpartition("/")[0]))
    return resource(
        "ad", key, ad_set=parent, creative=Ref(address("creative", creative_key)), name=key, status=status
    )


def tree() -> list[Resource]:
    return [campaign(), ad_set(), creative(), ad()]


def observed(resources: list[Resource], **overrides: Mapping[str, Any]) -> list[Observed]:
    """The resources as a platform would hold them; ids count from 1; overrides are by key."""
    ids = {each.address: str(number) for number, each in enumerate(resources, 1)}
    seen = []
    for each in resources:
        fields: Any = {**each.fields, **overrides.get(each.address.key, {})}
        kind = each.address.kind
        seen.append(Observed("memory", ACCOUNT, kind, ids[each.address], each.mark, resolve(fields, ids)))  # type: ignore[arg-type]
    return seen
