"""The neutral resources as the conversion reads them: their tree, what each says, what Google lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.google import normal, places
from engine.resource import Address, Ref, Resource, Value

# Neutral fields of an ad set that Google keeps on the campaign, beside its locations and languages.
ON_CAMPAIGN = ("start", "end", "optimize_for", "bid", "conversion")
WAYS_OUT = (
    "Either move the budget from the campaign to its ad sets (each then becomes a campaign of its own"
    " on Google), or give all ad sets of the campaign the same {name}."
)
NO_INTERESTS = "Search campaigns are aimed by keywords and by audiences of the brand, not by interests."

# What is wrong with a resource: in short, in detail, what to write instead, and the field.
Refusal = tuple[str, str, str, *tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Neutral:
    """The neutral resources by their place in the tree, in the order given."""

    campaigns: tuple[Resource, ...]
    children: Mapping[Address, list[Resource]]
    creatives: Mapping[Address, Resource]
    audiences: tuple[Resource, ...]
    images: Mapping[str, Resource]  # by their path in the workspace

    @classmethod
    def of(cls, desired: Iterable[Resource]) -> Neutral:
        campaigns: list[Resource] = []
        children: dict[Address, list[Resource]] = defaultdict(list)
        creatives: dict[Address, Resource] = {}
        audiences: list[Resource] = []
        images: dict[str, Resource] = {}
        for each in desired:
            match each.address.kind:
                case "campaign":
                    campaigns.append(each)
                case "ad_set" | "ad" as kind:
                    parent = each.fields["campaign" if kind == "ad_set" else "ad_set"]
                    if isinstance(parent, Ref):
                        children[parent.address].append(each)
                case "creative":
                    creatives[each.address] = each
                case "audience":
                    audiences.append(each)
                case "image":
                    images[str(each.fields["path"])] = each
        return cls(tuple(campaigns), children, creatives, tuple(audiences), images)

    def creative(self, ad: Resource) -> Resource:
        ref = ad.fields["creative"]
        assert isinstance(ref, Ref)
        return self.creatives[ref.address]


def bidding_of(campaign: Resource) -> Mapping[str, Any] | None:
    """What the campaign, or the portfolio that it uses, says of bidding."""
    options = options_of(campaign)
    return options.get("portfolio") or options.get("bidding")


def places_of(audience: Mapping[str, Any]) -> dict[str, Value]:
    return {name: sorted(texts(audience[name])) for name in ("locations", "languages")}


def urls_of(options: Mapping[str, Any]) -> dict[str, Value]:
    urls, found = options.get("urls") or {}, dict[str, Value]()
    if urls.get("tracking_template"):
        found["tracking_url_template"] = str(urls["tracking_template"])
    if urls.get("parameters"):
        found["url_custom_parameters"] = normal.parameter_list(urls["parameters"])
    return found


def channel_of(campaign: Resource) -> str:
    return str(options_of(campaign).get("channel", "search"))


def audience_of(ad_set: Resource) -> Mapping[str, Any]:
    audience: Any = ad_set.fields["audience"]
    return {"locations": (), "languages": (), "age": None, "genders": (), **audience}


def options_of(resource: Resource) -> Mapping[str, Any]:
    options: Any = resource.fields.get("options") or {}
    return {name: value for name, value in options.items() if value is not None}


def texts(values: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in values or ())


def setting_of(ad_set: Resource, name: str) -> Any:
    if name in ON_CAMPAIGN:
        return ad_set.fields.get(name)
    return sorted(texts(audience_of(ad_set)[name]))


def lists_of(refs: Any) -> tuple[Ref, ...]:
    return tuple(Ref(Address("google", "audience", each.address.key)) for each in refs or ())


def shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {item}" for name, item in value.items() if item is not None)
    return ", ".join(value) if isinstance(value, list) else str(value or "none")


def lacking(audience: Mapping[str, Any], around: bool) -> Iterator[Refusal]:
    """What the people of an ad set ask that Google is not given, or do not say and have to."""
    if unknown := [code for code in texts(audience["locations"]) if not places.known(code)]:
        yield (
            "Google Ads is not given this location",
            ", ".join(unknown),
            "Write a country (DE) or a province of Turkey (TR-34).",
            "audience",
            "locations",
        )
    if not audience["locations"] and not around:
        yield (
            "A campaign without locations would show all over the world",
            "the audience has no `locations`",
            "Add `audience: {locations: [TR]}`.",
        )
    if audience.get("interests"):
        yield (
            "Google Ads cannot use audience.interests yet",
            NO_INTERESTS,
            "Leave the ad set out of Google with `google: {skip: true}`, or write it without.",
            "audience",
            "interests",
        )


def differing(ad_set: Resource, first: Resource, placed: bool) -> Iterator[Refusal]:
    """What Google keeps on the campaign, and an ad set under the same budget says otherwise.

    Where ad groups are placed, each keeps its own locations and languages.
    """
    for name in (*ON_CAMPAIGN, *(() if placed else ("locations", "languages"))):
        mine, theirs = setting_of(ad_set, name), setting_of(first, name)
        if mine != theirs:
            yield (
                f"Ad sets under one campaign budget cannot differ in {name}",
                f"{ad_set.address.key} has {shown(mine)}, {first.address.key} has {shown(theirs)};"
                f" Google keeps {name} on the campaign",
                WAYS_OUT.format(name=name),
                *(("audience", name) if name in ("locations", "languages") else ()),
            )
