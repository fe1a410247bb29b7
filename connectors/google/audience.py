"""Audiences in Google's terms: the rule of a user list or what a list of customers takes, and their size."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from connectors.base import AudienceSize
from connectors.google.normal import AUDIENCE, Row, last
from connectors.speech import Sheet, Wordless, rule_said
from engine.naming import signed, unsigned
from engine.resource import Address, Fields, Resource, Value

CUSTOM = "custom:"
EVENT = "event"  # the parameter in which the page's tag sends the name of what happened
URL = "url__"  # built in: the address of the page
OPEN = "OPEN"  # only open lists take in people and can be targeted
ANY, BOTH = "OR", "OR_OF_ANDS"  # between rules; within one: the only type that flexible rules take
RULE: Final = "rule_based_user_list.flexible_rule_user_list"
EXCLUDED_LIST: Final = "excluded_user_list"  # among criteria: a user list that an ad group leaves out
# Audiences of an ad group: field → (criterion's field, whether it leaves them out).
USER_LISTS: Final = {"user_lists": ("user_list", False), "excluded_user_lists": (EXCLUDED_LIST, True)}
# Aimed at its user lists, not merely observing them; Google's interface offers observing first.
AIMED: Final = {
    "target_restrictions": [{"targeting_dimension": AUDIENCE, "bid_only": False}],
}
OBSERVED: Final = {
    "target_restrictions": [{"targeting_dimension": AUDIENCE, "bid_only": True}],
}
AIMED_MASK: Final = "targeting_setting.target_restrictions"
CUSTOMERS: Final = "crm_based_user_list"
UPLOAD_KEY: Final = "upload_key_type"
KEY: Final = "CONTACT_INFO"  # e-mail addresses, telephone numbers and addresses; all that is uploaded here
KEPT: Final = "membership_life_span"
LONGEST = 540  # days: docstring of UserList
PLAIN: Final = ("name", "description", "membership_status", KEPT)
COLUMNS: Final = (
    "user_list.resource_name", "user_list.id", "user_list.name", "user_list.description",
    "user_list.membership_status", f"user_list.{RULE}.inclusive_rule_operator",
    f"user_list.{RULE}.inclusive_operands", f"user_list.{RULE}.exclusive_operands",
    f"user_list.{KEPT}", f"user_list.{CUSTOMERS}.{UPLOAD_KEY}",
)  # fmt: skip
SIZES: Final = ("user_list.id", "user_list.size_for_search", "user_list.eligible_for_search")
# support.google.com/google-ads/answer/2472738: active people within 30 days, else a search ad is not shown
# to a list; leaving it out works at any size.
SEARCH_MINIMUM = 1000


def audience(resource: Resource, address: Address, mark: str) -> Resource:
    """A rule-based user list, or one of customers.

    Its `membership_life_span` is not said: Google ignores it for this type (docstring of UserList), each
    operand looks back by itself.
    """
    declared: Any = resource.fields
    fields: dict[str, Value] = {
        "name": declared["name"],
        "description": declared["description"],
        "membership_status": OPEN,
    }
    if "customers" in declared:
        fields |= {UPLOAD_KEY: KEY, KEPT: declared["customers"]["keep_days"] or LONGEST}
    else:
        include, exclude = ([_declared(each) for each in declared[side]] for side in ("include", "exclude"))
        fields["rule"] = _rule(include, exclude)
    return Resource(address, resource.account, mark, fields, resource.path)


def _declared(rule: Mapping[str, Any]) -> dict[str, Any]:
    items = [{"name": EVENT, "operator": "EQUALS", "value": rule["event"].removeprefix(CUSTOM)}]
    if rule["url_contains"]:
        items.append({"name": URL, "operator": "CONTAINS", "value": rule["url_contains"]})
    return {"within_days": rule["within_days"], "groups": [items]}


def _rule(
    include: Iterable[Mapping[str, Any]], exclude: Iterable[Mapping[str, Any]], operator: str = ANY
) -> dict[str, Value]:
    """The normal form of a flexible rule: what is joined by AND or OR in one order, which means nothing."""
    return {"operator": operator, "include": _operands(include), "exclude": _operands(exclude)}


def _operands(operands: Iterable[Mapping[str, Any]]) -> tuple[Value, ...]:
    return _ordered(
        {
            "within_days": each["within_days"],
            "groups": _ordered(_ordered(group) for group in each["groups"]),
        }
        for each in operands
    )


def _ordered(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda each: json.dumps(each, sort_keys=True)))


def receive(row: Row) -> dict[str, Value]:
    """Canonical fields of a row of `user_list`; those of a list that somebody made otherwise differ."""
    seen = row["user_list"]
    text, _ = unsigned(str(seen.get("description", "")))
    plain: dict[str, Value] = {
        "name": str(seen.get("name", "")),
        "description": text,
        "membership_status": str(seen.get("membership_status", "")),
    }
    if CUSTOMERS in seen:
        key = str(seen[CUSTOMERS].get(UPLOAD_KEY, ""))
        return plain | {UPLOAD_KEY: key, KEPT: int(seen.get(KEPT, 0))}
    flexible = seen.get("rule_based_user_list", {}).get("flexible_rule_user_list", {})
    rule = _rule(
        [_received(each) for each in flexible.get("inclusive_operands", ())],
        [_received(each) for each in flexible.get("exclusive_operands", ())],
        str(flexible.get("inclusive_rule_operator", "")),
    )
    return plain | {"rule": rule}


def _received(operand: Row) -> dict[str, Any]:
    groups = operand.get("rule", {}).get("rule_item_groups", ())
    return {
        "within_days": int(operand.get("lookback_window_days", 0)),
        "groups": [[_item(item) for item in group.get("rule_items", ())] for group in groups],
    }


def _item(item: Row) -> dict[str, str]:
    test = item.get("string_rule_item", {})
    return {
        "name": str(item.get("name", "")),
        "operator": str(test.get("operator", "")),
        "value": str(test.get("value", "")),
    }


def mark(row: Row) -> str:
    """The token at the end of its description; "" without one."""
    return unsigned(str(row["user_list"].get("description", "")))[1] or ""


def message(fields: Fields, token: str) -> tuple[dict[str, Any], list[str]]:
    """Fields of the UserList message, and the update mask that names just them."""
    given: Any = fields
    body = {name: given[name] for name in PLAIN if name in given}
    mask = list(body)
    if "description" in body:
        body["description"] = signed(body["description"], token)
    if "rule" in given:
        rule = given["rule"]
        flexible = {
            "inclusive_rule_operator": rule["operator"],
            "inclusive_operands": [_operand(each) for each in rule["include"]],
            "exclusive_operands": [_operand(each) for each in rule["exclude"]],
        }
        body["rule_based_user_list"] = {"flexible_rule_user_list": flexible}
        mask += [f"{RULE}.{name}" for name in flexible]
    return body, mask


def birth(fields: Fields, token: str) -> dict[str, Any]:
    """The message of a new list: of visitors, those of the last 30 days are asked for too, where Google has
    them."""
    body, _ = message(fields, token)
    if "rule" in fields:
        body["rule_based_user_list"]["prepopulation_status"] = "REQUESTED"
    else:
        body[CUSTOMERS] = {UPLOAD_KEY: fields[UPLOAD_KEY]}
    return body


def _operand(operand: Mapping[str, Any]) -> dict[str, Any]:
    groups = [
        {
            "rule_items": [
                {
                    "name": item["name"],
                    "string_rule_item": {"operator": item["operator"], "value": item["value"]},
                }
                for item in group
            ]
        }
        for group in operand["groups"]
    ]
    return {
        "rule": {"rule_type": BOTH, "rule_item_groups": groups},
        "lookback_window_days": operand["within_days"],
    }


def sizes(rows: Iterable[Row], ids: Collection[str]) -> dict[str, AudienceSize]:
    """Google's estimate of people on Google Search, rounded by it; ready from a thousand on."""
    return {
        last(row["user_list"]["resource_name"]): _size(row["user_list"])
        for row in rows
        if last(row["user_list"]["resource_name"]) in ids
    }


def _size(seen: Row) -> AudienceSize:
    told = seen.get("size_for_search")
    people = int(told) if told is not None else None
    if not seen.get("eligible_for_search", True):
        return AudienceSize(people, people, False, "Google does not use this list on Search.")
    if people is None or people < SEARCH_MINIMUM:
        note = (
            f"Search ads are aimed at a list from {SEARCH_MINIMUM:,} people on; leaving it out works at once."
        )
        return AudienceSize(people, people, False, note)
    return AudienceSize(people, people, True)


def spoken(kind: str, name: str, value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """A field of a list in neutral terms: the rule of a website audience, and nothing else."""
    if name in ("name", "description"):
        yield name, value
    elif name == "rule":
        if value["operator"] != ANY or not value["include"]:
            raise Wordless
        yield "type", "website"
        for side in ("include", "exclude"):
            yield side, tuple(_spoken(each) for each in value[side])
    elif value != OPEN:
        raise Wordless


def _spoken(operand: Mapping[str, Any]) -> dict[str, Value]:
    """One group of tests: an event, and on which pages."""
    (group,) = operand["groups"]
    tests = {(each["name"], each["operator"]): str(each["value"]) for each in group}
    if len(tests) != len(group):
        raise Wordless
    event, page = tests.pop((EVENT, "EQUALS")), tests.pop((URL, "CONTAINS"), None)
    if tests or not operand["within_days"]:
        raise Wordless
    return rule_said(event, int(operand["within_days"]), page)
