"""App campaigns: which app, what of it is bid for, and ads that Google makes of texts, images and videos.

…/docs/app-campaigns/create-campaign: no shared budget, no portfolio; a target is the campaign's own strategy.
An ad group says nothing but its name, and in a campaign for engagement the list of people it is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.google import assets, formats
from connectors.google.assets import Content
from connectors.google.normal import Row, last
from engine.naming import Scope
from engine.resource import Ref, Resource, Value
from schemas.apps import in_store
from schemas.errors import Problem
from schemas.google_app import FOCUS

TYPE: Final = "MULTI_CHANNEL"
SUB_TYPES: Final = {
    "installs": "APP_CAMPAIGN",
    "engagement": "APP_CAMPAIGN_FOR_ENGAGEMENT",
    "pre_registration": "APP_CAMPAIGN_FOR_PRE_REGISTRATION",
}
STORES: Final = {"android": "GOOGLE_APP_STORE", "ios": "APPLE_APP_STORE"}
MOST_FILES: Final = 20  # images, and videos, of one ad: support.google.com/google-ads/answer/6357595
# (focus, goal, whether there is a target) → AppCampaignBiddingStrategyGoalType, by the words of that enum.
GOALS: Final[Mapping[tuple[str, str, bool], str]] = {
    ("installs", "app_installs", True): "OPTIMIZE_INSTALLS_TARGET_INSTALL_COST",
    ("installs", "app_installs", False): "OPTIMIZE_INSTALLS_WITHOUT_TARGET_INSTALL_COST",
    ("installs", "app_events", True): "OPTIMIZE_IN_APP_CONVERSIONS_TARGET_CONVERSION_COST",
    ("installs", "app_events", False): "OPTIMIZE_IN_APP_CONVERSIONS_WITHOUT_TARGET_CPA",
    ("installs", "value", True): "OPTIMIZE_RETURN_ON_ADVERTISING_SPEND",
    ("installs", "value", False): "OPTIMIZE_TOTAL_VALUE_WITHOUT_TARGET_ROAS",
    ("engagement", "app_events", True): "OPTIMIZE_IN_APP_CONVERSIONS_TARGET_CONVERSION_COST",
    ("pre_registration", "app_installs", False): "OPTIMIZE_PRE_REGISTRATION_CONVERSION_VOLUME",
}
TARGETS: Final = ("target_cpa_micros", "target_roas")
# What the ad groups of other channels say and these cannot.
UNSAID: Final = frozenset({"type", "age_ranges", "genders", "excluded_user_lists"})
SETTING, GOAL, ACTIONS = "app_campaign_setting", "app_goal", "selected_actions"
COLUMNS: Final = (
    "campaign.advertising_channel_sub_type", f"campaign.{SETTING}.app_id", f"campaign.{SETTING}.app_store",
    f"campaign.{SETTING}.bidding_strategy_goal_type", "campaign.selective_optimization.conversion_actions",
)  # fmt: skip


def focus_of(options: Mapping[str, Any]) -> str:
    return str(options.get("focus", "installs"))


def declared(
    options: Mapping[str, Any], settings: Resource, bids: Mapping[str, Any]
) -> dict[str, Value] | Problem:
    """Fields of a campaign; a Problem without place where Google has no goal for what is bid for."""
    focus = focus_of(options)
    goal = str(settings.fields.get("optimize_for") or FOCUS[focus][1][0])
    aimed = any(bids.get(name) for name in TARGETS)
    kind = GOALS.get((focus, goal, aimed))
    if kind is None:
        fix = "Leave the target out." if aimed else "Write `google: {bidding: {…, target_cpa: …}}`."
        return Problem(
            "An app campaign cannot bid so",
            f"{focus} for {goal} {'with' if aimed else 'without'} a target",
            fix,
        )
    system, id = in_store(str(options.get("store", ""))) or ("", "")
    return {
        "advertising_channel_sub_type": SUB_TYPES[focus],
        SETTING: {"app_id": id, "app_store": STORES.get(system, "")},
        GOAL: kind,
        ACTIONS: tuple(sorted(_actions(options, settings))),
    }


def _actions(options: Mapping[str, Any], settings: Resource) -> list[str]:
    """Ids of the conversion actions that count; those of a goal of the brand's, or one by its id."""
    if action := settings.fields.get("conversion"):
        return [str(action)]
    own = options.get("conversion_goals")
    return [str(each) for each in own.get("actions", ())] if isinstance(own, Mapping) else []


def observed(seen: Row) -> dict[str, Value]:
    """The same fields of a campaign row; none for another channel."""
    if seen.get("advertising_channel_type") != TYPE:
        return {}
    setting = seen.get(SETTING, {})
    actions = seen.get("selective_optimization", {}).get("conversion_actions", ())
    return {
        "advertising_channel_sub_type": seen.get("advertising_channel_sub_type", ""),
        SETTING: {"app_id": setting.get("app_id", ""), "app_store": setting.get("app_store", "")},
        GOAL: setting.get("bidding_strategy_goal_type", ""),
        ACTIONS: tuple(sorted(last(str(each)) for each in actions)),
    }


def shown(
    focus: str,
    texts: Mapping[str, tuple[str, ...]],
    files: Mapping[str, list[Resource]],
) -> dict[str, Value]:
    """What an ad says; `files` are assets under `images` and `videos`."""
    format, videos = formats.APP[focus]
    return {
        "format": format,
        "headlines": sorted(texts["headlines"]),
        "descriptions": sorted(texts["descriptions"]),
        "images": tuple(Ref(each.address) for each in files["images"]),
        videos: tuple(Ref(each.address) for each in files["videos"]),
    }


def videos(ids: Any, account: str, scope: Scope, path: tuple[str | int, ...]) -> Iterator[Resource]:
    """Videos on YouTube as assets."""
    for id in ids or ():
        content = Content("YOUTUBE_VIDEO", str(id), {"youtube_video_id": str(id)})
        yield assets.resource(content, account, scope, path)
