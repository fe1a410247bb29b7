"""Keywords, wanted and unwanted: criteria that are objects of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connectors.google import keywords
from connectors.google.family.base import Family, Fields, status_only
from connectors.google.operation import Desk, Op
from engine.resource import Resource

CRITERIA: Final = {"ad_group_criterion": "adGroupCriteria", "campaign_criterion": "campaignCriteria"}
PARENTS: Final = {"ad_group": "adGroups", "campaign": "campaigns"}


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    kind = keywords.KINDS[resource.address.kind]
    body: dict[str, Any] = {
        kind.parent: desk.path(PARENTS[kind.parent], fields[kind.parent]),
        "keyword": {"text": fields["text"], "match_type": fields["match_type"]},
    }
    body |= {"negative": True} if kind.negative else {"status": fields["status"]}
    yield Op(kind.resource, "create", body, bears=True)


def _family(kind: keywords.KeywordKind) -> Family:
    collection = CRITERIA[kind.resource]
    update = status_only(kind.resource, collection)
    return Family(kind.kind, kind.resource, collection, create, update, parent=kind.parent)


FAMILIES: Final = tuple(_family(kind) for kind in keywords.KINDS.values())
