"""What bears a mark of Kampanya's and is not ours, as notes: a stranger's tree is one note a kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.plan import Note
from engine.resource import Observed

FEW = 3  # up to here each has a note of its own
TEXT = "Bears a mark of Kampanya but is not ours: somebody's duplicate, or another brand's. It is left alone."


def notes(strangers: Iterable[Observed]) -> Iterator[Note]:
    """One note each, or one for all of a kind where they are many, as the keywords of a copied ad group."""
    kinds: dict[tuple[str, str], list[Observed]] = {}
    for each in strangers:
        kinds.setdefault((each.platform, each.kind), []).append(each)
    for (platform, kind), found in kinds.items():
        if len(found) <= FEW:
            yield from (
                Note("foreign", f"{platform} {kind} {each.id} “{each.label}”", TEXT) for each in found
            )
        else:
            yield Note("foreign", f"{platform} {kind}: {len(found)} of them", f"{_examples(found)}\n{TEXT}")


def _examples(found: list[Observed]) -> str:
    told = ", ".join(f"{each.id} “{each.label}”" for each in found[:FEW])
    return f"{told} and {len(found) - FEW} more"
