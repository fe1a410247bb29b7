"""Declarations to neutral resources: what shall exist, before any platform's own terms.

    campaign  yil-sonu                      name, objective, status, start, end, budget?, bid,
                                            ad_set_budgets
    ad_set    yil-sonu/eve-siparis          campaign Ref, name, status, optimize_for, conversion, budget?,
                                            bid, audience, start, end
    ad        yil-sonu/eve-siparis/kadikoy  ad_set Ref, creative Ref, name, status
    creative  content hash                  headlines, texts, descriptions, image Ref?, video Ref?,
                                            thumbnail Ref?, cards?, call_to_action, url, utm, display_path,
                                            page
    image     first 16 of its SHA-256       path, sha256, width, height
    video     first 16 of its SHA-256       path, sha256
    audience  son-30-gun-musterileri        name, description, type, include, exclude: rules of a website
                                            audience (event, within_days, url_contains); source Ref,
                                            locations, percent: a lookalike; engaged (with, did,
                                            within_days, id)

Dates are wall dates of the account, the end included. A budget is `{period, amount, currency}`, the amount as
decimal text in major units. `options` on each is the platform's own block, as written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.naming import Scope, pattern
from engine.resource import Address, Ref, Resource, Value, content_key
from schemas import meta_goals
from schemas.audience import (
    ENGAGED,
    Audience,
    CustomerListAudience,
    EngagementAudience,
    LookalikeAudience,
    Rule,
    Targeting,
    WebsiteAudience,
)
from schemas.brand import Brand
from schemas.campaign import Ad, AdSet, Bid, Budget, Campaign, Flight, skips
from schemas.creative import Card, Creative
from schemas.types import Platform
from schemas.workspace import Asset

AIMLESS = frozenset(
    {"ad", "creative", "image", "video"}
)  # never refer to an audience, and are nearly all there is
PERIODS = {"daily": "day", "lifetime": "lifetime"}


@dataclass(frozen=True)
class Compiler:
    """One platform's share of a brand's declarations."""

    brand: Brand
    scope: Scope
    platform: Platform
    account: str
    assets: Mapping[str, Asset]
    audiences: Mapping[str, Audience] = field(default_factory=dict)

    def compile(self, campaigns: Iterator[Campaign] | tuple[Campaign, ...]) -> list[Resource]:
        """Neutral resources of every campaign that runs on the platform; what several of them use, once.

        An audience that nobody uses on the platform is not among them.
        """
        found: dict[Address, Resource] = {}
        for campaign in campaigns:
            if self.platform in campaign.platforms and not skips(campaign, self.platform):
                for resource in self._campaign(campaign):
                    found.setdefault(resource.address, resource)
        for used in self._used_audiences(list(found.values())):
            found[used.address] = used
        return list(found.values())

    def _used_audiences(self, resources: Iterable[Resource]) -> Iterator[Resource]:
        """Each audience that one of these, or another audience, refers to."""
        seen: set[str] = set()
        aimed = (each for each in resources if each.address.kind not in AIMLESS)
        wanted = [address.key for each in aimed for address in _audience_refs(each)]
        while wanted:
            key = wanted.pop(0)
            if key not in seen:
                seen.add(key)
                made = self._declared_audience(self.audiences[key])
                wanted += [address.key for address in _audience_refs(made)]
                yield made

    def _declared_audience(self, audience: Audience) -> Resource:
        names = {
            "brand": self.brand.brand,
            "environment": self.scope.environment,
            "platform": self.platform,
            "audience": audience.audience,
        }
        rules: dict[str, Value] = {}
        if isinstance(audience, WebsiteAudience):
            rules = {"include": _rules(audience.include), "exclude": _rules(audience.exclude)}
        elif isinstance(audience, LookalikeAudience):
            rules = {
                "source": Ref(self._address("audience", audience.source)),
                "locations": audience.locations,
                "percent": int(audience.size.points),
            }
        elif isinstance(audience, EngagementAudience):
            rules = {"engaged": _engaged(audience)}
        elif isinstance(audience, CustomerListAudience):
            rules = {"customers": _customers(audience)}
        return self._resource(
            self._address("audience", audience.audience),
            ("audience", audience.audience),
            name=audience.name or pattern(self.brand.naming.audience, names),
            description=audience.description or "",
            type=audience.type,
            **rules,
        )

    def _campaign(self, campaign: Campaign) -> Iterator[Resource]:
        path: tuple[str | int, ...] = ("campaign", campaign.campaign)
        names = {
            "brand": self.brand.brand,
            "environment": self.scope.environment,
            "platform": self.platform,
            "campaign": campaign.campaign,
            "objective": campaign.objective,
            "year": f"{campaign.flight.start:%Y}",
            "month": f"{campaign.flight.start:%m}",
            **campaign.terms,
        }
        address = self._address("campaign", campaign.campaign)
        yield self._resource(
            address,
            path,
            name=campaign.name or pattern(self.brand.naming.campaign, names),
            objective=campaign.objective,
            status=campaign.status,
            **_dates(campaign.flight),
            **self._budget(campaign.budget),
            bid=_bid(campaign.bid),
            ad_set_budgets=campaign.budget is None,
            options=self._campaign_options(campaign),
        )
        yield from self._pictures(campaign, path)
        for index, ad_set in enumerate(campaign.ad_sets):
            if not skips(ad_set, self.platform):
                yield from self._ad_set(campaign, ad_set, address, (*path, "ad_sets", index), names)

    def _ad_set(
        self,
        campaign: Campaign,
        ad_set: AdSet,
        parent: Address,
        path: tuple[str | int, ...],
        names: Mapping[str, str],
    ) -> Iterator[Resource]:
        address = self._address("ad_set", f"{campaign.campaign}/{ad_set.ad_set}")
        goal = ad_set.optimize_for or campaign.optimize_for
        names = {**names, "ad_set": ad_set.ad_set, "optimize_for": goal or "", **ad_set.terms}
        yield self._resource(
            address,
            path,
            campaign=Ref(parent),
            name=ad_set.name or pattern(self.brand.naming.ad_set, names),
            status=ad_set.status,
            optimize_for=goal,
            conversion=getattr(ad_set.conversion or campaign.conversion, self.platform, None),
            bid=_bid(ad_set.bid),
            audience=self._audience(ad_set.audience),
            **_dates(ad_set.flight or campaign.flight),
            **self._budget(ad_set.budget),
            options=self._ad_set_options(campaign, ad_set, goal),
            **self._observed(ad_set),
        )
        yield from self._pictures(ad_set, path)
        for index, ad in enumerate(ad_set.ads):
            if not skips(ad, self.platform):
                yield from self._ad(ad, address, (*path, "ads", index), names)

    def _ad(
        self, ad: Ad, parent: Address, path: tuple[str | int, ...], names: Mapping[str, str]
    ) -> Iterator[Resource]:
        names = {**names, "ad": ad.ad, **ad.terms}
        library = {
            file: self._asset(sort, file, (*path, "creative", *part))
            for part, sort, file in ad.creative.files()
        }
        yield from library.values()
        yield from self._pictures(ad, path)
        refs = {file: Ref(each.address) for file, each in library.items()}
        creative = self._creative(ad.creative, refs, path, names)
        yield creative
        yield self._resource(
            self._address("ad", f"{parent.key}/{ad.ad}"),
            path,
            ad_set=Ref(parent),
            creative=Ref(creative.address),
            name=ad.name or pattern(self.brand.naming.ad, names),
            status=ad.status,
            options=_options(ad, self.platform),
        )

    def _observed(self, ad_set: AdSet) -> dict[str, Value]:
        """Audiences that the platform watches without aiming at them."""
        keys = getattr(getattr(ad_set, self.platform, None), "observe", ())
        return {"observe": tuple(Ref(self._address("audience", key)) for key in keys)} if keys else {}

    def _pictures(self, declared: Campaign | AdSet | Ad, path: tuple[str | int, ...]) -> Iterator[Resource]:
        """The images that the platform's own block names beside those of the creatives."""
        block = getattr(declared, self.platform, None)
        for owner in (getattr(block, "assets", None), block):
            for key in ("images", "logos"):
                for file in getattr(owner, key, ()):
                    yield self._asset("image", file, (*path, self.platform, key))

    def _creative(
        self,
        creative: Creative,
        refs: Mapping[str, Ref],
        path: tuple[str | int, ...],
        names: Mapping[str, str],
    ) -> Resource:
        fields: dict[str, Value] = {
            "headlines": creative.headlines,
            "texts": creative.texts,
            "descriptions": creative.descriptions,
            "image": refs.get(creative.image or ""),
            "video": refs.get(creative.video or ""),
            "call_to_action": creative.call_to_action,
            "url": str(creative.url or ""),
            "utm": self._utm(names) if creative.utm is None else {str(k): v for k, v in creative.utm.items()},
            "display_path": creative.display_path,
            "page": creative.page,
            "options": _options(creative, self.platform),
        }
        if creative.thumbnail:
            fields["thumbnail"] = refs[creative.thumbnail]
        if creative.cards:
            fields["cards"] = tuple(_card(each, refs) for each in creative.cards)
        address = self._address("creative", content_key(fields))
        return Resource(address, self.account, self.scope.token(address), fields, (*path, "creative"))

    def _asset(self, sort: str, file: str, path: tuple[str | int, ...]) -> Resource:
        """An image or a video, which is what is in it; at the place of its first use."""
        if (sort, file) not in self._library:
            self._library[sort, file] = self._stored(sort, file, path)
        return self._library[sort, file]

    @cached_property
    def _library(self) -> dict[tuple[str, str], Resource]:
        return {}

    def _stored(self, sort: str, file: str, path: tuple[str | int, ...]) -> Resource:
        asset = self.assets[file]
        key = asset.sha256[:16]
        fields: dict[str, Value] = {"path": file, "sha256": asset.sha256}
        if sort == "image":
            fields |= {"width": asset.width, "height": asset.height}
        return Resource(self._address(sort, key), self.account, f"{sort}:{key}", fields, path)

    def _utm(self, names: Mapping[str, str]) -> dict[str, Value]:
        return {name: pattern(text, names) for name, text in self._utm_patterns.items()}

    @cached_property
    def _utm_patterns(self) -> Mapping[str, str]:
        return self.brand.utm.model_dump(exclude_none=True)

    def _audience(self, audience: Targeting | None) -> dict[str, Value]:
        if audience is None:
            audience = Targeting()
        age = audience.age
        return {
            "locations": audience.locations,
            "languages": audience.languages,
            "age": {"min": age.min, "max": age.max} if age else None,
            "genders": audience.genders,
            "interests": audience.interests,
            "options": _options(audience, self.platform),
            "include": tuple(Ref(self._address("audience", key)) for key in audience.include),
            "exclude": tuple(Ref(self._address("audience", key)) for key in audience.exclude),
        }

    def _budget(self, budget: Budget | None) -> dict[str, Value]:
        found = budget.for_platform(self.platform) if budget else None
        if found is None:
            return {}
        period, money = found
        return {
            "budget": {"period": PERIODS[period], "amount": str(money.amount), "currency": money.currency}
        }

    def _campaign_options(self, campaign: Campaign) -> dict[str, Value]:
        """The platform's own block, with what the brand declares for all campaigns in place of its name."""
        options, shared = _options(campaign, self.platform), getattr(self.brand, self.platform, None)
        if campaign.app and self.platform == "google":
            options["store"] = str(self.brand.apps[campaign.app].store)
        return shared.inlined(options) if shared else options

    def _ad_set_options(self, campaign: Campaign, ad_set: AdSet, goal: str | None) -> dict[str, Value]:
        """The platform's own block, with the brand's app where its ads lead to one and it names none."""
        options = _options(ad_set, self.platform)
        app = self.brand.apps.get(campaign.app or "")
        if self.platform == "meta" and app and app.meta and not options.get("app"):
            usual = meta_goals.destination(
                campaign.objective, goal or meta_goals.DEFAULT_GOAL[campaign.objective]
            )
            if (options.get("destination") or usual) == "app":
                options["app"] = {"id": app.meta, "store": str(app.store)}
        return options

    def _address(self, kind: str, key: str) -> Address:
        return Address(self.platform, kind, key)

    def _resource(self, address: Address, path: tuple[str | int, ...], **fields: Value) -> Resource:
        return Resource(address, self.account, self.scope.token(address), fields, path)


def _card(card: Card, refs: Mapping[str, Ref]) -> dict[str, Value]:
    return {
        "headline": card.headline,
        "description": card.description,
        "image": refs[card.image],
        "video": refs.get(card.video or ""),
        "url": str(card.url or ""),
        "call_to_action": card.call_to_action,
    }


def _dates(flight: Flight) -> dict[str, Value]:
    return {"start": flight.start.isoformat(), "end": flight.end.isoformat() if flight.end else None}


def _bid(declared: Bid | None) -> Value:
    if declared is None:
        return None
    bid: dict[str, Value] = declared.model_dump(mode="json", exclude_none=True)
    return bid


def _options(declared: Any, platform: str) -> dict[str, Value]:
    block = getattr(declared, platform, None)
    if block is None:
        return {}
    options: dict[str, Value] = block.model_dump(mode="json", exclude_none=True, exclude={"skip"})
    return options


def _audience_refs(resource: Resource) -> list[Address]:
    return sorted(address for address in resource.refs if address.kind == "audience")


def _customers(audience: CustomerListAudience) -> dict[str, Value]:
    """What a platform is told of the list itself; the people in it are no part of any plan."""
    kept = None if audience.keep is None else int(audience.keep.days)
    return {"collected_from": audience.collected_from, "keep_days": kept}


def _engaged(audience: EngagementAudience) -> dict[str, Value]:
    return {
        "with": audience.source,
        "did": audience.did or ENGAGED[audience.source][0],
        "within_days": int(audience.within.days),
        "id": audience.id,
    }


def _rules(declared: Iterable[Rule]) -> tuple[Value, ...]:
    return tuple(
        {"event": each.event, "within_days": int(each.within.days), "url_contains": each.url_contains}
        for each in declared
    )
