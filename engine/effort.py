"""What a plan takes of its platforms: operations against a day's quota, requests, waves, the least time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.change import Change, Create, Update
from engine.resource import Address
from engine.schedule import schedule
from engine.supports import Supports


@dataclass(frozen=True, slots=True)
class Effort:
    """Of one platform. `operations` are what the changes take, about; `made` what the last 24 hours took.

    `quota` is how many the level of access `access` lets a day have, None without such a limit; `seconds` is
    the least time its score lets the writes take. `waves` follow one another; `requests` are those of all.
    """

    operations: int
    quota: int | None
    access: str
    made: int
    requests: int
    waves: int
    seconds: int

    @property
    def too_many(self) -> int:
        """Operations that have to wait for another day."""
        return 0 if self.quota is None else max(0, self.operations + self.made - self.quota)


def takes(change: Change, supports: Mapping[str, Supports]) -> int:
    """Platform operations of one change, about: a create may take several."""
    kind = supports[change.address.platform].kinds[change.address.kind]
    if isinstance(change, Create):
        return kind.operations + kind.operations_of({}, change.resource.fields)
    if isinstance(change, Update):
        more = kind.operations_of(change.before, change.after)
        return more + bool(not more or change.after.keys() - kind.more.keys())
    return 1


def efforts(
    changes: Sequence[Change],
    supports: Mapping[str, Supports],
    access: Mapping[str, str],
    made: Mapping[str, int],
) -> dict[str, Effort]:
    """By platform, in the order of the changes; platforms without any are left out."""
    steps = schedule(changes, supports)
    phases: tuple[Iterable[Change], ...] = (
        steps.reduce, steps.build, steps.change, steps.retire, (*steps.activate, *steps.roots),
    )  # fmt: skip
    requests: Counter[str] = Counter()
    waves: Counter[str] = Counter()
    for phase in phases:
        for platform, count in _requests(phase, supports).items():
            requests[platform] += count
            waves[platform] += 1
    operations: Counter[str] = Counter()
    for change in changes:
        operations[change.address.platform] += takes(change, supports)
    return {
        name: _effort(
            supports[name], count, access.get(name, ""), made.get(name, 0), requests[name], waves[name]
        )
        for name, count in operations.items()
    }


def _effort(platform: Supports, count: int, access: str, made: int, requests: int, waves: int) -> Effort:
    level = access or platform.strictest
    score = platform.scores.get(level)
    seconds = score.seconds_for(count) if score else 0
    return Effort(count, platform.access.get(level), level, made, requests, waves, seconds)


def _requests(changes: Iterable[Change], supports: Mapping[str, Supports]) -> Counter[str]:
    """How many one phase needs: files each their own, the rest in the platform's batches."""
    found: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    alone: dict[str, Counter[str]] = {}
    for change in changes:
        at = change.address
        batches = supports[at.platform].batches
        if at.kind in batches.single:
            found[at.platform] += 1
            continue
        amounts[at.platform] += takes(change, supports) if batches.of_operations else 1
        if at.kind == batches.alone:
            alone.setdefault(at.platform, Counter())[at.key.partition("/")[0]] += 1
    for platform, amount in amounts.items():
        full = -(-amount // supports[platform].batches.most)
        found[platform] += max(full, *alone.get(platform, {"": 0}).values())
    return found


def beyond(
    creates: Sequence[Create], supports: Mapping[str, Supports], left: Mapping[str, int]
) -> set[Address]:
    """Of creates in their order, parents first, those that what is left of the quota has no room for.

    Nothing after the first such one of its platform is tried, so that no child comes without its parent.
    """
    rest, over = dict(left), set()
    for create in creates:
        platform = create.address.platform
        if platform in rest:
            rest[platform] -= takes(create, supports)
            if rest[platform] < 0:
                over.add(create.address)
    return over
