"""Keywords, wanted and unwanted: criteria that are objects of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connectors.google import keywords
from connectors.google.family.base import Family, Fields, status_only
from connectors.google.operation import Desk, Op
from engine.resource import Resource

CRITERIA: Final = {
    "ad_group_criterion": "adGroupCriteria",
    "campaign_criterion": "campaignCriteria",
    "shared_criterion": "sharedCriteria",
}
# What it hangs under → the field of the criterion, and the collection.
PARENTS: Final = {
    "ad_group": ("ad_group", "adGroups"),
    "campaign": ("campaign", "campaigns"),
    "negative_list": ("shared_set", "sharedSets"),
}


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    kind = keywords.KINDS[resource.address.kind]
    field, collection = PARENTS[kind.parent]
    body: dict[str, Any] = {
        field: desk.path(collection, fields[kind.parent]),
        "keyword": {"text": fields["text"], "match_type": fields["match_type"]},
    }
    body |= {"negative": True} if kind.negative else {"status": fields["status"]}
    yield Op(kind.resource, "create", body, bears=True)


def _family(kind: keywords.KeywordKind) -> Family:
    collection = CRITERIA[kind.resource]
    update = status_only(kind.resource, collection)
    return Family(kind.kind, kind.resource, collection, create, update, parent=kind.parent)


FAMILIES: Final = tuple(_family(kind) for kind in keywords.KINDS.values())
