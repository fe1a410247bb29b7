"""Neutral resources in Google's terms, before any diff: where settings live, what each field is called.

Pure, and imports no SDK. Where the campaign carries the budget there is one search campaign; where the ad
sets carry budgets there is one campaign for each, `campaign/<campaign>/<ad_set>`, since an ad group cannot
have a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connectors.google import (
    assets,
    bidding,
    channels,
    goals,
    keywords,
    listing,
    lists,
    normal,
    people,
    portfolios,
)  # fmt: skip
from connectors.google import audience as audiences
from connectors.google import settings as kept
from connectors.google.channels import CHANNELS, Channel, app, demand_gen
from connectors.google.creatives import Creatives, suffix_of
from connectors.google.demand_ads import DemandAds
from connectors.google.neutral import (
    Neutral,
    Refusal,
    audience_of,
    bidding_of,
    channel_of,
    differing,
    lacking,
    lists_of,
    options_of,
    places_of,
    texts,
    urls_of,
)  # fmt: skip
from connectors.google.supports import STATUS, SUPPORTS
from engine.naming import Scope
from engine.resource import Address, Ref, Resource, Value
from schemas.errors import InvalidDeclaration, Problem

APP = "app"
NAMED = ("campaign", "ad_group", "asset_group", "audience")
MANUAL = "MANUAL_CPC"
GENDERS = {"women": "FEMALE", "men": "MALE"}
PERIODS = {"day": ("DAILY", "daily_budget_micros"), "lifetime": ("CUSTOM_PERIOD", "total_budget_micros")}


@dataclass(slots=True)
class Converter:
    """One conversion; `problems` collects everything that cannot be said to Google."""

    scope: Scope
    currency: str
    settings: Mapping[str, str] = field(default_factory=dict)  # of the account, as connectors.base has them
    problems: list[Problem] = field(default_factory=list)

    def convert(self, desired: Iterable[Resource]) -> list[Resource]:
        """Google's resources, parents first. Raises InvalidDeclaration with all problems found."""
        neutral = Neutral.of(desired)
        made = [self._audience(each) for each in neutral.audiences]
        made += [each for campaign in neutral.campaigns for each in self._campaign(campaign, neutral)]
        made = list({each.address: each for each in reversed(made)}.values())[::-1]  # shared assets: once
        self._names_differ(made)
        if self.problems:
            raise InvalidDeclaration(self.problems)
        return made

    def _audience(self, declared: Resource) -> Resource:
        address = Address("google", "audience", declared.address.key)
        return audiences.audience(declared, address, self.scope.token(address))

    def _campaign(self, campaign: Resource, neutral: Neutral) -> Iterator[Resource]:
        ad_sets = neutral.children[campaign.address]
        if campaign.fields["ad_set_budgets"]:
            for ad_set in ad_sets:
                yield from self._tree(campaign, [ad_set], neutral)
        elif ad_sets:
            placed = CHANNELS[channel_of(campaign)].placed
            for ad_set in ad_sets[1:]:
                self._refuse_all(ad_set, differing(ad_set, ad_sets[0], placed))
            yield from self._tree(campaign, ad_sets, neutral)

    def _tree(self, campaign: Resource, ad_sets: list[Resource], neutral: Neutral) -> Iterator[Resource]:
        own = bool(campaign.fields["ad_set_budgets"])
        made = self._own_campaign(campaign, ad_sets[0]) if own else self._whole(campaign, ad_sets[0])
        yield from self._shared_bids(campaign, ad_sets[0])
        own_goal = goals.custom(campaign, ad_sets[0], options_of(campaign), self.scope)
        if own_goal and channel_of(campaign) != APP:
            yield own_goal
        yield made
        languages = texts(audience_of(ad_sets[0])["languages"])
        yield from keywords.declared(
            keywords.KINDS["campaign_negative_keyword"], options_of(campaign), made, languages
        )
        yield from lists.declared(options_of(campaign).get("negative_lists"), made, self.scope, languages)
        yield from assets.declared(options_of(campaign).get("assets"), made, neutral.images, self.scope)
        word = channel_of(campaign)
        focus = app.focus_of(options_of(campaign))
        creatives = Creatives(self.scope, self._refuse, word, CHANNELS[word], neutral.images, focus)
        for ad_set in ad_sets:
            ads = [(ad, neutral.creative(ad)) for ad in neutral.children[ad_set.address]]
            aimed = self._people(ad_set) if CHANNELS[word].placed or CHANNELS[word].group is None else None
            if aimed is not None:
                yield aimed
            if CHANNELS[word].group is None:
                yield from creatives.asset_group(ad_set, made, ads, aimed)
                continue
            if CHANNELS[word].placed:
                group = self._placed_group(campaign, ad_set, made, aimed)
            else:
                group = self._ad_group(ad_set, made, CHANNELS[word], suffix_of(ads[0][1]) if ads else None)
            yield group
            yield from assets.declared(options_of(ad_set).get("assets"), group, neutral.images, self.scope)
            for kind in ("keyword", "negative_keyword"):
                yield from keywords.declared(keywords.KINDS[kind], options_of(ad_set), group, languages)
            if CHANNELS[word].placed:
                allowed = texts(options_of(campaign).get("automation"))
                yield from DemandAds(creatives, allowed).ads(group, ads)
            else:
                yield from creatives.ads(ad_set, group, ads)

    def _own_campaign(self, campaign: Resource, ad_set: Resource) -> Resource:
        """The campaign of one ad set: it bears the ad set's budget, and runs only while both are to run."""
        made = self._whole(campaign, ad_set)
        address = Address("google", "campaign", ad_set.address.key)
        name, inner = str(campaign.fields["name"]), str(ad_set.fields["name"])
        both = "active" if campaign.fields["status"] == ad_set.fields["status"] == "active" else "paused"
        fields = {
            **made.fields,
            "name": inner if inner.startswith(name) else f"{name} | {inner}",
            "status": _status(both),
            **self._budget(ad_set, CHANNELS[channel_of(campaign)]),
        }
        return Resource(address, made.account, self.scope.token(address), fields, ad_set.path)

    def _whole(self, campaign: Resource, settings: Resource) -> Resource:
        """A campaign with the settings of the ad set that says them."""
        audience, start = audience_of(settings), str(settings.fields["start"])
        end = settings.fields["end"]
        also = kept.declared(options_of(campaign))
        channel = CHANNELS[channel_of(campaign)]
        self._refuse_all(settings, lacking(audience, "around" in also))
        if channel.placed:  # its ad groups say them
            also.pop("excluded_locations", None)
        fields: dict[str, Value] = {
            "name": str(campaign.fields["name"]),
            "status": _status(campaign.fields["status"]),
            "contains_eu_political_advertising": normal.EU_POLITICAL,
            **self._budget(campaign, channel),
            "bidding": (bids := self._campaign_bids(campaign, settings)),
            **self._bid_for(campaign, settings, bids),
            **channels.settings(channel, options_of(campaign)),
            **self._shop(campaign),
            "geo_target_type_setting": normal.match(options_of(campaign).get("locations")),
            "start_date_time": f"{start} 00:00:00",
            "end_date_time": f"{end} 23:59:59" if end else None,
            **({} if channel.placed else places_of(audience)),
            **urls_of(options_of(campaign)),
            **also,
        }
        address = Address("google", "campaign", campaign.address.key)
        return Resource(address, campaign.account, self.scope.token(address), fields, campaign.path)

    def _shop(self, campaign: Resource) -> dict[str, Value]:
        sells = channels.shop(
            CHANNELS[channel_of(campaign)], options_of(campaign), self.settings.get("merchant", "")
        )
        if sells and not self.settings.get("merchant"):
            self._refuse(
                campaign,
                "The Google account has no Merchant Center",
                "its products are sold from one",
                "Write `merchant: <id>` under the Google account in kampanya.yaml.",
            )
        return sells

    def _budget(self, carrier: Resource, channel: Channel) -> dict[str, Value]:
        budget: Any = carrier.fields.get("budget")
        if budget is None:
            if carrier.address.kind == "ad_set":
                self._refuse(
                    carrier,
                    "An ad set has no budget on Google Ads",
                    "neither it nor its campaign says one for this platform",
                    "Add `budget: {daily: {google: 100 TRY}}`, or `google: {skip: true}`.",
                )
            return {}
        period, name = PERIODS[budget["period"]]
        flight: Any = carrier.fields
        wrong = channels.total_budget(channel, flight["start"], flight["end"])
        if period == "CUSTOM_PERIOD" and wrong:
            self._refuse(carrier, *wrong, "budget")
        micros = int(Decimal(str(budget["amount"])) * SUPPORTS.units(str(budget["currency"])))
        return {"budget_period": period, name: micros}

    def _shared_bids(self, campaign: Resource, settings: Resource) -> Iterator[Resource]:
        """The portfolio strategy that the campaign uses, if it does."""
        if shared := options_of(campaign).get("portfolio"):
            yield portfolios.declared(shared, self._bidding(campaign, settings), campaign, self.scope)

    def _campaign_bids(self, campaign: Resource, settings: Resource) -> dict[str, Value]:
        """The campaign's own bidding, or which portfolio it uses; that bids for all its campaigns."""
        for strategy in self._shared_bids(campaign, settings):
            bids: Any = strategy.fields["bidding"]
            if settings.fields.get("bid") or campaign.fields.get("bid"):
                self._refuse(
                    settings,
                    "A bid beside a shared bidding strategy",
                    f"{strategy.address.key} bids for every campaign that uses it",
                    "Say the target in kampanya.yaml under google.portfolios, or take one of them out.",
                    "bid",
                )
            return portfolios.used(strategy, bids) if bids else {}
        return self._bidding(campaign, settings)

    def _bidding(self, campaign: Resource, settings: Resource) -> dict[str, Value]:
        goal: Any = settings.fields.get("optimize_for")
        bid: Any = settings.fields.get("bid") or campaign.fields.get("bid")
        found = bidding.declared(
            str(campaign.fields["objective"]), goal, bid, bidding_of(campaign), self.currency
        )
        if isinstance(found, Problem):
            self._refuse(settings, found.summary, found.detail, found.fix, "bid")
            return {}
        word = channel_of(campaign)
        if (taken := CHANNELS[word].bidding) and found["strategy"] not in taken:
            words = sorted(ours for ours, theirs in bidding.DECLARED.items() if theirs in taken)
            self._refuse(
                settings,
                "This channel of Google Ads cannot bid so",
                f"{word} does not take {found['strategy'].lower()}",
                f"Write `google: {{bidding: {{strategy: {words[0]}}}}}`; possible are {', '.join(words)}.",
            )
        if word == "demand_gen" and found.get("cpc_bid_ceiling_micros"):
            self._refuse(
                settings,
                "Demand Gen takes no limit on a click",
                "Google refuses a most that a click may cost on this channel",
                "Leave `max_cpc` and `bid` out, or bid for conversions with `target_cpa`.",
            )
        return found

    def _bid_for(self, campaign: Resource, settings: Resource, bids: Mapping[str, Any]) -> dict[str, Value]:
        """Which conversions count: goals, or of an app the conversion actions that it names."""
        options = options_of(campaign)
        if channel_of(campaign) != APP:
            return goals.declared(campaign, settings, options, bids, self.scope)
        found = app.declared(options, settings, bids) if bids else {}
        if isinstance(found, Problem):
            self._refuse(settings, found.summary, found.detail, found.fix)
            return {}
        return found

    def _ad_group(
        self, ad_set: Resource, campaign: Resource, channel: Channel, suffix: str | None
    ) -> Resource:
        """`suffix` is what its pages are told where its ads cannot say it."""
        audience = audience_of(ad_set)
        age: Any = audience["age"] or {}
        genders = {GENDERS[each] for each in texts(audience["genders"])} or set(normal.GENDERS)
        fields: dict[str, Value] = {
            "campaign": Ref(campaign.address),
            "name": str(ad_set.fields["name"]),
            "status": _status(ad_set.fields["status"]),
            "type": str(channel.group),
            "age_ranges": normal.ages(age.get("min"), _top(age.get("max"))),
            "genders": [name for name in normal.GENDERS if name in genders | {normal.UNDETERMINED}],
            "user_lists": lists_of(audience.get("include")),
            "excluded_user_lists": lists_of(audience.get("exclude")),
        }
        options = options_of(ad_set)
        fields |= urls_of(options)
        for name, field_name, words in (
            ("household_income", "income_ranges", normal.INCOME),
            ("parental_status", "parental_statuses", normal.PARENTAL),
        ):
            if chosen := options.get(name):
                fields[field_name] = [theirs for ours, theirs in words.items() if ours in chosen]
        if ad_set.fields.get("observe"):
            fields["observed_lists"] = lists_of(ad_set.fields["observe"])
        if max_cpc := options.get("max_cpc"):
            fields["cpc_bid_micros"] = self._max_cpc(ad_set, str(max_cpc))
        if channel.type == "SHOPPING":
            manual = (
                isinstance(bids := campaign.fields["bidding"], Mapping) and bids.get("strategy") == MANUAL
            )
            usual = str(max_cpc) if max_cpc and manual else None
            fields["products"] = listing.declared(
                options.get("products"), lambda money: self._max_cpc(ad_set, money), usual
            )
            fields["final_url_suffix"] = suffix
        if channel.type == app.TYPE:
            fields = {name: value for name, value in fields.items() if name not in app.UNSAID and value}
        address = Address("google", "ad_group", ad_set.address.key)
        return Resource(address, ad_set.account, self.scope.token(address), fields, ad_set.path)

    def _people(self, ad_set: Resource) -> Resource | None:
        audience = audience_of(ad_set)
        lists = {
            people.LISTS: lists_of(audience.get("include")),
            people.SHUT: lists_of(audience.get("exclude")),
        }
        return people.declared(ad_set, lists, self.scope)

    def _placed_group(
        self, campaign: Resource, ad_set: Resource, made: Resource, aimed: Resource | None
    ) -> Resource:
        """An ad group that keeps places, languages and people itself."""
        audience, options = audience_of(ad_set), options_of(ad_set)
        self._refuse_all(ad_set, lacking(audience, around=False))
        excluded = (options_of(campaign).get("locations") or {}).get("exclude")
        fields: dict[str, Value] = {
            "campaign": Ref(made.address),
            "name": str(ad_set.fields["name"]),
            "status": _status(ad_set.fields["status"]),
            **demand_gen.group(audience, options, excluded, Ref(aimed.address) if aimed else None),
            **urls_of(options),
        }
        address = Address("google", "ad_group", ad_set.address.key)
        return Resource(address, ad_set.account, self.scope.token(address), fields, ad_set.path)

    def _max_cpc(self, ad_set: Resource, money: str) -> int:
        try:
            return bidding.micros(money, self.currency)
        except ValueError as error:
            self._refuse(
                ad_set,
                "This bid cannot be used on Google Ads",
                str(error),
                f"Write it in {self.currency}.",
                "google",
                "max_cpc",
            )
            return 0

    def _names_differ(self, made: list[Resource]) -> None:
        """Names are unique, whatever their case: campaigns, lists, and the ad groups of one campaign."""
        count = Counter(_named(each) for each in made if each.address.kind in NAMED)
        for each in made:
            if each.address.kind in NAMED and count[_named(each)] > 1:
                self._refuse(
                    each,
                    "Two objects would have the same name on Google Ads",
                    f"{each.fields['name']}",
                    "Give one of them another `name`, or let the naming pattern use the key.",
                )

    def _refuse_all(self, resource: Resource, found: Iterable[Refusal]) -> None:
        for summary, detail, fix, *place in found:
            self._refuse(resource, summary, detail, fix, *place)

    def _refuse(self, resource: Resource, summary: str, detail: str, fix: str, *field: str | int) -> None:
        place = (*resource.path, *field)
        self.problems.append(Problem(summary, f"{resource.address}: {detail}", fix, path=place))


def _status(neutral: Value) -> str:
    return STATUS.live if neutral == "active" else STATUS.held


def _top(age: int | None) -> int | None:
    return None if age is None or age >= normal.AGES[-1][0] else age


def _named(resource: Resource) -> tuple[str, str, str]:
    return (
        resource.address.kind,
        str(resource.fields.get("campaign", "")),
        str(resource.fields["name"]).casefold(),
    )
