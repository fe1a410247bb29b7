"""Changes as operations of GoogleAdsService.Mutate: which resources, which fields, which update masks. Pure.

One change may be several operations (a campaign: its budget, itself, its locations and languages, its label),
which are sent in one atomic request. New resources have negative ids until the platform numbers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Literal

from connectors.errors import Rejected
from connectors.google import audience, bidding, keywords, normal
from engine.change import Archive, Change, Create, Update
from engine.naming import label
from engine.resource import Address, Fields, Ref, Resource, Value, resolve

Verb = Literal["create", "update", "remove"]

# Order of operations in a request: what is pointed to before what points to it, one type after another,
# because every change of type is a call of its own inside Google (…/docs/mutating/best-practices).
ORDER: Final = (
    "label", "user_list", "campaign_budget", "campaign", "campaign_criterion", "campaign_label", "ad_group",
    "ad_group_criterion", "ad_group_label", "ad_group_ad", "ad_group_ad_label", "ad",
)  # fmt: skip
RANK: Final = {name: position for position, name in enumerate(ORDER)}
COLLECTIONS: Final[Mapping[str, str]] = {
    "campaign": "campaigns",
    "ad_group": "adGroups",
    "ad": "adGroupAds",
    "keyword": "adGroupCriteria",
    "negative_keyword": "adGroupCriteria",
    "campaign_negative_keyword": "campaignCriteria",
    "audience": "userLists",
}
# Our kind → the resource that bears it (an ad is an ad group ad around an ad).
RESOURCES: Final[Mapping[str, str]] = {
    "campaign": "campaign",
    "ad_group": "ad_group",
    "ad": "ad_group_ad",
    "audience": "user_list",
    **{kind.kind: kind.resource for kind in keywords.KINDS.values()},
}
PARENTS: Final[Mapping[str, str]] = {
    "ad_group": "campaign",
    "ad": "ad_group",
    **{kind.kind: kind.parent for kind in keywords.KINDS.values()},
}
BUDGETS: Final[Mapping[str, str]] = {
    "daily_budget_micros": "amount_micros",
    "total_budget_micros": "total_amount_micros",
}
# Canonical fields that the platform keeps under the same name in the resource itself, with their mask's
# leaves.
PLAIN: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "campaign": {
        "name": (),
        "status": (),
        "contains_eu_political_advertising": (),
        "start_date_time": (),
        "end_date_time": (),
        "network_settings": normal.NETWORKS,
        "geo_target_type_setting": tuple(normal.PRESENCE),
        "advertising_channel_type": (),
    },
    "ad_group": {"name": (), "status": (), "type": (), "cpc_bid_micros": ()},
}
AD_PLAIN: Final = ("final_urls", "final_url_suffix")
SEARCH_AD: Final = ("headlines", "descriptions", "path1", "path2")
# Set-valued fields: field → (criterion's field, the name inside it).
CAMPAIGN_SETS: Final = {
    "locations": ("location", "geo_target_constant"),
    "languages": ("language", "language_constant"),
}
AD_GROUP_SETS: Final = {"age_ranges": ("age_range", normal.AGE_RANGES), "genders": ("gender", normal.GENDERS)}


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
            operation["update_mask"] = ",".join(_camel(path) for path in self.mask)
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


class Builder:
    """Operations of changes on one customer; `ids` grows as objects get their (temporary, then real) ids."""

    def __init__(self, customer: str, lookups: Lookups, ids: Mapping[Address, str]) -> None:
        self._customer, self._lookups = customer, lookups
        self.ids: dict[Address, str] = dict(ids)
        self._numbers = count(-1, -1)

    def draft(self) -> Builder:
        """A builder that knows the same and whose new ids go nowhere."""
        return Builder(self._customer, self._lookups, self.ids)

    def build(self, change: Change) -> list[Op]:
        """The operations of one change. Raises Rejected for what cannot be said to the platform."""
        match change:
            case Create(resource):
                return list(self._create(resource))
            case Update():
                return list(self._update(change))
            case Archive():
                return [Op(RESOURCES[change.address.kind], "remove", self._name(change), bears=True)]

    def _create(self, resource: Resource) -> Iterator[Op]:
        address, fields = resource.address, _resolved(resource.fields, self.ids)
        if address.kind in keywords.KINDS:
            yield self._create_keyword(keywords.KINDS[address.kind], fields)
            return
        if address.kind == "audience":
            yield self._create_audience(resource, fields)
            return
        number = self.ids[address] = str(next(self._numbers))
        match address.kind:
            case "campaign":
                yield from self._create_campaign(number, fields)
            case "ad_group":
                yield from self._create_ad_group(number, fields)
            case "ad":
                yield self._create_ad(number, fields)
        yield from self._mark(resource, fields)

    def _create_campaign(self, number: str, fields: dict[str, Any]) -> Iterator[Op]:
        budget = self._path("campaignBudgets", str(next(self._numbers)))
        amounts = {BUDGETS[name]: fields[name] for name in BUDGETS if fields.get(name) is not None}
        period = fields.get("budget_period", "DAILY")
        yield Op(
            "campaign_budget",
            "create",
            # No name: a budget that is not shared is called as its campaign.
            {"resource_name": budget, "period": period, "explicitly_shared": False, **amounts},
        )
        bids, _ = bidding.message(fields["bidding"])
        plain = {name: fields[name] for name in PLAIN["campaign"] if fields.get(name) is not None}
        name = self._path("campaigns", number)
        body = {"resource_name": name, "campaign_budget": budget, **plain, **bids}
        yield Op("campaign", "create", body, bears=True)
        for what in CAMPAIGN_SETS:
            for code in fields.get(what) or ():
                yield self._add_to_campaign(name, what, code)

    def _create_ad_group(self, number: str, fields: dict[str, Any]) -> Iterator[Op]:
        name = self._path("adGroups", number)
        plain = {each: fields[each] for each in PLAIN["ad_group"] if fields.get(each) is not None}
        body = {"resource_name": name, "campaign": self._path("campaigns", fields["campaign"]), **plain}
        if fields.get("user_lists"):
            body["targeting_setting"] = audience.AIMED
        yield Op("ad_group", "create", body, bears=True)
        for what in audience.USER_LISTS:
            for id in fields.get(what) or ():
                yield self._attach(name, what, id)
        for what, (_, everything) in AD_GROUP_SETS.items():
            for value in everything:
                if value not in fields.get(what, everything):
                    yield self._exclude(name, what, value)

    def _create_ad(self, number: str, fields: dict[str, Any]) -> Op:
        group = fields["ad_group"]
        body = {
            "resource_name": self._path("adGroupAds", f"{group}~{number}"),
            "ad_group": self._path("adGroups", group),
            "status": fields["status"],
            "ad": _ad(fields, fields.keys()),
        }
        return Op("ad_group_ad", "create", body, bears=True)

    def _create_keyword(self, kind: keywords.KeywordKind, fields: dict[str, Any]) -> Op:
        parent = self._path(COLLECTIONS[kind.parent], fields[kind.parent])
        body: dict[str, Any] = {
            kind.parent: parent,
            "keyword": {"text": fields["text"], "match_type": fields["match_type"]},
        }
        body |= {"negative": True} if kind.negative else {"status": fields["status"]}
        return Op(kind.resource, "create", body, bears=True)

    def _create_audience(self, resource: Resource, fields: dict[str, Any]) -> Op:
        number = self.ids[resource.address] = str(next(self._numbers))
        body = audience.birth(fields, resource.mark)
        return Op(
            "user_list", "create", {"resource_name": self._path("userLists", number), **body}, bears=True
        )

    def _mark(self, resource: Resource, fields: dict[str, Any]) -> Iterator[Op]:
        """The label that says *ours*: made if it is not there, and attached."""
        bearer = RESOURCES[resource.address.kind]
        named = label(resource.mark)
        existing = self._lookups.labels.get(named)
        name = existing or self._path("labels", str(next(self._numbers)))
        if existing is None:
            yield Op("label", "create", {"resource_name": name, "name": named})
        id = self.ids[resource.address]
        owner = f"{fields['ad_group']}~{id}" if bearer == "ad_group_ad" else id
        body = {bearer: self._path(COLLECTIONS[resource.address.kind], owner), "label": name}
        yield Op(f"{bearer}_label", "create", body)

    def _update(self, change: Update) -> Iterator[Op]:
        after = _resolved(change.after, self.ids)
        match change.address.kind:
            case "campaign":
                yield from self._update_campaign(change, after)
            case "ad_group":
                yield from self._update_plain(change, after)
                yield from self._change_ages_and_genders(change, after)
                yield from self._change_user_lists(change, after)
            case "ad":
                yield from self._update_ad(change, after)
            case "audience":
                body, leaves = audience.message(after, change.context.mark)
                body["resource_name"] = self._name(change)
                yield Op("user_list", "update", body, tuple(sorted(leaves)), bears=True)
            case _:
                body = {"resource_name": self._name(change), "status": after["status"]}
                yield Op(RESOURCES[change.address.kind], "update", body, ("status",), bears=True)

    def _update_campaign(self, change: Update, after: dict[str, Any]) -> Iterator[Op]:
        amounts = {BUDGETS[name]: after[name] for name in BUDGETS.keys() & after.keys()}
        if amounts:
            body = {"resource_name": self._budget(change.id), **amounts}
            yield Op("campaign_budget", "update", body, tuple(amounts))
        yield from self._update_plain(change, after)
        name = self._path("campaigns", change.id)
        for what, (criterion, _) in CAMPAIGN_SETS.items():
            if what in after:
                before, wanted = _set(change.before.get(what)), _set(after[what])
                for code in sorted(before - wanted):
                    value = self._constant(what, code)
                    yield self._remove("campaign_criterion", change.id, criterion, value)
                for code in sorted(wanted - before):
                    yield self._add_to_campaign(name, what, code)

    def _update_plain(self, change: Update, after: dict[str, Any]) -> Iterator[Op]:
        """One update of the resource itself, with the mask of just what differs; None clears a field."""
        kind = change.address.kind
        table = PLAIN[kind]
        body: dict[str, Any] = {}
        mask: list[str] = []
        for name in table.keys() & after.keys():
            body |= {} if after[name] is None else {name: after[name]}
            mask += [f"{name}.{leaf}" for leaf in table[name]] or [name]
        if "bidding" in after:
            bids, leaves = bidding.message(after["bidding"])
            body |= bids
            mask += leaves
        if after.get("user_lists"):
            body["targeting_setting"] = audience.AIMED
            mask.append(audience.AIMED_MASK)
        if mask:
            body["resource_name"] = self._path(COLLECTIONS[kind], change.id)
            yield Op(RESOURCES[kind], "update", body, tuple(sorted(mask)), bears=True)

    def _change_ages_and_genders(self, change: Update, after: dict[str, Any]) -> Iterator[Op]:
        name = self._path("adGroups", change.id)
        for what, (criterion, everything) in AD_GROUP_SETS.items():
            if what not in after:
                continue
            shut, wanted = set(everything) - _set(change.before.get(what)), _set(after[what])
            for value in sorted(shut & wanted):
                yield self._remove("ad_group_criterion", change.id, criterion, value)
            for value in sorted(set(everything) - wanted - shut):
                yield self._exclude(name, what, value)

    def _change_user_lists(self, change: Update, after: dict[str, Any]) -> Iterator[Op]:
        """By what is attached, not by what was read: there, lists that are merely observed count as none."""
        name = self._path("adGroups", change.id)
        for what, (criterion, _) in audience.USER_LISTS.items():
            if what not in after:
                continue
            wanted = {self._path("userLists", id) for id in after[what] or ()}
            there = {
                value
                for owner, found, value in self._lookups.criteria
                if (owner, found) == (change.id, criterion)
            }
            for value in sorted(there - wanted):
                yield self._remove("ad_group_criterion", change.id, criterion, value)
            for value in sorted(wanted - there):
                yield self._attach(name, what, normal.last(value))

    def _attach(self, ad_group: str, what: str, user_list: str) -> Op:
        body: dict[str, Any] = {
            "ad_group": ad_group,
            "user_list": {"user_list": self._path("userLists", user_list)},
        }
        body |= {"negative": True} if audience.USER_LISTS[what][1] else {"status": "ENABLED"}
        return Op("ad_group_criterion", "create", body)

    def _update_ad(self, change: Update, after: dict[str, Any]) -> Iterator[Op]:
        if "status" in after:
            body = {"resource_name": self._name(change), "status": after["status"]}
            yield Op("ad_group_ad", "update", body, ("status",), bears=True)
        content = [name for name in (*AD_PLAIN, *SEARCH_AD) if name in after]
        if content:
            mask = tuple(name if name in AD_PLAIN else f"responsive_search_ad.{name}" for name in content)
            body = {"resource_name": self._path("ads", change.id), **_ad(after, content)}
            yield Op("ad", "update", body, mask, bears=True)

    def _add_to_campaign(self, campaign: str, what: str, code: str) -> Op:
        criterion, inner = CAMPAIGN_SETS[what]
        body = {"campaign": campaign, criterion: {inner: self._constant(what, code)}}
        return Op("campaign_criterion", "create", body)

    def _exclude(self, ad_group: str, what: str, value: str) -> Op:
        criterion, _ = AD_GROUP_SETS[what]
        body = {"ad_group": ad_group, "negative": True, criterion: {"type": value}}
        return Op("ad_group_criterion", "create", body)

    def _remove(self, resource: str, parent: str, criterion: str, value: str) -> Op:
        name = self._lookups.criteria.get((parent, criterion, value))
        if name is None:
            raise Rejected(f"{criterion} {value} is no longer there", code="gone", field=criterion)
        return Op(resource, "remove", name)

    def _constant(self, what: str, code: str) -> str:
        if "/" in code:  # a constant without a code, as it was read
            return code
        table = self._lookups.locations if what == "locations" else self._lookups.languages
        if code not in table:
            raise Rejected(f"Google knows no {what[:-1]} {code}", code="unknown", field=what)
        return table[code]

    def _budget(self, campaign: str) -> str:
        budget = self._lookups.budgets.get(campaign)
        if budget is None:
            raise Rejected(f"campaign {campaign} has no budget", code="gone", field="campaign_budget")
        if budget.get("explicitly_shared"):
            raise Rejected(
                f"the budget {budget['resource_name']} is shared, other campaigns would change too",
                code="shared",
                field="campaign_budget",
            )
        return str(budget["resource_name"])

    def _name(self, change: Update | Archive) -> str:
        """The resource name of an existing object."""
        kind, id = change.address.kind, change.id
        if kind == "ad":
            group = self._lookups.ad_groups.get(id)
            if group is None:
                raise Rejected(f"ad {id} is not there", code="gone")
            id = f"{group}~{id}"
        return self._path(COLLECTIONS[kind], id)

    def _path(self, collection: str, id: str) -> str:
        return f"customers/{self._customer}/{collection}/{id}"


def parent_of(resource: Resource) -> Address | None:
    """The object that a new one hangs under."""
    ref = resource.fields.get(PARENTS.get(resource.address.kind, ""))
    return ref.address if isinstance(ref, Ref) else None


def _ad(fields: Mapping[str, Any], names: Any) -> dict[str, Any]:
    """An Ad message with the given fields; what is None is left out."""
    given = {name: fields[name] for name in names if fields.get(name) is not None}
    search = {
        name: [{"text": text} for text in value] if name in ("headlines", "descriptions") else value
        for name, value in given.items()
        if name in SEARCH_AD
    }
    plain = {name: value for name, value in given.items() if name in AD_PLAIN}
    return plain | ({"responsive_search_ad": search} if search else {})


def _resolved(fields: Fields, ids: Mapping[Address, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: resolve(value, ids) for name, value in fields.items()}
    return found


def _set(value: Value) -> set[str]:
    return {str(each) for each in value} if isinstance(value, (list, tuple)) else set()


def _camel(path: str) -> str:
    head, *rest = path.split("_")
    return head + "".join(part.capitalize() for part in rest)
