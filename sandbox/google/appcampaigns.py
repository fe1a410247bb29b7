"""Rules of app campaigns: which app, what may be bid for and how, ads of texts, images and videos.

…/docs/app-campaigns/create-campaign and …/create-ad-group. That an engagement needs a list of people before
it may run is not checked: the guide says it of the criterion, not of a request.
"""

from __future__ import annotations

import re

from sandbox.google import texts
from sandbox.google.context import Operation
from sandbox.google.errors import Step
from sandbox.google.messages import Message, enum_name

CHANNEL = "MULTI_CHANNEL"
# Sub type → the member of `ad_data` that its ads are, and what that calls its videos.
SUB_TYPES = {
    "APP_CAMPAIGN": ("app_ad", "youtube_videos"),
    "APP_CAMPAIGN_FOR_ENGAGEMENT": ("app_engagement_ad", "videos"),
    "APP_CAMPAIGN_FOR_PRE_REGISTRATION": ("app_pre_registration_ad", "youtube_videos"),
}
FORMATS = tuple(format for format, _ in SUB_TYPES.values())
# AppCampaignBiddingStrategyGoalTypeEnum → the sub types that have it, and the strategies that say its bid:
# the words of the enum ("the cpa bid is …", "without target …").
EITHER = ("APP_CAMPAIGN", "APP_CAMPAIGN_FOR_ENGAGEMENT")
GOALS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "OPTIMIZE_INSTALLS_TARGET_INSTALL_COST": (("APP_CAMPAIGN",), ("target_cpa",)),
    "OPTIMIZE_INSTALLS_WITHOUT_TARGET_INSTALL_COST": (("APP_CAMPAIGN",), ("maximize_conversions",)),
    "OPTIMIZE_IN_APP_CONVERSIONS_TARGET_INSTALL_COST": (("APP_CAMPAIGN",), ("target_cpa",)),
    "OPTIMIZE_IN_APP_CONVERSIONS_TARGET_CONVERSION_COST": (EITHER, ("target_cpa",)),
    "OPTIMIZE_IN_APP_CONVERSIONS_WITHOUT_TARGET_CPA": (EITHER, ("maximize_conversions",)),
    "OPTIMIZE_RETURN_ON_ADVERTISING_SPEND": (("APP_CAMPAIGN",), ("target_roas",)),
    "OPTIMIZE_TOTAL_VALUE_WITHOUT_TARGET_ROAS": (("APP_CAMPAIGN",), ("maximize_conversion_value",)),
    "OPTIMIZE_PRE_REGISTRATION_CONVERSION_VOLUME": (
        ("APP_CAMPAIGN_FOR_PRE_REGISTRATION",),
        ("maximize_conversions", "target_cpa"),
    ),
}
APP_ID = {"GOOGLE_APP_STORE": r"[A-Za-z]\w*(\.\w+)+", "APPLE_APP_STORE": r"\d{5,12}"}
# support.google.com/google-ads/answer/6357595: field → (fewest, most, longest text); files at most so many.
TEXTS = {"headlines": (2, 5, 30), "descriptions": (1, 5, 90)}
MOST_FILES = 20


def check_campaign(op: Operation) -> None:
    """The app, and a goal that the sub type and the strategy fit."""
    kind, setting = enum_name(op.new, "advertising_channel_sub_type"), op.new.app_campaign_setting
    if kind not in SUB_TYPES:
        code, text = "INVALID_ADVERTISING_CHANNEL_SUB_TYPE", "Not a sub type of this channel."
        op.refuse("campaign_error", code, text, "advertising_channel_sub_type", trigger=kind)
        return
    store = enum_name(setting, "app_store")
    if not re.fullmatch(APP_ID.get(store, "(?!)"), setting.app_id):
        path = ("app_campaign_setting", "app_id")
        op.refuse(
            "campaign_error", "APP_NOT_FOUND", "No such app in the store.", *path, trigger=setting.app_id
        )
    if kind == "APP_CAMPAIGN_FOR_PRE_REGISTRATION" and store != "GOOGLE_APP_STORE":
        code = "CANNOT_CREATE_APP_PRE_REGISTRATION_FOR_NON_ANDROID_APP"
        op.refuse("campaign_error", code, "Pre-registration is for Google Play.", "app_campaign_setting")
    _check_goal(op, kind)
    if kind == "APP_CAMPAIGN_FOR_ENGAGEMENT" and not op.new.selective_optimization.conversion_actions:
        text = "The required field was not present."
        op.refuse("field_error", "REQUIRED", text, "selective_optimization", "conversion_actions")
    for index, name in enumerate(op.new.selective_optimization.conversion_actions):
        if op.account.store.get(name) is None:
            place: tuple[Step, ...] = ("selective_optimization", ("conversion_actions", index))
            op.refuse("mutate_error", "RESOURCE_NOT_FOUND", "Resource was not found.", *place, trigger=name)


def _check_goal(op: Operation, kind: str) -> None:
    goal = enum_name(op.new.app_campaign_setting, "bidding_strategy_goal_type")
    kinds, strategies = GOALS.get(goal, ((), ()))
    path = ("app_campaign_setting", "bidding_strategy_goal_type")
    if kind not in kinds:
        op.refuse("field_error", "INVALID_VALUE", f"{kind} has no such goal.", *path, trigger=goal)
        return
    chosen = op.new.WhichOneof("campaign_bidding_strategy")
    if chosen is not None and chosen not in strategies:
        code = "NOT_COMPATIBLE_WITH_BIDDING_STRATEGY_TYPE"
        op.refuse("campaign_error", code, f"{goal} is bid for otherwise.", *path, trigger=goal)


def check_ad(op: Operation, ad: Message, *above: Step) -> None:
    """One ad of an app; `above` is the way to the ad."""
    format = str(ad.WhichOneof("ad_data"))
    info, inside = getattr(ad, format), (*above, format)
    for field, (fewest, most, longest) in TEXTS.items():
        texts.check_texts(op, getattr(info, field), (fewest, most), longest, (*inside, field))
    videos = next(name for kind, name in SUB_TYPES.values() if kind == format)
    for field, data in (("images", "image_asset"), (videos, "youtube_video_asset")):
        found = getattr(info, field)
        if len(found) > MOST_FILES:
            op.refuse("collection_size_error", "TOO_MANY", f"At most {MOST_FILES}.", *inside, field)
        for index, each in enumerate(found):
            asset = op.account.store.get(each.asset)
            if asset is None or not asset.HasField(data):
                place = (*inside, (field, index), "asset")
                text = f"Not an asset for {field}."
                op.refuse("asset_error", "ASSET_DATA_IS_MISSING", text, *place, trigger=each.asset)


def check_ad_of(op: Operation, campaign: Message, format: str, *above: Step) -> None:
    """A campaign for an app takes the ads of its sub type alone."""
    kind = enum_name(campaign, "advertising_channel_sub_type")
    if SUB_TYPES.get(kind, ("", ""))[0] != format:
        text = "The ad's type does not fit the campaign's sub type."
        op.refuse("ad_error", "INVALID_AD_TYPE", text, *above, format)


def check_group_criterion(op: Operation) -> None:
    """None but lists of people, none of them shut out, and those in campaigns for engagement alone."""
    group = op.parent("ad_group")
    campaign = op.account.store.get(group.campaign) if group is not None else None
    if not op.creating or campaign is None or enum_name(campaign, "advertising_channel_type") != CHANNEL:
        return
    engages = enum_name(campaign, "advertising_channel_sub_type") == "APP_CAMPAIGN_FOR_ENGAGEMENT"
    if op.new.negative:
        text = "Campaigns for apps exclude no criteria."
        op.refuse("ad_group_criterion_error", "CANNOT_EXCLUDE_CRITERIA_TYPE", text, "negative")
    elif not engages or not op.new.HasField("user_list"):
        text = "The campaign takes no such criteria."
        op.refuse("ad_group_criterion_error", "CANNOT_ADD_CRITERIA_TYPE", text)
