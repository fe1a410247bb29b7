"""Primary statuses and their reasons: why a campaign and what hangs below it serve or do not.

Docstrings of the …PrimaryStatusReason enums. Of what the sandbox does not simulate (budgets that bind, bids,
learning, quality) there is no reason.
"""

from __future__ import annotations

from datetime import date

from sandbox.google.context import Account
from sandbox.google.criteria import chosen
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.google.store import is_removed

STOPPED = ("PAUSED", "REMOVED")
GROUPS = {"PERFORMANCE_MAX": "asset_group"}  # channel → what its campaigns are made of, else ad groups
LIMITED = frozenset({"HAS_ADS_LIMITED_BY_POLICY", "AD_GROUP_AD_UNDER_APPEAL"})


def fill_campaign(account: Account, campaign: Message) -> None:
    """Primary status, its reasons, and the serving status that follows."""
    status, reasons = campaign_status(account, campaign)
    _set(campaign, status, reasons)
    serving = {"ENDED": "ENDED", "PENDING": "PENDING", "REMOVED": "NONE", "PAUSED": "NONE"}
    set_enum(campaign, "serving_status", serving.get(status, "SERVING"))


def campaign_status(account: Account, campaign: Message) -> tuple[str, list[str]]:
    """CampaignPrimaryStatus and its reasons on the account's day."""
    if (status := enum_name(campaign, "status")) in STOPPED:
        draft = enum_name(campaign, "experiment_type") == "DRAFT"
        return status, [f"CAMPAIGN_{status}", *(["CAMPAIGN_DRAFT"] if draft else [])]
    if when := _out_of_dates(account, campaign):
        return when, [f"CAMPAIGN_{when}"]
    return _judged(_below_campaign(account, campaign))


def _out_of_dates(account: Account, campaign: Message) -> str:
    """ENDED or PENDING, "" within its dates."""
    start, end, today = campaign.start_date_time[:10], campaign.end_date_time[:10], account.today()
    if end and date.fromisoformat(end) < today:
        return "ENDED"
    return "PENDING" if start and date.fromisoformat(start) > today else ""


def _below_campaign(account: Account, campaign: Message) -> list[str]:
    channel = enum_name(campaign, "advertising_channel_type")
    kind = GROUPS.get(channel, "ad_group")
    groups = [entry.message for entry in account.store.pointing(kind, campaign.resource_name)]
    if reason := _none_enabled(groups, f"{kind.upper()}S"):
        return [reason]
    if kind == "asset_group":
        return []
    enabled = [group for group in groups if enum_name(group, "status") == "ENABLED"]
    found = [_below_group(account, group, channel) for group in enabled]
    if all(set(each) - LIMITED for each in found):  # no ad group can serve: what they all have in common
        common = set.intersection(*map(set, found)) or set(found[0])
        return sorted(common)
    return ["HAS_ADS_LIMITED_BY_POLICY"] if any(LIMITED & set(each) for each in found) else []


def _below_group(account: Account, group: Message, channel: str) -> list[str]:
    """What an ad group lacks to serve, or what limits it."""
    store, name = account.store, group.resource_name
    ads = [entry.message for entry in store.pointing("ad_group_ad", name)]
    reasons = [_none_enabled(ads, "AD_GROUP_ADS")]
    if channel == "SEARCH":
        criteria = (entry.message for entry in store.pointing("ad_group_criterion", name))
        keywords = [each for each in criteria if chosen(each) == "keyword" and not each.negative]
        reasons.append(_none_enabled(keywords, "KEYWORDS"))
    if any(_is_limited(ad) for ad in ads if enum_name(ad, "status") == "ENABLED"):
        reasons.append("HAS_ADS_LIMITED_BY_POLICY")
    return [reason for reason in reasons if reason]


def _none_enabled(things: list[Message], what: str) -> str:
    """NO_… if there are none, …_PAUSED if all that are there are paused, "" if one is enabled."""
    living = [thing for thing in things if not is_removed(thing)]
    if any(enum_name(thing, "status") == "ENABLED" for thing in living):
        return ""
    return f"{what}_PAUSED" if living else f"NO_{what}"


def _is_limited(ad: Message) -> bool:
    return enum_name(ad.policy_summary, "approval_status") == "APPROVED_LIMITED"


def fill_ad_group(account: Account, group: Message) -> None:
    campaign = account.store.get(group.campaign)
    channel = enum_name(campaign, "advertising_channel_type") if campaign is not None else ""
    _fill(account, group, "AD_GROUP", campaign, None, _below_group(account, group, channel))


def fill_asset_group(account: Account, group: Message) -> None:
    _fill(account, group, "ASSET_GROUP", account.store.get(group.campaign), None, [])


def fill_ad(account: Account, ad: Message) -> None:
    group = account.store.get(ad.ad_group)
    campaign = account.store.get(group.campaign) if group is not None else None
    appealed = ["AD_GROUP_AD_UNDER_APPEAL"] if _is_limited(ad) else []
    _fill(account, ad, "AD_GROUP_AD", campaign, group, appealed)


def fill_criterion(account: Account, criterion: Message) -> None:
    group = account.store.get(criterion.ad_group)
    campaign = account.store.get(group.campaign) if group is not None else None
    own = ["AD_GROUP_CRITERION_NEGATIVE"] if criterion.negative else []
    _fill(account, criterion, "AD_GROUP_CRITERION", campaign, group, own)


def _fill(
    account: Account,
    owner: Message,
    name: str,
    campaign: Message | None,
    group: Message | None,
    own: list[str],
) -> None:
    """Its own stop says it all; else what stops the ones above, then what it lacks itself."""
    if (status := enum_name(owner, "status")) in STOPPED:
        _set(owner, status, [f"{name}_{status}"])
        return
    above = [
        f"{parent}_{enum_name(message, 'status')}"
        for parent, message in (("CAMPAIGN", campaign), ("AD_GROUP", group))
        if message is not None and enum_name(message, "status") in STOPPED
    ]
    when = _out_of_dates(account, campaign) if campaign is not None and not above else ""
    if when == "PENDING":
        _set(owner, "PENDING", ["CAMPAIGN_PENDING"])
        return
    _set(owner, *_judged([*above, *([f"CAMPAIGN_{when}"] if when else []), *own]))


def _judged(reasons: list[str]) -> tuple[str, list[str]]:
    if set(reasons) - LIMITED:
        return "NOT_ELIGIBLE", reasons
    return ("LIMITED" if reasons else "ELIGIBLE"), reasons


def _set(owner: Message, status: str, reasons: list[str]) -> None:
    set_enum(owner, "primary_status", status)
    enum = owner.DESCRIPTOR.fields_by_name["primary_status_reasons"].enum_type
    owner.primary_status_reasons.extend(enum.values_by_name[reason].number for reason in reasons)
