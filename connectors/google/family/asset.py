"""Assets and their links to campaigns and ad groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connectors.errors import Rejected
from connectors.google import assets
from connectors.google.family.base import Family, Fields, never_changes, renamed
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource

OWNERS: Final = {"campaign": "campaigns", "ad_group": "adGroups", "asset_group": "assetGroups"}


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    sha = assets.digits(resource.address)
    if sha and sha not in desk.lookups.images:
        raise Rejected(f"no image of the workspace has the content {sha}…", code="file", field="image_asset")
    number = desk.ids[resource.address] = desk.number()
    fields = {**fields, "data": _named(desk, fields)}
    body = assets.message(fields, resource.mark, desk.lookups.images.get(sha, ""))
    yield Op("asset", "create", {"resource_name": desk.path("assets", number), **body}, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    """Back to what its address says, where somebody edited it."""
    sort = assets.SORTS[str(change.context.fields["type"])]
    body, mask = renamed(desk.path("assets", change.id), change, after)
    if "final_urls" in after:
        body |= {"final_urls": list(after["final_urls"])}
        mask.append("final_urls")
    if "data" in after:
        body |= {sort.data: _named(desk, {"type": sort.type, **after})}
        mask += [f"{sort.data}.{leaf}" for leaf in sort.leaves]
    yield Op("asset", "update", body, tuple(mask), bears=True)


def _named(desk: Desk, fields: Fields) -> dict[str, Any]:
    """Its data with the names of other assets in place of their ids."""
    points = assets.SORTS[str(fields["type"])].points
    return {
        name: desk.path("assets", value) if name in points else value
        for name, value in fields["data"].items()
    }


def _link(kind: str, owner: str) -> Family:
    def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
        body = {
            owner: desk.path(OWNERS[owner], fields[owner]),
            "asset": desk.path("assets", fields["asset"]),
            "field_type": fields["field_type"],
            "status": "ENABLED",
        }
        yield Op(kind, "create", body, bears=True)

    return Family(kind, kind, f"{_camel(owner)}Assets", create, never_changes, parent=owner)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


FAMILIES: Final = (
    Family("asset", "asset", "assets", create, update, library=True),
    *(_link(kind, owner) for kind, owner in assets.LINKS.items()),
)
