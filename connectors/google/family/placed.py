"""What some ad groups keep that others leave to their campaign: places, languages, and one audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.google.channels import demand_gen
from connectors.google.family.base import Fields
from connectors.google.operation import Desk, Op, as_set
from engine.change import Update

RESOURCE = "ad_group_criterion"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion's member, the name inside it, how a removal finds it, and whether it leaves out."""

    name: str
    inner: str
    key: str
    negative: bool = False


CRITERIA: Final[Mapping[str, Criterion]] = {
    "locations": Criterion("location", "geo_target_constant", "location"),
    "excluded_locations": Criterion("location", "geo_target_constant", "excluded_location", negative=True),
    "languages": Criterion("language", "language_constant", "language"),
    demand_gen.PEOPLE: Criterion("audience", "audience", "audience"),
}


def settings(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The ad group's own part of a new one."""
    if demand_gen.GROUPED not in fields:
        return {}
    return {
        "audience_setting": {"use_audience_grouped": fields[demand_gen.GROUPED]},
        demand_gen.OPTIMIZED: fields[demand_gen.OPTIMIZED],
        "demand_gen_ad_group_settings": demand_gen.controls(fields[demand_gen.CHANNELS]),
    }


def changed(after: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The same of one that is there: body and mask."""
    body: dict[str, Any] = {}
    mask: list[str] = []
    if demand_gen.OPTIMIZED in after:
        body[demand_gen.OPTIMIZED] = after[demand_gen.OPTIMIZED]
        mask.append(demand_gen.OPTIMIZED)
    if demand_gen.CHANNELS in after:
        body["demand_gen_ad_group_settings"] = demand_gen.controls(after[demand_gen.CHANNELS])
        mask += demand_gen.masks(after[demand_gen.CHANNELS])
    return body, mask


def create(desk: Desk, name: str, fields: Fields) -> Iterator[Op]:
    for what in CRITERIA:
        for value in sorted(_values(fields.get(what))):
            yield _add(desk, name, what, value)


def update(desk: Desk, change: Update, after: Fields, name: str) -> Iterator[Op]:
    """From one set to the next; one request holds both, so that no place is ever missing in between."""
    for what, criterion in CRITERIA.items():
        if what not in after:
            continue
        before, wanted = _values(change.before.get(what)), _values(after[what])
        for value in sorted(before - wanted):
            yield desk.remove(RESOURCE, change.id, criterion.key, _constant(desk, what, value))
        for value in sorted(wanted - before):
            yield _add(desk, name, what, value)


def _values(value: Any) -> set[str]:
    return {str(value)} if isinstance(value, str) else as_set(value)


def _constant(desk: Desk, what: str, value: str) -> str:
    if what == demand_gen.PEOPLE:
        return desk.path("audiences", value)
    return desk.constant("languages" if what == "languages" else "locations", value)


def _add(desk: Desk, ad_group: str, what: str, value: str) -> Op:
    criterion = CRITERIA[what]
    body: dict[str, Any] = {
        "ad_group": ad_group,
        criterion.name: {criterion.inner: _constant(desk, what, value)},
    }
    return Op(RESOURCE, "create", body | ({"negative": True} if criterion.negative else {}))
