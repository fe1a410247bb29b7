"""Numbers of a report row, as texts in the platform's units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.ledger import Sums
from sandbox.meta import actions
from sandbox.meta.context import Graph

__all__ = ["METRICS", "Numbers", "actions", "numbers"]
OVERLAP = 0.35  # how fast days and ads meet the same people again; a choice


@dataclass(frozen=True)
class Numbers:
    """Sums of a row with its conversions as (action, lag_days, count, value_micros)."""

    sums: Sums
    conversions: list[tuple[str, int, int, int]]
    decimals: int  # of the account's currency in Meta's table

    @property
    def reach(self) -> int:
        """People over several days or ads: between the largest single reach and the sum (estimated)."""
        sums = self.sums
        return max(sums.reach_max, int(sums.reach_sum * max(1, sums.ad_days) ** -OVERLAP))

    def plain(self, name: str) -> float:
        """A metric as a number, for filters; spend in major units."""
        if name == "spend":
            return self.sums.spend_micros / 1e6
        return float(self.reach if name == "reach" else getattr(self.sums, name))

    def money(self, micros: float) -> str:
        return f"{micros / 1e6:.{self.decimals}f}"


def numbers(graph: Graph, sums: Sums, conversions: list[tuple[str, int, int, int]]) -> Numbers:
    return Numbers(sums, conversions, 2 if graph.minor_micros == 10_000 else 0)


def ratio(top: float, bottom: float) -> str | None:
    return f"{top / bottom:.6f}" if bottom else None


METRICS: dict[str, Callable[[Numbers], Any]] = {
    "impressions": lambda row: str(row.sums.impressions),
    "reach": lambda row: str(row.reach),
    "frequency": lambda row: ratio(row.sums.impressions, row.reach),
    "clicks": lambda row: str(row.sums.clicks),
    "inline_link_clicks": lambda row: str(row.sums.clicks),
    "spend": lambda row: row.money(row.sums.spend_micros),
    "ctr": lambda row: ratio(100 * row.sums.clicks, row.sums.impressions),
    "inline_link_click_ctr": lambda row: ratio(100 * row.sums.clicks, row.sums.impressions),
    "cpc": lambda row: ratio(row.sums.spend_micros / 1e6, row.sums.clicks),
    "cost_per_inline_link_click": lambda row: ratio(row.sums.spend_micros / 1e6, row.sums.clicks),
    "cpm": lambda row: ratio(row.sums.spend_micros / 1e3, row.sums.impressions),
    "cpp": lambda row: ratio(row.sums.spend_micros / 1e3, row.reach),
}
