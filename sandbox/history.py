"""What the past makes of today's delivery: learning phases and tired audiences, the same on every platform.

Off unless the world's behaviour is switched on (`SWITCHES`), so that known answers stay known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import expm1
from typing import Any

from sandbox.ledger import Ledger, Phase
from sandbox.market import Line

SWITCHES = {"learning": False, "fatigue": False, "views": False}
# Meta Business help 112167992830700: about 50 optimization events in the week after the last significant
# edit; Google Ads help 13020501 names the same order of size.
RESULTS, LEARNING_DAYS = 50, 7
BUDGET_STEP = 0.20  # a larger change of the budget is a significant edit (a choice: neither platform says)
MEMORY_DAYS = 28
IMPRESSIONS, CLICKS, VISITS, CONVERSIONS = range(4)  # columns of Ledger.results
COUNTED = {  # what an ad set is optimised for → what it learns from
    "impression": IMPRESSIONS, "click": CLICKS, "engagement": CLICKS, "visit": VISITS,
}  # fmt: skip


def prepared(ledger: Ledger, switches: Mapping[str, bool], day: date, lines: Sequence[Line]) -> list[Line]:
    """The lines of one platform with their learning, frequency and views; learning phases are kept."""
    made = list(lines)
    if not made or not any(switches.values()):
        return made
    platform = made[0].platform
    yesterday = day - timedelta(days=1)
    past = ledger.results(platform, day - timedelta(days=MEMORY_DAYS), yesterday)
    if switches["learning"]:
        phases = _phases(ledger.phases(platform), past, day, made)
        ledger.keep_phases(platform, phases)
        made = [replace(line, learning=phases[line.ad_set_id].ended is None) for line in made]
    if switches["fatigue"]:
        shown: dict[str, int] = {}
        for (ad_set, _), counts in past.items():
            shown[ad_set] = shown.get(ad_set, 0) + counts[IMPRESSIONS]
        made = [
            replace(line, frequency=frequency(shown.get(line.ad_set_id, 0), line.audience_size))
            for line in made
        ]
    return [replace(line, views=switches["views"]) for line in made]


def frequency(impressions: int, audience: int) -> float:
    """Average impressions of those who had any, where they fall evenly on the audience; at least 1."""
    people = max(audience, 1)
    return max(1.0, impressions / (people * -expm1(-impressions / people))) if impressions else 1.0


def _phases(
    known: Mapping[str, Phase],
    past: Mapping[tuple[str, date], Sequence[int]],
    day: date,
    lines: Sequence[Line],
) -> dict[str, Phase]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.ad_set_id, []).append(line)
    return {ad_set: _phase(known.get(ad_set), past, day, ad_set, group) for ad_set, group in groups.items()}


def _phase(
    before: Phase | None,
    past: Mapping[tuple[str, date], Sequence[int]],
    day: date,
    ad_set: str,
    lines: Sequence[Line],
) -> Phase:
    watched = _watched(lines)
    if before is None or _edited(before.watched, watched):
        return Phase(day, None, 0, watched)
    since = max(before.began, day - timedelta(days=LEARNING_DAYS))
    column = COUNTED.get(lines[0].wants, CONVERSIONS)
    days = ((since + timedelta(days=n)) for n in range((day - since).days))
    results = sum(past[ad_set, one][column] for one in days if (ad_set, one) in past)
    ended = before.ended or (day if results >= RESULTS else None)
    # A budget creeps in small steps, each measured from where it stood last.
    return Phase(before.began, ended, results, watched)


def _watched(lines: Sequence[Line]) -> dict[str, Any]:
    first = lines[0]
    return {
        "budget": first.lifetime_budget_micros or first.daily_budget_micros,
        "settings": [first.wants, first.settings],
        "ads": sorted(f"{line.ad_id} {line.creative}" for line in lines),
    }


def _edited(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether the phase begins anew: other settings, another ad, or a budget changed by more than a fifth."""
    step = abs(now["budget"] - before["budget"]) > BUDGET_STEP * before["budget"]
    return step or before["settings"] != now["settings"] or not set(now["ads"]) <= set(before["ads"])
