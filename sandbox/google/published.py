"""The fields that the platform's own field service publishes: of every resource, metrics, segments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

EVERYTHING = Path(__file__).with_name("everything.json")  # says where it is from


@dataclass(frozen=True)
class Published:
    """A resource: its attributes without its name, and what may be selected with it in the FROM clause."""

    fields: frozenset[str]
    resources: tuple[str, ...]
    metrics: tuple[str, ...]
    segments: tuple[str, ...]


@cache
def resources() -> dict[str, Published]:
    """Every resource by its name."""
    raw = json.loads(EVERYTHING.read_text(encoding="utf-8"))
    return {
        name: Published(
            frozenset(one["fields"]),
            tuple(one["with"]),
            _chosen(raw["metrics"], one["metrics"]),
            _chosen(raw["segments"], one["segments"]),
        )
        for name, one in raw["resources"].items()
    }


def _chosen(names: list[str], mask: str) -> tuple[str, ...]:
    """The names whose bit is set, lowest first."""
    bits = int(mask, 16)
    return tuple(name for index, name in enumerate(names) if bits >> index & 1)


@cache
def names(head: str) -> tuple[str, ...]:
    """All `metrics` or all `segments`."""
    raw = json.loads(EVERYTHING.read_text(encoding="utf-8"))
    return tuple(raw[head])


@cache
def beside(head: str, name: str) -> tuple[str, ...]:
    """What a metric or segment can stand with: FROM resources, and the other sort where one has both.

    That some segments exclude some metrics even so, the platform tells and the source does not.
    """
    other = "segments" if head == "metrics" else "metrics"
    having = [each for each, one in resources().items() if name in getattr(one, head)]
    shared = {each for resource in having for each in getattr(resources()[resource], other)}
    return (*having, *(f"{other}.{each}" for each in sorted(shared)))


@cache
def within(resource: str) -> tuple[str, ...]:
    """What an attribute can stand with: FROM resources, and its resource's own numbers."""
    own = resources()[resource]
    having = [name for name, one in resources().items() if resource in (name, *one.resources)]
    segments = [f"segments.{each}" for each in own.segments]
    return (*having, *segments, *(f"metrics.{each}" for each in own.metrics))
