"""Changes as operations of GoogleAdsService.Mutate: which resources, which fields, which update masks. Pure.

One change may be several operations (a campaign: its budget, itself, its locations and languages, its label),
which are sent in one atomic request. New resources have negative ids until the platform numbers them. Each
kind is written by its family, registered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.errors import Rejected
from connectors.google.family import (
    ad,
    ad_group,
    asset,
    asset_group,
    campaign,
    conversion_goal,
    keyword,
    portfolio,
    shared_set,
    target_audience,
    user_list,
)
from connectors.google.family.base import Family
from connectors.google.normal import last
from connectors.google.operation import Desk, Lookups, Op, camel
from engine.change import Archive, Change, Create, Update
from engine.naming import label
from engine.resource import MARK, Address, Fields, Ref, Resource, resolve

_ALL = (
    campaign.FAMILY, ad_group.FAMILY, ad.FAMILY, *keyword.FAMILIES, user_list.FAMILY, *asset.FAMILIES,
    *shared_set.FAMILIES, *asset_group.FAMILIES, portfolio.FAMILY, conversion_goal.FAMILY,
    *target_audience.FAMILIES,
)  # fmt: skip
FAMILIES: Final[Mapping[str, Family]] = {each.kind: each for each in _ALL}


class Builder:
    """Operations of changes on one customer; `ids` grows as objects get their (temporary, then real) ids."""

    def __init__(self, customer: str, lookups: Lookups, ids: Mapping[Address, str]) -> None:
        self._desk = Desk(customer, lookups, ids)

    @property
    def ids(self) -> dict[Address, str]:
        return self._desk.ids

    def draft(self) -> Builder:
        """A builder that knows the same and whose new ids go nowhere."""
        return Builder(self._desk.customer, self._desk.lookups, self.ids)

    def build(self, change: Change) -> list[Op]:
        """The operations of one change. Raises Rejected for what cannot be said to the platform."""
        family = FAMILIES[change.address.kind]
        match change:
            case Create(resource):
                return list(self._create(family, resource))
            case Update():
                return list(self._update(family, change))
            case Archive(id=id):
                return [Op(family.resource, "remove", self._name(family, id), bears=True)]

    def _create(self, family: Family, resource: Resource) -> Iterator[Op]:
        fields = _resolved(resource.fields, self.ids)
        yield from family.create(self._desk, resource, fields)
        if family.labelled:
            id = self.ids[resource.address]
            owner = f"{fields['ad_group']}~{id}" if family.resource == "ad_group_ad" else id
            yield from self._mark(family, owner, resource.mark)

    def _update(self, family: Family, change: Update) -> Iterator[Op]:
        name, after = self._name(family, change.id), _resolved(change.after, self.ids)
        if after.pop(MARK, None) is not None:
            if family.labelled:
                yield from self._remark(family, change, last(name))
            elif family.signed:
                after.setdefault(family.signed, change.context.fields[family.signed])
        yield from family.update(self._desk, change, after)

    def _mark(self, family: Family, owner: str, token: str) -> Iterator[Op]:
        """The label that says *ours*: made if it is not there, and attached."""
        named = label(token)
        existing = self._desk.lookups.labels.get(named)
        name = existing or self._desk.path("labels", self._desk.number())
        if existing is None:
            yield Op("label", "create", {"resource_name": name, "name": named})
        body = {family.resource: self._desk.path(family.collection, owner), "label": name}
        yield Op(f"{family.resource}_label", "create", body)

    def _remark(self, family: Family, change: Update, owner: str) -> Iterator[Op]:
        """The new mark's label, in the place of the old one's if there is one; those of others stay."""
        old = self._desk.lookups.labels.get(label(str(change.before[MARK])))
        if old is not None:
            name = self._desk.path(f"{camel(family.resource)}Labels", f"{owner}~{last(old)}")
            yield Op(f"{family.resource}_label", "remove", name)
        if change.after[MARK]:  # none for what is given back
            yield from self._mark(family, owner, str(change.after[MARK]))

    def _name(self, family: Family, id: str) -> str:
        """The resource name of an existing object."""
        if family.kind == "ad":
            group = self._desk.lookups.ad_groups.get(id)
            if group is None:
                raise Rejected(f"ad {id} is not there", code="gone")
            id = f"{group}~{id}"
        return self._desk.path(family.collection, id)


def parent_of(resource: Resource) -> Address | None:
    """The object that a new one hangs under."""
    ref = resource.fields.get(FAMILIES[resource.address.kind].parent or "")
    return ref.address if isinstance(ref, Ref) else None


def _resolved(fields: Fields, ids: Mapping[Address, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: resolve(value, ids) for name, value in fields.items()}
    return found
