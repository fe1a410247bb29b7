"""Fields that the platform fills in: ids, types and defaults when written, statuses and counts when read."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.google import assets, customizers, drafts, experiments, goals, images, policy, primary, userlists
from sandbox.google.context import Account
from sandbox.google.criteria import chosen, criterion_id
from sandbox.google.kinds import KINDS, Kind
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.google.store import Entry, is_removed

# Enum fields that a create leaves unset and what they become: the docstrings where they say ("defaults to"),
# otherwise what a new object shows in the platform's interface.
DEFAULTS: dict[str, dict[str, str]] = {
    "campaign_budget": {
        "status": "ENABLED",
        "period": "DAILY",
        "type_": "STANDARD",
        "delivery_method": "STANDARD",
    },
    "campaign": {
        "status": "ENABLED",
        "ad_serving_optimization_status": "OPTIMIZE",
        "experiment_type": "BASE",
        "payment_mode": "CLICKS",
    },
    "ad_group": {"status": "ENABLED", "ad_rotation_mode": "UNSPECIFIED"},
    "ad_group_ad": {"status": "ENABLED", "ad_strength": "GOOD"},
    "ad_group_criterion": {
        "status": "ENABLED",
        "approval_status": "APPROVED",
        "system_serving_status": "ELIGIBLE",
    },
    "campaign_criterion": {"status": "ENABLED"},
    "experiment": {"promote_status": "NOT_STARTED"},
    "custom_audience": {"status": "ENABLED", "type_": "AUTO"},
    "label": {"status": "ENABLED"},
    **{kind: {"status": "ENABLED"} for kind in ("customizer_attribute", *customizers.KINDS)},
    "asset": {"source": "ADVERTISER"},
    "asset_group": {"status": "ENABLED", "ad_strength": "GOOD"},
    "asset_group_asset": {"status": "ENABLED", "source": "ADVERTISER"},
    "asset_group_signal": {"approval_status": "APPROVED"},
    "campaign_asset": {"status": "ENABLED", "source": "ADVERTISER"},
    "ad_group_asset": {"status": "ENABLED", "source": "ADVERTISER"},
    "customer_asset": {"status": "ENABLED", "source": "ADVERTISER"},
    "user_list": {
        "membership_status": "OPEN",
        "access_reason": "OWNED",
        "account_user_list_status": "ENABLED",
    },
    "conversion_action": {
        "status": "ENABLED",
        "origin": "WEBSITE",
        "category": "DEFAULT",
        "counting_type": "MANY_PER_CLICK",
    },
    "audience": {"status": "ENABLED", "scope": "CUSTOMER"},
    "bidding_strategy": {"status": "ENABLED"},
    "custom_conversion_goal": {"status": "ENABLED"},
    "shared_set": {"status": "ENABLED"},
    "campaign_shared_set": {"status": "ENABLED"},
}
# Plain fields likewise.
VALUES: dict[str, dict[str, object]] = {
    "campaign_budget": {"explicitly_shared": True, "has_recommended_budget": False},
    "ad_group_criterion": {"negative": False},
    "campaign_criterion": {"negative": False},
    "user_list": {
        "membership_life_span": 30,
        "read_only": False,
        "size_for_search": 0,
        "size_for_display": 0,
        "eligible_for_search": True,
        "eligible_for_display": True,
    },
    "conversion_action": {
        "primary_for_goal": True,
        "include_in_conversions_metric": True,
        "click_through_lookback_window_days": 30,
        "view_through_lookback_window_days": 1,
    },
}
AD_GROUP_TYPE = {
    "SEARCH": "SEARCH_STANDARD", "DISPLAY": "DISPLAY_STANDARD", "SHOPPING": "SHOPPING_PRODUCT_ADS",
}  # fmt: skip
USER_LIST_TYPE = {
    "rule_based_user_list": "RULE_BASED",
    "logical_user_list": "LOGICAL",
    "basic_user_list": "REMARKETING",
    "crm_based_user_list": "CRM_BASED",
    "lookalike_user_list": "LOOKALIKE",
}
# Fields that depend on other resources or the day: computed when somebody reads them.
VOLATILE: dict[str, frozenset[str]] = {
    "asset": frozenset({"image_asset"}),
    "campaign_budget": frozenset({"reference_count"}),
    "campaign": frozenset({
        "labels", "serving_status", "primary_status", "primary_status_reasons",
        "missing_eu_political_advertising_declaration",
    }),
    "ad_group": frozenset({"labels", "primary_status", "primary_status_reasons", "effective_cpc_bid_micros"}),
    "ad_group_ad": frozenset({"labels", "primary_status", "primary_status_reasons"}),
    "ad_group_criterion": frozenset({
        "labels", "primary_status", "primary_status_reasons", "effective_cpc_bid_micros",
        "effective_cpc_bid_source",
    }),
    "asset_group": frozenset({"primary_status", "primary_status_reasons"}),
    "bidding_strategy": frozenset({"campaign_count", "non_removed_campaign_count"}),
    "shared_set": frozenset({"member_count", "reference_count"}),
    "user_list": frozenset({
        "size_for_search", "size_for_display", "size_range_for_search", "size_range_for_display",
    }),
}  # fmt: skip


def fill_new(account: Account, kind: Kind, new: Message) -> None:
    """Defaults of a create, before the rules judge it."""
    if kind.name == "experiment":
        experiments.fill(account, new)
    for field, name in DEFAULTS.get(kind.name, {}).items():
        if getattr(new, field) == 0:
            set_enum(new, field, name)
    for field, value in VALUES.get(kind.name, {}).items():
        if not new.HasField(field):
            setattr(new, field, value)
    if kind.name == "campaign":
        _fill_campaign(account, new)
    elif kind.name == "ad_group" and new.type_ == 0 and (campaign := account.store.get(new.campaign)):
        set_enum(
            new, "type_", AD_GROUP_TYPE.get(enum_name(campaign, "advertising_channel_type"), "UNSPECIFIED")
        )
    elif kind.name == "conversion_action":
        new.owner_customer = account.root
    if kind.name == "ad_group":
        _fill_channels(account, new)
    elif kind.name == "ad_group_ad":
        opt_in(new.ad_group_ad_asset_automation_settings, OPTED_IN_ADS.get(new.ad.WhichOneof("ad_data"), ()))


# enums.AssetAutomationTypeEnum: "opted in by default" for Performance Max.
OPTED_IN = (
    "TEXT_ASSET_AUTOMATION", "FINAL_URL_EXPANSION_TEXT_ASSET_AUTOMATION", "GENERATE_IMAGE_ENHANCEMENT",
    "GENERATE_ENHANCED_YOUTUBE_VIDEOS",
)  # fmt: skip


# The same of ads of Demand Gen, by their format.
OPTED_IN_ADS = {
    "demand_gen_multi_asset_ad": (
        "GENERATE_DESIGN_VERSIONS_FOR_IMAGES", "GENERATE_VIDEOS_FROM_OTHER_ASSETS",
        "GENERATE_ANIMATED_IMAGES_FROM_OTHER_ASSETS",
    ),
    "demand_gen_video_responsive_ad": (
        "GENERATE_VERTICAL_YOUTUBE_VIDEOS", "GENERATE_SHORTER_YOUTUBE_VIDEOS", "GENERATE_LANDING_PAGE_TEXT",
    ),
}  # fmt: skip


def _fill_channels(account: Account, group: Message) -> None:
    """…/docs/demand-gen/channel-controls: all channels where nothing is said."""
    campaign = account.store.get(group.campaign)
    if campaign is not None and enum_name(campaign, "advertising_channel_type") == "DEMAND_GEN":
        controls = group.demand_gen_ad_group_settings.channel_controls
        if controls.WhichOneof("channel_configuration") is None:
            set_enum(controls, "channel_strategy", "ALL_CHANNELS")


def opt_in(settings: Message, names: Sequence[str]) -> None:
    """What the advertiser said nothing of is as Google has it by default."""
    said = {enum_name(each, "asset_automation_type") for each in settings}
    for name in names:
        if name not in said:
            each = settings.add()
            set_enum(each, "asset_automation_type", name)
            set_enum(each, "asset_automation_status", "OPTED_IN")


def _fill_campaign(account: Account, new: Message) -> None:
    if not new.start_date_time:
        new.start_date_time = f"{account.today().isoformat()} 00:00:00"
    channel = enum_name(new, "advertising_channel_type")
    if channel == "PERFORMANCE_MAX" and not new.HasField("brand_guidelines_enabled"):
        new.brand_guidelines_enabled = True  # …/docs/performance-max/brand-guidelines: the default
    if channel == "PERFORMANCE_MAX":
        opt_in(new.asset_automation_settings, OPTED_IN)
    if channel == "DEMAND_GEN" and not new.demand_gen_campaign_settings.HasField("upgraded_targeting"):
        new.demand_gen_campaign_settings.upgraded_targeting = True
    if not new.HasField("network_settings"):
        search = channel in ("SEARCH", "PERFORMANCE_MAX", "SHOPPING")
        new.network_settings.target_google_search = search
        new.network_settings.target_search_network = search
        new.network_settings.target_content_network = channel not in ("SEARCH", "SHOPPING")
        new.network_settings.target_partner_search_network = False
    geo = new.geo_target_type_setting
    for field, name in (
        ("positive_geo_target_type", "PRESENCE_OR_INTEREST"),
        ("negative_geo_target_type", "PRESENCE"),
    ):
        if getattr(geo, field) == 0:
            set_enum(geo, field, name)


def number(account: Account, kind: Kind, new: Message, own_id: int | None) -> None:
    """The ids of a new resource inside it; its resource name is set already."""
    if kind.name == "ad_group_ad":
        new.ad.id = own_id
        new.ad.resource_name = f"{account.root}/ads/{own_id}"
    elif own_id is not None and kind.id_field:
        setattr(new, kind.id_field, own_id)
    if kind.name == "campaign":
        new.base_campaign = new.resource_name
    elif kind.name == "ad_group":
        new.base_ad_group = new.resource_name


def own_id(account: Account, kind: Kind, new: Message) -> int | None:
    """The number the platform gives a new resource, where its name has one."""
    if not kind.numbered:
        return None
    return criterion_id(new) if kind.is_criterion else account.store.new_id()


def complete(account: Account, kind: Kind, new: Message) -> None:
    """Types and other fields that follow from what was set; after every create and update."""
    if kind.name == "campaign":
        strategy = new.WhichOneof("campaign_bidding_strategy")
        portfolio = account.store.get(new.bidding_strategy) if strategy == "bidding_strategy" else None
        set_enum(
            new, "bidding_strategy_type", enum_name(portfolio, "type_") if portfolio else strategy.upper()
        )
    elif kind.is_criterion:
        _complete_criterion(new)
    elif kind.name == "ad_group" and new.HasField("demand_gen_ad_group_settings"):
        controls = new.demand_gen_ad_group_settings.channel_controls
        if chosen_channels := controls.WhichOneof("channel_configuration"):
            set_enum(controls, "channel_config", f"{chosen_channels.upper()}")
    elif kind.name == "ad_group_ad":
        set_enum(new.ad, "type_", new.ad.WhichOneof("ad_data").upper())
        policy.summarize(new.ad, new.policy_summary)
    elif kind.name == "bidding_strategy":
        set_enum(new, "type_", new.WhichOneof("scheme").upper())
        new.effective_currency_code = new.currency_code or account.world.currency
    elif kind.name == "asset":
        set_enum(new, "type_", assets.TYPES[new.WhichOneof("asset_data")][0])
        if new.HasField("image_asset"):
            images.complete(new)
    elif kind.name == "user_list":
        set_enum(new, "type_", USER_LIST_TYPE[new.WhichOneof("user_list")])


def _complete_criterion(new: Message) -> None:
    name = chosen(new)
    assert name
    set_enum(new, "type_", name.upper())
    if name == "keyword" and "display_name" in new.DESCRIPTOR.fields_by_name:
        new.display_name = new.keyword.text


def fresh(account: Account, kind: Kind, message: Message) -> Message:
    """A copy with the fields that are computed when read."""
    fill = _FRESH.get(kind.name)
    if fill is None or (kind.name == "asset" and not message.image_asset.data):
        return message
    copy = type(message)()
    copy.CopyFrom(message)
    fill(account, copy)
    if "labels" in copy.DESCRIPTOR.fields_by_name:
        links = account.store.pointing(f"{kind.name}_label", copy.resource_name)
        copy.labels[:] = [link.message.label for link in links]
    return copy


def _fresh_asset(account: Account, asset: Message) -> None:
    asset.image_asset.full_size.url = images.url(account.store.address, asset)


def _fresh_budget(account: Account, budget: Message) -> None:
    budget.reference_count = sum(
        not is_removed(e.message) for e in account.store.pointing("campaign", budget.resource_name)
    )


def _fresh_campaign(account: Account, campaign: Message) -> None:
    primary.fill_campaign(account, campaign)
    campaign.missing_eu_political_advertising_declaration = campaign.resource_name in account.store.undeclared


def _fresh_ad_group(account: Account, group: Message) -> None:
    primary.fill_ad_group(account, group)
    group.effective_cpc_bid_micros = group.cpc_bid_micros


def _fresh_criterion(account: Account, criterion: Message) -> None:
    primary.fill_criterion(account, criterion)
    group = account.store.get(criterion.ad_group)
    if criterion.negative or group is None:
        return
    own = criterion.HasField("cpc_bid_micros")
    criterion.effective_cpc_bid_micros = criterion.cpc_bid_micros if own else group.cpc_bid_micros
    set_enum(criterion, "effective_cpc_bid_source", "AD_GROUP_CRITERION" if own else "AD_GROUP")


def _fresh_strategy(account: Account, strategy: Message) -> None:
    users = account.store.pointing("campaign", strategy.resource_name)
    strategy.campaign_count = len(users)
    strategy.non_removed_campaign_count = sum(not is_removed(e.message) for e in users)


def _fresh_shared_set(account: Account, shared: Message) -> None:
    store, name = account.store, shared.resource_name
    shared.member_count = len(store.pointing("shared_criterion", name))
    shared.reference_count = sum(
        not is_removed(e.message) for e in store.pointing("campaign_shared_set", name)
    )


_FRESH = {
    "asset": _fresh_asset,
    "campaign_budget": _fresh_budget,
    "campaign": _fresh_campaign,
    "ad_group": _fresh_ad_group,
    "ad_group_ad": primary.fill_ad,
    "asset_group": primary.fill_asset_group,
    "ad_group_criterion": _fresh_criterion,
    "bidding_strategy": _fresh_strategy,
    "shared_set": _fresh_shared_set,
    "user_list": userlists.count,
}


def follow(account: Account, kind: Kind, new: Message) -> list[tuple[str, Entry]]:
    """Other resources that change with this one: a budget of one campaign bears its name and goes with it."""
    return [
        *goals.follow(account, kind, new),
        *_own_budget(account, kind, new),
        *drafts.follow(account, kind, new),
    ]


def _own_budget(account: Account, kind: Kind, new: Message) -> list[tuple[str, Entry]]:
    if kind.name != "campaign":
        return []
    entry = account.store.entries.get(new.campaign_budget)
    if entry is None or entry.message.explicitly_shared:
        return []
    budget = KINDS["campaign_budget"].new()
    budget.CopyFrom(entry.message)
    budget.name = new.name
    removed = account.today().isoformat() if is_removed(new) else ""
    if removed:
        set_enum(budget, "status", "REMOVED")
    return [(budget.resource_name, Entry(entry.kind, budget, entry.created, removed))]
