"""The people of one ad set as Google's Audience: lists of the brand, ages and genders, who is left out.

A Demand Gen ad group is aimed by one such audience; for an asset group of Performance Max it is only a
signal. It cannot be removed, so one that nothing uses any more stays. Its mark stands at the end of its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.google.normal import GENDERS, UNDETERMINED, Row, last
from engine.naming import Scope, signed, unsigned
from engine.resource import Address, Ref, Resource, Value

KIND, SIGNAL = "target_audience", "audience_signal"
LISTS, SHUT, AGES, SEXES = "user_lists", "excluded_user_lists", "ages", "genders"
SAID: Final = (LISTS, SHUT, AGES, SEXES)
OLDEST = 65  # "65 and up" has no maximum: docstring of AgeSegment
COLUMNS: Final = (
    "audience.resource_name", "audience.name", "audience.dimensions",
    "audience.exclusion_dimension", "audience.status",
)  # fmt: skip
SIGNAL_COLUMNS: Final = (
    "asset_group_signal.resource_name", "asset_group_signal.audience.audience", "asset_group.resource_name",
    "campaign.resource_name",
)  # fmt: skip


def declared(ad_set: Resource, lists: Mapping[str, tuple[Ref, ...]], scope: Scope) -> Resource | None:
    """The audience of an ad set, None where it is everybody; `lists` by LISTS and SHUT."""
    asked: Any = ad_set.fields["audience"]
    age, sexes = asked.get("age"), tuple(asked.get("genders") or ())
    if not (age or sexes or any(lists.values())):
        return None
    words = {"women": "FEMALE", "men": "MALE"}
    chosen = {words[each] for each in sexes} or set(GENDERS)
    fields: dict[str, Value] = {
        "name": str(ad_set.fields["name"]),
        LISTS: lists.get(LISTS, ()),
        SHUT: lists.get(SHUT, ()),
        AGES: _ages(age["min"], age["max"]) if age else _ages(None, None),
        SEXES: [each for each in GENDERS if each in chosen | {UNDETERMINED}],
    }
    address = Address("google", KIND, ad_set.address.key)
    path = (*ad_set.path, "audience")
    return Resource(address, ad_set.account, scope.token(address), fields, path)


def _ages(low: int | None, high: int | None) -> dict[str, Value]:
    """Everybody of an age, and those of whom Google does not know it."""
    top = None if high is None or high >= OLDEST else high
    return {"min": low, "max": top, "unknown": True}


def message(fields: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """Fields of the Audience message that are given, ids in place of Refs."""
    body: dict[str, Any] = {}
    if "name" in fields:
        body["name"] = signed(fields["name"], mark)
    if not fields.keys().isdisjoint((LISTS, AGES, SEXES)):
        body["dimensions"] = list(_dimensions(fields))
    if SHUT in fields:
        body["exclusion_dimension"] = {"exclusions": _lists(fields[SHUT])}
    return body


def _dimensions(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if fields[LISTS]:
        yield {"audience_segments": {"segments": _lists(fields[LISTS])}}
    age = {f"{end}_age": fields[AGES][end] for end in ("min", "max") if fields[AGES][end] is not None}
    if age:
        yield {"age": {"age_ranges": [age], "include_undetermined": fields[AGES]["unknown"]}}
    if len(fields[SEXES]) < len(GENDERS):
        sexes = [each for each in fields[SEXES] if each != UNDETERMINED]
        yield {"gender": {"genders": sexes, "include_undetermined": UNDETERMINED in fields[SEXES]}}


def _lists(ids: Sequence[str]) -> list[dict[str, Any]]:
    return [{"user_list": {"user_list": each}} for each in ids]


def receive(row: Row) -> dict[str, Value]:
    """Canonical fields of a row of `audience`; what is in it beside these shows as another dimension."""
    seen = row["audience"]
    parts: dict[str, Any] = {name: each for one in seen.get("dimensions", ()) for name, each in one.items()}
    sexes = parts.get("gender")
    unknown = [UNDETERMINED] if sexes is None or sexes.get("include_undetermined") else []
    found: dict[str, Value] = {
        "name": unsigned(str(seen.get("name", "")))[0],
        LISTS: _ids(parts.get("audience_segments", {}).get("segments", ())),
        SHUT: _ids(seen.get("exclusion_dimension", {}).get("exclusions", ())),
        AGES: _read_ages(parts.get("age")),
        SEXES: [each for each in GENDERS if sexes is None or each in (*sexes.get("genders", ()), *unknown)],
    }
    others = sorted(parts.keys() - {"audience_segments", "age", "gender"})
    return found | ({LISTS: [*others]} if others else {})


def _read_ages(age: Row | None) -> dict[str, Value]:
    if age is None:
        return _ages(None, None)
    ranges = age.get("age_ranges", ())
    low, high = ranges[0].get("min_age") if ranges else None, ranges[-1].get("max_age") if ranges else None
    unknown = bool(age.get("include_undetermined", False))
    return {
        "min": int(low) if low else None,
        "max": int(high) if high else None,
        "unknown": unknown,
    }


def _ids(segments: Sequence[Row]) -> list[Value]:
    return [*sorted(last(str(each.get("user_list", {}).get("user_list", ""))) for each in segments)]


def mark(row: Row) -> str:
    """The token at the end of its name; "" without one."""
    return unsigned(str(row["audience"].get("name", "")))[1] or ""


def signal(group: Resource, people: Resource) -> Resource:
    """The audience as a hint to an asset group."""
    fields: dict[str, Value] = {"asset_group": Ref(group.address), "audience": Ref(people.address)}
    address = Address("google", SIGNAL, group.address.key)
    return Resource(address, group.account, signal_mark(group.mark), fields, people.path)


def signal_mark(group: str) -> str:
    """A signal is ours if its group is; "" under a group that lost its mark."""
    return f"{group}/audience" if group else ""


def receive_signal(row: Row) -> dict[str, str]:
    """Canonical fields of a row of `asset_group_signal` that is an audience."""
    return {
        "asset_group": last(str(row["asset_group"]["resource_name"])),
        "audience": last(str(row["asset_group_signal"]["audience"]["audience"])),
    }
