"""User lists of website visitors: what their rules may say, who is in them, whom an ad group then reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.google import audiences, listrules
from sandbox.google.context import Account, Operation
from sandbox.google.criteria import chosen
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.visitors import MINIMUM, Cohort, Crowd, Membership, Rule, Rules, aimed_at, cohorts, crowd

EVENT, URL = "event", "url__"  # a parameter of the page's tag; the built-in address
LOOKBACK = (1, 540)
# UserListSizeRangeEnum: the largest size of each range.
RANGES = (
    (500, "LESS_THAN_FIVE_HUNDRED"), (999, "LESS_THAN_ONE_THOUSAND"),
    (10_000, "ONE_THOUSAND_TO_TEN_THOUSAND"), (50_000, "TEN_THOUSAND_TO_FIFTY_THOUSAND"),
    (100_000, "FIFTY_THOUSAND_TO_ONE_HUNDRED_THOUSAND"),
    (300_000, "ONE_HUNDRED_THOUSAND_TO_THREE_HUNDRED_THOUSAND"),
    (500_000, "THREE_HUNDRED_THOUSAND_TO_FIVE_HUNDRED_THOUSAND"),
    (1_000_000, "FIVE_HUNDRED_THOUSAND_TO_ONE_MILLION"),
)  # fmt: skip
RULE = ("rule_based_user_list", "flexible_rule_user_list")


def check(op: Operation) -> None:
    """What the docstrings of FlexibleRuleUserListInfo, UserListRuleInfo and its items require."""
    flexible = op.new.rule_based_user_list.flexible_rule_user_list
    if not flexible.inclusive_operands:
        op.refuse("user_list_error", "INVALID_RULE", "The rule is invalid.", *RULE, "inclusive_operands")
    if enum_name(flexible, "inclusive_rule_operator") == "UNSPECIFIED":
        op.refuse(
            "field_error",
            "REQUIRED",
            "The required field was not present.",
            *RULE,
            "inclusive_rule_operator",
        )
    for side in ("inclusive_operands", "exclusive_operands"):
        for index, operand in enumerate(getattr(flexible, side)):
            _check_operand(op, operand, (*RULE, (side, index)))


def _check_operand(op: Operation, operand: Message, path: tuple[str | tuple[str, int], ...]) -> None:
    days, least, most = operand.lookback_window_days, *LOOKBACK
    if operand.HasField("lookback_window_days") and not least <= days <= most:
        code = "INVALID_DATE_RANGE"
        op.refuse("user_list_error", code, "1 to 540 days.", *path, "lookback_window_days", trigger=str(days))
    if enum_name(operand.rule, "rule_type") == "AND_OF_ORS":
        code, text = "RULE_TYPE_IS_NOT_SUPPORTED", "Flexible rules are an OR of ANDs."
        op.refuse("user_list_error", code, text, *path, "rule", "rule_type")
    items = [item for group in operand.rule.rule_item_groups for item in group.rule_items]
    complete = all(item.name and item.WhichOneof("rule_item") for item in items)
    texts = [item.string_rule_item for item in items if item.HasField("string_rule_item")]
    if not items or not complete or any(not text.value or text.operator == 0 for text in texts):
        op.refuse("user_list_error", "INVALID_RULE", "The rule is invalid.", *path, "rule")


@dataclass(frozen=True)
class Combination:
    """Lists of visitors joined by rules, all of which must hold: (operator, lists)."""

    rules: tuple[tuple[str, tuple[Rules, ...]], ...]

    def share(self, cohort: Cohort, today: date) -> float:
        """Which part of a cohort is in."""
        within = 1.0
        for operator, lists in self.rules:
            shares = [each.share(cohort, today) for each in lists]
            within = min(within, JOINED[operator](shares))
        return within


JOINED: dict[str, Callable[[list[float]], float]] = {  # UserListLogicalRuleOperatorEnum
    "ALL": lambda shares: min(shares, default=0.0),
    "ANY": lambda shares: max(shares, default=0.0),
    "NONE": lambda shares: 1.0 - max(shares, default=0.0),
}


def membership(account: Account, user_list: Message) -> Rules | None:
    """Who is in, if it is a list of website visitors or a combination of such lists."""
    kind = user_list.WhichOneof("user_list")
    if kind == "logical_user_list":
        return _combination(account, user_list)
    if kind != "rule_based_user_list":
        return None
    flexible = user_list.rule_based_user_list.flexible_rule_user_list
    return Membership(
        tuple(_rule(each) for each in flexible.inclusive_operands),
        tuple(_rule(each) for each in flexible.exclusive_operands),
        enum_name(flexible, "inclusive_rule_operator") == "AND",
    )


def _combination(account: Account, user_list: Message) -> Rules | None:
    rules = []
    for rule in user_list.logical_user_list.rules:
        lists = [membership(account, each) for each in _operands(account, rule)]
        found = tuple(each for each in lists if each is not None)
        if len(found) < len(lists):
            return None
        rules.append((enum_name(rule, "operator"), found))
    return Combination(tuple(rules))


def _operands(account: Account, rule: Message) -> list[Message]:
    found = (account.store.get(each.user_list) for each in rule.rule_operands)
    return [each for each in found if each is not None]


def _rule(operand: Message) -> Rule:
    """The event and address of the first group; everybody where it names neither."""
    items = [item for group in operand.rule.rule_item_groups[:1] for item in group.rule_items]
    asked = {item.name: item.string_rule_item.value for item in items}
    days = operand.lookback_window_days or LOOKBACK[1]  # who sets no window looks back as far as it goes
    return Rule(asked.get(EVENT, "PageView"), days, asked.get(URL, ""))


def people_in(account: Account, user_list: Message, day: date) -> int:
    """How many the platform knows of a list on a day."""
    rule, kind = membership(account, user_list), user_list.WhichOneof("user_list")
    if rule is not None:
        return crowd("google", cohorts(account.ledger, day), day, [rule]).people
    if kind == "crm_based_user_list":
        oldest = day - timedelta(days=user_list.membership_life_span)
        return account.store.members.count(user_list.resource_name, day, oldest)
    if kind == "lookalike_user_list":
        seeds = user_list.lookalike_user_list.seed_user_list_ids
        found = (account.store.get(f"{account.root}/userLists/{number}") for number in seeds)
        seeded = sum(people_in(account, each, day) for each in found if each is not None)
        return listrules.lookalike_people(account, user_list, seeded)
    return _customers_combined(account, user_list, day) if kind == "logical_user_list" else 0


def _customers_combined(account: Account, user_list: Message, day: date) -> int:
    """Lists of customers joined, as if they had nobody in common where that makes more (choice)."""
    least, out = None, 0
    for rule in user_list.logical_user_list.rules:
        sizes = [people_in(account, each, day) for each in _operands(account, rule)]
        operator = enum_name(rule, "operator")
        if operator == "NONE":
            out += sum(sizes)
            continue
        here = sum(sizes) if operator == "ANY" else min(sizes, default=0)
        least = here if least is None else min(least, here)
    return max(0, (least or 0) - out)


def count(account: Account, user_list: Message) -> None:
    """Sizes as of the clock, rounded to two digits as the platform does."""
    people = people_in(account, user_list, account.today())
    rounded = round(people, 2 - len(str(people)))
    span = next((name for most, name in RANGES if people <= most), "ONE_MILLION_TO_TWO_MILLION")
    for where in ("search", "display"):
        setattr(user_list, f"size_for_{where}", rounded)
        set_enum(user_list, f"size_range_for_{where}", span)


def reached(account: Account, campaign: Message, group: Message, day: date, everybody: int) -> Crowd | None:
    """Whom an ad group reaches on a day; None where it is aimed at too few to be shown anything.

    Lists of its campaign count as its own; lists that are merely observed aim nothing.
    """
    aims, outs = audiences.lists_of(account, group)
    for owner, kind in ((campaign, "campaign_criterion"), (group, "ad_group_criterion")):
        for criterion in _lists(account, owner, kind):
            found = account.store.get(criterion.user_list.user_list)
            if found is not None and (criterion.negative or not _observes(owner)):
                (outs if criterion.negative else aims).append(found)
    if not aims and not outs:
        return Crowd(everybody)
    rules, not_them = ([rule for one in side if (rule := membership(account, one))] for side in (aims, outs))
    if len(rules) < len(aims):  # a list of customers, or of other lists
        largest = max(people_in(account, one, day) for one in aims)
        return Crowd(min(everybody, largest)) if largest >= MINIMUM["google"] else None
    return aimed_at("google", cohorts(account.ledger, day), day, rules, not_them, everybody)


def _lists(account: Account, owner: Message, kind: str) -> list[Message]:
    held = [entry.message for entry in account.store.pointing(kind, owner.resource_name)]
    return [one for one in held if chosen(one) == "user_list" and enum_name(one, "status") == "ENABLED"]


def _observes(owner: Message) -> bool:
    restrictions = owner.targeting_setting.target_restrictions
    return any(enum_name(one, "targeting_dimension") == "AUDIENCE" and one.bid_only for one in restrictions)
