"""Give back what is ours: a plan that takes marks off and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable

from engine.assemble import Spending
from engine.plan import Plan
from engine.released import at_or_below
from journal.store import Journal
from operations import plan as plans
from operations.destroy import demand_undeclared, demand_unprotected
from operations.site import Site
from schemas.errors import KampanyaError


def release(
    site: Site,
    journal: Journal,
    key: str,
    *,
    spending: Spending,
    tell: Callable[[str], None] = lambda _: None,
) -> Plan:
    """The plan that gives back everything at and below `key`; changes nothing itself.

    Raises KampanyaError where the key is still declared, protected or not ours.
    """
    if not any(at_or_below(each.address.key, key) for each in journal.objects("live")):
        raise KampanyaError(
            "The journal knows nothing at this key", key, "kampanya log shows the keys of all that is ours."
        )
    demand_undeclared(site, key)
    demand_unprotected(site, key)
    return plans.make(site, journal, plans.Wish(release=(key,)), spending, tell)
