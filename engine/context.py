"""What a diff needs to know beside the two sides: what was said of objects, and what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine import spared
from engine.match import Known
from engine.namesakes import Namesakes
from engine.resource import Address, Fields
from engine.supports import KindSupport, Supports


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What an object's author said of changing it; holds for all below it too."""

    protect: bool = False
    replace: bool = False
    ignore: frozenset[str] = frozenset()


NOTHING_SAID = Lifecycle()


@dataclass(frozen=True, slots=True)
class Back:
    """The plan to go back to, when it was last applied, and whether all of it was done then."""

    digest: str
    at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class Context:
    supports: Mapping[str, Supports]
    known: Mapping[Address, Known] = field(default_factory=dict)
    lifecycle: Mapping[str, Lifecycle] = field(default_factory=dict)
    gone: frozenset[Address] = frozenset()  # archived by us, says the journal
    resume: frozenset[str] = frozenset()  # keys whose pause was acknowledged; "" resumes all
    applied: Mapping[Address, Fields] = field(default_factory=dict)  # what Kampanya last set
    today: Mapping[str, date] = field(default_factory=dict)  # platform → its account's wall day
    way_back: Back | None = None  # what is declared is what this earlier plan declared
    former: Mapping[Address, str] = field(default_factory=dict)  # the marks of keys that were renamed
    below: spared.Below = field(default_factory=dict)  # others' objects under what is to be archived
    along: frozenset[str] = frozenset()  # those of them that may end with it, by somebody's explicit yes
    claims: Mapping[Address, str] = field(default_factory=dict)  # the ids of what was imported
    adopting: bool = False  # what was imported becomes ours, and nothing else is done
    namesakes: Namesakes = field(default_factory=dict)  # others' objects by the places that ours would take
    releasing: frozenset[Address] = frozenset()  # these are given back, and nothing else is done

    def kind(self, address: Address) -> KindSupport:
        return self.supports[address.platform].kinds[address.kind]

    @property
    def marked(self) -> frozenset[tuple[str, str]]:
        """The kinds, by platform, that bear a mark of their own."""
        each = ((name, kind) for name, one in self.supports.items() for kind in one.kinds.values())
        return frozenset((platform, kind.kind) for platform, kind in each if kind.marked)

    def life(self, address: Address) -> Lifecycle:
        """What was said on the object itself and on everything above it, fields in the platform's names."""
        if not self.lifecycle:
            return NOTHING_SAID
        parts = address.key.split("/")
        keys = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        found = [self.lifecycle[key] for key in keys if key in self.lifecycle]
        if not found:
            return NOTHING_SAID
        ignored: frozenset[str] = frozenset().union(*(each.ignore for each in found))
        support = self.supports.get(address.platform)
        kind = support.kinds.get(address.kind) if support else None
        return Lifecycle(
            any(each.protect for each in found),
            any(each.replace for each in found),
            kind.fields_of(ignored) if kind else ignored,
        )

    def resumed(self, address: Address) -> bool:
        key = address.key
        return any(each in ("", key) or key.startswith(f"{each}/") for each in self.resume)
