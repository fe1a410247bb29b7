"""Which ads may deliver on a day, as lines of the market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from sandbox.google import demand_gen, experiment_life, goals, shopping, traffic, userlists
from sandbox.google.context import Account
from sandbox.google.criteria import chosen
from sandbox.google.messages import Message, enum_name
from sandbox.google.places import places
from sandbox.google.report import CATEGORY, PLATFORM
from sandbox.market import MAX_DAY, Line

# What a bidding strategy pays for: a key of the market's WANTS.
WANTS = {
    "MANUAL_CPC": "click", "TARGET_SPEND": "click", "MANUAL_CPM": "impression", "TARGET_CPM": "impression",
    "TARGET_IMPRESSION_SHARE": "impression",
}  # fmt: skip
EVERYWHERE = 60_000_000  # choice: people reached without any location criterion
# Channel → how the market prices it.
FORMATS = {
    "SEARCH": "search", "DISPLAY": "feed", "DEMAND_GEN": "feed", "PERFORMANCE_MAX": "mixed",
    "SHOPPING": "search", "MULTI_CHANNEL": "mixed",
}  # fmt: skip


def lines(account: Account, day: date) -> list[Line]:
    """Ads and asset groups that are ENABLED up to their campaign, in their dates, with a budget.

    A search ad needs a keyword to match, too. An asset group is the one ad of itself.
    """
    experiment_life.go_on(account)
    shares = traffic.shares(account, day)
    made = [*_ads(account, day), *_asset_groups(account, day)]
    return [shared for line in made if (shared := _shared(account, line, shares)) is not None]


def _shared(account: Account, line: Line, shares: Mapping[str, int]) -> Line | None:
    """A campaign's line with its arm's part of the budget and of the people; None where it has none."""
    percent = shares.get(f"{account.root}/campaigns/{line.campaign_id}")
    if percent is None:
        return line
    if not percent:
        return None
    return replace(
        line,
        budget_id=f"{line.budget_id}/{line.campaign_id}",
        daily_budget_micros=line.daily_budget_micros * percent // traffic.WHOLE,
        audience_size=line.audience_size * percent // traffic.WHOLE,
    )


def _ads(account: Account, day: date) -> Iterator[Line]:
    for entry in account.store.of("ad_group_ad").values():
        ad = entry.message
        group = account.store.get(ad.ad_group)
        campaign = account.store.get(group.campaign) if group is not None else None
        if campaign is None or group is None:
            continue
        running = all(enum_name(one, "status") == "ENABLED" for one in (campaign, group, ad))
        timely = _in_dates(campaign, day) and _in_dates(ad, day)
        if running and timely and _can_match(account, group, campaign):
            yield from _line(account, campaign, group, str(ad.ad.id), _called(ad), day)


def _asset_groups(account: Account, day: date) -> Iterator[Line]:
    for entry in account.store.of("asset_group").values():
        group = entry.message
        campaign = account.store.get(group.campaign)
        if campaign is None or not _in_dates(campaign, day):
            continue
        if campaign.shopping_setting.merchant_id and not shopping.offers(account, group):
            continue  # …/performance-max/listing-groups: nothing is shown before there is a valid tree
        if all(enum_name(one, "status") == "ENABLED" for one in (campaign, group)):
            yield from _line(account, campaign, group, str(group.id), group.name, day)


def _in_dates(owner: Message, day: date) -> bool:
    fields = owner.DESCRIPTOR.fields_by_name
    if "start_date_time" not in fields:
        return True
    start, end = owner.start_date_time[:10], owner.end_date_time[:10]
    return (not start or start <= day.isoformat()) and (not end or day.isoformat() <= end)


def _can_match(account: Account, group: Message, campaign: Message) -> bool:
    channel = enum_name(campaign, "advertising_channel_type")
    if channel != "SEARCH":
        return channel != "SHOPPING" or shopping.sells(account, group)
    return any(
        chosen(entry.message) == "keyword"
        and not entry.message.negative
        and enum_name(entry.message, "status") == "ENABLED"
        for entry in account.store.pointing("ad_group_criterion", group.resource_name)
    )


def _line(
    account: Account, campaign: Message, group: Message, id: str, name: str, day: date
) -> Iterator[Line]:
    """None without a budget, or where too few people are reached."""
    budget = account.store.get(campaign.campaign_budget)
    micros = _day_budget(account, budget, campaign, day) if budget is not None else 0
    if budget is None or not micros:
        return
    crowd = userlists.reached(account, campaign, group, day, _audience(account, campaign, group))
    if crowd is None:
        return
    yield Line(
        platform=PLATFORM,
        account=account.customer,
        ad_id=id,
        ad_set_id=str(group.id),
        campaign_id=str(campaign.id),
        budget_id=str(budget.id),
        daily_budget_micros=micros,
        lifetime_budget_micros=budget.total_amount_micros,
        name=f"{campaign.name}/{group.name}/{name}",
        format=FORMATS[enum_name(campaign, "advertising_channel_type")],
        audience_size=crowd.people,
        wants=_wants(account, campaign),
        currency=account.world.currency,
        warmth=crowd.warmth,
        settings=enum_name(campaign, "bidding_strategy_type"),
    )


def _day_budget(account: Account, budget: Message, campaign: Message, day: date) -> int:
    """Micros for the day: the daily budget, or what is left of a total one over the days left.

    support.google.com/google-ads/answer/10486938: nobody is charged more than the total. A day may bill twice
    what it is asked for, so the last one asks for half of what is left.
    """
    if not budget.total_amount_micros:
        return int(budget.amount_micros)
    users = [str(entry.message.id) for entry in account.store.pointing("campaign", budget.resource_name)]
    left = budget.total_amount_micros - sum(account.ledger.spent(PLATFORM, "campaign_id", users).values())
    last = date.fromisoformat(campaign.end_date_time[:10]) if campaign.end_date_time else day
    days = (last - day).days + 1
    return max(0, left // days if days > 1 else int(left / MAX_DAY[PLATFORM]))


def _called(ad: Message) -> str:
    """What the market knows an ad by: its name or, as most have none, what it says; never its id."""
    kind = ad.ad.WhichOneof("ad_data") or "responsive_search_ad"
    headlines = " | ".join(text.text for text in getattr(getattr(ad.ad, kind), "headlines", ()))
    products = "products" if kind == "shopping_product_ad" else ""
    return str(ad.ad.name or headlines or products or ad.ad.id)


def _audience(account: Account, campaign: Message, group: Message) -> int:
    """People in the locations of the campaign, or of the ad group where that keeps them."""
    total, placed = 0, demand_gen.is_placed(campaign)
    kind, owner = ("ad_group_criterion", group) if placed else ("campaign_criterion", campaign)
    for entry in account.store.pointing(kind, owner.resource_name):
        criterion = entry.message
        if (
            chosen(criterion) == "location"
            and not criterion.negative
            and enum_name(criterion, "status") == "ENABLED"
        ):
            total += places()[int(criterion.location.geo_target_constant.rsplit("/", 1)[-1])].reach
    return total or EVERYWHERE


def _wants(account: Account, campaign: Message) -> str:
    """From what bidding pays for; conversions by the first action that the campaign's goals bid for.

    Goals that the market does not know, as page views, bring visitors who do no more than click (choice).
    """
    strategy = enum_name(campaign, "bidding_strategy_type")
    if strategy in WANTS:
        return WANTS[strategy]
    by_category = {category: action for action, category in CATEGORY.items()}
    for name in campaign.selective_optimization.conversion_actions:
        action = account.store.get(name)
        if action is not None and enum_name(action, "category") in by_category:
            return by_category[enum_name(action, "category")]
    if "INSTALL" in enum_name(campaign.app_campaign_setting, "bidding_strategy_goal_type"):
        return "install"
    bid_for = {enum_name(account.store.get(name), "category") for name in goals.biddable(account, campaign)}
    known = (action for action, category in CATEGORY.items() if category in bid_for)
    return next(known, "click" if bid_for else "purchase")
