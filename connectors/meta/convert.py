"""Campaigns, ad sets and ads in Meta's own terms: pure functions of neutral resources and the account.

Every problem of every resource is collected before anything is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.base import Connection
from connectors.meta import audience as audiences
from connectors.meta import creative as creatives
from connectors.meta import goals, normal, products
from connectors.meta.leading import goal_fields, leads_to, mapping, options_of, products_of, systems
from connectors.meta.sheet import Sheet
from connectors.meta.supports import SUPPORTS
from engine.resource import Address, Ref, Resource, Value
from schemas.errors import InvalidDeclaration

ACTIVE, PAUSED = "ACTIVE", "PAUSED"
STATUSES = {"active": ACTIVE, "paused": PAUSED}
BUDGET_FIELDS = {"day": "daily_budget", "lifetime": "lifetime_budget"}
# Keys of the `meta:` block at each level, beside `skip`, which the compiler has acted upon already.
OPTIONS: Mapping[str, frozenset[str]] = {
    "campaign": frozenset(
        {"special_ad_categories", "special_ad_category_countries", "spend_cap", "products"}
    ),
    "ad_set": frozenset(
        {
            "destination",
            "app",
            "products",
            "operating_systems",
            "schedule",
            "advantage_audience",
            "placements",
            "devices",
            "spend",
            "attribution",
            "beneficiary",
            "payor",
        }
    ),
    "ad": frozenset({"instagram"}),
    "creative": frozenset(
        {"post", "form", "phone", "card_order", "end_card", "product_format", "product_features"}
    ),
    "image": frozenset(),
    "video": frozenset(),
    "audience": frozenset(),
}
DSA = {"beneficiary": "dsa_beneficiary", "payor": "dsa_payor"}


def canonical(desired: Iterable[Resource], connection: Connection) -> list[Resource]:
    """Neutral resources as Meta's. Creatives get the address of their content, and ads follow them there.

    Raises InvalidDeclaration with everything that Meta cannot do or that the account lacks.
    """
    neutral = {each.address: each for each in desired}
    sheet = Sheet(connection.account, connection.scope, neutral)
    _gather_bids(sheet)
    done: dict[Address, Resource] = {}
    for each in neutral.values():
        _refuse_unknown_options(each, sheet)
        if each.address.kind != "creative":
            fields = CONVERT[each.address.kind](each, sheet)
            done[each.address] = Resource(each.address, each.account, each.mark, fields, each.path)
    for made in sheet.creatives.values():
        done.setdefault(made.address, made)
    if sheet.problems:
        raise InvalidDeclaration(sheet.problems)
    return sorted(done.values(), key=lambda one: KIND_ORDER.index(one.address.kind))  # parents first


KIND_ORDER = ("campaign", "image", "video", "audience", "creative", "ad_set", "ad")


def _refuse_unknown_options(resource: Resource, sheet: Sheet) -> None:
    known = OPTIONS[resource.address.kind]
    given = options_of(resource)
    for name in sorted(given.keys() - known - {"skip"}) if given else ():
        fix = f"Known here: {', '.join(sorted(known))}." if known else "Remove it."
        sheet.wrong(resource, "Unknown key in a `meta:` block", f"`{name}`", fix, "meta", name)


def _campaign(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared, options = resource.fields, options_of(resource)
    categories = normal.words(str(each).upper() for each in options.get("special_ad_categories") or ())
    made: dict[str, Value] = {
        "name": declared["name"],
        "objective": goals.OBJECTIVES[str(declared["objective"])],
        "status": STATUSES[str(declared["status"])],
        "buying_type": "AUCTION",
        "special_ad_categories": categories,
    }
    if categories:
        made["special_ad_category_country"] = _category_countries(resource, options, sheet)
    if options.get("spend_cap"):
        made["spend_cap"] = _units(resource, _money(options["spend_cap"]), sheet)
    budget = _budget(resource, sheet)
    if budget:
        made |= budget
        made["bid_strategy"] = _campaign_bid(resource, sheet)
    else:
        made["is_adset_budget_sharing_enabled"] = False
    return made


def _category_countries(resource: Resource, options: Mapping[str, Any], sheet: Sheet) -> tuple[str, ...]:
    countries = normal.words(options.get("special_ad_category_countries"))
    if not countries:
        fix = "Write `special_ad_category_countries: [TR]` beside it."
        sheet.wrong(
            resource,
            "A special ad category needs its countries",
            "none is written",
            fix,
            "meta",
            "special_ad_categories",
        )
    return countries


def _gather_bids(sheet: Sheet) -> None:
    """The bid strategies of a campaign's ad sets: whoever carries the budget carries the strategy."""
    for each in sheet.neutral.values():
        parent = each.fields.get("campaign")
        if each.address.kind == "ad_set" and isinstance(parent, Ref):
            sheet.bids.setdefault(parent.address, set()).add(_strategy(_bid(each, sheet)))


def _bid(resource: Resource, sheet: Sheet) -> Mapping[str, Any]:
    """How an ad set bids: as it says itself, else as its campaign does."""
    parent = resource.fields.get("campaign")
    above = sheet.neutral.get(parent.address) if isinstance(parent, Ref) else None
    return mapping(resource.fields.get("bid") or (above.fields.get("bid") if above else None))


def _campaign_bid(resource: Resource, sheet: Sheet) -> str:
    own = _strategy(mapping(resource.fields.get("bid")))
    strategies = sheet.bids.get(resource.address) or {own}
    if len(strategies) > 1:
        told = ", ".join(sorted(strategies))
        fix = "Bid alike in all its ad sets, or give the ad sets budgets of their own."
        sheet.wrong(
            resource, "A campaign budget has one bid strategy", f"its ad sets want {told}", fix, "budget"
        )
    return min(strategies)


def _strategy(bid: Mapping[str, Any]) -> str:
    return goals.BID_STRATEGIES[str(bid.get("strategy") or "lowest_cost")]


def _ad_set(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared = resource.fields
    parent = declared["campaign"]
    assert isinstance(parent, Ref)
    objective = str(sheet.neutral[parent.address].fields["objective"])
    made: dict[str, Value] = {
        "campaign_id": parent,
        "name": declared["name"],
        "status": STATUSES[str(declared["status"])],
        "billing_event": "IMPRESSIONS",
        "targeting": _targeting(resource, sheet),
        "end_time": _time(declared.get("end"), normal.LAST, sheet),
    }
    if options_of(resource).get("schedule"):
        made["adset_schedule"] = normal.schedule(_hours(options_of(resource)["schedule"]))
    if declared.get("start"):
        made["start_time"] = _time(declared["start"], normal.FIRST, sheet)
    made |= goal_fields(resource, objective, sheet)
    made |= _budget(resource, sheet)
    made |= _limits(resource, sheet.neutral[parent.address], sheet)
    made |= _bidding(resource, sheet)
    options = options_of(resource)
    made |= {theirs: str(options[ours]) for ours, theirs in DSA.items() if options.get(ours)}
    if "lifetime_budget" in made and made["end_time"] is None:
        fix = "Give the flight an `end`, or write the budget per day."
        sheet.wrong(resource, "A lifetime budget needs an end", "none is declared", fix, "budget")
    return made


def _time(day: Value, at: Any, sheet: Sheet) -> str | None:
    return normal.instant(str(day), at, sheet.account.time_zone) if day else None


def _budget(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    budget = resource.fields.get("budget")
    if not isinstance(budget, Mapping):
        return {}
    return {BUDGET_FIELDS[str(budget["period"])]: _units(resource, budget, sheet)}


def _limits(resource: Resource, campaign: Resource, sheet: Sheet) -> dict[str, Value]:
    """What it gets of its campaign's budget at least and at most, in the period of that budget."""
    declared, above = mapping(options_of(resource).get("spend")), campaign.fields.get("budget")
    if not declared or not isinstance(above, Mapping):
        return {}
    names = normal.SPEND_LIMITS[BUDGET_FIELDS[str(above["period"])]]
    return {
        theirs: _units(resource, _money(declared[ours]), sheet)
        for ours, theirs in names.items()
        if declared.get(ours)
    }


def _units(resource: Resource, amount: Mapping[str, Any], sheet: Sheet) -> int:
    """An amount in Meta's units of the account's currency."""
    currency = str(amount.get("currency") or sheet.account.currency)
    if currency != sheet.account.currency:
        fix = f"Write the amount in {sheet.account.currency}."
        detail = f"{amount['amount']} {currency}, account {sheet.account.id} is in {sheet.account.currency}"
        sheet.wrong(resource, "Amount in a currency that is not its account's", detail, fix)
    units = Decimal(str(amount["amount"])) * SUPPORTS.units(currency)
    if units != units.to_integral_value():
        fix = f"{currency} has {SUPPORTS.units(currency)} units in one on Meta: write fewer decimals."
        sheet.wrong(resource, "Amount finer than the currency", f"{amount['amount']} {currency}", fix)
    return int(units)


def _money(text: Any) -> dict[str, str]:
    """`90 TRY`, as the language writes it."""
    amount, _, currency = str(text).partition(" ")
    return {"amount": amount, "currency": currency}


def _bidding(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    """Strategy (only where the ad set carries the budget) and its cap or floor; None takes an old one away,
    which Meta would refuse under a strategy without."""
    bid = _bid(resource, sheet)
    strategy = _strategy(bid)
    made: dict[str, Value] = {"bid_amount": None, "bid_constraints": None}
    if resource.fields.get("budget"):
        made["bid_strategy"] = strategy
    needed = "amount" if strategy in goals.CAPPED else "roas" if strategy == goals.MIN_ROAS else None
    if needed and not bid.get(needed):
        detail = f"{bid['strategy']} without `{needed}`"
        sheet.wrong(
            resource, "This bid strategy needs a number", detail, f"Write `{needed}` beside it.", "bid"
        )
    elif needed == "amount":
        made["bid_amount"] = _units(resource, _money(bid["amount"]), sheet)
    elif needed == "roas":
        made["bid_constraints"] = {"roas_average_floor": int(Decimal(str(bid["roas"])) * goals.ROAS_UNIT)}
    return made


def _targeting(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    audience, options = mapping(resource.fields.get("audience")), options_of(resource)
    locations = [str(each) for each in audience.get("locations") or ()]
    countries = {each for each in locations if "-" not in each}
    regions = {each for each in locations if "-" in each}
    covered = sorted(each for each in regions if each[:2] in countries)
    if covered:
        fix = f"Keep either {covered[0][:2]} or its regions."
        sheet.wrong(
            resource,
            "A region of a country that is targeted too",
            ", ".join(covered),
            fix,
            "audience",
            "locations",
        )
    more = mapping(audience.get("options"))
    placed = locations or more.get("cities") or more.get("postal_codes")
    people = mapping(more.get("products"))
    if not placed and not audience.get("include") and not people.get("include"):
        fix = "Write `audience: {locations: [TR]}`."
        sheet.wrong(resource, "Meta needs at least one location", "none is declared", fix, "audience")
    age = mapping(audience.get("age"))
    return normal.targeting(
        countries=countries,
        regions=regions,
        age=(int(age.get("min") or normal.AGE_LEAST), int(age.get("max") or normal.AGE_MOST)),
        genders=[normal.GENDERS[str(each)] for each in audience.get("genders") or ()],
        languages=audience.get("languages") or (),
        interests=audience.get("interests") or (),
        include=sorted(audience.get("include") or (), key=str),
        exclude=sorted(audience.get("exclude") or (), key=str),
        placements=_placements(options),
        advantage=int(bool(options.get("advantage_audience"))),
        cities=_cities(more),
        zips=more.get("postal_codes") or (),
        behaviors=more.get("behaviors") or (),
        demographics=more.get("demographics") or (),
        narrow=more.get("narrow") or (),
        systems=systems(options),
        products=_people(resource, people, sheet),
        excluded=_left_out(mapping(more.get("exclude_places"))),
    )


def _left_out(places: Mapping[str, Any]) -> dict[str, list[str]]:
    """Places that are left out, as the forms of those that are targeted have them."""
    codes = [str(each) for each in places.get("locations") or ()]
    return {
        "countries": [each for each in codes if "-" not in each],
        "regions": [each for each in codes if "-" in each],
        "cities": _cities(places),
        "zips": [str(each) for each in places.get("postal_codes") or ()],
    }


def _cities(places: Mapping[str, Any]) -> list[str]:
    return [
        normal.city(normal.keyed(each["city"], each.get("key")), each["region"], each.get("radius_km"))
        for each in places.get("cities") or ()
    ]


def _people(resource: Resource, declared: Mapping[str, Any], sheet: Sheet) -> Mapping[str, Value]:
    """People by what they did with products: of the declared set, else of the one that the ad set shows."""
    if not declared:
        return {}
    name = str(declared.get("of") or products_of(resource, sheet))
    return products.audience(sheet.told(resource, name), declared)


def _hours(declared: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """Days with the first and last minute of each span."""
    for each in declared:
        start, end = (int(str(each[name])[:2]) * 60 for name in ("start", "end"))
        yield from ((str(day), start, end) for day in each["days"])


def _placements(options: Mapping[str, Any]) -> dict[str, set[str]]:
    """`{platforms: [messenger], facebook: [feed]}` as Meta's lists: naming positions names the platform."""
    declared = mapping(options.get("placements"))
    lists = {"device_platforms": set(options.get("devices") or ())}
    lists["publisher_platforms"] = set(declared.get("platforms") or ())
    for platform, name in normal.POSITIONS.items():
        if declared.get(platform):
            lists["publisher_platforms"].add(platform)
            lists[name] = set(declared[platform])
    return lists


def _ad(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared = resource.fields
    creative = declared["creative"]
    assert isinstance(creative, Ref)
    instagram = str(options_of(resource).get("instagram") or "")
    above = declared["ad_set"]
    assert isinstance(above, Ref)
    ad_set = sheet.neutral[above.address]
    shows = products.set_id(sheet.account.settings, products_of(ad_set, sheet))
    shown = sheet.creative(creative.address, instagram, leads_to(resource, sheet), shows)
    return {
        "adset_id": declared["ad_set"],
        "creative": {"creative_id": Ref(shown.address)},
        "name": declared["name"],
        "status": STATUSES[str(declared["status"])],
    }


CONVERT: Mapping[str, Callable[[Resource, Sheet], dict[str, Value]]] = {
    "campaign": _campaign,
    "image": creatives.image,
    "video": creatives.video,
    "audience": audiences.audience,
    "ad_set": _ad_set,
    "ad": _ad,
}
