"""How near this month's loaded spend has come to the brand's ceiling."""

from __future__ import annotations

from decimal import Decimal

from engine.policy import convert
from operations.load import spending
from operations.plan import rails
from operations.site import Site

NEAR = Decimal("0.8")


def near_ceilings(site: Site) -> list[str]:
    """A sentence where 80 % of the monthly ceiling is spent; empty where nothing was loaded or declared."""
    limits, month = rails(site, site.now()), spending(site).month
    if limits.monthly is None or not month:
        return []
    spent, unpriced = convert(month, limits)
    sentences = [f"this month's spend cannot be held against the ceiling: {each.detail}" for each in unpriced]
    if spent >= limits.monthly * NEAR:
        share = spent / limits.monthly
        sentences.append(
            f"{share:.0%} of the monthly ceiling is spent:"
            f" {spent:,.2f} of {limits.monthly:,.2f} {limits.currency}"
        )
    return sentences
