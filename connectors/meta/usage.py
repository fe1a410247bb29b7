"""How much of its allowance Graph says we have used, and how long to pause so that it need not refuse.

Headers (Graph API "Rate limits"): X-App-Usage and X-Business-Use-Case-Usage in percent, with the time to
regain access in minutes; X-Ad-Account-Usage with its reset in seconds; X-FB-Ads-Insights-Throttle in percent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

EASE_FROM, HURRY_AT, FULL = 75.0, 90.0, 100.0  # percent of an allowance
PAUSE_AT_HURRY, PAUSE_AT_FULL = 2.0, 15.0  # seconds before each call
SHARES = ("call_count", "total_time", "total_cputime", "acc_id_util_pct", "app_id_util_pct")
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
    found = [_entry(*each) for each in _pairs(headers) if each[0] in HEADERS]
    known = [each for each in found if each is not None]
    if not known:
        return None
    waits = [each.wait for each in known if each.wait]
    return Usage(max(each.percent for each in known), max(waits) if waits else None)


def _pairs(headers: Any) -> Iterable[tuple[str, str]]:
    if isinstance(headers, Mapping):
        return [(str(name).lower(), str(value)) for name, value in headers.items()]
    return [
        (str(each["name"]).lower(), str(each.get("value", "")))
        for each in headers or ()
        if isinstance(each, Mapping) and "name" in each
    ]


def _entry(name: str, text: str) -> Usage | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, Mapping):
        return None
    if name == "x-business-use-case-usage":
        listed = [each for records in value.values() if isinstance(records, list) for each in records]
        records = [each for each in listed if isinstance(each, Mapping)]
    else:
        records = [value]
    return Usage(
        max((_number(record.get(share)) for record in records for share in SHARES), default=0.0),
        max((_wait(record) for record in records), default=0.0) or None,
    )


def _wait(record: Mapping[str, Any]) -> float:
    minutes = _number(record.get("estimated_time_to_regain_access"))
    return max(minutes * 60, _number(record.get("reset_time_duration")))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
