"""Going back to what an earlier plan declared: what it leaves out is held, not archived, and what cannot be
undone is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from engine.change import Archive, Change, Create, Update
from engine.context import Back, Context
from engine.hazards import Hazard
from engine.match import Matching
from engine.plan import Note
from engine.resource import Address, Observed, Resource
from engine.supports import KindSupport

SORT = "way back"
FEW = 5  # so many addresses are named in one note; the rest are counted


def stopped(
    declared: Collection[Address], matching: Matching, context: Context
) -> Iterator[Update | Archive]:
    """What was made since: paused at its top, so that going forward again loses nothing.

    Only what cannot be paused, and can be created anew (a negative keyword), is archived.
    """
    since = {
        address: seen
        for address in context.known
        if address not in declared
        and address.platform in context.supports
        and (seen := matching.found.get(address)) is not None
        and not seen.archived
    }
    ids = {(address.platform, address.kind, seen.id) for address, seen in since.items()}
    for address, seen in since.items():
        kind = context.kind(address)
        if _hangs_under(seen, kind, ids):
            continue
        if kind.status is None:
            if kind.recreate and kind.archivable:
                yield Archive(address, seen.account, seen.id, seen.fields)
        elif seen.fields.get(kind.status.name) == kind.status.live:
            resource = Resource(address, seen.account, seen.mark, seen.fields)
            yield Update(
                resource, seen.id, {kind.status.name: kind.status.live}, {kind.status.name: kind.status.held}
            )


def _hangs_under(seen: Observed, kind: KindSupport, ids: Collection[tuple[str, str, str]]) -> bool:
    parent = seen.fields.get(kind.parent) if kind.parent else None
    return (seen.platform, kind.parent_kind or "", str(parent)) in ids


def notes(
    back: Back,
    changes: Sequence[Change],
    hazards: Sequence[Sequence[Hazard]],
    matching: Matching,
    context: Context,
) -> Iterator[Note]:
    """What a reader must know before saying yes: above all, what does not come back."""
    yield Note(
        SORT, f"to plan {back.digest[:16]}, applied {back.at:%Y-%m-%d %H:%M} UTC", _caveats(back, hazards)
    )
    anew = [each.address for each in changes if isinstance(each, Create)]
    gone = [at for at in anew if at in context.gone or at in matching.found]
    if gone:
        yield Note(
            SORT,
            f"archived since, and cannot be brought back: {_named(gone)}",
            "Built anew, with other ids: without their history, learning and comments.",
        )
    if lost := [at for at in anew if at not in gone]:
        yield Note(
            SORT,
            f"not on the platform any more: {_named(lost)}",
            "Created again, with other ids, and reviewed again.",
        )
    declared_since = [
        each.address for each in changes if isinstance(each, Update) and _only_held(each, context)
    ]
    if declared_since:
        yield Note(
            SORT,
            f"made since: {_named(declared_since)}",
            "Only paused, with all below: archiving could not be undone. kampanya destroy takes it down.",
        )


def _caveats(back: Back, hazards: Sequence[Sequence[Hazard]]) -> str:
    counted = {
        kind: sum(any(each.kind == kind for each in found) for found in hazards)
        for kind in ("learning", "review")
    }
    told = ["Money spent since stays spent, and what people saw stays seen."]
    if not back.complete:
        told.append("Not all of that plan was done when it was applied; this one aims at all it declared.")
    if counted["learning"]:
        told.append(f"What was learned does not come back: {counted['learning']} start learning again.")
    if counted["review"]:
        told.append(f"A passed review does not come back: {counted['review']} go to review again.")
    told.append(
        "The YAML is not changed, so the next plan proposes to go forward again: put the YAML back as well."
    )
    return "\n".join(told)


def _only_held(update: Update, context: Context) -> bool:
    """Whether this is one of `stopped`: its whole resource is as observed, but for the status."""
    status = context.kind(update.address).status
    return (
        status is not None
        and update.after == {status.name: status.held}
        and update.context.fields.get(status.name) == status.live
    )


def _named(addresses: Sequence[Address]) -> str:
    told = ", ".join(f"{each.kind} {each.key}" for each in addresses[:FEW])
    return told + (f" and {len(addresses) - FEW} more" if len(addresses) > FEW else "")
