"""What Meta refuses of an ad set, by its campaign's file: goals, where ads lead, and what they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas import apps, meta_goals
from schemas.audience import MetaTargeting
from schemas.campaign import Ad, AdSet, Campaign
from schemas.errors import Problem
from schemas.meta import App, MetaAdSet, MetaCreative
from schemas.strategy_checks import Found, Path
from schemas.types import AgeRange

PROTECTED = ("employment", "housing", "financial_products_services")
PROTECTED_RADIUS = 25  # kilometres: 15 miles
EVERY_AGE = (18, None)
EU = frozenset(
    ("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT",
     "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE")
)  # fmt: skip
# Attribution specification, by what is optimised for: conversions have a week, everything else a day.
COUNTED = (*meta_goals.CONVERSIONS, "leads", "value", "app_events")
CLICKS = {"click": ("1d", "7d"), "view": ("1d",)}
OTHERS = {"click": ("1d",), "view": ("1d",)}


def ad_set_problems(
    path: Path, campaign: Campaign, ad_set: AdSet, shared: Mapping[str, apps.BrandApp] | None = None
) -> Found:
    """Paths in the campaign and what is wrong there; `shared` are the apps of the brand."""
    meta = ad_set.meta or MetaAdSet()
    goal = ad_set.optimize_for or meta_goals.DEFAULT_GOAL[campaign.objective]
    usual = meta_goals.destination(campaign.objective, goal)
    leads_to = meta.destination or usual
    app = (shared or {}).get(campaign.app or "")
    if app and leads_to == "app" and meta.app is None:
        if app.meta is None:
            fix = f"add `meta: …` to it in kampanya.yaml under apps.{campaign.app}, or skip the platform"
            yield (
                ("app",),
                Problem("an app that Meta does not know", f"`{campaign.app}` has no id there", fix),
            )
            return
        meta = meta.model_copy(update={"app": App(id=app.meta, store=app.store)})
    yield from _hours(path, campaign, ad_set, meta)
    yield from _limits(path, campaign, meta)
    yield from _protected(path, campaign, ad_set)
    yield from _law(path, ad_set, meta)
    yield from _windows(path, goal, meta)
    yield from _returns(path, campaign, ad_set, goal)
    yield from _systems(path, meta)
    wrong = list(_fits(path, campaign.objective, goal, meta.destination, leads_to))
    yield from wrong
    if not wrong:
        yield from _app(path, meta, leads_to)
        for j, ad in enumerate(ad_set.ads):
            if not (ad.meta and ad.meta.skip):
                yield from _button((*path, "ads", j, "creative"), ad, leads_to, meta)


def _fits(path: Path, objective: str, goal: str, declared: str | None, leads_to: str) -> Found:
    table = meta_goals.TABLE[objective]
    if goal in meta_goals.NOT_BUILT:
        why, fix = meta_goals.NOT_BUILT[goal]
        yield (*path, "optimize_for"), Problem("a goal that is not built", f"{goal}: {why}", fix)
    elif goal not in meta_goals.goals(objective):
        detail = f"Meta does not optimise {objective} for {goal}"
        fix = f"choose one of {', '.join(sorted(meta_goals.goals(objective)))}"
        yield (*path, "optimize_for"), Problem("a goal that does not fit the objective", detail, fix)
    elif declared and declared not in table:
        places = [each for each in table if each]
        fix = f"choose one of {', '.join(places)}" if places else "leave `destination` out"
        detail = f"ads for {objective} do not lead to {declared}"
        yield (*path, "meta", "destination"), Problem("a destination that does not fit", detail, fix)
    elif goal not in table.get(leads_to, frozenset()):
        detail = f"for {objective}, ads that lead to {leads_to} are not optimised for {goal}"
        there = ", ".join(sorted(table.get(leads_to, ())))
        instead = " or ".join(meta_goals.leading(objective, goal))
        fix = f"lead to {instead}" + (f", or optimise for one of {there}" if there else "")
        at = (*path, "meta", "destination") if declared else (*path, "optimize_for")
        yield at, Problem("a goal that does not fit the destination", detail, fix)


def _app(path: Path, meta: MetaAdSet, leads_to: str) -> Found:
    if leads_to == "app" and meta.app is None:
        fix = "declare it in kampanya.yaml under `apps` and write `app: …` on the campaign"
        yield path, Problem("an app is needed", "its ads lead to an app, and none is named", fix)
    elif meta.app and leads_to != "app":
        detail = f"its ads lead to {leads_to or 'nothing'}"
        yield (
            (*path, "meta", "app"),
            Problem("an app that nobody is led to", detail, "add `destination: app`"),
        )
    elif meta.app and apps.host(str(meta.app.store)) not in apps.STORES:
        fix = f"use an address at {', '.join(apps.STORES)}"
        yield (*path, "meta", "app", "store"), Problem("not an app store", f"found `{meta.app.store}`", fix)


def _button(path: Path, ad: Ad, leads_to: str, meta: MetaAdSet) -> Found:
    """An ad leads where its ad set says: by its button, a form, a number or the store's address."""
    creative, own = ad.creative, ad.creative.meta or MetaCreative()
    if own.post:
        return
    fitting = meta_goals.BUTTONS.get(leads_to, ())
    if fitting and creative.call_to_action not in fitting:
        at = (*path, "call_to_action") if creative.call_to_action else path
        detail = f"its ad set leads to {leads_to}"
        yield at, Problem("a button that does not lead there", detail, f"use {', '.join(fitting)}")
    needs = {"on_ad": "form", "phone": "phone"}
    for place, key in needs.items():
        value = getattr(own, key)
        if place == leads_to and not value:
            fix = f"add `meta: {{{key}: …}}` to the creative"
            yield path, Problem(f"a {key} is needed", f"its ad set leads to {place}", fix)
        elif value and place != leads_to:
            detail = f"its ad set leads to {leads_to or 'nothing'}, not to {place}"
            fix = f"leave it out, or add `meta: {{destination: {place}}}` to the ad set"
            yield (*path, "meta", key), Problem("nobody would get there", detail, fix)
    if (
        leads_to == "app"
        and meta.app
        and creative.url
        and apps.host(str(creative.url)) != apps.host(str(meta.app.store))
    ):
        detail = f"`{creative.url}`, but the app is at {meta.app.store}"
        yield (*path, "url"), Problem("an app ad leads to its store", detail, "write the store's address")


def _hours(path: Path, campaign: Campaign, ad_set: AdSet, meta: MetaAdSet) -> Found:
    at = (*path, "meta", "schedule")
    budget = ad_set.budget or campaign.budget
    paid = budget.for_platform("meta") if budget else None
    if meta.schedule and paid and paid[0] != "lifetime":
        fix = "write the budget as `lifetime` for the whole flight, or leave the hours out"
        yield at, Problem("hours under a daily budget", "Meta keeps hours only for lifetime budgets", fix)
    taken: dict[str, list[tuple[str, str]]] = {}
    for i, hours in enumerate(meta.schedule):
        if hours.end <= hours.start:
            detail = f"{hours.start} to {hours.end}"
            yield (*at, i), Problem("hours that end before they start", detail, "split them at midnight")
        for day in hours.days:
            others = taken.setdefault(day, [])
            if any(hours.start < end and start < hours.end for start, end in others):
                yield (*at, i), Problem("hours that overlap", f"{day} has them already", "make one of them")
            others.append((hours.start, hours.end))


def _protected(path: Path, campaign: Campaign, ad_set: AdSet) -> Found:
    """Housing, work and credit must reach everybody: no ages, genders, postal codes or small circles.

    Source: special ad categories, "targeting restrictions".
    """
    named = campaign.meta.special_ad_categories if campaign.meta else ()
    category = next((each for each in named if each in PROTECTED), None)
    audience = ad_set.audience
    if category is None or audience is None:
        return
    for key, words in (("age", "ages"), ("genders", "genders")):
        value = getattr(audience, key)
        if value and not _everybody(value):
            yield (*path, "audience", key), _forbidden(category, f"{words} cannot be chosen")
    special = audience.meta
    if special and special.postal_codes:
        yield (
            (*path, "audience", "meta", "postal_codes"),
            _forbidden(category, "postal codes cannot be chosen"),
        )
    for i, city in enumerate(special.cities if special else ()):
        if (city.radius_km or 0) < PROTECTED_RADIUS:
            why = f"`{city.city}` needs a radius of at least {PROTECTED_RADIUS} km"
            yield (*path, "audience", "meta", "cities", i), _forbidden(category, why)


def _everybody(value: AgeRange | tuple[str, ...]) -> bool:
    if isinstance(value, tuple):
        return len(set(value)) > 1
    return (value.min, value.max) == EVERY_AGE


def _forbidden(category: str, why: str) -> Problem:
    fix = "leave it out: such ads have to reach everybody"
    return Problem("targeting that a special ad category forbids", f"{category}: {why}", fix)


def _law(path: Path, ad_set: AdSet, meta: MetaAdSet) -> Found:
    """Who benefits and who pays has to be told where an ad set reaches the European Union."""
    audience = ad_set.audience
    if audience is None:
        return
    own = audience.meta or MetaTargeting()
    codes = [*audience.locations, *own.postal_codes, *(city.region for city in own.cities)]
    inside = sorted({code[:2] for code in codes} & EU)
    for key in ("beneficiary", "payor"):
        if inside and not getattr(meta, key):
            detail = f"`{key}` is missing and {inside[0]} is in the European Union (Digital Services Act)"
            yield path, Problem("nobody answers for these ads", detail, f"add `meta: {{{key}: …}}`")


def _windows(path: Path, goal: str, meta: MetaAdSet) -> Found:
    """Attribution windows that Meta has for the goal."""
    if meta.attribution is None:
        return
    for key, days in (CLICKS if goal in COUNTED else OTHERS).items():
        given = getattr(meta.attribution, key)
        if given is not None and str(given) not in days:
            detail = f"{given} after a {key}, optimised for {goal}"
            at = (*path, "meta", "attribution", key)
            yield at, Problem("a window that Meta does not have", detail, f"write {' or '.join(days)}")


def _limits(path: Path, campaign: Campaign, meta: MetaAdSet) -> Found:
    """Guide to Advantage campaign budget: spend limits of ad sets belong to a budget of their campaign."""
    if meta.spend is None:
        return
    found = campaign.budget.for_platform("meta") if campaign.budget else None
    at = (*path, "meta", "spend")
    if found is None:
        fix = "leave it out, or move the budget to the campaign"
        yield at, Problem("limits of a budget that is not there", "the ad set has a budget of its own", fix)
        return
    _, whole = found
    for key in ("least", "most"):
        money = getattr(meta.spend, key)
        if money and money.currency == whole.currency and money.amount > whole.amount:
            detail = f"{money} of the campaign's {whole}"
            yield (*at, key), Problem("a limit above the campaign's budget", detail, f"write at most {whole}")


def least_problems(campaign: Campaign, ad_sets: Iterable[tuple[Path, AdSet]]) -> Found:
    """What the ad sets get at least is more than there is."""
    found = campaign.budget.for_platform("meta") if campaign.budget else None
    said = [
        (path, each.meta.spend.least)
        for path, each in ad_sets
        if each.meta and each.meta.spend and each.meta.spend.least
    ]
    if found is None or not said or any(each.currency != found[1].currency for _, each in said):
        return
    total = sum(each.amount for _, each in said)
    if total > found[1].amount:
        path, _ = said[-1]
        detail = f"the ad sets get {total} {found[1].currency} at least, of {found[1]}"
        fix = "lower one of them, or raise the campaign's budget"
        yield (*path, "meta", "spend", "least"), Problem("limits above the campaign's budget", detail, fix)


def _returns(path: Path, campaign: Campaign, ad_set: AdSet, goal: str) -> Found:
    bid = ad_set.bid or campaign.bid
    if bid and bid.strategy == "min_roas" and goal != "value":
        at = (*path, "bid", "strategy") if ad_set.bid else ("bid", "strategy")
        detail = f"its ads are optimised for {goal}"
        yield at, Problem("a least return without values", detail, "add `optimize_for: value`")


def _systems(path: Path, meta: MetaAdSet) -> Found:
    """Telephones of another system than the app's, and telephones where there are none."""
    if not meta.operating_systems:
        return
    at = (*path, "meta", "operating_systems")
    wanted = apps.STORES.get(apps.host(str(meta.app.store))) if meta.app else None
    for i, system in enumerate(meta.operating_systems):
        if wanted and not system.startswith(wanted):
            detail = f"`{system}`, but the app's store is for {wanted}"
            yield (*at, i), Problem("telephones that cannot have the app", detail, f"write {wanted}")
    if meta.devices and "mobile" not in meta.devices:
        yield at, Problem("telephones left out and chosen", "`devices` has no mobile", "add mobile")
