"""Campaigns, ad sets and ads in Meta's own terms: pure functions of neutral resources and the account.

Every problem of every resource is collected before anything is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.base import Account, Connection
from connectors.meta import creative as creatives
from connectors.meta import goals, normal
from connectors.meta.supports import SUPPORTS
from engine.naming import Scope
from engine.resource import Address, Fields, Ref, Resource, Value
from schemas.errors import InvalidDeclaration, Problem

ACTIVE, PAUSED = "ACTIVE", "PAUSED"
STATUSES = {"active": ACTIVE, "paused": PAUSED}
BUDGET_FIELDS = {"day": "daily_budget", "lifetime": "lifetime_budget"}
# Keys of the `meta:` block at each level, beside `skip`, which the compiler has acted upon already.
OPTIONS: Mapping[str, frozenset[str]] = {
    "campaign": frozenset({"special_ad_categories", "special_ad_category_country"}),
    "ad_set": frozenset(
        {"placements", "devices", "advantage_audience", "app", "dsa_beneficiary", "dsa_payor"}
    ),
    "ad": frozenset({"conversion_domain"}),
    "creative": frozenset({"instagram_user"}),
    "image": frozenset(),
}


@dataclass(slots=True)
class Sheet:
    """What one conversion looks things up in, and writes its problems on."""

    account: Account
    scope: Scope
    campaigns: Mapping[Address, Fields]
    bids: dict[Address, set[str]] = field(default_factory=dict)
    creatives: dict[Address, Address] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, resource: Resource, summary: str, detail: str, fix: str) -> None:
        self.problems.append(Problem(summary, f"{resource.address}: {detail}", fix))

    def setting(self, resource: Resource, name: str, why: str) -> str:
        """A setting of the account, "" with a problem if kampanya.yaml does not have it."""
        value = self.account.settings.get(name, "")
        if not value:
            fix = f"Write `{name}: <id>` under the Meta account {self.account.id} in kampanya.yaml."
            self.wrong(resource, f"The Meta account has no {name}", why, fix)
        return str(value)


def canonical(desired: Iterable[Resource], connection: Connection) -> list[Resource]:
    """Neutral resources as Meta's. Creatives get the address of their content, and ads follow them there.

    Raises InvalidDeclaration with everything that Meta cannot do or that the account lacks.
    """
    resources = list(desired)
    campaigns = {each.address: each.fields for each in resources if each.address.kind == "campaign"}
    sheet = Sheet(connection.account, connection.scope, campaigns)
    _gather_bids(resources, sheet)
    done: dict[Address, Resource] = {}
    for each in sorted(resources, key=lambda one: KIND_ORDER.index(one.address.kind)):
        made = _converted(each, sheet)
        done.setdefault(made.address, made)
    if sheet.problems:
        raise InvalidDeclaration(sheet.problems)
    return list(done.values())


KIND_ORDER = ("campaign", "image", "creative", "ad_set", "ad")


def _converted(resource: Resource, sheet: Sheet) -> Resource:
    _refuse_unknown_options(resource, sheet)
    kind = resource.address.kind
    if kind == "creative":
        return creatives.rekeyed(resource, creatives.creative(resource, sheet), sheet)
    made = {"campaign": _campaign, "ad_set": _ad_set, "ad": _ad, "image": creatives.image}[kind]
    return replace(resource, fields=made(resource, sheet))


def _refuse_unknown_options(resource: Resource, sheet: Sheet) -> None:
    known = OPTIONS[resource.address.kind]
    for name in sorted(_options(resource).keys() - known - {"skip"}):
        fix = f"Known here: {', '.join(sorted(known))}." if known else "Remove it."
        sheet.wrong(resource, "Unknown key in a `meta:` block", f"`{name}`", fix)


def _options(resource: Resource) -> Mapping[str, Any]:
    return dict(_mapping(resource.fields.get("options")))


def _mapping(value: Value | Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _campaign(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared, options = resource.fields, _options(resource)
    categories = normal.words(options.get("special_ad_categories"))
    made: dict[str, Value] = {
        "name": declared["name"],
        "objective": goals.OBJECTIVES[str(declared["objective"])],
        "status": STATUSES[str(declared["status"])],
        "buying_type": "AUCTION",
        "special_ad_categories": categories,
    }
    if categories:
        made["special_ad_category_country"] = _category_countries(resource, options, sheet)
    budget = _budget(resource, sheet)
    if budget:
        made |= budget
        made["bid_strategy"] = _campaign_bid(resource, sheet)
    else:
        made["is_adset_budget_sharing_enabled"] = False
    return made


def _category_countries(resource: Resource, options: Mapping[str, Any], sheet: Sheet) -> tuple[str, ...]:
    countries = normal.words(options.get("special_ad_category_country"))
    if not countries:
        fix = "Write `special_ad_category_country: [TR]` beside it."
        sheet.wrong(resource, "A special ad category needs its countries", "none is written", fix)
    return countries


def _gather_bids(resources: Iterable[Resource], sheet: Sheet) -> None:
    """The bid strategies of a campaign's ad sets: whoever carries the budget carries the strategy."""
    for each in resources:
        parent = each.fields.get("campaign")
        if each.address.kind == "ad_set" and isinstance(parent, Ref):
            sheet.bids.setdefault(parent.address, set()).add(_strategy(each, sheet))


def _campaign_bid(resource: Resource, sheet: Sheet) -> str:
    strategies = sheet.bids.get(resource.address) or {goals.DEFAULT_BID}
    if len(strategies) > 1:
        told = ", ".join(sorted(strategies))
        fix = "Bid alike in all its ad sets, or give the ad sets budgets of their own."
        sheet.wrong(resource, "A campaign budget has one bid strategy", f"its ad sets want {told}", fix)
    return min(strategies)


def _strategy(resource: Resource, sheet: Sheet) -> str:
    name = str(_mapping(resource.fields.get("bid")).get("strategy") or "lowest_cost")
    if name not in goals.BID_STRATEGIES:
        fix = f"Choose one of {', '.join(goals.BID_STRATEGIES)}."
        sheet.wrong(resource, "Meta has no such bid strategy", f"`{name}`", fix)
    return goals.BID_STRATEGIES.get(name, goals.DEFAULT_BID)


def _ad_set(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared = resource.fields
    parent = declared["campaign"]
    assert isinstance(parent, Ref)
    objective = str(sheet.campaigns.get(parent.address, {}).get("objective", "sales"))
    made: dict[str, Value] = {
        "campaign_id": parent,
        "name": declared["name"],
        "status": STATUSES[str(declared["status"])],
        "billing_event": "IMPRESSIONS",
        "targeting": _targeting(resource, sheet),
        "end_time": _time(declared.get("end"), normal.LAST, sheet),
    }
    if declared.get("start"):
        made["start_time"] = _time(declared["start"], normal.FIRST, sheet)
    made |= _goal(resource, objective, sheet)
    made |= _budget(resource, sheet)
    made |= _bid(resource, sheet)
    for name in ("dsa_beneficiary", "dsa_payor"):
        if _options(resource).get(name):
            made[name] = str(_options(resource)[name])
    if "lifetime_budget" in made and made["end_time"] is None:
        fix = "Give the flight an `end`, or write the budget per day."
        sheet.wrong(resource, "A lifetime budget needs an end", "none is declared", fix)
    return made


def _time(day: Value, at: Any, sheet: Sheet) -> str | None:
    return normal.instant(str(day), at, sheet.account.time_zone) if day else None


def _goal(resource: Resource, objective: str, sheet: Sheet) -> dict[str, Value]:
    """optimization_goal, attribution_spec, destination_type and promoted_object of an ad set."""
    name = str(resource.fields.get("optimize_for") or goals.DEFAULT_GOAL[objective])
    allowed = SUPPORTS.goals[objective]
    if name not in allowed:
        fix = f"Choose one of {', '.join(sorted(allowed))}."
        sheet.wrong(resource, "Meta does not optimise this objective for that", f"{objective} × {name}", fix)
        return {}
    goal = goals.GOALS[name]
    conversions = goal.optimization in goals.CONVERSION_GOALS
    made: dict[str, Value] = {
        "optimization_goal": goal.optimization,
        "attribution_spec": normal.attribution(
            goals.CONVERSION_WINDOWS if conversions else goals.OTHER_WINDOWS
        ),
    }
    if goal.destination and objective not in goals.NO_DESTINATION:
        made["destination_type"] = goal.destination
    promotes, event = goals.OBJECTIVE_PROMOTES.get(objective, (None, ""))
    if goal.promotes:
        promotes, event = goal.promotes, goal.event
    if promotes:
        made["promoted_object"] = _promoted(resource, promotes, _event(resource, event, sheet), sheet)
    return made


def _event(resource: Resource, default: str, sheet: Sheet) -> str:
    """The pixel event: of the goal, unless the YAML names a conversion."""
    name = resource.fields.get("conversion")
    if not name:
        return default
    if str(name) not in goals.EVENTS:
        fix = f"Choose one of {', '.join(goals.EVENTS)}."
        sheet.wrong(resource, "Meta has no such conversion event", f"`{name}`", fix)
    return goals.EVENTS.get(str(name), default)


def _promoted(resource: Resource, promotes: goals.Promotes, event: str, sheet: Sheet) -> dict[str, Value]:
    found: dict[str, Any] = {}
    if promotes == "pixel":
        pixel = sheet.setting(resource, "pixel", "its conversions are counted by one")
        found = {"pixel_id": pixel, "custom_event_type": event}
    elif promotes == "page":
        found = {"page_id": sheet.setting(resource, "page", "it promotes one")}
    else:
        app = _mapping(_options(resource).get("app"))
        found = {"application_id": app.get("id"), "object_store_url": app.get("store_url")}
        if not all(found.values()):
            fix = "Write `meta: {app: {id: …, store_url: …}}` on the ad set."
            sheet.wrong(resource, "App installs need the app", "id and store_url", fix)
    return normal.promoted(found)


def _budget(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    budget = resource.fields.get("budget")
    if not isinstance(budget, Mapping):
        return {}
    return {BUDGET_FIELDS[str(budget["period"])]: _units(resource, budget, sheet)}


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


def _bid(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    """Strategy (only where the ad set carries the budget) and its amount or return."""
    bid = _mapping(resource.fields.get("bid"))
    strategy = _strategy(resource, sheet)
    made: dict[str, Value] = {"bid_strategy": strategy} if resource.fields.get("budget") else {}
    if strategy in goals.CAPPED:
        made["bid_amount"] = _required(resource, bid, "amount", lambda: _cap(resource, bid, sheet), sheet)
    elif strategy == goals.MIN_ROAS:
        floor = _required(resource, bid, "roas", lambda: _roas(resource, bid, sheet), sheet)
        made["bid_constraints"] = {"roas_average_floor": floor}
    return made


def _required(
    resource: Resource, bid: Mapping[str, Any], name: str, read: Callable[[], int], sheet: Sheet
) -> int:
    if bid.get(name) not in (None, ""):
        return read()
    sheet.wrong(resource, "This bid strategy needs a number", f"`{name}` is missing", f"Write `{name}`.")
    return 0


def _cap(resource: Resource, bid: Mapping[str, Any], sheet: Sheet) -> int:
    amount = bid["amount"]
    if not isinstance(amount, Mapping):
        amount = {"amount": amount, "currency": bid.get("currency")}
    return _units(resource, amount, sheet)


def _roas(resource: Resource, bid: Mapping[str, Any], sheet: Sheet) -> int:
    try:
        return int(Decimal(str(bid["roas"])) * goals.ROAS_UNIT)
    except InvalidOperation:
        sheet.wrong(resource, "Not a number", f"roas: {bid['roas']!r}", "Write a number such as 2.5.")
        return 0


def _targeting(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    audience, options = _mapping(resource.fields.get("audience")), _options(resource)
    locations = [str(each) for each in audience.get("locations") or ()]
    countries = {each for each in locations if "-" not in each}
    regions = {each for each in locations if "-" in each}
    covered = sorted(each for each in regions if each[:2] in countries)
    if covered:
        fix = f"Keep either {covered[0][:2]} or its regions."
        sheet.wrong(resource, "A region of a country that is targeted too", ", ".join(covered), fix)
    if not locations and not audience.get("include"):
        fix = "Write `audience: {locations: [TR]}`."
        sheet.wrong(resource, "Meta needs at least one location", "none is declared", fix)
    age = _mapping(audience.get("age"))
    return normal.targeting(
        countries=countries,
        regions=regions,
        age=(int(age.get("min") or normal.AGE_LEAST), int(age.get("max") or normal.AGE_MOST)),
        genders=[normal.GENDERS[str(each)] for each in audience.get("genders") or ()],
        languages=audience.get("languages") or (),
        interests=audience.get("interests") or (),
        include=sorted(audience.get("include") or (), key=str),
        exclude=sorted(audience.get("exclude") or (), key=str),
        placements=_placements(resource, options, sheet),
        advantage=int(bool(options.get("advantage_audience"))),
    )


def _placements(resource: Resource, options: Mapping[str, Any], sheet: Sheet) -> dict[str, list[str]]:
    """`{facebook: [feed], instagram: [stream]}` as Meta's lists; every platform says its positions."""
    lists: dict[str, list[str]] = {"device_platforms": list(options.get("devices") or ())}
    for platform, positions in _mapping(options.get("placements")).items():
        if platform not in normal.POSITIONS or not positions:
            fix = f"Write positions under {', '.join(normal.POSITIONS)}, such as `facebook: [feed]`."
            sheet.wrong(resource, "Placements Meta does not have", f"{platform}: {positions}", fix)
            continue
        lists.setdefault("publisher_platforms", []).append(platform)
        lists[normal.POSITIONS[platform]] = list(positions)
    return lists


def _ad(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    declared = resource.fields
    creative = declared["creative"]
    assert isinstance(creative, Ref)
    made: dict[str, Value] = {
        "adset_id": declared["ad_set"],
        "creative": {"creative_id": Ref(sheet.creatives.get(creative.address, creative.address))},
        "name": declared["name"],
        "status": STATUSES[str(declared["status"])],
    }
    if _options(resource).get("conversion_domain"):
        made["conversion_domain"] = str(_options(resource)["conversion_domain"])
    return made
