"""Usage headers on every answer, and the limit of changes a second."""

from __future__ import annotations

import json
import time
from collections import deque

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.quotas import Told
from sandbox.meta.rules import MUTATIONS_PER_SECOND

CALLS_PER_PERCENT = 1000  # of the quota of 100 000 an hour and account (rate-limiting: Full tier)
THROTTLES = {  # code → what the usage headers must show at 100 %
    80000: "ads_insights", 80003: "custom_audience", 80004: "ads_management", 17: "ads_management",
    613: "ads_management", 4: "ads_management",
}  # fmt: skip
REGAIN_MINUTES = 1


class MutationRate:
    """A window of one second of the machine's clock over all changes of the account."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()

    def count(self, graph: Graph) -> None:
        """Raises GraphError 613/5044001 past the limit, if that switch is on."""
        if not graph.switches["mutation_rate"]:
            return
        now = time.monotonic()
        while self._moments and self._moments[0] <= now - 1:
            self._moments.popleft()
        if len(self._moments) >= MUTATIONS_PER_SECOND:
            raise refuse("mutation_rate", limit=MUTATIONS_PER_SECOND)
        self._moments.append(now)


def headers(
    graph: Graph, version: str, trace: str, throttled: int | None = None, told: Told | None = None
) -> list[tuple[str, str]]:
    """The platform's own headers; a throttling code shows its use case as used up."""
    told = told or _shown_only(graph)
    if throttled is not None:
        told.cases[THROTTLES.get(throttled, "ads_management")] = (100, REGAIN_MINUTES)
        told.account, told.reset = (100 if throttled == 17 else told.account), 60 * REGAIN_MINUTES
    share = max((percent for percent, _ in told.cases.values()), default=0)
    cases = [
        {
            "type": name, "call_count": percent, "total_cputime": percent, "total_time": percent,
            "estimated_time_to_regain_access": regain, "ads_api_access_tier": told.tier,
        }
        for name, (percent, regain) in sorted(told.cases.items())
    ]  # fmt: skip
    insights = told.cases.get("ads_insights", (0, 0))[0]
    return [
        ("facebook-api-version", version),
        ("x-fb-trace-id", trace),
        ("x-app-usage", json.dumps({"call_count": share, "total_cputime": share, "total_time": share})),
        ("x-business-use-case-usage", json.dumps({graph.world.meta.business: cases})),
        ("x-ad-account-usage", json.dumps({
            "acc_id_util_pct": told.account, "reset_time_duration": told.reset,
            "ads_api_access_tier": told.tier,
        })),
        ("x-fb-ads-insights-throttle", json.dumps({
            "app_id_util_pct": insights, "acc_id_util_pct": insights, "ads_api_access_tier": told.tier,
        })),
    ]  # fmt: skip


def _shown_only(graph: Graph) -> Told:
    """Usage that grows with the calls and never blocks: what is told while quotas are off."""
    used = {name: (min(99, calls // CALLS_PER_PERCENT), 0) for name, calls in graph.calls.items()}
    return Told(used, used.get("ads_management", (0, 0))[0])
