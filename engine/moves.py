"""`moved:` — a key that was renamed is the same object: its id, its mark and its memory go along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from engine.naming import Scope
from engine.resource import Address, Resource
from schemas.campaign import Campaign

Kept = TypeVar("Kept")
Moves = Mapping[str, str]  # new key → the key it had before


def moves(campaigns: Sequence[Campaign]) -> dict[str, str]:
    """Every renamed key, by what it is called now."""
    found: dict[str, str] = {}
    for campaign in campaigns:
        key = campaign.campaign
        _note(found, key, campaign.moved)
        for ad_set in campaign.ad_sets:
            _note(found, f"{key}/{ad_set.ad_set}", ad_set.moved)
            for ad in ad_set.ads:
                _note(found, f"{key}/{ad_set.ad_set}/{ad.ad}", ad.moved)
    return found


def _note(found: dict[str, str], key: str, moved: str | None) -> None:
    if moved is not None and moved != key:
        found[key] = moved


def before(address: Address, renamed: Moves) -> Address:
    """The address an object had before its key, or one above it, was renamed; itself if none was.

    An audience of the brand hangs under no campaign, though it may be called like one.
    """
    if address.kind == "audience":
        return address
    parts = address.key.split("/")
    for depth in range(len(parts), 0, -1):
        old = renamed.get("/".join(parts[:depth]))
        if old is not None:
            return address._replace(key="/".join([old, *parts[depth:]]))
    return address


def former(resources: Sequence[Resource], renamed: Moves, scope: Scope) -> dict[Address, str]:
    """The marks of the old addresses, which the objects bear until an apply gives them the new ones.

    Not of an old address at which something else is declared now: that mark is its own.
    """
    declared = {each.address for each in resources}
    tokens = {
        scope.token(each.address): scope.token(old)
        for each in resources
        if (old := before(each.address, renamed)) != each.address and old not in declared
    }
    marks = {each.address: remark(each.mark, tokens) for each in resources} if tokens else {}
    return {
        each.address: marks[each.address] for each in resources if marks and marks[each.address] != each.mark
    }


def remark(mark: str, tokens: Mapping[str, str]) -> str:
    """A mark may be a token, or a token with what hangs under it after a slash."""
    token, slash, rest = mark.partition("/")
    return tokens.get(token, token) + slash + rest


def rekeyed(
    known: Mapping[Address, Kept], resources: Sequence[Resource], renamed: Moves
) -> dict[Address, Kept]:
    """What is known by old addresses, by the new ones; an address already taken is left as it is."""
    result = dict(known)
    for each in resources:
        old = before(each.address, renamed)
        if old != each.address and old in result and each.address not in result:
            result[each.address] = result.pop(old)
    return result
