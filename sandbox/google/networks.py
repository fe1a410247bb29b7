"""Where campaigns of each channel are shown, and a report's days apart by campaign where a segment asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.google.context import Account
from sandbox.google.messages import Message, enum_name, enum_names, message
from sandbox.google.report import Days, last_id
from sandbox.google.store import is_removed

Network = tuple[tuple[str, int], ...]  # AdNetworkType → its share of every number, in percent
SEARCH: Network = (("SEARCH", 92), ("SEARCH_PARTNERS", 8))
# Channel → networks. Which there are: docstrings of AdNetworkType and the guides of the channels; that Demand
# Gen and Performance Max are told apart: release notes of v20 and v23. The shares are choices.
NETWORKS: dict[str, Network] = {
    "SEARCH": SEARCH,
    "SHOPPING": SEARCH,
    "DISPLAY": (("CONTENT", 100),),
    "DEMAND_GEN": (("YOUTUBE", 45), ("DISCOVER", 35), ("GMAIL", 20)),
    "PERFORMANCE_MAX": (
        ("SEARCH", 42), ("YOUTUBE", 22), ("CONTENT", 18), ("DISCOVER", 9), ("GMAIL", 6), ("MAPS", 3),
    ),
    "MULTI_CHANNEL": (("SEARCH", 34), ("CONTENT", 36), ("YOUTUBE", 30)),
}  # fmt: skip
# Until then Performance Max was all cross-network: …/docs/performance-max/reporting.
TOLD_APART, MIXED = "2025-06-01", (("MIXED", 100),)
ASSOCIATION = "budget_campaign_association_status"
SEGMENTS = ("ad_network_type", f"{ASSOCIATION}.campaign", f"{ASSOCIATION}.status")


@dataclass(frozen=True, slots=True)
class Portion:
    """Days whose rows have these values of segments; `networks` splits a day further, where that is asked."""

    days: Days
    segments: Mapping[str, Any] = field(default_factory=dict)
    networks: Callable[[str], Network] | None = None


def asked(segments: list[str]) -> frozenset[str]:
    """Those of a query's segments that differ between the campaigns behind a row."""
    return frozenset(segments) & frozenset(SEGMENTS)


def portions(
    account: Account,
    resource: str,
    subject: Message,
    names: frozenset[str],
    days: Days,
    by_campaign: Mapping[str, Days],
) -> Iterator[Portion]:
    """The parts of a subject's days with what their campaign says; `by_campaign` is by the campaign's id."""
    for campaign in _campaigns(account, resource, subject):
        shared = resource in ("customer", "campaign_budget", "bidding_strategy")
        own = by_campaign.get(last_id(campaign.resource_name), {}) if shared else days
        split = _shown_on(campaign) if "ad_network_type" in names else None
        yield Portion(own, _association(campaign, names), split)


def _campaigns(account: Account, resource: str, subject: Message) -> Iterator[Message]:
    store = account.store
    if resource == "customer":
        yield from (entry.message for entry in store.of("campaign").values())
    elif resource in ("campaign_budget", "bidding_strategy"):
        yield from (entry.message for entry in store.pointing("campaign", subject.resource_name))
    elif resource == "campaign":
        yield subject
    else:
        inside = "ad_group" in subject.DESCRIPTOR.fields_by_name
        group: Message = store.get(subject.ad_group) if inside else subject
        yield from filter(None, [store.get(group.campaign)])


def _shown_on(campaign: Message) -> Callable[[str], Network]:
    channel = enum_name(campaign, "advertising_channel_type")
    found = NETWORKS[channel]
    if found is SEARCH and not campaign.network_settings.target_search_network:
        found = (("SEARCH", 100),)
    if channel == "PERFORMANCE_MAX":
        return lambda day: found if day >= TOLD_APART else MIXED
    return lambda day: found


def _association(campaign: Message, names: frozenset[str]) -> dict[str, Any]:
    """BudgetCampaignAssociationStatus: whether the campaign still uses the budget that it is shown with."""
    made = message("common.types.segments", "BudgetCampaignAssociationStatus")()
    statuses = enum_names(made.DESCRIPTOR.fields_by_name["status"].enum_type)
    values = {
        f"{ASSOCIATION}.campaign": campaign.resource_name,
        f"{ASSOCIATION}.status": statuses["REMOVED" if is_removed(campaign) else "ENABLED"],
    }
    return {name: value for name, value in values.items() if name in names}
