"""Experiments within one campaign: half of its traffic meets a feature or other assets, the rest does not.

    (created) ENABLED ─end─▸ HALTED
                 └──promote─▸ PROMOTED

…/docs/experiments/intra-campaign and …/asset-optimization: the experiment, its two arms and the feature are
made in one request, and nothing is scheduled. What the feature does to numbers is not simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.google import drafts
from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem, not_found, required
from sandbox.google.messages import Message, enum_name, set_enum

FAMILY, ARM = "experiment_error", "experiment_arm_error"
HALF = 50  # …/docs/experiments/intra-campaign


def _no_ai_max_yet(base: Message) -> tuple[str, str] | None:
    if not base.ai_max_setting.enable_ai_max:
        return None
    return "ADOPT_AI_MAX_CAMPAIGN_ALREADY_ENABLED", "The campaign uses AI Max already."


def _no_display(base: Message) -> tuple[str, str] | None:
    if not base.network_settings.target_content_network:
        return None
    return "SEARCH_PLUS_CAMPAIGN_NOT_ALLOWED", "The campaign targets the Display Network."


def _without_ai_max(campaign: Message) -> None:
    campaign.ai_max_setting.enable_ai_max = False


def _broad(campaign: Message) -> None:
    set_enum(campaign, "keyword_match_type", "BROAD")


def _not_broad(campaign: Message) -> None:
    campaign.ClearField("keyword_match_type")


@dataclass(frozen=True)
class Feature:
    """What is tried: in campaigns of which channel, which of them may not, and how it comes and goes."""

    channel: str
    control_has_campaign: bool = True
    unfit: Callable[[Message], tuple[str, str] | None] = lambda base: None
    begin: Callable[[Message], None] | None = None
    end: Callable[[Message], None] | None = None
    assets: bool = False


FEATURES = {
    "ADOPT_AI_MAX": Feature("SEARCH", unfit=_no_ai_max_yet, end=_without_ai_max),
    "ADOPT_BROAD_MATCH_KEYWORDS": Feature("SEARCH", unfit=_no_display, begin=_broad, end=_not_broad),
    "PMAX_TEXT_CUSTOMIZATION_FINAL_URL_EXPANSION": Feature("PERFORMANCE_MAX", control_has_campaign=False),
    "OPTIMIZE_ASSETS": Feature("PERFORMANCE_MAX", assets=True),
}


def feature_of(experiment: Message) -> Feature | None:
    """What an experiment tries within its campaign; None for one with campaigns of its own."""
    return FEATURES.get(enum_name(experiment, "type_"))


def check(op: Operation, feature: Feature) -> None:
    """An experiment as it is created: it runs at once."""
    if op.creating and enum_name(op.new, "status") != "ENABLED":
        status = enum_name(op.new, "status")
        op.refuse(FAMILY, "INVALID_STATUS", "It is created ENABLED.", "status", trigger=status)
    subtype = op.new.optimize_assets_experiment.optimize_assets_experiment_subtype
    if op.creating and feature.assets and not subtype:
        op.add(required("optimize_assets_experiment_subtype").below("optimize_assets_experiment"))


def check_arm(op: Operation, feature: Feature, others: Sequence[Message]) -> None:
    """An arm: half of the traffic of the same campaign as the other's."""
    arm = op.new
    if arm.traffic_split != HALF:
        text = f"Traffic is split {HALF} to {HALF}."
        op.refuse(FAMILY, "INVALID_TRIAL_ARM_TRAFFIC_SPLIT", text, "traffic_split",
                  trigger=str(arm.traffic_split))  # fmt: skip
    if arm.control and not feature.control_has_campaign:
        if arm.campaigns:
            text = "The treatment arm alone names the campaign."
            op.refuse(ARM, "CANNOT_MODIFY_CAMPAIGN_IDS", text, "campaigns")
        return
    if len(arm.campaigns) != 1:
        many = (ARM, "TOO_MANY_CAMPAIGNS_IN_EXPERIMENT_ARM")
        op.refuse(*(many if arm.campaigns else ("field_error", "REQUIRED")), "One campaign.", "campaigns")
        return
    if any(each.campaigns and each.campaigns[0] != arm.campaigns[0] for each in others):
        text = "Both arms are of one campaign."
        op.refuse(ARM, "CANNOT_SET_TREATMENT_ARM_CAMPAIGN", text, "campaigns")
    _check_base(op, feature)
    if feature.assets:
        _check_assets(op, others)


def _check_base(op: Operation, feature: Feature) -> None:
    base = op.account.store.get(op.new.campaigns[0])
    if base is None:
        op.add(not_found(op.new.campaigns[0], "campaigns"))
    elif enum_name(base, "status") == "REMOVED":
        op.refuse(ARM, "INVALID_CAMPAIGN_STATUS", "The campaign is removed.", "campaigns")
    elif enum_name(base, "advertising_channel_type") != feature.channel:
        op.refuse(FAMILY, "INVALID_CAMPAIGN_CHANNEL_TYPE", "The channel does not fit.", "campaigns")
    elif wrong := feature.unfit(base):
        op.refuse(ARM, *wrong, "campaigns")


def _check_assets(op: Operation, others: Sequence[Message]) -> None:
    """docstrings of ExperimentArm.asset_groups and of the two codes."""
    arm, path = op.new, "asset_groups"
    if len(arm.asset_groups) != 1:
        op.add(required(path))
        return
    group = arm.asset_groups[0]
    if op.account.store.get(group.asset_group) is None:
        op.add(not_found(group.asset_group, (path, 0), "asset_group"))
    if any(each.asset_groups and each.asset_groups[0].asset_group != group.asset_group for each in others):
        text = "Both arms are of one asset group."
        op.refuse("field_error", "INVALID_VALUE", text, (path, 0), "asset_group")
    own = [(each.asset, each.field_type) for each in group.asset_group_assets]
    if len(set(own)) < len(own):
        text = "An asset stands in the arm once."
        op.refuse(ARM, "DUPLICATE_ASSET_GROUP_ASSETS_IN_ONE_ARM", text, path)
    theirs = {
        (asset.asset, asset.field_type)
        for each in others
        for held in each.asset_groups
        for asset in held.asset_group_assets
    }
    if theirs & set(own):
        text = "An asset stands in one of the arms."
        op.refuse(ARM, "DUPLICATE_ASSET_GROUP_ASSETS_BETWEEN_ARMS", text, path)


def lacks(account: Account, experiment: Message, arms: Sequence[Message]) -> list[Problem]:
    """What is missing once all of the request that made it is done."""
    feature = feature_of(experiment)
    if feature is None:
        return []
    if sorted(each.control for each in arms) != [False, True]:
        return [Problem(FAMILY, "MISSING_EXPERIMENT_ARMS", "Its two arms are made in the same request.")]
    treatment = next(each for each in arms if not each.control)
    base = drafts.campaign(account, treatment.campaigns[0])
    if enum_name(experiment, "type_") == "ADOPT_AI_MAX" and not base.ai_max_setting.enable_ai_max:
        code = "ADOPT_AI_MAX_CAMPAIGN_MISSING_PERFORMANCE_SEARCH_ENABLED"
        return [Problem(ARM, code, "AI Max is switched on in the same request.")]
    groups = treatment.asset_groups if feature.assets else ()
    return [
        not_found(name)
        for group in groups
        for asset in group.asset_group_assets
        if account.store.get(name := _link(account, group.asset_group, asset)) is None
    ]


def change(account: Account, arms: Sequence[Message], how: Callable[[Message], None]) -> None:
    """Switch the feature in the campaign that the arms share."""
    for name in {name for arm in arms for name in arm.campaigns}:
        changed = drafts.copied(drafts.campaign(account, name))
        how(changed)
        drafts.put(account, "campaign", changed)


def _link(account: Account, group: str, asset: Message) -> str:
    ids = (group.rsplit("/", 1)[-1], asset.asset.rsplit("/", 1)[-1], enum_name(asset, "field_type"))
    return f"{account.root}/assetGroupAssets/{'~'.join(ids)}"
