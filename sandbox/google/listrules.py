"""What lists of customers, of other lists and of similar people may say when they are made.

Sources: the docstrings of CrmBasedUserListInfo, LogicalUserListInfo, LookalikeUserListInfo and UserListError.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.google.context import Account, Operation
from sandbox.google.messages import Message, enum_name
from sandbox.google.places import places

MOST_SEEDS = 10  # developers.google.com/google-ads/api/docs/demand-gen/lookalike-segments
CUSTOMERS, LOGICAL, LOOKALIKE = "crm_based_user_list", "logical_user_list", "lookalike_user_list"
FAMILY = "user_list_error"
# Kinds of list that stand in no logical rule → why.
NO_OPERANDS = {
    LOGICAL: "CAN_NOT_ADD_LOGICAL_LIST_AS_LOGICAL_LIST_OPERAND",
    LOOKALIKE: "CAN_NOT_ADD_A_SIMILAR_USERLIST_AS_LOGICAL_LIST_OPERAND",
    "similar_user_list": "CAN_NOT_ADD_A_SIMILAR_USERLIST_AS_LOGICAL_LIST_OPERAND",
}
NO_SEEDS = {LOOKALIKE, "similar_user_list", LOGICAL}  # choice: the error names no types


def _required(op: Operation, *path: str | tuple[str, int]) -> None:
    op.refuse("field_error", "REQUIRED", "The required field was not present.", *path)


def check_customers(op: Operation) -> None:
    """The sort of identifier a list of customers takes, and the app of a list of devices."""
    info = op.new.crm_based_user_list
    key = enum_name(info, "upload_key_type")
    if not op.creating:
        return
    if key in ("UNSPECIFIED", "UNKNOWN"):
        _required(op, CUSTOMERS, "upload_key_type")
    elif key == "MOBILE_ADVERTISING_ID" and not info.app_id:
        op.refuse(FAMILY, "APP_ID_NOT_SET", "A list of devices names its app.", CUSTOMERS, "app_id")
    elif key != "MOBILE_ADVERTISING_ID" and info.app_id:
        op.refuse(FAMILY, "APP_ID_NOT_ALLOWED", "Only a list of devices names an app.", CUSTOMERS, "app_id")
    if enum_name(info, "data_source_type").startswith("THIRD_PARTY"):
        code = "ADVERTISER_NOT_ON_ALLOWLIST_FOR_USING_UPLOADED_DATA"
        text = "Only customers on the allow-list have lists of others' data."
        op.refuse(FAMILY, code, text, CUSTOMERS, "data_source_type")


def check_logical(op: Operation) -> None:
    """Rules with an operator, and operands that may be combined."""
    rules = op.new.logical_user_list.rules
    if not rules:
        _required(op, LOGICAL, "rules")
    kinds: set[str] = set()
    for r, rule in enumerate(rules):
        at = (LOGICAL, ("rules", r))
        if enum_name(rule, "operator") in ("UNSPECIFIED", "UNKNOWN"):
            _required(op, *at, "operator")
        if not rule.rule_operands:
            _required(op, *at, "rule_operands")
        for o, operand in enumerate(rule.rule_operands):
            path = (*at, ("rule_operands", o), "user_list")
            found = op.account.store.get(operand.user_list)
            kind = found.WhichOneof("user_list") if found is not None else None
            if kind is None:
                code, text = "INVALID_USER_LIST_LOGICAL_RULE_OPERAND", "The operand is not a user list."
                op.refuse(FAMILY, code, text, *path, trigger=operand.user_list)
            elif kind in NO_OPERANDS:
                text = "Lists of this type are no operands."
                op.refuse(FAMILY, NO_OPERANDS[kind], text, *path, trigger=operand.user_list)
            else:
                kinds.add(kind)
    if CUSTOMERS in kinds and len(kinds) > 1:
        code = "CAN_NOT_MIX_CRM_BASED_IN_LOGICAL_LIST_WITH_OTHER_LISTS"
        op.refuse(FAMILY, code, "Lists of customers are not combined with others.", LOGICAL, "rules")


def check_lookalike(op: Operation) -> None:
    """Seeds, countries and how far it expands."""
    info = op.new.lookalike_user_list
    if enum_name(info, "expansion_level") in ("UNSPECIFIED", "UNKNOWN"):
        _required(op, LOOKALIKE, "expansion_level")
    if not info.seed_user_list_ids:
        _required(op, LOOKALIKE, "seed_user_list_ids")
    elif len(info.seed_user_list_ids) > MOST_SEEDS:
        text = f"At most {MOST_SEEDS} seeds."
        op.refuse("collection_size_error", "TOO_MANY", text, LOOKALIKE, "seed_user_list_ids")
    for index, number in enumerate(info.seed_user_list_ids):
        _check_seed(op, number, (LOOKALIKE, ("seed_user_list_ids", index)))
    if not info.country_codes:
        _required(op, LOOKALIKE, "country_codes")
    for index, code in enumerate(info.country_codes):
        if code not in countries():
            path, text = (LOOKALIKE, ("country_codes", index)), "The country is not known."
            op.refuse(FAMILY, "INVALID_COUNTRY_CODES", text, *path, trigger=code)
    if any(_alike(each, info) for each in _lookalikes(op)):
        op.refuse(FAMILY, "DUPLICATE_LOOKALIKE", "There is a list that says the same.", LOOKALIKE)


def _check_seed(op: Operation, number: int, path: tuple[str | tuple[str, int], ...]) -> None:
    seed = op.account.store.get(f"{op.account.root}/userLists/{number}")
    if seed is None:
        op.refuse(FAMILY, "SEED_LIST_DOES_NOT_EXIST", "The seed list does not exist.", *path)
    elif seed.WhichOneof("user_list") in NO_SEEDS:
        op.refuse(FAMILY, "INVALID_SEED_LIST_TYPE", "Lists of this type are no seeds.", *path)


def _lookalikes(op: Operation) -> Iterator[Message]:
    for name, entry in op.account.store.of("user_list").items():
        if entry.message.WhichOneof("user_list") == LOOKALIKE and name != op.new.resource_name:
            yield entry.message.lookalike_user_list


def _alike(one: Message, other: Message) -> bool:
    return (
        set(one.seed_user_list_ids) == set(other.seed_user_list_ids)
        and set(one.country_codes) == set(other.country_codes)
        and one.expansion_level == other.expansion_level
    )


def countries() -> dict[str, int]:
    """Country code → people reached there."""
    return {each.country: each.reach for each in places().values() if each.parent is None}


# Lookalike segments are the people most alike in the countries: narrow, balanced, broad.
# developers.google.com/google-ads/api/docs/demand-gen/lookalike-segments
SHARES = {"NARROW": 0.025, "BALANCED": 0.05, "BROAD": 0.10}
LEAST_SEED = 100  # support.google.com/google-ads/answer/13541369: active people in the seeds


def lookalike_people(account: Account, user_list: Message, seeded: int) -> int:
    """How many are alike; nobody while the seeds are too few to be alike to."""
    info = user_list.lookalike_user_list
    if seeded < LEAST_SEED:
        return 0
    total = sum(countries().get(code, 0) for code in info.country_codes)
    return int(total * SHARES.get(enum_name(info, "expansion_level"), 0.0))
