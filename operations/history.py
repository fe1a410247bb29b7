"""The way back: what each applied plan declared is kept in the journal, and found again by its digest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine import declared as forms
from engine.assemble import Sides, flights
from engine.context import Back
from engine.declared import Declared
from engine.naming import Scope
from engine.resource import Address, Resource
from journal.records import Declaration, Event
from journal.redaction import Redactor
from journal.store import Journal
from schemas.errors import KampanyaError

SHORTEST = 8  # of a digest's characters, so that a slip of the finger finds nothing
MOVES = "moves"  # in what is kept: how many renamings came before it, since clocks may differ
LATEST = 5  # so many are named where none was found


@dataclass(frozen=True, slots=True)
class Earlier:
    """An applied plan, and what it declared, under today's addresses."""

    back: Back
    declared: Declared

    @property
    def neutral(self) -> list[Resource]:
        """Stands for the declarations of then: their flights, which is all that is asked of them."""
        return [
            Resource(
                Address("", "flight", key),
                "",
                "",
                {"start": start.isoformat(), "end": end.isoformat() if end else None},
            )
            for key, (start, end) in self.declared.flights.items()
        ]


def keep(journal: Journal, digest: str, sides: Sides, secrets: Sequence[str] = ()) -> None:
    """Remember what the plan of that digest declares, once its own renamings are in the journal.

    Raises UnknownRecord for an unrecorded plan.
    """
    declared = Declared(
        tuple(sides.desired),
        flights(sides.neutral),
        sides.context.lifecycle,
        sides.targets,
        sides.platform,
    )
    document = {**forms.to_json(declared), MOVES: len(journal.events("moved"))}
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    journal.keep_declaration(digest, Redactor(secrets).text(body), datetime.now(UTC))


def find(journal: Journal, plan: str) -> str:
    """The digest of an applied plan, given as a plan's file or as the beginning of its digest.

    Raises KampanyaError where there is none, or several.
    """
    path = Path(plan)
    prefix = _digest_in(path) if path.is_file() else plan.lower()
    kept = journal.declarations(prefix) if len(prefix) >= SHORTEST else []
    if len(kept) == 1:
        return kept[0].digest
    latest = "; ".join(
        f"{each.digest[:16]} of {each.at:%Y-%m-%d %H:%M} UTC" for each in journal.declarations("")[-LATEST:]
    )
    raise KampanyaError(
        "Several applied plans begin so" if kept else "No applied plan is known by this",
        f"{plan}: {', '.join(each.digest[:16] for each in kept)}" if kept else plan,
        f"Give its file, or at least {SHORTEST} characters of its digest. The latest: {latest or 'none'}.",
    )


def _digest_in(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        raise KampanyaError(
            "This is not a plan", str(path), "Give a file that kampanya plan wrote."
        ) from None


def earlier(journal: Journal, digest: str, scope: Scope) -> Earlier:
    """What an applied plan declared. Raises KampanyaError where it cannot be read."""
    (kept,) = journal.declarations(digest)
    try:
        document = json.loads(kept.body)
        declared = forms.from_json(document)
    except (ValueError, KeyError, TypeError) as error:
        raise KampanyaError(
            "What that plan declared cannot be read",
            f"{digest[:16]}: {type(error).__name__}: {error}",
            "Put the YAML back from version control, and plan.",
        ) from None
    moves = [
        (Address.parse(event.detail["from"]), event.address)
        for event in _moved_since(journal, kept, document.get(MOVES))
        if event.address is not None
    ]
    runs = [each for each in journal.runs() if each.digest == digest]
    complete = bool(runs) and runs[-1].status == "done"
    return Earlier(Back(digest, kept.at, complete), forms.renamed(declared, moves, scope))


def _moved_since(journal: Journal, kept: Declaration, before: int | None) -> list[Event]:
    """By the journal's own order; what an older Kampanya kept does not tell it, so there by the clock."""
    return journal.events("moved", kept.at) if before is None else journal.events("moved")[before:]
