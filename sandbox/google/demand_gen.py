"""Rules of Demand Gen: its budget and bids, what its ad groups keep, and its three formats of ads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sandbox.google import display, money
from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem, Step
from sandbox.google.messages import Message, enum_name
from sandbox.google.store import is_removed
from sandbox.market import PER_USD

CHANNEL = "DEMAND_GEN"
LEAST_USD = 5  # a day, from then on: developers.google.com/ads/blog/posts/2026/02/minimum-budget-requirement
MINIMUM_SINCE = "2026-04-01"
# Kept by its ad groups, refused on the campaign: docstring of DemandGenCampaignSettings.upgraded_targeting.
BELOW = frozenset({"location", "language"})
SEGMENTS = frozenset({"user_list", "user_interest", "custom_audience"})
LARGEST_TOGETHER = 20  # images of a multi-asset ad: its docstrings
# What is in an asset by its data, as a format points to it.
IMAGE, VIDEO, CARD, BUTTON = (
    "image_asset",
    "youtube_video_asset",
    "demand_gen_carousel_card_asset",
    "call_to_action_asset",
)


@dataclass(frozen=True)
class Format:
    """Rules of one format of ad.

    texts   repeated texts: field → (fewest, most, longest); single: text fields that are required → longest
    assets  field → (fewest, most, what it points to, role of its shape)
    """

    texts: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    single: dict[str, int] = field(default_factory=dict)
    assets: dict[str, tuple[int, int, str, str]] = field(default_factory=dict)


# Docstrings of the three in common/ad_type_infos; numbers that they leave open are those of the first.
FORMATS = {
    "demand_gen_multi_asset_ad": Format(
        {"headlines": (1, 5, 30), "descriptions": (1, 5, 90)},
        {"business_name": 25},
        {
            "marketing_images": (0, 20, IMAGE, "MARKETING_IMAGE"),
            "square_marketing_images": (0, 20, IMAGE, "SQUARE_MARKETING_IMAGE"),
            "portrait_marketing_images": (0, 20, IMAGE, "PORTRAIT_MARKETING_IMAGE"),
            "tall_portrait_marketing_images": (0, 20, IMAGE, "TALL_PORTRAIT_MARKETING_IMAGE"),
            "logo_images": (1, 5, IMAGE, "LOGO"),
        },
    ),
    "demand_gen_video_responsive_ad": Format(
        {"headlines": (1, 5, 30), "long_headlines": (1, 5, 90), "descriptions": (1, 5, 90)},
        {"business_name": 25},
        {
            "videos": (1, 5, VIDEO, ""),
            "logo_images": (1, 5, IMAGE, "LOGO"),
            "companion_banners": (0, 1, IMAGE, ""),
            "call_to_actions": (0, 1, BUTTON, ""),
        },
    ),
    "demand_gen_carousel_ad": Format(
        {},
        {"business_name": 25, "headline": 30, "description": 90},
        {"logo_image": (1, 1, IMAGE, "LOGO"), "carousel_cards": (2, 10, CARD, "")},
    ),
}


def is_placed(campaign: Message | None) -> bool:
    """Whether the campaign leaves places and languages to its ad groups."""
    return (
        campaign is not None
        and enum_name(campaign, "advertising_channel_type") == CHANNEL
        and bool(campaign.demand_gen_campaign_settings.upgraded_targeting)
    )


def check_campaign(op: Operation) -> None:
    """No shared budget, none below the least of a day, no limit on a click."""
    if enum_name(op.new, "advertising_channel_type") != CHANNEL:
        return
    budget = op.parent("campaign_budget")
    if budget is not None and op.touches("campaign_budget"):
        if budget.explicitly_shared:
            text = "A Demand Gen campaign cannot use a shared budget."
            op.refuse("campaign_error", "CAMPAIGN_CANNOT_USE_SHARED_BUDGET", text, "campaign_budget")
        if problem := too_small(op.account, budget, op.new, ("campaign_budget",)):
            op.add(problem)
    if op.new.target_spend.cpc_bid_ceiling_micros:
        code, text = "OPERATION_NOT_PERMITTED_FOR_CONTEXT", "Demand Gen takes no limit on a click."
        op.refuse("context_error", code, text, "target_spend", "cpc_bid_ceiling_micros")


def check_budget(op: Operation) -> None:
    """A changed budget of such a campaign stays above the least."""
    users = op.account.store.pointing("campaign", op.new.resource_name) if not op.creating else []
    field = "amount_micros" if op.new.HasField("amount_micros") else "total_amount_micros"
    for user in (entry.message for entry in users if not is_removed(entry.message)):
        if enum_name(user, "advertising_channel_type") != CHANNEL or not op.touches(field):
            continue
        if problem := too_small(op.account, op.new, user, (field,)):
            op.add(problem)
            return


def too_small(account: Account, budget: Message, campaign: Message, path: tuple[Step, ...]) -> Problem | None:
    """BUDGET_BELOW_PER_DAY_MINIMUM with the least amount in its details; at rough rates of the dollar.

    A total budget is held against the days of its campaign: docstring of BudgetPerDayMinimumErrorDetails.
    """
    smallest = money.unit(account.world.currency)
    a_day = int(LEAST_USD * PER_USD.get(account.world.currency, 1.0) * 1_000_000) // smallest * smallest
    daily = budget.HasField("amount_micros")
    given = budget.amount_micros if daily else budget.total_amount_micros
    least = a_day if daily else a_day * _days(campaign)
    if account.today().isoformat() < MINIMUM_SINCE or given >= least:
        return None

    def fill(details: Message) -> None:
        found = details.budget_per_day_minimum_error_details
        found.currency_code, found.budget_per_day_minimum_micros = account.world.currency, a_day
        amount = "amount_micros" if daily else "total_amount_micros"
        setattr(found, f"minimum_budget_{amount}", least)
        setattr(found, f"failed_budget_{amount}", given)

    code, text = "BUDGET_BELOW_PER_DAY_MINIMUM", f"The budget is below {a_day} micros a day."
    return Problem("campaign_budget_error", code, text, path, str(given), fill)


def _days(campaign: Message) -> int:
    """How long a campaign runs; one whose dates are refused elsewhere counts a day."""
    try:
        start, end = (
            date.fromisoformat(each[:10]) for each in (campaign.start_date_time, campaign.end_date_time)
        )
    except ValueError:
        return 1
    return max(1, (end - start).days + 1)


def check_ad_group(op: Operation, campaign: Message) -> None:
    """Its own settings belong to it alone, and chosen channels are at least one."""
    if not op.new.HasField("demand_gen_ad_group_settings") or not op.touches("demand_gen_ad_group_settings"):
        return
    path = ("demand_gen_ad_group_settings", "channel_controls")
    if enum_name(campaign, "advertising_channel_type") != CHANNEL:
        code = "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE"
        op.refuse("operation_access_denied_error", code, "Only Demand Gen has these settings.", path[0])
        return
    controls = op.new.demand_gen_ad_group_settings.channel_controls
    selected = controls.selected_channels
    if controls.HasField("selected_channels") and not any(value for _, value in selected.ListFields()):
        text = "At least one channel must be selected."
        op.refuse("field_error", "REQUIRED", text, *path, "selected_channels")


def check_criterion(op: Operation, name: str) -> None:
    """Places and languages stand at one level only; audiences as the ad group was made for."""
    on_group = op.kind.name == "ad_group_criterion"
    group = op.parent("ad_group") if on_group else None
    campaign = op.parent("campaign") if not on_group else _campaign(op.account, group)
    if name in BELOW and on_group != is_placed(campaign):
        text = "The ad groups of this campaign keep these." if not on_group else "The campaign keeps these."
        op.refuse("criterion_error", "CANNOT_ADD_CRITERIA_TYPE", text, name)
    if group is not None:
        _check_audience(op, group, name)


def _campaign(account: Account, group: Message | None) -> Message | None:
    return account.store.get(group.campaign) if group is not None else None


def _check_audience(op: Operation, group: Message, name: str) -> None:
    grouped = group.audience_setting.use_audience_grouped
    if name in SEGMENTS and grouped:
        code = "CANNOT_ADD_AUDIENCE_SEGMENT_CRITERION_WHEN_AUDIENCE_GROUPED_IS_SET"
        op.refuse("criterion_error", code, "The ad group uses an Audience.", name)
    if name != "audience":
        return
    if not grouped:
        code = "AUDIENCE_NOT_ALLOWED_TO_ATTACH_WHEN_AUDIENCE_GROUPED_SET_TO_FALSE"
        op.refuse("criterion_error", code, "The ad group is not made for an Audience.", name)
    others = op.account.store.pointing("ad_group_criterion", group.resource_name)
    if any(each.message.HasField("audience") and not is_removed(each.message) for each in others):
        text = "An ad group has one Audience."
        op.refuse("criterion_error", "ONE_AUDIENCE_ALLOWED_PER_AD_GROUP", text, name)


def check_ad(op: Operation, ad: Message, *above: Step) -> None:
    """One ad of any of the formats; `above` is the way to the ad."""
    name = ad.WhichOneof("ad_data")
    info, rules, inside = getattr(ad, name), FORMATS[name], (*above, name)
    for each, (fewest, most, longest) in rules.texts.items():
        display.check_count(op, len(getattr(info, each)), fewest, most, *inside, each)
        for index, text in enumerate(getattr(info, each)):
            display.check_text(op, text.text, longest, *inside, (each, index), "text")
    for each, longest in rules.single.items():
        value = getattr(info, each)
        leaf = () if isinstance(value, str) else ("text",)
        display.check_text(op, value if isinstance(value, str) else value.text, longest, *inside, each, *leaf)
    for each, (fewest, most, data, role) in rules.assets.items():
        found = _pointers(info, each)
        display.check_count(op, len(found), fewest, most, *inside, each)
        display.check_assets(op, found, data, role, inside, each)
    if name == "demand_gen_multi_asset_ad":
        _check_together(op, info, inside)


def _pointers(info: Message, name: str) -> list[Message]:
    """What a field points to; one that is no list is a list of it."""
    if info.DESCRIPTOR.fields_by_name[name].is_repeated:
        return list(getattr(info, name))
    return [getattr(info, name)] if info.HasField(name) else []


def _check_together(op: Operation, info: Message, inside: tuple[Step, ...]) -> None:
    images = [name for name in FORMATS["demand_gen_multi_asset_ad"].assets if name != "logo_images"]
    if sum(len(getattr(info, name)) for name in images) > LARGEST_TOGETHER:
        text = f"At most {LARGEST_TOGETHER} images."
        op.refuse("collection_size_error", "TOO_MANY", text, *inside, images[0])
    if not (info.marketing_images or info.square_marketing_images):
        op.refuse("field_error", "REQUIRED", "A wide or a square image is needed.", *inside, images[0])
