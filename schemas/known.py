"""What the checks of one file know of the others, and how they look for a key that stands twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.brand import Brand
from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.strategy_checks import Found, Path


@dataclass(frozen=True, slots=True)
class Known:
    """What the other files declare; what could not be read counts as declared."""

    currencies: Mapping[str, str] = field(default_factory=dict)
    audiences: frozenset[str] = frozenset()
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    brand: Brand | None = None


def twice(path: Path, kind: str, keys: list[str]) -> Found:
    """Keys that an earlier sibling has already; `path` is the list's, `kind` the key's own name."""
    for index, key in enumerate(keys):
        if key in keys[:index]:
            detail = f"`{key}` is taken; keys are compared without capitals and accents"
            yield (
                (*path, index, kind),
                Problem(f"two {kind.replace('_', ' ')}s with one key", detail, "give each its own key"),
            )
