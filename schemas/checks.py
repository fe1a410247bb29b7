"""What one model alone cannot know: budgets against levels and accounts, references, dates, unique keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from schemas import meta_checks, naming_checks, strategy_checks
from schemas.audience import Audience, LookalikeAudience, Targeting, WebsiteAudience
from schemas.brand import Brand, Environment, GuardRails
from schemas.campaign import AdSet, Bid, Budget, Campaign, PerPlatform
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.experiment import Experiment
from schemas.google_checks import google_problems
from schemas.strategy_checks import Found, Path
from schemas.types import PLATFORMS, Money, Platform

SHARE_TOLERANCE = Decimal(
    "0.005"
)  # budgets are whole minor units, so shares such as 33% cannot be met exactly


@dataclass(frozen=True, slots=True)
class Known:
    """What the other files declare; what could not be read counts as declared."""

    currencies: Mapping[str, str] = field(default_factory=dict)
    audiences: frozenset[str] = frozenset()
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    brand: Brand | None = None


def campaign_problems(campaign: Campaign, known: Known, bad: Collection[Path] = ()) -> Found:
    """Paths in the campaign and what is wrong there; at the `bad` ones stands what is not the author's."""
    yield from strategy_checks.campaign_problems(campaign, known.brand)
    yield from naming_checks.campaign_problems(campaign, known.brand)
    yield from meta_checks.campaign_problems(campaign, bad)
    yield from _flights(campaign, known)
    yield from _budgets(campaign)
    yield from _currencies(campaign, known)
    yield from _unique(campaign)
    yield from _moved(campaign)
    yield from _bid(("bid",), campaign.bid)
    yield from google_problems(campaign, known.brand, known.audiences)
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
        yield ("budget",), campaign.budget, [p for p in campaign.platforms if not _skips(campaign, p)]
    for i, ad_set in enumerate(campaign.ad_sets):
        if ad_set.budget:
            platforms = [p for p in campaign.platforms if not _skips(campaign, p) and not _skips(ad_set, p)]
            yield ("ad_sets", i, "budget"), ad_set.budget, platforms


def _skips(level: Campaign | AdSet, platform: Platform) -> bool:
    block = getattr(level, platform)
    return block is not None and block.skip


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
    yield from _twice(("ad_sets",), "ad_set", [ad_set.ad_set for ad_set in campaign.ad_sets])
    for i, ad_set in enumerate(campaign.ad_sets):
        yield from _twice(("ad_sets", i, "ads"), "ad", [ad.ad for ad in ad_set.ads])


def _twice(path: Path, kind: str, keys: list[str]) -> Found:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            detail = f"`{key}` is taken; keys are compared without capitals and accents"
            yield (
                (*path, index, kind),
                Problem(f"two {kind.replace('_', ' ')}s with one key", detail, "give each its own key"),
            )


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
    if all(_skips(campaign, p) or _skips(ad_set, p) for p in campaign.platforms):
        yield path, Problem("skipped on every platform", f"`{ad_set.ad_set}` would run nowhere", "delete it")


def _visual(path: Path, creative: Any) -> Found:
    if creative.image and creative.video:
        yield (*path, "video"), Problem("an image and a video", "an ad shows one of them", "write two ads")


def audience_problems(audience: Audience, known: Known) -> Found:
    """Paths in the audience and what is wrong there."""
    source = audience.source if isinstance(audience, LookalikeAudience) else None
    if source is not None and (source not in known.audiences or source == audience.audience):
        fix = nearest(source, known.audiences - {audience.audience}, f"write audiences/{source}.yaml")
        yield ("source",), Problem("unknown audience", f"found `{source}`", fix)
    if isinstance(audience, WebsiteAudience):
        for side in ("include", "exclude"):
            for index, rule in enumerate(getattr(audience, side)):
                if rule.within.hours % 24:
                    whole = f"write whole days: {rule.within.hours // 24 + 1}d"
                    found = f"found `{rule.within}`; platforms remember visitors by days"
                    yield (side, index, "within"), Problem("not a number of days", found, whole)
    if audience.type == "customer_list" and (audience.query is None) == (audience.file is None):
        yield (), Problem("a customer list needs one of query and file", "", "write `query: SELECT …`")


def plan_problems(brand: Brand, campaigns: Collection[str]) -> Found:
    """Campaigns that kampanya.yaml names in its media plan or as an approver's, and that nobody declares."""
    named: list[tuple[Path, str]] = [
        *(
            (("media_plan", i, "campaigns", key), key)
            for i, line in enumerate(brand.media_plan)
            for key in line.campaigns
        ),
        *(
            (("approvers", i, "campaigns", j), key)
            for i, each in enumerate(brand.may_approve)
            for j, key in enumerate(each.campaigns)
        ),
    ]
    for path, key in named:
        if key not in campaigns:
            fix = nearest(key, campaigns, f"declared are {', '.join(sorted(campaigns)) or 'none'}")
            yield path, Problem("unknown campaign", f"found `{key}`", fix)


def experiment_problems(experiment: Experiment, known: Known) -> Found:
    """Paths in the experiment and what is wrong there."""
    cells = [cell.cell for cell in experiment.cells]
    yield from _twice(("cells",), "cell", cells)
    ad_sets = [cell.ad_set for cell in experiment.cells]
    for i in (i for i, key in enumerate(ad_sets) if key in ad_sets[:i]):
        yield ("cells", i, "ad_set"), Problem("one ad set in two cells", f"`{ad_sets[i]}`", "compare two")
    for path, key in [
        (("control",), experiment.control),
        *((("effect", key), key) for key in experiment.effect),
    ]:
        if key not in cells:
            yield (
                path,
                Problem("unknown cell", f"found `{key}`", nearest(key, cells, f"one of {', '.join(cells)}")),
            )
    total = sum((cell.share.points for cell in experiment.cells), Decimal(0))
    if abs(total - 100) > Decimal("0.5"):
        yield (
            ("cells",),
            Problem("shares that do not add up to 100%", f"they make {total:f}%", "correct them"),
        )
    if experiment.method == "native" and len(cells) != 2:
        yield (
            ("cells",),
            Problem("a native experiment of more than two cells", f"found {len(cells)}", "keep two"),
        )
    if any(cell.ad_set.partition("/")[0] in known.unread for cell in experiment.cells):
        return
    yield from _cells(experiment, known)


def _cells(experiment: Experiment, known: Known) -> Found:
    resolved: list[tuple[Campaign, AdSet]] = []
    for i, cell in enumerate(experiment.cells):
        campaign_key, _, ad_set_key = cell.ad_set.partition("/")
        campaign = known.campaigns.get(campaign_key)
        ad_set = next((a for a in campaign.ad_sets if a.ad_set == ad_set_key), None) if campaign else None
        if campaign is None or ad_set is None:
            every = [f"{key}/{a.ad_set}" for key, c in known.campaigns.items() for a in c.ad_sets]
            fix = nearest(cell.ad_set, every, "write it as campaign/ad_set")
            yield ("cells", i, "ad_set"), Problem("unknown ad set", f"found `{cell.ad_set}`", fix)
        elif experiment.platform not in campaign.platforms or _skips(ad_set, experiment.platform):
            detail = f"`{cell.ad_set}` does not run on {experiment.platform}"
            yield (
                ("cells", i, "ad_set"),
                Problem("a cell without ads on the platform", detail, "choose another"),
            )
        else:
            resolved.append((campaign, ad_set))
    if experiment.method == "budget_split" and len(resolved) == len(experiment.cells):
        yield from _split(experiment, resolved)


def _split(experiment: Experiment, resolved: list[tuple[Campaign, AdSet]]) -> Found:
    daily: list[Decimal] = []
    for i, (campaign, ad_set) in enumerate(resolved):
        budget = ad_set.budget.for_platform(experiment.platform) if ad_set.budget else None
        if campaign.budget is not None:
            detail = f"`{campaign.campaign}` has one, so the platform would move the money between cells"
            fix = "give each ad set its own daily budget"
            yield ("cells", i, "ad_set"), Problem("a cell under a campaign budget", detail, fix)
        elif budget is None or budget[0] != "daily":
            detail = f"`{ad_set.ad_set}` has none on {experiment.platform}"
            fix = "add `budget: {daily: 150 TRY}` to the ad set"
            yield ("cells", i, "ad_set"), Problem("a cell without a daily budget", detail, fix)
        else:
            daily.append(budget[1].amount)
    if len(daily) < len(resolved):
        return
    total = sum(daily, Decimal(0))
    for i, cell in enumerate(experiment.cells):
        share = daily[i] / total
        if abs(share - cell.share.fraction) > SHARE_TOLERANCE:
            detail = f"`{cell.ad_set}` has {daily[i]:f} of {total:f} a day: {share * 100:.1f}%"
            fix = "make the ad sets' daily budgets match the shares"
            yield ("cells", i, "share"), Problem("a budget that does not match its share", detail, fix)


def brand_problems(brand: Brand, environment: str) -> Found:
    """Paths in kampanya.yaml and what is wrong there."""
    rails = brand.guard_rails
    yield from strategy_checks.brand_problems(brand)
    yield from naming_checks.brand_problems(brand)
    yield from _rails(("guard_rails",), rails, brand.currency)
    for currency in brand.fx.rates:
        if currency == brand.currency:
            yield (
                ("fx", "rates", currency),
                Problem("a rate of the brand's own currency", f"{currency}", "delete it"),
            )
    for name, stage in brand.environments.items():
        yield from _stage(("environments", name), name, stage, brand)
    if environment != "sandbox" and not brand.approvers:
        detail = f"`{environment}` is live, and nobody may say yes"
        yield ("environments", environment), Problem("no approvers", detail, "add `approvers: [name]`")


def _rails(path: Path, rails: GuardRails, currency: str) -> Found:
    for key in ("daily", "monthly"):
        money = getattr(rails, key)
        if money and money.currency != currency:
            detail = f"{money}, but the brand's currency is {currency}"
            yield (
                (*path, key),
                Problem("a ceiling in another currency than the brand's", detail, f"use {currency}"),
            )
    if rails.raise_24h.points < 0:
        yield (*path, "raise_24h"), Problem("a limit below zero", f"found {rails.raise_24h}", "write 20%")
    for i, window in enumerate(rails.freeze):
        if window.end < window.start:
            detail = f"{window.end} is before {window.start}"
            yield (
                (*path, "freeze", i, "end"),
                Problem("a freeze that ends before it starts", detail, "swap them"),
            )


def _stage(path: Path, name: str, stage: Environment, brand: Brand) -> Found:
    for platform, url in (stage.endpoints.model_dump() if stage.endpoints else {}).items():
        if name == "sandbox" and url and not loopback(url):
            detail = "`sandbox` never leaves this machine"
            fix = "use http://127.0.0.1:PORT, or name the environment otherwise"
            yield (*path, "endpoints", platform), Problem("an endpoint that is not local", detail, fix)
    for key in ("clock", "seed"):
        if name != "sandbox" and getattr(stage, key) is not None:
            detail = f"`{name}` is live and has the world's {'clock' if key == 'clock' else 'market'}"
            yield (*path, key), Problem("a setting that only the sandbox has", detail, "leave it out")
    for platform in ("meta", "google") if name != "sandbox" else ():
        if getattr(stage.accounts, platform) and not getattr(stage.credentials, platform, None):
            fix = f"add `credentials: {{{platform}: …}}` with references such as env:NAME"
            yield (
                (*path, "accounts", platform),
                Problem("an account without credentials", f"`{platform}`", fix),
            )
    if not stage.accounts.meta and not stage.accounts.google:
        yield (*path, "accounts"), Problem("an environment without accounts", f"`{name}`", "declare one")
    if stage.guard_rails:
        yield from _rails((*path, "guard_rails"), stage.guard_rails, brand.currency)


def loopback(url: str) -> bool:
    """Whether an address can only lead to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
