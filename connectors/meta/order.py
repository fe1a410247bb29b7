"""In which batches writes go: trees kept together, references first, one ad set of a campaign each.

Meta: "Batch requests cannot include multiple Adsets under the same Campaign" (Graph API, batch requests).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from engine.change import Archive, Change, Create, Update
from engine.resource import MARK, Address, Ref, refs_in

RANK = {"image": 0, "video": 0, "audience": 1, "campaign": 2, "ad_set": 3, "creative": 4, "ad": 5}
LAST = 1 << 30


def segments(changes: Iterable[Change]) -> list[list[Change]]:
    """Runs that may be mixed freely: creates together; updates and archives of one kind, in the order given.

    Graph may carry out the parts of a batch in any order, so what must not overtake (activation from the
    bottom up, archives children first) never shares one.
    """
    return [list(run) for _, run in groupby(changes, key=_sort)]


def _sort(change: Change) -> tuple[str, str]:
    return ("create", "") if isinstance(change, Create) else (type(change).__name__, change.address.kind)


def trees(creates: Sequence[Change]) -> list[Change]:
    """Creates with each ad set, its creatives and its ads together; what several share comes first."""
    return [create for _, run in _grouped(creates) for create in run]


def _grouped(creates: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Runs of `trees`, each with the key of its ad set; "" for what belongs to none or to several."""
    homes: dict[str, int] = {"": -1}
    users: dict[Address, str] = {}  # creative → key of the one ad set that shows it, "" for several
    for create in creates:
        home = _home(create)
        if home is None:
            continue
        homes.setdefault(home, len(homes))
        for address in references(create):
            if address.kind == "creative":
                users[address] = home if users.get(address, home) == home else ""

    def key(create: Change) -> str:
        home = _home(create)
        return users.get(create.address, "") if home is None else home

    def place(create: Change) -> tuple[int, int]:
        return homes[key(create)], RANK.get(create.address.kind, LAST)

    for home, run in groupby(sorted(creates, key=place), key=key):
        yield home, list(run)


def _home(create: Change) -> str | None:
    """Key of the ad set that a create belongs to."""
    if create.address.kind == "ad_set":
        return create.address.key
    if create.address.kind == "ad" and isinstance(create, Create):
        parent = create.resource.fields.get("adset_id")
        return parent.address.key if isinstance(parent, Ref) else None
    return None


def references(change: Change) -> frozenset[Address]:
    """What must exist before this change can be sent."""
    if isinstance(change, Create):
        return change.resource.refs
    if isinstance(change, Update):
        return frozenset(refs_in(change.after))
    return frozenset()


@dataclass(slots=True)
class Group:
    """Writes that go together. `lane` is the campaign whose ad set is among them, "" if none is; `needs`
    what must exist that is not among them."""

    changes: list[Change]
    lane: str
    needs: frozenset[Address]

    @classmethod
    def of(cls, changes: list[Change]) -> Group:
        lane = next(filter(None, map(_campaign_of_ad_set, changes)), "")
        needed = frozenset(chain.from_iterable(map(references, changes)))
        return cls(changes, lane, needed - {each.address for each in changes})


class Queue:
    """What is still to be sent, in lanes: one ad set of a campaign at a time, everything else freely.

    `take` costs what it takes and what it looks past, which are the lanes, not everything that waits.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._lanes: dict[str, deque[Group]] = {"": deque()}
        self.put(changes)

    def __bool__(self) -> bool:
        return any(self._lanes.values())

    def put(self, changes: Sequence[Change]) -> None:
        """Let these wait too."""
        creates = [each for each in changes if isinstance(each, Create)]
        alone: list[list[Change]] = [[each] for each in changes if not isinstance(each, Create)]
        for home, run in _grouped(creates):
            alone.extend([run] if home else [[each] for each in run])
        for group in map(Group.of, alone):
            self._lanes.setdefault(group.lane, deque()).append(group)

    def waiting(self) -> list[Change]:
        """Everything in it, what is referred to before what refers to it."""
        return [change for lane in self._lanes.values() for group in lane for change in group.changes]

    def drop(self, gone: Collection[Address]) -> None:
        """Forget these."""
        left = [each for each in self.waiting() if each.address not in gone]
        self._lanes = {"": deque()}
        self.put(left)

    def take(self, known: Callable[[Address], bool], most: int) -> list[Change]:
        """The next batch, at most `most` long; empty if all that waits needs something not yet there."""
        taken: dict[Address, Change] = {}

        def there(address: Address) -> bool:
            return known(address) or address in taken

        for name, lane in self._lanes.items():
            blocked: list[Group] = []
            while lane and len(taken) < most:
                group, room = lane.popleft(), most - len(taken)
                ready = all(map(there, group.needs))
                if not ready or room < len(group.changes) <= most:
                    blocked.append(group)
                    if ready:
                        break
                    continue
                taken.update((each.address, each) for each in group.changes[:room])
                if later := group.changes[room:]:
                    blocked.append(Group.of(later))
                if name:
                    break
            lane.extendleft(reversed(blocked))
            if len(taken) == most:
                break
        return list(taken.values())


def _campaign_of_ad_set(change: Change) -> str:
    """Key of the campaign if the change is an ad set's, else ""."""
    return change.address.key.partition("/")[0] if change.address.kind == "ad_set" else ""


def is_write_of_nothing(change: Change) -> bool:
    """Library objects are neither changed nor archived: Meta has no call for it. An audience changes."""
    if change.address.kind == "audience":
        return isinstance(change, Archive)
    if change.address.kind == "creative" and isinstance(change, Update) and change.after.keys() == {MARK}:
        return False  # its labels can be changed (reference of the ad creative, "Updating")
    return isinstance(change, (Archive, Update)) and change.address.kind in ("creative", "image", "video")
