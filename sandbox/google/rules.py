"""Which rules judge which kind, and the rules that are one line each."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.google import (
    appcampaigns,
    asset_groups,
    assets,
    audiences,
    campaigns,
    criteria,
    customizers,
    demand_gen,
    display,
    experiments,
    goals,
    listrules,
    money,
    policy,
    shopping,
    targets,
    texts,
    userlists,
)
from sandbox.google.context import Operation
from sandbox.google.errors import Unimplemented, not_found
from sandbox.google.messages import enum_name
from sandbox.google.store import UNIQUE, Entry, is_removed, unique_keys

Check = Callable[[Operation], None]
ENABLED_ADS = 3  # enabled responsive search ads per ad group: support.google.com/google-ads/answer/7684791
OWNERS_OF_POLITICS = frozenset({
    "campaign_budget", "campaign", "ad_group", "ad_group_ad", "ad", "ad_group_criterion",
    "campaign_criterion", "campaign_asset", "ad_group_asset", "bidding_strategy", "campaign_shared_set",
    "asset_group", "asset_group_asset", "asset_group_signal",
    "asset_group_listing_group_filter",
})  # fmt: skip
POLITICS_SINCE = "2026-04-01"  # …/docs/api-policy/eu-par
AD_GROUP_TYPES = {
    "SEARCH": {"SEARCH_STANDARD", "SEARCH_DYNAMIC_ADS"},
    "DISPLAY": {"DISPLAY_STANDARD"},
    "SHOPPING": {"SHOPPING_PRODUCT_ADS"},
}
BIDS = ("cpc_bid_micros", "cpm_bid_micros", "cpv_bid_micros", "target_cpa_micros")
LIFE_SPAN = (0, 540)  # docstring of UserList.membership_life_span
LOOKBACK = (1, 90)  # docstring of ConversionAction.click_through_lookback_window_days: 1 to 90 (60 for some)
HEX_COLOR = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"  # docstring of TextLabel.background_color
# Kinds of user list with rules here.
USER_LISTS: dict[str, Check] = {
    "rule_based_user_list": userlists.check,
    "logical_user_list": listrules.check_logical,
    "basic_user_list": lambda op: None,
    "crm_based_user_list": listrules.check_customers,
    "lookalike_user_list": listrules.check_lookalike,
}
ALREADY_ATTACHED = {
    "campaign_label": ("campaign_error", "CAMPAIGN_LABEL_ALREADY_EXISTS"),
    "ad_group_label": ("ad_group_error", "ADGROUP_LABEL_ALREADY_EXISTS"),
    "ad_group_ad_label": ("ad_group_ad_error", "AD_GROUP_AD_LABEL_ALREADY_EXISTS"),
    "ad_group_criterion_label": ("ad_group_criterion_error", "AD_GROUP_CRITERION_LABEL_ALREADY_EXISTS"),
}


def check_ad_group(op: Operation) -> None:
    for field in BIDS:
        money.check_multiple(op, field, "bidding_error", "BID_TOO_MANY_FRACTIONAL_DIGITS")
    campaign = op.parent("campaign")
    if campaign is not None and not op.creating:
        demand_gen.check_ad_group(op, campaign)
    if not op.creating or campaign is None:
        return
    kind, channel = enum_name(op.new, "type_"), enum_name(campaign, "advertising_channel_type")
    if channel == "PERFORMANCE_MAX":
        text = "Performance Max campaigns have asset groups."
        op.refuse("ad_group_error", "CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE", text, "campaign")
        return
    demand_gen.check_ad_group(op, campaign)
    if kind != "UNSPECIFIED" and kind not in AD_GROUP_TYPES.get(channel, ()):
        code = "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"
        op.refuse(
            "ad_group_error", code, f"{kind} is not valid in a {channel} campaign.", "type", trigger=kind
        )


def check_ad_group_ad(op: Operation) -> None:
    if op.creating:
        check_ad(op, "ad")
    search = op.new.ad.WhichOneof("ad_data") == "responsive_search_ad"
    if search and op.touches("status") and enum_name(op.new, "status") in ("ENABLED", "UNSPECIFIED"):
        siblings = op.account.store.pointing("ad_group_ad", op.new.ad_group)
        running = [
            e for e in siblings
            if e.message.resource_name != op.new.resource_name and enum_name(e.message, "status") == "ENABLED"
        ]  # fmt: skip
        if len(running) >= ENABLED_ADS:
            text = f"An ad group has at most {ENABLED_ADS} enabled responsive search ads."
            op.refuse("resource_count_limit_exceeded_error", "ADGROUP_LIMIT", text)


# Format of an ad → the channel it is for, and its own rules.
FORMATS: dict[str, tuple[str, Callable[..., None]]] = {
    "responsive_search_ad": ("SEARCH", texts.check_responsive_search_ad),
    "responsive_display_ad": ("DISPLAY", display.check),
    **dict.fromkeys(demand_gen.FORMATS, (demand_gen.CHANNEL, demand_gen.check_ad)),
    "shopping_product_ad": ("SHOPPING", shopping.check_ad),
    **dict.fromkeys(appcampaigns.FORMATS, (appcampaigns.CHANNEL, appcampaigns.check_ad)),
}


def _check_channel(op: Operation, kind: str, *above: str) -> None:
    group = op.parent("ad_group") if op.creating and op.kind.name == "ad_group_ad" else None
    campaign = op.account.store.get(group.campaign) if group is not None else None
    if campaign is None or enum_name(campaign, "advertising_channel_type") == FORMATS[kind][0]:
        if campaign is not None and FORMATS[kind][0] == appcampaigns.CHANNEL:
            appcampaigns.check_ad_of(op, campaign, kind, *above)
        return
    text = "The ad's type does not fit the campaign's channel."
    op.refuse("ad_error", "INVALID_AD_TYPE", text, *above, kind)


# An app's ad leads to its store, products lead to their own pages.
LED_ELSEWHERE = (*appcampaigns.FORMATS, "shopping_product_ad")
RETIRED_ADS = {"expanded_text_ad": "CANNOT_CREATE_DEPRECATED_ADS", "text_ad": "CANNOT_CREATE_TEXT_ADS"}


def check_ad(op: Operation, *above: str) -> None:
    """An ad inside its ad group ad (`above` = ad), or one that AdService updates."""
    ad = op.new.ad if above else op.new
    kind = ad.WhichOneof("ad_data")
    if kind is None:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", *above, "ad_data")
    elif kind in RETIRED_ADS:
        op.refuse(
            "ad_group_ad_error", RETIRED_ADS[kind], "Ads of this type can no longer be created.", *above, kind
        )
    elif kind not in FORMATS:
        raise Unimplemented(f"Ad.{kind}")
    else:
        _check_channel(op, kind, *above)
        FORMATS[kind][1](op, ad, *above)
        policy.check_ad(op, ad, *above)
        if not ad.final_urls and kind not in LED_ELSEWHERE:
            op.refuse("field_error", "REQUIRED", "The required field was not present.", *above, "final_urls")
    texts.check_urls(op, ad, *above)


def check_criterion(op: Operation) -> None:
    criteria.check_criterion(op)
    if op.kind.name == "ad_group_criterion":
        appcampaigns.check_group_criterion(op)
    if op.creating and op.kind.name == "ad_group_criterion" and not op.new.negative:
        policy.check_keyword(op)
    if "cpc_bid_micros" in op.new.DESCRIPTOR.fields_by_name:
        money.check_multiple(op, "cpc_bid_micros", "bidding_error", "BID_TOO_MANY_FRACTIONAL_DIGITS")
        texts.check_urls(op, op.new)


def check_label_link(op: Operation) -> None:
    label = op.parent("label")
    if label is not None and is_removed(label):
        op.refuse("label_error", "CANNOT_APPLY_INACTIVE_LABEL", "The label is removed.", "label")
    if (
        op.kind.name == "ad_group_criterion_label"
        and (owner := op.parent("ad_group_criterion"))
        and owner.negative
    ):
        code = "CANNOT_APPLY_LABEL_TO_NEGATIVE_AD_GROUP_CRITERION"
        op.refuse("label_error", code, "Negative criteria carry no labels.", "ad_group_criterion")


def check_label(op: Operation) -> None:
    color = op.new.text_label.background_color
    if color and not re.match(HEX_COLOR, color):
        path = ("text_label", "background_color")
        op.refuse(
            "string_format_error", "INVALID_FORMAT", "The color is not hexadecimal.", *path, trigger=color
        )


def check_user_list(op: Operation) -> None:
    kind = op.new.WhichOneof("user_list")
    if kind is None:
        op.refuse(
            "user_list_error", "CONCRETE_TYPE_REQUIRED", "The concrete type of the user list is required."
        )
    elif kind not in USER_LISTS:
        raise Unimplemented(f"UserList.{kind}")
    life = op.new.membership_life_span
    if op.touches("membership_life_span") and not LIFE_SPAN[0] <= life <= LIFE_SPAN[1]:
        op.refuse(
            "range_error",
            "TOO_HIGH" if life > 0 else "TOO_LOW",
            "0 to 540 days.",
            "membership_life_span",
            trigger=str(life),
        )
    if kind in USER_LISTS and op.touches(kind):
        USER_LISTS[kind](op)


def check_conversion_action(op: Operation) -> None:
    days = op.new.click_through_lookback_window_days
    if op.touches("click_through_lookback_window_days") and days and not LOOKBACK[0] <= days <= LOOKBACK[1]:
        code = "TOO_HIGH" if days > LOOKBACK[1] else "TOO_LOW"
        op.refuse(
            "range_error", code, "1 to 90 days.", "click_through_lookback_window_days", trigger=str(days)
        )


def check_bidding_strategy(op: Operation) -> None:
    scheme = op.new.WhichOneof("scheme")
    if scheme is None:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "scheme")
    elif op.old is not None and op.old.WhichOneof("scheme") != scheme:
        code = "CANNOT_CHANGE_BIDDING_STRATEGY_TYPE"
        op.refuse("bidding_strategy_error", code, "The type of a strategy cannot be changed.", scheme)


SHARED_SETS = {"NEGATIVE_KEYWORDS"}


def check_shared_set(op: Operation) -> None:
    kind = enum_name(op.new, "type_")
    if kind not in SHARED_SETS:
        raise Unimplemented(f"SharedSet.type {kind}")


CHECKS: dict[str, tuple[Check, ...]] = {
    "campaign_budget": (money.check_budget, demand_gen.check_budget),
    "audience": (audiences.check,),
    "campaign": (campaigns.check_campaign, texts.check_tracking),
    "ad_group": (check_ad_group, texts.check_tracking),
    "ad_group_ad": (check_ad_group_ad,),
    "ad": (check_ad,),
    "ad_group_criterion": (check_criterion,),
    "campaign_criterion": (check_criterion,),
    "shared_criterion": (check_criterion,),
    "label": (check_label,),
    "campaign_label": (check_label_link,),
    "ad_group_label": (check_label_link,),
    "ad_group_ad_label": (check_label_link,),
    "ad_group_criterion_label": (check_label_link,),
    "asset": (assets.check,),
    "campaign_asset": (assets.check_link,),
    "ad_group_asset": (assets.check_link,),
    "customer_asset": (assets.check_link,),
    "asset_group": (asset_groups.check,),
    "experiment": (experiments.check,),
    "experiment_arm": (experiments.check_arm,),
    "asset_group_asset": (assets.check_link, asset_groups.check_link),
    "asset_group_signal": (asset_groups.check_signal,),
    "asset_group_listing_group_filter": (shopping.check_filter,),
    "user_list": (check_user_list,),
    "custom_audience": (targets.check_custom_audience,),
    "ad_parameter": (targets.check_ad_parameter,),
    "customer_negative_criterion": (criteria.check_criterion,),
    "conversion_action": (check_conversion_action,),
    "campaign_conversion_goal": (goals.check_campaign_goal,),
    "conversion_goal_campaign_config": (goals.check_config,),
    "custom_conversion_goal": (goals.check_custom,),
    "bidding_strategy": (check_bidding_strategy,),
    "customizer_attribute": (customizers.check_attribute,),
    **dict.fromkeys(customizers.KINDS, (customizers.check_value,)),
    "shared_set": (check_shared_set,),
}


def judge(op: Operation) -> None:
    """Every rule of the operation's kind; raises Refusal with all that is wrong, or Unimplemented."""
    check_references(op)
    texts.check_name(op)
    op.settle()
    for check in CHECKS.get(op.kind.name, ()):
        check(op)
    check_unique(op)
    op.settle()


def check_references(op: Operation) -> None:
    """What it points to exists and, for parents, is not removed."""
    for field in op.kind.refs:
        name = getattr(op.new, field)
        if not name or not op.touches(field):
            continue
        target = op.account.store.entries.get(name)
        if target is None or target.kind.name != op.kind.refs[field]:
            op.add(not_found(name, field))
        elif (
            op.creating
            and field in ("campaign", "ad_group", "asset_group", "shared_set", "customizer_attribute")
            and is_removed(target.message)
        ):
            code = "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"
            op.refuse("context_error", code, f"The {field} is removed.", field, trigger=name)


def check_unique(op: Operation) -> None:
    if op.kind.name == "asset":
        return  # a second one of the same content is the first
    for key in unique_keys(Entry(op.kind, op.new, "")):
        holder = op.account.store.holder(key)
        if holder and holder != op.new.resource_name:
            _, family, code = UNIQUE[op.kind.name]
            op.refuse(family, code, "The name is used by another one.", "name", trigger=op.new.name)
