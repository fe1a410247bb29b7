"""Lists of negative keywords that campaigns share: the list, its keywords, its use by a campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.google import keywords
from connectors.google.normal import Row, last
from engine.naming import Scope, unsigned
from engine.resource import Address, Ref, Resource, Value

LIST, KEYWORD, USE = "negative_list", "negative_list_keyword", "campaign_negative_list"
COLUMNS: Final = ("shared_set.resource_name", "shared_set.name")
KEYWORD_COLUMNS: Final = (
    "shared_criterion.resource_name", "shared_criterion.keyword.text",
    "shared_criterion.keyword.match_type", "shared_set.resource_name",
)  # fmt: skip
USE_COLUMNS: Final = (
    "campaign_shared_set.resource_name", "campaign.resource_name", "shared_set.resource_name",
    "shared_set.name",
)  # fmt: skip


def declared(block: Any, campaign: Resource, scope: Scope, languages: tuple[str, ...]) -> Iterator[Resource]:
    """The lists that a campaign uses with their keywords, each list before what hangs under it."""
    for each in block or ():
        address = Address("google", LIST, str(each["list"]))
        fields: dict[str, Value] = {"name": str(each["keywords"].get("name") or address.key)}
        made = Resource(address, campaign.account, scope.token(address), fields, campaign.path)
        yield made
        yield from keywords.declared(keywords.KINDS[KEYWORD], each, made, languages)
        yield _use(campaign, made)


def _use(campaign: Resource, made: Resource) -> Resource:
    fields: dict[str, Value] = {"campaign": Ref(campaign.address), "negative_list": Ref(made.address)}
    address = Address("google", USE, f"{campaign.address.key}/{made.address.key}")
    mark = use_mark(campaign.mark, made.mark)
    path = (*campaign.path, "google", "negative_lists")
    return Resource(address, campaign.account, mark, fields, path)


def use_mark(campaign: str, made: str) -> str:
    """A use is ours if its campaign is; "" under a campaign that lost its label."""
    return f"{campaign}/{made}" if campaign else ""


def mark(row: Row) -> str:
    """The token at the end of a list's name; "" without one."""
    return unsigned(str(row["shared_set"].get("name", "")))[1] or ""


def receive(row: Row) -> dict[str, Value]:
    return {"name": unsigned(str(row["shared_set"].get("name", "")))[0]}


def receive_use(row: Row) -> Mapping[str, str]:
    return {
        "campaign": last(str(row["campaign"]["resource_name"])),
        "negative_list": last(str(row["shared_set"]["resource_name"])),
    }
