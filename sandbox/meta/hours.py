"""Delivery by the hour: an ad set's schedule, and the pacing and budget that it needs."""

from __future__ import annotations

from typing import Any

from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of
from sandbox.meta.store import Node

PACINGS = ("standard", "no_pacing", "day_parting", "disabled")
KEYS = ("start_minute", "end_minute", "days", "timezone_type")
ZONES = ("USER", "ADVERTISER")
HOUR, DAY = 60, 1440  # minutes


def check(campaign: Node, data: dict[str, Any]) -> None:
    """Full hours that do not overlap, `day_parting`, a lifetime budget (ad scheduling guide)."""
    for pacing in data.get("pacing_type", ()):
        one_of("pacing_type", pacing, PACINGS)
    spans = data.get("adset_schedule") or []
    parted = "day_parting" in data.get("pacing_type", ())
    if bool(spans) != parted:
        raise _fail("adset_schedule and pacing_type ['day_parting'] need each other")
    if spans and not (data.get("lifetime_budget") or campaign.get("lifetime_budget")):
        raise _fail("needs a lifetime budget")
    taken: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        _check_span(span, taken)


def _check_span(span: Any, taken: dict[int, list[tuple[int, int]]]) -> None:
    if not isinstance(span, dict) or not {"start_minute", "end_minute", "days"} <= span.keys() <= set(KEYS):
        raise _fail(f"each needs {', '.join(KEYS[:3])}, and may have {KEYS[3]}")
    one_of("adset_schedule[timezone_type]", span.get("timezone_type", "USER"), ZONES)
    start, end, days = span["start_minute"], span["end_minute"], span["days"]
    if any(not isinstance(each, int) or each % HOUR for each in (start, end)) or not 0 <= start < end <= DAY:
        raise _fail(f"minutes must be full hours within a day (given: {start} to {end})")
    if not isinstance(days, list) or not days or any(day not in range(7) for day in days):
        raise _fail("days must be an array of 0 (Sunday) to 6")
    for day in days:
        others = taken.setdefault(day, [])
        if any(start < other_end and other < end for other, other_end in others):
            raise _fail(f"spans of day {day} overlap")
        others.append((start, end))


def _fail(detail: str) -> Exception:
    return refuse("nested_value", "adset_schedule", name="adset_schedule", detail=detail)
