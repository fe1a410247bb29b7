"""Conversion goals: which conversions an account and each of its campaigns bid for.

…/docs/conversions/goals: one goal of the account for every category and origin of its conversion actions, one
of each campaign for each of those. All of them are made by the platform; nobody creates or removes one.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.google.context import Account, Operation
from sandbox.google.kinds import KINDS, Kind
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.google.store import Entry, is_removed

CUSTOMER_GOAL, CAMPAIGN_GOAL = "customer_conversion_goal", "campaign_conversion_goal"
CONFIG, CUSTOM = "conversion_goal_campaign_config", "custom_conversion_goal"
Pair = tuple[int, int]  # numbers of ConversionActionCategory and ConversionOrigin
Made = list[tuple[str, Entry]]


def follow(account: Account, kind: Kind, new: Message) -> Made:
    """The goals that change with a resource that was just written."""
    if kind.name == "campaign":
        return _of_new_campaign(account, new)
    if kind.name == "conversion_action":
        return _of_new_action(account, new)
    if kind.name == CUSTOMER_GOAL:
        return _inherited(account, new)
    if kind.name == CAMPAIGN_GOAL:
        return _override(account, new)
    return _back_to_account(account, new) if kind.name == CONFIG else []


def biddable(account: Account, campaign: Message) -> frozenset[str]:
    """The conversion actions that a campaign bids for, by resource name.

    …/docs/conversions/goals/overview: the primary actions of its biddable goals, or exactly those of its
    custom goal.
    """
    config = account.store.get(_config_name(account, campaign))
    custom = account.store.get(config.custom_conversion_goal) if config is not None else None
    if custom is not None:
        return frozenset(custom.conversion_actions)
    goals = (each.message for each in account.store.pointing(CAMPAIGN_GOAL, campaign.resource_name))
    chosen = {_pair(goal) for goal in goals if goal.biddable}
    return frozenset(
        name
        for name, each in account.store.of("conversion_action").items()
        if _pair(each.message) in chosen and each.message.primary_for_goal and _counts(each.message)
    )


# -- rules -------------------------------------------------------------------------------------------------


def check_campaign_goal(op: Operation) -> None:
    """ConversionGoalCampaignConfigError.EMPTY_CONVERSION_GOALS, judged at each operation (choice)."""
    if op.new.biddable:
        return
    siblings = op.account.store.pointing(CAMPAIGN_GOAL, op.new.campaign)
    own = op.new.resource_name
    if not any(each.message.biddable for each in siblings if each.message.resource_name != own):
        _refuse_empty(op, "biddable")


def check_config(op: Operation) -> None:
    goal = op.parent(CUSTOM) if op.new.custom_conversion_goal else None
    if goal is not None and is_removed(goal):
        text = "The custom conversion goal is removed."
        op.refuse("mutate_error", "RESOURCE_NOT_FOUND", text, CUSTOM)
    at_campaign = enum_name(op.new, "goal_config_level") == "CAMPAIGN"
    goals = op.account.store.pointing(CAMPAIGN_GOAL, op.new.campaign)
    if at_campaign and goal is None and not any(each.message.biddable for each in goals):
        _refuse_empty(op, "goal_config_level")
    if not at_campaign and op.new.custom_conversion_goal:
        # Choice: a custom goal is a goal of the campaign's own, so the level has to be the campaign's.
        text = "A custom goal needs the goal config level CAMPAIGN."
        op.refuse("field_error", "INVALID_VALUE", text, "goal_config_level")


def check_custom(op: Operation) -> None:
    if not op.touches("conversion_actions"):
        return
    for index, name in enumerate(op.new.conversion_actions):
        action, path = op.account.store.get(name), ("conversion_actions", index)
        if action is None:
            text = "Cannot find a conversion action with the specified id."
            op.refuse("custom_conversion_goal_error", "INVALID_CONVERSION_ACTION", text, path, trigger=name)
        elif not _counts(action):
            text = "The conversion action is not enabled."
            op.refuse("custom_conversion_goal_error", "CONVERSION_ACTION_NOT_ENABLED", text, path)
    mine = sorted(op.new.conversion_actions)
    for name, each in op.account.store.of(CUSTOM).items():
        other = each.message
        if (
            name != op.new.resource_name
            and not is_removed(other)
            and sorted(other.conversion_actions) == mine
        ):
            code = "DUPLICATE_CONVERSION_ACTION_LIST"
            text = "A custom goal with the same conversion actions exists."
            op.refuse("custom_conversion_goal_error", code, text, "conversion_actions", trigger=other.name)
            break


def _refuse_empty(op: Operation, field: str) -> None:
    text = "The campaign is using campaign override goals but has no goals configured."
    op.refuse("conversion_goal_campaign_config_error", "EMPTY_CONVERSION_GOALS", text, field)


# -- what the platform makes -------------------------------------------------------------------------------


def _of_new_campaign(account: Account, campaign: Message) -> Made:
    name = _config_name(account, campaign)
    if account.store.get(name) is not None:
        return []
    config = KINDS[CONFIG].new()
    config.resource_name, config.campaign = name, campaign.resource_name
    set_enum(config, "goal_config_level", "CUSTOMER")
    made = [_entry(account, CONFIG, config)]
    for each in account.store.of(CUSTOMER_GOAL).values():
        made.append(_campaign_goal(account, campaign.resource_name, each.message, each.message.biddable))
    return made


def _of_new_action(account: Account, action: Message) -> Made:
    name = f"{account.root}/customerConversionGoals/{_words(action)}"
    if account.store.get(name) is not None:
        return []
    goal = KINDS[CUSTOMER_GOAL].new()
    goal.resource_name, goal.category, goal.origin, goal.biddable = name, action.category, action.origin, True
    made = [_entry(account, CUSTOMER_GOAL, goal)]
    for campaign in account.store.of("campaign"):
        # …/docs/conversions/goals/campaign-goals: "true unless … any other CampaignConversionGoal" is not.
        others = account.store.pointing(CAMPAIGN_GOAL, campaign)
        made.append(_campaign_goal(account, campaign, goal, all(each.message.biddable for each in others)))
    return made


def _inherited(account: Account, goal: Message) -> Made:
    """Campaigns on the account's goals have them as they are."""
    return [
        _with_bidding(account, each, goal.biddable)
        for each in account.store.of(CAMPAIGN_GOAL).values()
        if _pair(each.message) == _pair(goal) and not _overrides(account, each.message.campaign)
    ]


def _override(account: Account, goal: Message) -> Made:
    """A changed goal of its own takes a campaign off the account's goals."""
    if _overrides(account, goal.campaign):
        return []
    entry = next(iter(account.store.pointing(CONFIG, goal.campaign)))
    config = KINDS[CONFIG].new()
    config.CopyFrom(entry.message)
    set_enum(config, "goal_config_level", "CAMPAIGN")
    return [(config.resource_name, Entry(entry.kind, config, entry.created))]


def _back_to_account(account: Account, config: Message) -> Made:
    if enum_name(config, "goal_config_level") == "CAMPAIGN":
        return []
    usual = {_pair(each.message): each.message.biddable for each in account.store.of(CUSTOMER_GOAL).values()}
    goals = account.store.pointing(CAMPAIGN_GOAL, config.campaign)
    return [_with_bidding(account, each, usual[_pair(each.message)]) for each in goals]


def copied(account: Account, base: str, draft: Message) -> Made:
    """A draft's goals: those of the campaign that it is a draft of."""
    made = dict(_of_new_campaign(account, draft))
    for kind in (CONFIG, CAMPAIGN_GOAL):
        for each in account.store.pointing(kind, base):
            goal = KINDS[kind].new()
            goal.CopyFrom(each.message)
            goal.campaign = draft.resource_name
            own = each.message.resource_name.rsplit("/", 1)[-1].partition("~")[2]
            id = draft.resource_name.rsplit("/", 1)[-1]
            goal.resource_name = f"{account.root}/{each.kind.collection}/{id}{f'~{own}' if own else ''}"
            made[goal.resource_name] = _entry(account, kind, goal)[1]
    return list(made.items())


def furnish(account: Account) -> Iterator[tuple[str, Entry]]:
    """Goals that a store lacks which was filled before there were any."""
    for kind in ("conversion_action", "campaign"):
        for each in list(account.store.of(kind).values()):
            yield from follow(account, each.kind, each.message)


def _overrides(account: Account, campaign: str) -> bool:
    configs = account.store.pointing(CONFIG, campaign)
    return any(enum_name(each.message, "goal_config_level") == "CAMPAIGN" for each in configs)


def _campaign_goal(account: Account, campaign: str, goal: Message, bids: bool) -> tuple[str, Entry]:
    made = KINDS[CAMPAIGN_GOAL].new()
    id = campaign.rsplit("/", 1)[-1]
    made.resource_name = f"{account.root}/campaignConversionGoals/{id}~{_words(goal)}"
    made.campaign, made.category, made.origin, made.biddable = campaign, goal.category, goal.origin, bids
    return _entry(account, CAMPAIGN_GOAL, made)


def _with_bidding(account: Account, entry: Entry, bids: bool) -> tuple[str, Entry]:
    goal = KINDS[CAMPAIGN_GOAL].new()
    goal.CopyFrom(entry.message)
    goal.biddable = bids
    return goal.resource_name, Entry(entry.kind, goal, entry.created)


def _entry(account: Account, kind: str, message: Message) -> tuple[str, Entry]:
    return message.resource_name, Entry(KINDS[kind], message, account.today().isoformat())


def _config_name(account: Account, campaign: Message) -> str:
    return f"{account.root}/conversionGoalCampaignConfigs/{campaign.resource_name.rsplit('/', 1)[-1]}"


def _words(owner: Message) -> str:
    return f"{enum_name(owner, 'category')}~{enum_name(owner, 'origin')}"


def _pair(owner: Message) -> Pair:
    return owner.category, owner.origin


def _counts(action: Message) -> bool:
    return enum_name(action, "status") == "ENABLED"
