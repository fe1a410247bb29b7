"""What one model alone cannot know: budgets against levels and accounts, references, dates, unique keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from schemas import google_app, meta_checks, naming_checks, strategy_checks
from schemas.audience import Targeting
from schemas.campaign import AdSet, Bid, Budget, Campaign, PerPlatform, skips
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.google_checks import google_problems
from schemas.known import Known, twice
from schemas.strategy_checks import Found, Path
from schemas.types import PLATFORMS, Money, Platform


def campaign_problems(campaign: Campaign, known: Known, bad: Collection[Path] = ()) -> Found:
    """Paths in the campaign and what is wrong there; at the `bad` ones stands what is not the author's."""
    yield from strategy_checks.campaign_problems(campaign, known.brand)
    yield from naming_checks.campaign_problems(campaign, known.brand)
    yield from meta_checks.campaign_problems(campaign, known.brand, bad)
    yield from _flights(campaign, known)
    yield from _budgets(campaign)
    yield from _currencies(campaign, known)
    yield from _unique(campaign)
    yield from _moved(campaign)
    yield from _bid(("bid",), campaign.bid)
    yield from google_problems(campaign, known.brand, known.audiences)
    if known.brand is not None:
        yield from google_app.app_problems(campaign, known.brand.apps)
    for i, ad_set in enumerate(campaign.ad_sets):
        yield from _bid(("ad_sets", i, "bid"), ad_set.bid)
        yield from _targeting(("ad_sets", i, "audience"), ad_set.audience, known)
        yield from _skipped(("ad_sets", i), campaign, ad_set)
        for j, ad in enumerate(ad_set.ads):
            yield from _visual(("ad_sets", i, "ads", j, "creative"), ad.creative)
    for i, platform in enumerate(campaign.platforms):
        if known.currencies and platform not in known.currencies:
            fix = f"declare accounts.{platform} in kampanya.yaml, or leave the platform out"
            yield ("platforms", i), Problem("a platform without an account", f"`{platform}`", fix)


def _flights(campaign: Campaign, known: Known) -> Found:
    flights = [((), campaign.flight)] + [
        (("ad_sets", i), ad_set.flight) for i, ad_set in enumerate(campaign.ad_sets) if ad_set.flight
    ]
    whole = campaign.flight
    for path, flight in flights:
        if strategy_checks.unknown_season(known.brand, whole.season, flight.season):
            continue
        if flight.end and flight.end < flight.start:
            detail = f"{flight.end} is before {flight.start}"
            yield (
                (*path, "flight", "end"),
                Problem("a flight that ends before it starts", detail, "swap the days"),
            )
        elif flight.start < whole.start or (whole.end and (flight.end is None or flight.end > whole.end)):
            detail = f"the campaign runs {whole.start} to {whole.end or 'no end'}"
            yield (*path, "flight"), Problem("a flight outside of its campaign's", detail, "stay within it")


def _budgets(campaign: Campaign) -> Found:
    own = [i for i, ad_set in enumerate(campaign.ad_sets) if ad_set.budget]
    if campaign.budget and own:
        fix = "keep one: the campaign's, shared by all ad sets, or one for each ad set"
        for i in own:
            detail = f"campaign `{campaign.campaign}` has a budget too"
            yield ("ad_sets", i, "budget"), Problem("a budget on both levels", detail, fix)
    elif not campaign.budget:
        for i in (i for i in range(len(campaign.ad_sets)) if i not in own):
            detail = f"neither ad set `{campaign.ad_sets[i].ad_set}` nor its campaign has one"
            fix = "add `budget: {daily: 600 TRY}` to the ad set, or to the campaign for all"
            yield ("ad_sets", i), Problem("no budget", detail, fix)
    for path, budget, platforms in budgets(campaign):
        yield from _budget(path, budget, campaign, platforms)


def budgets(campaign: Campaign) -> Iterator[tuple[Path, Budget, list[Platform]]]:
    """Every budget of a campaign with its path and the platforms it has to serve."""
    if campaign.budget:
        yield ("budget",), campaign.budget, [p for p in campaign.platforms if not skips(campaign, p)]
    for i, ad_set in enumerate(campaign.ad_sets):
        if ad_set.budget:
            platforms = [p for p in campaign.platforms if not skips(campaign, p) and not skips(ad_set, p)]
            yield ("ad_sets", i, "budget"), ad_set.budget, platforms


def _budget(path: Path, budget: Budget, campaign: Campaign, platforms: list[Platform]) -> Found:
    if (budget.daily is None) == (budget.lifetime is None):
        detail = "found both" if budget.daily else "found neither"
        yield path, Problem("a budget needs one of daily and lifetime", detail, "write {daily: 600 TRY}")
        return
    period = "daily" if budget.daily else "lifetime"
    amounts = budget.daily or budget.lifetime
    if budget.lifetime and campaign.flight.end is None:
        yield (
            path,
            Problem("a lifetime budget without an end", "the flight is open", "add `end` to the flight"),
        )
    if isinstance(amounts, PerPlatform):
        yield from _each((*path, period), amounts, campaign, platforms)
    elif len(platforms) > 1:
        both = ", ".join(f"{platform}: {amounts}" for platform in platforms)
        detail = f"`{amounts}` for {' and '.join(platforms)}: for each, or in all?"
        yield (*path, period), Problem("one amount for several platforms", detail, f"write {{{both}}}")


def _each(path: Path, amounts: PerPlatform, campaign: Campaign, platforms: list[Platform]) -> Found:
    for platform in platforms:
        if getattr(amounts, platform) is None:
            fix = f"add `{platform}: 600 TRY`, or `{platform}: {{skip: true}}` to the ad set"
            yield path, Problem("no budget for a platform", f"`{platform}` has none", fix)
    for other in set(PLATFORMS) - set(campaign.platforms):
        if getattr(amounts, other) is not None:
            detail = f"the campaign does not run on `{other}`"
            fix = "leave it out, or add the platform to `platforms`"
            yield (*path, other), Problem("a budget for a platform without ads", detail, fix)


def _currencies(campaign: Campaign, known: Known) -> Found:
    for path, money, platforms in _amounts(campaign):
        for platform in platforms:
            currency = known.currencies.get(platform, money.currency)
            if money.currency != currency:
                detail = f"{money}, but the {platform} account is in {currency}"
                fix = f"write the amount in {currency}"
                yield path, Problem("an amount in another currency than its account's", detail, fix)
                break


def _amounts(campaign: Campaign) -> Iterator[tuple[Path, Money, list[Platform]]]:
    """Every amount of a campaign with the platforms on which it would be spent."""
    for path, budget, platforms in budgets(campaign):
        for period in ("daily", "lifetime"):
            amounts = getattr(budget, period)
            if isinstance(amounts, Money):
                yield (*path, period), amounts, platforms
            elif amounts is not None:
                yield from (((*path, period, p), m, [p]) for p in platforms if (m := getattr(amounts, p)))
    for base, level in _levels(campaign):
        if level.bid and level.bid.amount:
            yield (*base, "bid", "amount"), level.bid.amount, list(campaign.platforms)
        if isinstance(level, AdSet) and level.google and level.google.max_cpc:
            yield (*base, "google", "max_cpc"), level.google.max_cpc, ["google"]
    if campaign.meta and campaign.meta.spend_cap:
        yield ("meta", "spend_cap"), campaign.meta.spend_cap, ["meta"]
    bidding = campaign.google.bidding if campaign.google else None
    for key in ("max_cpc", "target_cpa"):
        if money := getattr(bidding, key, None):
            yield ("google", "bidding", key), money, ["google"]


def _levels(campaign: Campaign) -> Iterator[tuple[Path, Campaign | AdSet]]:
    yield (), campaign
    yield from ((("ad_sets", i), ad_set) for i, ad_set in enumerate(campaign.ad_sets))


def _unique(campaign: Campaign) -> Found:
    yield from twice(("ad_sets",), "ad_set", [ad_set.ad_set for ad_set in campaign.ad_sets])
    for i, ad_set in enumerate(campaign.ad_sets):
        yield from twice(("ad_sets", i, "ads"), "ad", [ad.ad for ad in ad_set.ads])


def _moved(campaign: Campaign) -> Found:
    siblings = [ad_set.ad_set for ad_set in campaign.ad_sets]
    for i, ad_set in enumerate(campaign.ad_sets):
        yield from _still(("ad_sets", i, "moved"), ad_set.moved, campaign.campaign, siblings)
        for j, ad in enumerate(ad_set.ads):
            above = f"{campaign.campaign}/{ad_set.ad_set}"
            yield from _still(
                ("ad_sets", i, "ads", j, "moved"), ad.moved, above, [ad.ad for ad in ad_set.ads]
            )


def _still(path: Path, moved: str | None, above: str, siblings: list[str]) -> Found:
    if moved and moved.removeprefix(f"{above}/") in siblings:
        yield path, Problem("moved from a key that is still there", f"`{moved}`", "leave `moved` out")


def _bid(path: Path, bid: Bid | None) -> Found:
    if bid is None:
        return
    needs = {"cost_cap": "amount", "bid_cap": "amount", "min_roas": "roas"}.get(bid.strategy)
    for key, example in (("amount", "45 TRY"), ("roas", "2.5")):
        given = getattr(bid, key) is not None
        if key == needs and not given:
            yield (
                path,
                Problem(
                    "a bid without its limit", f"{bid.strategy} needs `{key}`", f"add `{key}: {example}`"
                ),
            )
        elif given and key != needs:
            detail = f"{bid.strategy} has no `{key}`"
            yield (*path, key), Problem("a limit that its strategy does not have", detail, "leave it out")


def _targeting(path: Path, targeting: Targeting | None, known: Known) -> Found:
    if targeting is None:
        yield path[:-1], Problem(
            "nobody to show it to", "neither the ad set nor its campaign has an `audience`",
            "add `audience: {locations: [TR]}` to the campaign",
        )  # fmt: skip
        return
    for key in ("include", "exclude"):
        for index, audience in enumerate(getattr(targeting, key)):
            if audience not in known.audiences:
                fix = nearest(audience, known.audiences, f"write audiences/{audience}.yaml")
                yield (*path, key, index), Problem("unknown audience", f"found `{audience}`", fix)
    for audience in set(targeting.include) & set(targeting.exclude):
        yield (
            (*path, "exclude"),
            Problem("an audience both included and excluded", f"`{audience}`", "choose one"),
        )


def _skipped(path: Path, campaign: Campaign, ad_set: AdSet) -> Found:
    if all(skips(campaign, p) or skips(ad_set, p) for p in campaign.platforms):
        yield path, Problem("skipped on every platform", f"`{ad_set.ad_set}` would run nowhere", "delete it")


def _visual(path: Path, creative: Any) -> Found:
    if creative.image and creative.video:
        yield (*path, "video"), Problem("an image and a video", "an ad shows one of them", "write two ads")
