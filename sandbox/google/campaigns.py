"""Rules of campaigns: channel, bidding, budget, network, dates, political declaration."""

from __future__ import annotations

import re
from datetime import date, datetime

from sandbox.google import appcampaigns, demand_gen, shopping
from sandbox.google.context import Operation
from sandbox.google.errors import Unimplemented
from sandbox.google.messages import Message, enum_name
from sandbox.google.store import is_removed

# Channels whose rules are here. Others are answered UNIMPLEMENTED by name.
CHANNELS = {"SEARCH", "DISPLAY", "DEMAND_GEN", "PERFORMANCE_MAX", "SHOPPING", "MULTI_CHANNEL"}
# Bidding a channel takes: …/docs/campaigns/bidding/strategy-types (from memory).
BIDDING = {
    "SEARCH": {"bidding_strategy", "manual_cpc", "maximize_conversions", "maximize_conversion_value",
               "target_cpa", "target_impression_share", "target_roas", "target_spend"},
    "DISPLAY": {"bidding_strategy", "manual_cpc", "manual_cpm", "maximize_conversions",
                "maximize_conversion_value", "target_cpa", "target_cpm", "target_roas", "target_spend"},
    # support.google.com/google-ads/answer/13721750 (from memory); target CPC by the docstring of TargetCpc.
    "DEMAND_GEN": {"maximize_conversions", "maximize_conversion_value", "target_cpa", "target_cpc",
                   "target_roas", "target_spend"},
    # …/docs/performance-max/create-campaign: these two, and not as a portfolio.
    "PERFORMANCE_MAX": {"maximize_conversions", "maximize_conversion_value"},
    # …/docs/shopping-ads/create-campaign, support.google.com/google-ads/answer/7065882.
    "SHOPPING": {"bidding_strategy", "manual_cpc", "maximize_conversion_value", "target_roas",
                 "target_spend"},
    # …/docs/app-campaigns/create-campaign: no portfolio, no shared budget.
    "MULTI_CHANNEL": {"target_cpa", "target_roas", "maximize_conversions", "maximize_conversion_value"},
}  # fmt: skip
# "yyyy-MM-dd HH:mm:ss" is the documented form; Google's own add_campaigns example sends "yyyyMMdd HH:mm:ss".
DATE_TIME = re.compile(r"(\d{4})-?(\d{2})-?(\d{2}) (\d{2}):(\d{2}):(\d{2})")
DAY_START, DAY_END = "00:00:00", "23:59:59"
DECLARED = {"CONTAINS_EU_POLITICAL_ADVERTISING", "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"}


def normal_date_time(text: str) -> str | None:
    """In the form in which the API returns it, or None if it is no date and time."""
    match = DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def check_campaign(op: Operation) -> None:
    channel = enum_name(op.new, "advertising_channel_type")
    if channel == "VIDEO":  # …/docs/video/overview: neither created nor changed; the code is a choice
        code, text = "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE", "Video campaigns can only be reported on."
        op.refuse("operation_access_denied_error", code, text, "advertising_channel_type")
        return
    if channel not in CHANNELS:
        raise Unimplemented(f"Campaign.advertising_channel_type {channel}")
    _check_bidding(op, channel)
    if channel == appcampaigns.CHANNEL:
        appcampaigns.check_campaign(op)
    _check_budget(op)
    demand_gen.check_campaign(op)
    _check_network(op, channel)
    _check_dates(op)
    _check_total_budget(op, channel)
    shopping.check_setting(op, channel)
    if op.touches("contains_eu_political_advertising"):
        value = enum_name(op.new, "contains_eu_political_advertising")
        if value not in DECLARED and not op.creating:
            op.refuse(
                "field_error",
                "REQUIRED",
                "The required field was not present.",
                "contains_eu_political_advertising",
            )


def _check_bidding(op: Operation, channel: str) -> None:
    chosen = op.new.WhichOneof("campaign_bidding_strategy")
    if chosen is None:
        op.refuse(
            "field_error", "REQUIRED", "The required field was not present.", "campaign_bidding_strategy"
        )
    elif chosen not in BIDDING[channel]:
        text = "The bidding strategy cannot be used by this campaign."
        op.refuse("bidding_error", "INVALID_BIDDING_STRATEGY_TYPE", text, chosen)
    elif chosen == "bidding_strategy":
        strategy = op.parent("bidding_strategy")
        if strategy is not None and is_removed(strategy):
            text = "A removed bidding strategy cannot be attached."
            op.refuse("bidding_error", "CANNOT_ATTACH_BIDDING_STRATEGY_TO_CAMPAIGN", text, chosen)


def _check_budget(op: Operation) -> None:
    budget = op.parent("campaign_budget")
    if budget is None or not op.touches("campaign_budget"):
        return
    if is_removed(budget):
        op.refuse(
            "campaign_budget_error", "CAMPAIGN_BUDGET_REMOVED", "The budget is removed.", "campaign_budget"
        )
    if op.old is not None and op.old.campaign_budget != budget.resource_name:
        _check_same_period(op, budget)
    if budget.explicitly_shared:
        return
    others = [
        entry for entry in op.account.store.pointing("campaign", budget.resource_name)
        if entry.message.resource_name != op.new.resource_name and not is_removed(entry.message)
    ]  # fmt: skip
    if others:
        code = "CANNOT_USE_IMPLICITLY_SHARED_CAMPAIGN_BUDGET_WITH_MULTIPLE_CAMPAIGNS"
        op.refuse("campaign_budget_error", code, "The budget serves another campaign.", "campaign_budget")


def _check_same_period(op: Operation, budget: Message) -> None:
    """support.google.com/google-ads/answer/10486938: the type of budget stays; the code is a choice."""
    assert op.old is not None
    before = op.account.store.get(op.old.campaign_budget)
    if before is not None and enum_name(before, "period") != enum_name(budget, "period"):
        text = "A campaign keeps its type of budget, daily or total."
        op.refuse("campaign_budget_error", "INVALID_PERIOD", text, "campaign_budget")


def _check_network(op: Operation, channel: str) -> None:
    if not op.new.HasField("network_settings") or not op.touches("network_settings"):
        return
    network, path = op.new.network_settings, "network_settings"
    if network.target_partner_search_network:
        text = "Partner search is only for selected accounts."
        op.refuse(
            "campaign_error",
            "CANNOT_TARGET_PARTNER_SEARCH_NETWORK",
            text,
            path,
            "target_partner_search_network",
        )
    if network.target_search_network and not network.target_google_search:
        code = "CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH"
        op.refuse(
            "campaign_error", code, "The search network needs Google search.", path, "target_search_network"
        )
    if channel == "SHOPPING" and network.target_content_network:
        code = "CANNOT_TARGET_CONTENT_NETWORK"
        op.refuse(
            "campaign_error", code, "Shopping is not for the content network.", path, "target_content_network"
        )
    if channel == "SEARCH" and not (network.target_google_search or network.target_content_network):
        code = "CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK"
        op.refuse("campaign_error", code, "The campaign targets no network.", path)


def _check_dates(op: Operation) -> None:
    days: dict[str, date] = {}
    for field, clock, code in (
        ("start_date_time", DAY_START, "DATE_RANGE_ERROR_START_TIME_MUST_BE_THE_START_OF_A_DAY"),
        ("end_date_time", DAY_END, "DATE_RANGE_ERROR_END_TIME_MUST_BE_THE_END_OF_A_DAY"),
    ):
        text = getattr(op.new, field)
        if not text:
            continue
        normal = normal_date_time(text)
        if normal is None:
            message = "The string date time's format should be yyyy-MM-dd HH:mm:ss."
            op.refuse("date_error", "INVALID_STRING_DATE_TIME_SECONDS", message, field, trigger=text)
            continue
        setattr(op.new, field, normal)
        days[field] = date.fromisoformat(normal[:10])
        if op.touches(field) and not normal.endswith(clock):
            op.refuse("date_error", code, f"The time of day must be {clock}.", field, trigger=text)
    _check_order(op, days)


def _check_order(op: Operation, days: dict[str, date]) -> None:
    today, start, end = op.account.today(), days.get("start_date_time"), days.get("end_date_time")
    if (
        start
        and op.touches("start_date_time")
        and op.new.start_date_time != (op.old.start_date_time if op.old else "")
    ):
        before = op.old.start_date_time[:10] if op.old else ""
        if before and date.fromisoformat(before) <= today and _has_run(op):
            text = "The start cannot be changed once the campaign has started."
            op.refuse(
                "date_range_error", "CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED", text, "start_date_time"
            )
        elif start < today:
            op.refuse(
                "date_range_error", "CANNOT_SET_DATE_TO_PAST", "Cannot set date to past.", "start_date_time"
            )
    if end and op.touches("end_date_time") and end < today:
        op.refuse("date_range_error", "CANNOT_SET_DATE_TO_PAST", "Cannot set date to past.", "end_date_time")
    if start and end and end < start:
        field = "end_date_time" if op.touches("end_date_time") else "start_date_time"
        op.refuse("date_range_error", "START_DATE_AFTER_END_DATE", "The start is after the end.", field)


# Channel → days that a campaign with a total budget may run, and how few: …/docs/campaigns/budgets/overview,
# support.google.com/google-ads/answer/10486938.
TOTAL_BUDGETS = {"SEARCH": 90, "SHOPPING": 90, "PERFORMANCE_MAX": 90, "DEMAND_GEN": 366}
FEWEST_DAYS = 3


def _check_total_budget(op: Operation, channel: str) -> None:
    """A total budget is for a channel that has them, and a campaign that ends; INVALID_PERIOD is a choice."""
    budget, family = op.parent("campaign_budget"), "campaign_budget_error"
    if budget is None or enum_name(budget, "period") != "CUSTOM_PERIOD":
        return
    if channel not in TOTAL_BUDGETS:
        text = f"A {channel} campaign has a daily budget."
        op.refuse(family, "INVALID_PERIOD", text, "campaign_budget")
    elif not op.new.end_date_time:
        code, text = "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET", "A campaign with a total budget has an end."
        op.refuse("campaign_error", code, text, "end_date_time")
    elif op.touches("start_date_time", "end_date_time", "campaign_budget"):
        start, end = (normal_date_time(each) for each in (op.new.start_date_time, op.new.end_date_time))
        if start is None or end is None:
            return  # refused already
        days = (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days + 1
        if days > TOTAL_BUDGETS[channel]:
            text = f"{days} days, at most {TOTAL_BUDGETS[channel]}."
            op.refuse("campaign_error", "DURATION_TOO_LONG_FOR_TOTAL_BUDGET", text, "end_date_time")
        elif days < FEWEST_DAYS:
            text = f"A total budget is for {FEWEST_DAYS} days at least."
            op.refuse(family, "INVALID_PERIOD", text, "end_date_time")


def _has_run(op: Operation) -> bool:
    assert op.old is not None
    return enum_name(op.old, "status") == "ENABLED"
