"""How much of its allowance Graph says we have used, and how long to pause so that it need not refuse.

Headers (Graph API "Rate limits"): X-App-Usage and X-Business-Use-Case-Usage in percent, with the time to
regain access in minutes; X-Ad-Account-Usage with its reset in seconds; X-FB-Ads-Insights-Throttle in percent.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

EASE_FROM, HURRY_AT, FULL = 75.0, 90.0, 100.0  # percent of an allowance
PAUSE_AT_HURRY, PAUSE_AT_FULL = 2.0, 15.0  # seconds before each call
SHARES = ("call_count", "total_time", "total_cputime", "acc_id_util_pct", "app_id_util_pct")
ANY = ""  # the use case of allowances that every call draws on
HEADERS = (
    "x-app-usage",
    "x-business-use-case-usage",
    "x-ad-account-usage",
    "x-fb-ads-insights-throttle",
)


@dataclass(frozen=True, slots=True)
class Usage:
    """`percent` of the scarcest allowance; `wait` seconds until access is regained, None if not said."""

    percent: float = 0.0
    wait: float | None = None

    @property
    def pause(self) -> float:
        """Seconds to wait before the next call: none below 75 %, rising to 2 s at 90 % and 15 s at 100 %."""
        if self.percent <= EASE_FROM:
            return 0.0
        if self.percent <= HURRY_AT:
            return PAUSE_AT_HURRY * (self.percent - EASE_FROM) / (HURRY_AT - EASE_FROM)
        over = min(self.percent, FULL) - HURRY_AT
        return PAUSE_AT_HURRY + (PAUSE_AT_FULL - PAUSE_AT_HURRY) * over / (FULL - HURRY_AT)


def usage(headers: Any) -> Usage | None:
    """Usage from the headers of an answer: a mapping, or the list of {name, value} inside a batch answer.

    None where no usage header can be read.
    """
    return scarcest(shares(headers).values())


def scarcest(known: Collection[Usage]) -> Usage | None:
    """The highest share with the longest wait."""
    if not known:
        return None
    waits = [each.wait for each in known if each.wait]
    return Usage(max(each.percent for each in known), max(waits) if waits else None)


def shares(headers: Any) -> dict[str, Usage]:
    """Use case → its usage; `ANY` is what every call draws on: the app's and the account's."""
    found: dict[str, list[Usage]] = {}
    for name, record in _records(headers):
        found.setdefault(_use_case(name, record), []).append(
            Usage(max(_number(record.get(share)) for share in SHARES), _wait(record) or None)
        )
    return {name: told for name, each in found.items() if (told := scarcest(each)) is not None}


def tier(headers: Any) -> str:
    """The access tier as the headers call it, "" if they do not: `development_access`, `standard_access`."""
    told = (record.get("ads_api_access_tier") for _, record in _records(headers))
    return next((str(each) for each in told if each), "")


def _use_case(name: str, record: Mapping[str, Any]) -> str:
    if name == "x-fb-ads-insights-throttle":
        return "ads_insights"
    return str(record.get("type") or ANY) if name == "x-business-use-case-usage" else ANY


def _records(headers: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, text in _pairs(headers):
        value = _json(text) if name in HEADERS else None
        if not isinstance(value, Mapping):
            continue
        if name != "x-business-use-case-usage":
            yield name, value
            continue
        listed = chain.from_iterable(records for records in value.values() if isinstance(records, list))
        yield from ((name, record) for record in listed if isinstance(record, Mapping))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _pairs(headers: Any) -> Iterable[tuple[str, str]]:
    if isinstance(headers, Mapping):
        return [(str(name).lower(), str(value)) for name, value in headers.items()]
    return [
        (str(each["name"]).lower(), str(each.get("value", "")))
        for each in headers or ()
        if isinstance(each, Mapping) and "name" in each
    ]


def _wait(record: Mapping[str, Any]) -> float:
    """The account's reset time is told at any share, and is a wait only when all of it is used."""
    minutes = _number(record.get("estimated_time_to_regain_access"))
    used_up = _number(record.get("acc_id_util_pct")) >= FULL
    return max(minutes * 60, _number(record.get("reset_time_duration")) if used_up else 0.0)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
