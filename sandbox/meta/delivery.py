"""Which ads may deliver on a day, and the budget each of them shares."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from sandbox.market import Line
from sandbox.meta import account, audiences, budgets, catalogue, rules, status, studies, targeting
from sandbox.meta.context import Graph
from sandbox.meta.store import Node
from sandbox.visitors import Crowd, Membership, aimed_at, cohorts

MOST_OF_LAST_DAY = 1.75  # of a budget may go in a day (market.MAX_DAY)
PARENT = {"campaign": "campaign_id", "adset": "ad_set_id"}


def lines(graph: Graph, day: date) -> list[Line]:
    """One line per ad that is effectively ACTIVE, within its schedules and spending limits."""
    found = []
    shares = studies.shares(graph, day)
    for adset in graph.store.every("adset"):
        campaign = graph.node(adset.data["campaign_id"])
        ads = [ad for ad in graph.store.children(adset.id) if status.effective(graph, ad) == "ACTIVE"]
        if not ads or not (_scheduled(graph, adset.data, day) and _scheduled(graph, campaign.data, day)):
            continue
        owner = campaign if budgets.has_budget(campaign.data) else adset
        budget = _capped(graph, campaign, _daily(graph, owner, day))
        crowd = reached(graph, adset.data["targeting"], day) if budget > 0 else None
        if crowd is not None:
            share = shares.get(adset.id, 1.0) * shares.get(campaign.id, 1.0)
            crowd = replace(crowd, people=max(1, int(crowd.people * share)))
            found += [_line(graph, campaign, adset, ad, owner, budget, crowd) for ad in ads]
    return found


def reached(graph: Graph, spec: dict[str, Any], day: date) -> Crowd | None:
    """Whom a targeting reaches on a day; None where it is aimed at too few to be shown anything.

    Audiences that are no website visitors' (lists, lookalikes) only bound how many there are.
    """
    people = targeting.audience_size(spec)
    aims, outs = (_audiences(graph, spec, f"{side}custom_audiences") for side in ("", "excluded_"))
    shown, unshown = (catalogue.people(spec, name) for name in catalogue.SPECS)
    if not aims and not outs and not shown and not unshown:
        return Crowd(people)
    rules, not_them = ([rule for _, rule in side if rule] for side in (aims, outs))
    rules, not_them = rules + shown, not_them + unshown
    others = [node for node, rule in aims if rule is None]
    if others:
        return Crowd(max(1000, min(people, sum(audiences.size(graph, node.data) for node in others))))
    return aimed_at("meta", cohorts(graph.ledger, day), day, rules, not_them, people)


def _audiences(graph: Graph, spec: dict[str, Any], name: str) -> list[tuple[Node, Membership | None]]:
    ids = [str(one.get("id", "")) if isinstance(one, dict) else str(one) for one in spec.get(name, ())]
    nodes = [graph.store.get(id_, "customaudience") for id_ in ids]
    return [(node, audiences.membership(graph, node.data)) for node in nodes if node]


def _scheduled(graph: Graph, data: dict[str, Any], day: date) -> bool:
    """A day that the schedule touches counts whole: the market knows no hours."""
    end = data.get("end_time") or data.get("stop_time")
    started = graph.local_day(data.get("start_time", 0)) <= day
    return started and (not end or graph.local_day(end - 1) >= day)


def _daily(graph: Graph, owner: Node, day: date) -> int:
    """Micros for the day: the daily budget, or what is left of a lifetime budget over the days left."""
    if owner.get("daily_budget"):
        return int(owner.data["daily_budget"]) * graph.minor_micros
    spent = graph.ledger.spent("meta", PARENT[owner.kind], [owner.id])[owner.id]
    left = int(owner.data["lifetime_budget"]) * graph.minor_micros - spent
    end = _end(graph, owner)
    days = (graph.local_day(end - 1) - day).days + 1 if end else 30
    # A day may overspend, so the last one asks for no more than what is left even then.
    return max(0, left // max(1, days)) if days > 1 else int(max(0, left) / MOST_OF_LAST_DAY)


def _end(graph: Graph, owner: Node) -> int | None:
    ends = [owner.get("end_time") or owner.get("stop_time")]
    if owner.kind == "campaign":
        ends += [adset.get("end_time") for adset in graph.store.children(owner.id)]
    return max((int(end) for end in ends if end), default=None)


def _capped(graph: Graph, campaign: Node, budget: int) -> int:
    """Within the spending limits of the campaign and the account, even on a day that may overspend."""
    left = [account.left_to_spend(graph)]
    if campaign.get("spend_cap"):
        spent = graph.ledger.spent("meta", "campaign_id", [campaign.id])[campaign.id]
        left.append(campaign.data["spend_cap"] * graph.minor_micros - spent)
    return min([budget, *(int(max(0, one) / MOST_OF_LAST_DAY) for one in left if one is not None)])


def _line(
    graph: Graph, campaign: Node, adset: Node, ad: Node, owner: Node, budget: int, crowd: Crowd
) -> Line:
    promoted = adset.get("promoted_object") or {}
    wants = rules.WANTS.get(adset.data["optimization_goal"], "click")
    if promoted.get("custom_event_type") in rules.LEAD_EVENTS:
        wants = "lead"
    return Line(
        platform="meta",
        account=graph.account,
        ad_id=ad.id,
        ad_set_id=adset.id,
        campaign_id=campaign.id,
        budget_id=owner.id,
        daily_budget_micros=budget,
        name="/".join(one.data["name"] for one in (campaign, adset, ad)),
        audience_size=crowd.people,
        wants=wants,
        currency=graph.currency,
        warmth=crowd.warmth,
        settings=_settings(adset),
        creative=ad.data["creative_id"],
        lifetime_budget_micros=int(owner.get("lifetime_budget") or 0) * graph.minor_micros,
    )


# Significant edits of an ad set (Meta Business help 316478108955072); budgets and ads are seen by the market.
SIGNIFICANT = ("targeting", "optimization_goal", "bid_strategy", "bid_amount", "attribution_spec")


def _settings(adset: Node) -> str:
    return json.dumps([adset.get(name) for name in SIGNIFICANT], sort_keys=True)
