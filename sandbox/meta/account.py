"""The ad account itself: its fields, its minimum budgets, its spending limit."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of
from sandbox.meta.rules import ATTRIBUTION_DEFAULT, MINIMUM_USD, from_usd, minor_per_unit

TIMEZONE_IDS = {  # marketing-api timezone ids, some; elsewhere 1
    "Europe/Istanbul": 134, "America/Los_Angeles": 1, "America/New_York": 7, "Europe/Berlin": 47,
    "Europe/London": 58, "UTC": 0,
}  # fmt: skip
CAP_CHANGES_A_DAY = 10
CAP_ACTIONS = ("reset", "delete")  # ad account reference, `spend_cap_action`: zero what is spent, or no limit
BY_IMPRESSION = "min_daily_budget_imp"
EDITABLE = frozenset(
    ["name", "spend_cap", "spend_cap_action", "default_dsa_beneficiary", "default_dsa_payor"]
)


def value(graph: Graph, name: str) -> Any:
    """One field of the account; None where it has none."""
    meta = graph.world.meta
    changed = graph.store.setting("account", {})
    number = meta.account.removeprefix("act_")
    if name == "amount_spent":
        return str(_spent(graph) // graph.minor_micros)
    if name == "timezone_offset_hours_utc":
        offset = graph.clock.now().astimezone(graph.zone).utcoffset()
        return offset.total_seconds() / 3600 if offset else 0.0
    fixed = {
        "id": meta.account,
        "account_id": number,
        "name": meta.account_name,
        "account_status": 1,
        "currency": meta.currency,
        "timezone_name": meta.timezone,
        "timezone_id": TIMEZONE_IDS.get(meta.timezone, 1),
        "spend_cap": "0",
        "balance": "0",
        "disable_reason": 0,
        "min_daily_budget": from_usd(MINIMUM_USD["min_daily_budget_imp"], meta.currency),
        "business": {"id": meta.business, "name": meta.business_name},
        "business_name": meta.business_name,
        "owner": meta.business,
        "attribution_spec": ATTRIBUTION_DEFAULT,
        "is_attribution_spec_system_default": True,
        "is_personal": 0,
        "is_prepay_account": False,
        "age": 365.0,
        "capabilities": ["CAN_CREATE_ADS"],
        "tos_accepted": {"web_custom_audience_tos": 1},
        "user_tasks": ["ADVERTISE", "ANALYZE", "DRAFT", "MANAGE"],
    }
    return changed.get(name, fixed.get(name))


def minimum_budgets(graph: Graph, bid: int = 0) -> dict[str, Any]:
    """Of the account's currency, in minor units: a budget holds a bid for impressions once, any other five
    times (marketing-api/bidding, "bid caps")."""
    least = {name: from_usd(usd, graph.currency) for name, usd in MINIMUM_USD.items()}
    held = {name: max(amount, bid * (1 if name == BY_IMPRESSION else 5)) for name, amount in least.items()}
    return {"currency": graph.currency, **held}


def update(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """POST act_…: name, spending limit (in major units, as documented), DSA defaults."""
    for name in values:
        if name not in EDITABLE:
            raise refuse("immutable", name, name=name)
    changed = dict(graph.store.setting("account", {}))
    action = values.pop("spend_cap_action", None)
    if action is not None:
        one_of("spend_cap_action", action, CAP_ACTIONS)
    if "spend_cap" in values or action:
        _count_cap_change(graph)
    if "spend_cap" in values:
        cap = round(values.pop("spend_cap") * minor_per_unit(graph.currency))
        if cap < 0:
            raise refuse("type", "spend_cap", name="spend_cap", want="a positive number")
        changed["spend_cap"] = str(cap)
    if action == "delete":
        changed["spend_cap"] = "0"
    if action == "reset":  # the account's limit then counts from here
        changed["spent_before"] = graph.ledger.spent("meta", "account", [graph.account])[graph.account]
    graph.store.set("account", changed | values)
    return {"success": True}


def _count_cap_change(graph: Graph) -> None:
    now = graph.now()
    recent = [moment for moment in graph.store.setting("cap_changes", []) if moment > now - 86_400]
    if len(recent) >= CAP_CHANGES_A_DAY:
        raise refuse("account_cap_rate", "spend_cap")
    graph.store.set("cap_changes", [*recent, now])


def left_to_spend(graph: Graph) -> int | None:
    """Micros until the account's spending limit; None without one."""
    cap = int(graph.store.setting("account", {}).get("spend_cap", "0"))
    if not cap:
        return None
    return cap * graph.minor_micros - _spent(graph)


def _spent(graph: Graph) -> int:
    """Micros since the amount spent was last reset."""
    before: int = graph.store.setting("account", {}).get("spent_before", 0)
    return graph.ledger.spent("meta", "account", [graph.account])[graph.account] - before
