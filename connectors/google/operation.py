"""One operation of GoogleAdsService.Mutate, their order, and the desk at which they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Literal

from connectors.errors import Rejected
from engine.resource import Address, Value

Verb = Literal["create", "update", "remove"]

# Order of operations in a request: what is pointed to before what points to it, one type after another,
# because every change of type is a call of its own inside Google (…/docs/mutating/best-practices).
ORDER: Final = (
    "label", "user_list", "audience", "asset", "shared_set", "shared_criterion", "bidding_strategy",
    "custom_conversion_goal", "campaign_budget", "campaign", "campaign_conversion_goal",
    "conversion_goal_campaign_config", "campaign_criterion", "campaign_asset", "campaign_shared_set",
    "campaign_label", "asset_group", "asset_group_asset", "asset_group_listing_group_filter",
    "asset_group_signal", "ad_group",
    "ad_group_criterion",
    "ad_group_asset", "ad_group_label", "ad_group_ad", "ad_group_ad_label", "ad",
)  # fmt: skip
RANK: Final = {name: position for position, name in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Op:
    """One operation. `body` is the resource, or for a removal its name; `bears`: its result names ours."""

    resource: str
    verb: Verb
    body: Any
    mask: tuple[str, ...] = ()
    bears: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """Removals first, children before parents; then the rest, parents before children."""
        rank = RANK[self.resource]
        return (0, -rank) if self.verb == "remove" else (1, rank)

    def to_json(self) -> dict[str, Any]:
        """The MutateOperation."""
        operation: dict[str, Any] = {self.verb: self.body}
        if self.mask:
            # The JSON form of a mask is one text of camel-case paths.
            operation["update_mask"] = ",".join(camel(path) for path in self.mask)
        return {f"{self.resource}_operation": operation}


@dataclass(slots=True)
class Lookups:
    """What the platform said that the operations need; all of it is read before anything is written."""

    labels: Mapping[str, str] = field(default_factory=dict)  # label name → resource name
    locations: Mapping[str, str] = field(default_factory=dict)  # code → resource name
    languages: Mapping[str, str] = field(default_factory=dict)
    budgets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # campaign id → budget row
    criteria: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    """(parent id, criterion's field, value) → resource name; values as sent."""
    ad_groups: Mapping[str, str] = field(default_factory=dict)  # ad id → ad group id
    goals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Campaign id, "" for the account itself → what it counts, as `purchase/website`."""
    trees: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """(kind of the owner, its id) → rows of its tree of products."""
    images: Mapping[str, str] = field(default_factory=dict)  # digits of SHA-256 → the bytes in Base64


class Desk:
    """What every family of operations needs: names, numbers, and what was looked up."""

    def __init__(self, customer: str, lookups: Lookups, ids: Mapping[Address, str]) -> None:
        self.customer, self.lookups = customer, lookups
        self.ids: dict[Address, str] = dict(ids)
        self._numbers = count(-1, -1)

    def number(self) -> str:
        """A temporary id: negative, once a desk."""
        return str(next(self._numbers))

    def path(self, collection: str, id: str) -> str:
        return f"customers/{self.customer}/{collection}/{id}"

    def remove(self, resource: str, parent: str, criterion: str, value: str) -> Op:
        """Take a criterion off its parent. Raises Rejected if it is no longer there."""
        name = self.lookups.criteria.get((parent, criterion, value))
        if name is None:
            raise Rejected(f"{criterion} {value} is no longer there", code="gone", field=criterion)
        return Op(resource, "remove", name)

    def constant(self, what: str, code: str) -> str:
        """The resource name of a place or language. Raises Rejected for a code that Google does not know."""
        if "/" in code:  # a constant without a code, as it was read
            return code
        table = self.lookups.locations if what == "locations" else self.lookups.languages
        if code not in table:
            raise Rejected(f"Google knows no {what[:-1]} {code}", code="unknown", field=what)
        return table[code]


def as_set(value: Value) -> set[str]:
    return {str(each) for each in value} if isinstance(value, (list, tuple)) else set()


def camel(path: str) -> str:
    """`ad_group_label` as `adGroupLabel`."""
    head, *rest = path.split("_")
    return head + "".join(part.capitalize() for part in rest)
