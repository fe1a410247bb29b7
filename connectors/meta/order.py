"""In which batches writes go: trees kept together, references first, one ad set of a campaign each.

Meta: "Batch requests cannot include multiple Adsets under the same Campaign" (Graph API, batch requests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Ref, refs_in

RANK = {"image": 0, "audience": 1, "campaign": 2, "ad_set": 3, "creative": 4, "ad": 5}
LAST = 1 << 30


def segments(changes: Iterable[Change]) -> list[list[Change]]:
    """Runs that may be mixed freely: creates together; updates and archives of one kind, in the order given.

    Graph may carry out the parts of a batch in any order, so what must not overtake (activation from the
    bottom up, archives children first) never shares one.
    """
    return [list(run) for _, run in groupby(changes, key=_sort)]


def _sort(change: Change) -> tuple[str, str]:
    return ("create", "") if isinstance(change, Create) else (type(change).__name__, change.address.kind)


def trees(creates: Sequence[Change]) -> list[Change]:
    """Creates with each ad set, its creatives and its ads together; images, audiences, campaigns first."""
    homes: dict[str, int] = {}
    creative_homes: dict[Address, int] = {}
    for create in creates:
        home = _home(create)
        if home is None:
            continue
        place = homes.setdefault(home, len(homes))
        for address in references(create):
            if address.kind == "creative":
                creative_homes.setdefault(address, place)

    def key(create: Change) -> tuple[int, int]:
        rank = RANK.get(create.address.kind, LAST)
        if rank < RANK["ad_set"]:
            return -1, rank
        home = _home(create)
        place = homes[home] if home is not None else creative_homes.get(create.address, LAST)
        return place, rank

    return sorted(creates, key=key)


def _home(create: Change) -> str | None:
    """Key of the ad set that a create belongs to."""
    if create.address.kind == "ad_set":
        return create.address.key
    if create.address.kind == "ad" and isinstance(create, Create):
        parent = create.resource.fields.get("adset_id")
        return parent.address.key if isinstance(parent, Ref) else None
    return None


def references(change: Change) -> frozenset[Address]:
    """What must exist before this change can be sent."""
    if isinstance(change, Create):
        return change.resource.refs
    if isinstance(change, Update):
        return frozenset(refs_in(change.after))
    return frozenset()


def batch(
    pending: Sequence[Change], known: Callable[[Address], bool], most: int
) -> tuple[list[Change], list[Change]]:
    """The next batch, at most `most` long, and what stays pending."""
    taken: dict[Address, Change] = {}
    campaigns: set[str] = set()
    rest: list[Change] = []
    for position, change in enumerate(pending):
        if len(taken) == most:
            rest.extend(pending[position:])
            break
        campaign = _campaign_of_ad_set(change)
        fits = campaign not in campaigns and change.address not in taken
        if not fits or not all(known(each) or each in taken for each in references(change)):
            rest.append(change)
            continue
        taken[change.address] = change
        if campaign:
            campaigns.add(campaign)
    return list(taken.values()), rest


def _campaign_of_ad_set(change: Change) -> str:
    """Key of the campaign if the change is an ad set's, else ""."""
    return change.address.key.partition("/")[0] if change.address.kind == "ad_set" else ""


def is_write_of_nothing(change: Change) -> bool:
    """Library objects are neither changed nor archived: Meta has no call for it. An audience changes."""
    if change.address.kind == "audience":
        return isinstance(change, Archive)
    return isinstance(change, (Archive, Update)) and change.address.kind in ("creative", "image")
