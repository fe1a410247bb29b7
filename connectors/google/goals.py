"""What a campaign bids for: goals of the account by category and origin, or a custom goal of named actions.

Canonically a list of texts, the field `conversion_goals` of a campaign: `purchase/website` for each biddable
goal, `account` alone where the campaign follows the account's, the custom goal's id alone where it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.errors import Rejected
from connectors.google.normal import Row, last
from connectors.google.operation import Desk, Op
from engine.naming import Scope, unsigned
from engine.resource import Address, Ref, Resource, Value
from schemas.google_goals import ACCOUNT, MEANT

KIND, FIELD = "conversion_goal", "conversion_goals"
CUSTOM, GOAL, CONFIG, ACCOUNTS = (
    "custom_conversion_goal", "campaign_conversion_goal", "conversion_goal_campaign_config",
    "customer_conversion_goal",
)  # fmt: skip
# Strategies that pay for conversions; the others bid for clicks or views, whatever the goals are.
BIDS_FOR_THEM = frozenset({"MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE"})
CUSTOM_COLUMNS: Final = (
    "custom_conversion_goal.resource_name", "custom_conversion_goal.name",
    "custom_conversion_goal.conversion_actions",
)  # fmt: skip
GOAL_COLUMNS: Final = (
    "campaign_conversion_goal.resource_name", "campaign_conversion_goal.category",
    "campaign_conversion_goal.origin", "campaign_conversion_goal.biddable", "campaign.resource_name",
)  # fmt: skip
CONFIG_COLUMNS: Final = (
    "conversion_goal_campaign_config.resource_name", "conversion_goal_campaign_config.goal_config_level",
    "conversion_goal_campaign_config.custom_conversion_goal", "campaign.resource_name",
)  # fmt: skip
ACCOUNTS_COLUMNS: Final = (
    "customer_conversion_goal.resource_name", "customer_conversion_goal.category",
    "customer_conversion_goal.origin",
)  # fmt: skip
CONFIG_MASK: Final = ("custom_conversion_goal", "goal_config_level")


# -- declared -----------------------------------------------------------------------------------------------


def custom(
    campaign: Resource, settings: Resource, options: Mapping[str, Any], scope: Scope
) -> Resource | None:
    """The custom goal that is to be there for the campaign: the brand's, or one of a single action."""
    chosen = options.get(FIELD)
    if action := settings.fields.get("conversion"):
        return _custom(f"conversion-{action}", (str(action),), campaign, scope)
    if isinstance(chosen, Mapping) and chosen.get("actions"):
        return _custom(str(chosen["goal"]), chosen["actions"], campaign, scope)
    return None


def _custom(name: str, actions: Iterable[str], campaign: Resource, scope: Scope) -> Resource:
    address = Address("google", KIND, name)
    fields: dict[str, Value] = {"name": name, "actions": tuple(sorted(actions))}
    return Resource(address, campaign.account, scope.token(address), fields, campaign.path)


def declared(
    campaign: Resource, settings: Resource, options: Mapping[str, Any], bids: Mapping[str, Any], scope: Scope
) -> dict[str, Value]:
    """The field of a campaign; nothing where nobody says what counts.

    A campaign that is optimised for purchases bids for purchases, though nobody lists its goals.
    """
    chosen, goal = options.get(FIELD), settings.fields.get("optimize_for")
    if made := custom(campaign, settings, options, scope):
        return {FIELD: (Ref(made.address),)}
    if isinstance(chosen, Mapping):
        return {FIELD: (str(chosen["id"]),)}
    if chosen:
        return {FIELD: (ACCOUNT,) if chosen == ACCOUNT else tuple(sorted(chosen))}
    if goal in MEANT and bids.get("strategy") in BIDS_FOR_THEM:
        return {FIELD: (MEANT[str(goal)][1],)}
    return {}


# -- observed -----------------------------------------------------------------------------------------------


def observed(config: Row | None, goals: Iterable[Row]) -> list[Value]:
    """The field of a campaign from its config and its goals; the account's where there is no config."""
    seen = config or {}
    if own := seen.get("custom_conversion_goal"):
        return [last(str(own))]
    if seen.get("goal_config_level") != "CAMPAIGN":
        return [ACCOUNT]
    return [*sorted(words(goal) for goal in goals if goal.get("biddable"))]


def words(goal: Row) -> str:
    """`purchase/website` of a goal's category and origin."""
    return f"{goal.get('category', '')}/{goal.get('origin', '')}".lower()


def receive(row: Row) -> dict[str, Value]:
    """Canonical fields of a row of `custom_conversion_goal`."""
    seen = row[CUSTOM]
    actions = tuple(sorted(last(str(each)) for each in seen.get("conversion_actions", ())))
    return {"name": unsigned(str(seen.get("name", "")))[0], "actions": actions}


def mark(row: Row) -> str:
    """The token at the end of its name; "" without one."""
    return unsigned(str(row[CUSTOM].get("name", "")))[1] or ""


# -- written ------------------------------------------------------------------------------------------------


def create(desk: Desk, campaign: str, chosen: Sequence[str] | None) -> Iterator[Op]:
    """The goals of a new campaign, which the platform makes with it as the account's are."""
    if chosen and chosen[0] != ACCOUNT:
        yield from _choose(desk, campaign, chosen, desk.lookups.goals.get("", ()))


def change(desk: Desk, campaign: str, chosen: Sequence[str] | None) -> Iterator[Op]:
    """The goals of a campaign that is there; None: the account's again."""
    if not chosen or chosen[0] == ACCOUNT:
        yield _config(desk, campaign, {"goal_config_level": "CUSTOMER"})
        return
    yield from _choose(desk, campaign, chosen, desk.lookups.goals.get(campaign, ()))
    if _is_standard(chosen):  # the goals alone say it of a new campaign, but not where all are already so
        yield _config(desk, campaign, {"goal_config_level": "CAMPAIGN"})


def _choose(desk: Desk, campaign: str, chosen: Sequence[str], there: Iterable[str]) -> Iterator[Op]:
    if not _is_standard(chosen):
        goal = desk.path("customConversionGoals", chosen[0])
        yield _config(desk, campaign, {"custom_conversion_goal": goal, "goal_config_level": "CAMPAIGN"})
        return
    known = sorted(there)
    if missing := sorted(set(chosen) - set(known)):
        raise Rejected(
            f"the account counts no {', '.join(missing)}; it counts {', '.join(known) or 'nothing'}:"
            " name one of these as `conversion_goals`, or set up the conversion action",
            code="uncounted",
            field=FIELD,
        )
    # What is bid for first, so that at no moment nothing is.
    for each in sorted(known, key=lambda goal: goal not in chosen):
        category, _, origin = each.upper().partition("/")
        name = desk.path("campaignConversionGoals", f"{campaign}~{category}~{origin}")
        body = {"resource_name": name, "biddable": each in chosen}
        yield Op(GOAL, "update", body, ("biddable",))


def _is_standard(chosen: Sequence[str]) -> bool:
    return "/" in chosen[0]


def _config(desk: Desk, campaign: str, said: Mapping[str, Any]) -> Op:
    name = desk.path("conversionGoalCampaignConfigs", campaign)
    return Op(CONFIG, "update", {"resource_name": name, **said}, CONFIG_MASK)
