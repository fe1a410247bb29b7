"""Keywords, wanted and unwanted, as objects of their own: one kind, one table row, one line of the plan each.

Two thousand keywords as one field of an ad group would be refused together, told in one unreadable line, and
take away the negatives that people add while they read search terms; as objects, each is refused, shown and
owned alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.google.supports import STATUS
from connectors.google.text import lower
from engine.resource import Address, Ref, Resource, Value

MATCHES: Final = ("exact", "phrase", "broad")


@dataclass(frozen=True, slots=True)
class KeywordKind:
    """`resource` is the platform's kind of criterion, `parent` the field (and kind) it hangs under."""

    kind: str
    resource: str
    parent: str
    option: str
    negative: bool


KINDS: Mapping[str, KeywordKind] = {
    each.kind: each
    for each in (
        KeywordKind("keyword", "ad_group_criterion", "ad_group", "keywords", False),
        KeywordKind("negative_keyword", "ad_group_criterion", "ad_group", "negative", True),
        KeywordKind("campaign_negative_keyword", "campaign_criterion", "campaign", "negative", True),
        KeywordKind("negative_list_keyword", "shared_criterion", "negative_list", "keywords", True),
    )
}
BY_CRITERION = {(each.resource, each.negative): each for each in KINDS.values()}


def mark(parent: str, match: str, text: str) -> str:
    """A keyword is ours if its parent is; "" under a parent that lost its label."""
    return f"{parent}/{match.lower()}:{text}" if parent else ""


def declared(
    kind: KeywordKind, options: Mapping[str, Any], parent: Resource, languages: tuple[str, ...]
) -> Iterator[Resource]:
    """Resources for a block `{exact: [...], phrase: [...], broad: [...]}`; a keyword written twice is one."""
    block: Mapping[str, Any] = options.get(kind.option) or {}
    for match in MATCHES:
        for text in dict.fromkeys(lower(str(each), languages) for each in block.get(match) or ()):
            fields: dict[str, Value] = {kind.parent: Ref(parent.address)}
            if not kind.negative:
                fields["status"] = STATUS.live
            yield Resource(
                Address("google", kind.kind, f"{parent.address.key}/{match}:{text}"),
                parent.account,
                mark(parent.mark, match, text),
                fields | {"text": text, "match_type": match.upper()},
                (*parent.path, "google", kind.option, match),
            )


def kind_of(resource: str, negative: bool) -> KeywordKind | None:
    """The kind of an observed keyword criterion; None for a wanted keyword on a campaign, which cannot be."""
    return BY_CRITERION.get((resource, negative))
