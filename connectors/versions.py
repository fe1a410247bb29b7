"""How long the platforms' API versions that the connectors speak live, with where that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

NOTICE = timedelta(days=90)  # about what it takes to move a connector to the next version with care


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A version of an API. `ends` is announced, or the earliest that the platform's habit allows."""

    version: str
    ends: date
    announced: bool
    source: str

    def left(self, today: date) -> int:
        """Days to its end; negative after it."""
        return (self.ends - today).days

    def near(self, today: date) -> bool:
        return self.ends - today < NOTICE


# Meta keeps a version two years after the next one came out: v25.0 to 2028-07-29, as v26.0 came out on
# 2026-07-29. Google keeps about four, each about twelve months; v26 came out in autumn 2026.
LIFETIMES: Mapping[str, Lifetime] = {
    "meta": Lifetime(
        "v26.0", date(2028, 7, 29), False, "https://developers.facebook.com/docs/graph-api/changelog/versions"
    ),
    "google": Lifetime(
        "v26", date(2027, 10, 1), False, "https://developers.google.com/google-ads/api/docs/sunset-dates"
    ),
}
