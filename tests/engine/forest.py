"""Arbitrary declared trees for property tests, and their way onto the memory platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from connectors.base import Account, Connection
from connectors.memory import MemoryConnector, Platform
from engine.resource import Resource
from tests.contract.walker import Walker
from tests.engine.trees import ACCOUNT, SCOPE, ad, ad_set, campaign, creative

STATUS = st.sampled_from(["ACTIVE", "ACTIVE", "PAUSED"])
KEYS = st.sampled_from(["a", "b", "c"])
BUDGETS = st.integers(1, 500).map(lambda tens: tens * 1000)


@dataclass(frozen=True)
class AdSet:
    budget: int
    status: str
    ads: Mapping[str, tuple[str, str]]  # key → (creative, status)


@dataclass(frozen=True)
class Campaign:
    status: str
    ad_sets: Mapping[str, AdSet]


Forest = Mapping[str, Campaign]
ADS = st.dictionaries(KEYS, st.tuples(st.sampled_from(["k1", "k2", "k3"]), STATUS), max_size=3)
AD_SETS = st.dictionaries(KEYS, st.builds(AdSet, BUDGETS, STATUS, ADS), max_size=2)
FORESTS: st.SearchStrategy[Forest] = st.dictionaries(KEYS, st.builds(Campaign, STATUS, AD_SETS), max_size=2)


def resources(forest: Forest) -> list[Resource]:
    """Parents first, each creative once."""
    made: list[Resource] = []
    creatives: dict[str, Resource] = {}
    for name, one in forest.items():
        made.append(campaign(name, one.status))
        for key, group in one.ad_sets.items():
            made.append(ad_set(f"{name}/{key}", group.budget, group.status))
            for leaf, (content, status) in group.ads.items():
                creatives.setdefault(content, creative(content, url=f"https://lezzet.example/{content}"))
                made.append(ad(f"{name}/{key}/{leaf}", content, status))
    return [*creatives.values(), *made]


@dataclass
class Forester(Walker):
    """A walker over declared resources instead of YAML."""

    wanted: list[Resource] = field(default_factory=list)

    def desired(self) -> list[Resource]:
        return self.wanted


def forester() -> Forester:
    account = Account(ACCOUNT, "TRY", "Europe/Istanbul")
    connector = MemoryConnector(Connection(account, SCOPE, Path()), Platform())
    return Forester(connector, "memory", ACCOUNT, Path())  # type: ignore[arg-type]
