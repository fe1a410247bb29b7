"""Campaigns: a budget of its own, the campaign itself, and the criteria that Google keeps on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.errors import Rejected
from connectors.google import bidding, goals, normal, settings
from connectors.google.channels import app, demand_gen
from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op, as_set
from connectors.google.plain import changed_body
from engine.change import Update
from engine.resource import Resource

BUDGETS: Final[Mapping[str, str]] = {
    "daily_budget_micros": "amount_micros",
    "total_budget_micros": "total_amount_micros",
}
# Canonical fields that the platform keeps under the same name in the resource itself, with their mask's
# leaves.
PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (),
    "status": (),
    "contains_eu_political_advertising": (),
    "start_date_time": (),
    "end_date_time": (),
    "network_settings": normal.NETWORKS,
    "geo_target_type_setting": tuple(normal.PRESENCE),
    "advertising_channel_type": (),
    "tracking_url_template": (),
    "url_custom_parameters": (),
    "advertising_channel_sub_type": (),
    "brand_guidelines_enabled": (),
    "asset_automation_settings": (),
}
SHOP: Final = "shopping_setting"
APP_LEAVES: Final = {
    app.GOAL: f"{app.SETTING}.bidding_strategy_goal_type",
    app.ACTIONS: "selective_optimization.conversion_actions",
}
# Set-valued fields: field → (criterion's field, the name inside it).
SETS: Final = {
    "locations": ("location", "geo_target_constant"),
    "languages": ("language", "language_constant"),
}


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    budget = desk.path("campaignBudgets", desk.number())
    amounts = {BUDGETS[name]: fields[name] for name in BUDGETS if fields.get(name) is not None}
    period = fields.get("budget_period", "DAILY")
    yield Op(
        "campaign_budget",
        "create",
        # No name: a budget that is not shared is called as its campaign.
        {"resource_name": budget, "period": period, "explicitly_shared": False, **amounts},
    )
    bids, _ = _bids(desk, fields["bidding"], fields.get("advertising_channel_type") == app.TYPE)
    plain = {name: fields[name] for name in PLAIN if fields.get(name) is not None}
    if fields.get(demand_gen.UPGRADED):
        plain["demand_gen_campaign_settings"] = {demand_gen.UPGRADED: True}
    plain |= _shop({"merchant_id": fields.get("merchant_id"), **(fields.get(SHOP) or {})})
    plain |= _app(desk, fields)
    name = desk.path("campaigns", number)
    yield Op(
        "campaign", "create", {"resource_name": name, "campaign_budget": budget, **plain, **bids}, bears=True
    )
    for what in SETS:
        for code in fields.get(what) or ():
            yield _add(desk, name, what, code)
    yield from settings.create(desk, name, fields)
    yield from goals.create(desk, number, fields.get(goals.FIELD))


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    amounts = {BUDGETS[name]: after[name] for name in BUDGETS.keys() & after.keys()}
    if amounts:
        body = {"resource_name": _budget(desk, change.id), **amounts}
        yield Op("campaign_budget", "update", body, tuple(amounts))
    name = desk.path("campaigns", change.id)
    body, mask = changed_body(PLAIN, after)
    if SHOP in after:
        body |= _shop(after[SHOP])
        mask += [f"{SHOP}.{leaf}" for leaf in after[SHOP]]
    if "bidding" in after:
        bids, leaves = _bids(
            desk, after["bidding"], change.context.fields.get("advertising_channel_type") == app.TYPE
        )
        body |= bids
        mask += leaves
    if app.GOAL in after or app.ACTIONS in after:
        body |= _app(desk, after)
        mask += [leaf for name, leaf in APP_LEAVES.items() if name in after]
    if mask:
        yield Op("campaign", "update", {"resource_name": name, **body}, tuple(sorted(mask)), bears=True)
    for what, (criterion, _) in SETS.items():
        if what in after:
            before, wanted = as_set(change.before.get(what)), as_set(after[what])
            for code in sorted(before - wanted):
                yield desk.remove("campaign_criterion", change.id, criterion, desk.constant(what, code))
            for code in sorted(wanted - before):
                yield _add(desk, name, what, code)
    yield from settings.change(desk, change.id, name, change.before, after)
    if goals.FIELD in after:
        yield from goals.change(desk, change.id, after[goals.FIELD])


def _shop(said: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in said.items() if value is not None}
    return {SHOP: given} if given else {}


def _app(desk: Desk, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a campaign for an app says of it."""
    body: dict[str, Any] = {}
    if app.GOAL in fields:
        setting = fields.get(app.SETTING) or {}
        body[app.SETTING] = {**setting, "bidding_strategy_goal_type": fields[app.GOAL]}
    if fields.get(app.ACTIONS):
        actions = [desk.path("conversionActions", each) for each in fields[app.ACTIONS]]
        body["selective_optimization"] = {"conversion_actions": actions}
    return body


def _bids(
    desk: Desk, bids: Mapping[str, Any], of_app: bool = False
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The campaign's own strategy, or the one that it shares."""
    if "portfolio" in bids:
        return {"bidding_strategy": desk.path("biddingStrategies", bids["portfolio"])}, ("bidding_strategy",)
    return bidding.message_of_app(bids) if of_app else bidding.message(bids)


def _add(desk: Desk, campaign: str, what: str, code: str) -> Op:
    criterion, inner = SETS[what]
    body: dict[str, Any] = {"campaign": campaign, criterion: {inner: desk.constant(what, code)}}
    return Op("campaign_criterion", "create", body)


def _budget(desk: Desk, campaign: str) -> str:
    budget = desk.lookups.budgets.get(campaign)
    if budget is None:
        raise Rejected(f"campaign {campaign} has no budget", code="gone", field="campaign_budget")
    if budget.get("explicitly_shared"):
        raise Rejected(
            f"the budget {budget['resource_name']} is shared, other campaigns would change too",
            code="shared",
            field="campaign_budget",
        )
    return str(budget["resource_name"])


FAMILY: Final = Family("campaign", "campaign", "campaigns", create, update, labelled=True)
