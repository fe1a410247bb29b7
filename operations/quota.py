"""What the platforms' levels of access let a day have, and what of that was used by the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from journal.records import Intent, OutcomeName
from journal.store import Journal

if TYPE_CHECKING:
    from operations.site import Site

DAY = timedelta(days=1)
SENT: tuple[OutcomeName, ...] = ("applied", "refused", "abandoned")
# Refusals of a connector's own: nothing was sent (see `Refused`).
UNSENT = frozenset({"later", "denied", "parent", "unsupported", "file"})


def access(site: Site) -> dict[str, str]:
    """Platform → the level of access that kampanya.yaml names, else that of tests or the strictest."""
    found = {}
    for platform, account in site.accounts.items():
        supports = site.supports[platform]
        usual = supports.strictest if site.live else supports.test_access or supports.strictest
        found[platform] = account.settings.get("access") or usual
    return found


def made(site: Site, journal: Journal) -> dict[str, int]:
    """Platform → operations that the changes of the last 24 hours took, about.

    By the machine's clock: the platforms' quotas do not follow a sandbox's. When their day begins they do
    not say, so none of these 24 hours is forgotten early.
    """
    since = datetime.now(UTC) - DAY
    counts: Counter[str] = Counter()
    recent = journal.settled(since, outcomes=SENT)
    for intent in [*recent, *(each for each in journal.open_intents() if each.at >= since)]:
        if intent.code not in UNSENT:
            counts[intent.address.platform] += _took(site, intent)
    return dict(counts)


def _took(site: Site, intent: Intent) -> int:
    supports = site.supports.get(intent.address.platform)
    kind = supports.kinds.get(intent.address.kind) if supports else None
    if kind is None or intent.operation not in ("create", "update"):
        return 1
    before, after = (intent.payload.get(name) or {} for name in ("before", "after"))
    own = kind.operations if intent.operation == "create" else 1
    return own + kind.operations_of(before, after)


def left(site: Site, journal: Journal) -> Mapping[str, int]:
    """Platform → operations that the day has left; platforms without such a quota are left out."""
    levels, used = access(site), made(site, journal)
    quotas = {name: site.supports[name].access.get(level) for name, level in levels.items()}
    return {name: quota - used.get(name, 0) for name, quota in quotas.items() if quota is not None}
