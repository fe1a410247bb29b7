"""Sending changes: whole trees in atomic requests, culprits taken out, the others sent again, nothing lost.

An atomic request that is refused has done nothing, so what remains without the refused objects and those
below them is sent again. An answer that cannot be trusted leaves every change of its request unknown, and
nothing is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.google.build import FAMILIES, Builder, parent_of
from connectors.google.client import LONGEST_WAIT, Client
from connectors.google.errors import AdsError, OperationsRefused
from connectors.google.normal import last
from connectors.google.operation import Op
from engine.change import Applied, Change, Create, Outcome, Refused, Unknown
from engine.resource import Address, refs_in

CONSEQUENCE = "TEMP_ID_RESOURCE_HAD_ERRORS"  # NewResourceCreationError: the cause is another operation
LIMIT = 10_000  # operations a request: …/docs/best-practices/quotas


@dataclass(frozen=True, slots=True)
class Item:
    """A change with its place in the order given and the operations it needs."""

    position: int
    change: Change
    ops: tuple[Op, ...]


class Sender:
    """One apply: requests in turn, outcomes as they settle."""

    def __init__(self, client: Client, builder: Builder, limit: int = LIMIT) -> None:
        self._client, self._builder, self._limit = client, builder, limit
        self._failed: set[Address] = set()  # creations that did not, or may not have, come about
        self._stopped: ConnectorError | None = None

    def send(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Exactly one outcome for each change.

        What several trees may need (audiences, assets) goes in a request of its own, first, and then has its
        id; what is made of such (a card of its picture) in a second, since it may not name a temporary one.
        """
        shared = [each for each in changes if _is_shared(each)]
        new = {each.address for each in shared}
        yield from self._chunks([each for each in shared if new.isdisjoint(_shared(each))])
        yield from self._chunks([each for each in shared if not new.isdisjoint(_shared(each))])
        yield from self._chunks([each for each in changes if not _is_shared(each)])

    def _chunks(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        sizes = self._sizes(changes)
        for chunk in chunks(changes, sizes, self._limit):
            yield from self._chunk([changes[position] for position in chunk])

    def _sizes(self, changes: Sequence[Change]) -> list[int]:
        """How many operations each change is, counted on a builder whose ids go nowhere."""
        draft = self._builder.draft()
        return [len(_built(draft, change)) for change in changes]

    def _chunk(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        pending = list(changes)
        while pending:
            if self._stopped is not None:
                yield from (not_sent(each, self._stopped) for each in pending)
                return
            items: list[Item] = []
            for position, change in enumerate(pending):
                outcome = self._take(position, change, items)
                if outcome is not None:
                    yield outcome
            pending = []
            if items:
                outcomes, pending = self._request(items)
                yield from outcomes

    def _take(self, position: int, change: Change, items: list[Item]) -> Outcome | None:
        """Add the change to the request, or say at once why it cannot be."""
        parent = parent_of(change.resource) if isinstance(change, Create) else None
        if parent is not None and self._is_missing(parent):
            self._failed.add(change.address)
            return Refused(change.address, "parent", f"{parent} does not exist.")
        lost = [each for each in _shared(change) if self._is_missing(each)]
        if lost:
            self._fail(change)
            return Refused(change.address, "parent", f"{lost[0]} does not exist.")
        try:
            items.append(Item(position, change, tuple(self._builder.build(change))))
        except Rejected as error:
            self._fail(change)
            return Refused(change.address, error.code or "refused", error.message, error.field)
        return None

    def _is_missing(self, address: Address) -> bool:
        return address in self._failed or address not in self._builder.ids

    def _request(self, items: Sequence[Item]) -> tuple[list[Outcome], list[Change]]:
        """Outcomes of one atomic request, and the changes that are to be sent again."""
        ordered = sorted(
            ((op, item) for item in items for op in item.ops), key=lambda pair: pair[0].rank
        )  # stable: within a type as given
        try:
            names = self._client.mutate([op.to_json() for op, _ in ordered])
        except OperationsRefused as error:
            return self._refused(items, ordered, error)
        except OutcomeUnknown as error:
            for item in items:
                self._fail(item.change)
            return [Unknown(item.change.address, error.problem.detail) for item in items], []
        except Rejected as error:
            for item in items:
                self._fail(item.change)
            refusals = [Refused(i.change.address, error.code, error.message, error.field) for i in items]
            return [*refusals], []
        except (RetryLater, AccessDenied) as error:
            self._stopped = error
            return [], [item.change for item in items]
        return self._applied(items, ordered, names), []

    def _applied(
        self, items: Sequence[Item], ordered: Sequence[tuple[Op, Item]], names: Sequence[str]
    ) -> list[Outcome]:
        made = {item.position: name for (op, item), name in zip(ordered, names, strict=True) if op.bears}
        return [self._settled(item, made) for item in items]

    def _settled(self, item: Item, made: Mapping[int, str]) -> Applied:
        change = item.change
        if not isinstance(change, Create):
            return Applied(change.address, change.id)
        id = last(made[item.position])
        if change.address.kind == "ad":
            id = id.partition("~")[2]
        self._builder.ids[change.address] = id
        return Applied(change.address, id)

    def _refused(
        self, items: Sequence[Item], ordered: Sequence[tuple[Op, Item]], error: OperationsRefused
    ) -> tuple[list[Outcome], list[Change]]:
        """The culprits with Google's words; the rest once more. Without culprits, all are refused."""
        culprits: dict[int, list[AdsError]] = {}
        for index, errors in error.by_operation().items():
            if index < len(ordered):
                culprits.setdefault(ordered[index][1].position, []).extend(errors)
        if not culprits:
            culprits = {item.position: list(error.errors) for item in items}
        outcomes: list[Outcome] = []
        again: list[Change] = []
        orphans: set[Address] = set()
        for item in items:
            # What hangs under a culprit is often refused as well, for lack of a parent: that is told as such.
            parent = parent_of(item.change.resource) if isinstance(item.change, Create) else None
            if parent in self._failed or parent in orphans:
                orphans.add(item.change.address)
                again.append(item.change)
            elif item.position in culprits:
                self._fail(item.change)
                outcomes.append(_refusal(item.change, culprits[item.position]))
            else:
                again.append(item.change)
        return outcomes, again

    def _fail(self, change: Change) -> None:
        if isinstance(change, Create):
            self._failed.add(change.address)


def chunks(changes: Sequence[Change], sizes: Sequence[int], limit: int) -> list[list[int]]:
    """Positions of changes in requests of at most `limit` operations, each tree in one where it fits.

    A tree is a creation with all creations below it; everything else stands alone. A tree that is too large
    is cut in the order given, so that parents are settled before what hangs under them.
    """
    trees = _trees(changes)
    packed: list[list[int]] = [[]]
    room = limit
    for tree in trees:
        total = sum(sizes[position] for position in tree)
        if packed[-1] and total > room:
            packed.append([])
            room = limit
        for position in tree:
            if packed[-1] and sizes[position] > room:
                packed.append([])
                room = limit
            packed[-1].append(position)
            room -= sizes[position]
    return [sorted(each) for each in packed if each]


def _trees(changes: Sequence[Change]) -> list[list[int]]:
    roots: dict[Address, Address] = {}
    trees: dict[Address | int, list[int]] = {}
    for position, change in enumerate(changes):
        key: Address | int = position
        if isinstance(change, Create):
            parent = parent_of(change.resource)
            key = roots[change.address] = roots.get(parent, change.address) if parent else change.address
        trees.setdefault(key, []).append(position)
    return list(trees.values())


def not_sent(change: Change, error: ConnectorError) -> Refused:
    """Nothing is wrong with the change: the platform could not be asked, or has no quota left today."""
    code = "denied" if isinstance(error, AccessDenied) else "later"
    text = " ".join(part for part in (error.problem.detail, error.problem.fix) if part)
    passes = not isinstance(error, RetryLater) or (error.after or 0.0) <= LONGEST_WAIT
    return Refused(change.address, code, text, retry=passes)


def _refusal(change: Change, errors: Sequence[AdsError]) -> Refused:
    own = [each for each in errors if each.code != CONSEQUENCE] or errors
    texts = list(dict.fromkeys(each.message for each in own))
    return Refused(change.address, own[0].name, "; ".join(texts), own[0].field)


def _is_shared(change: Change) -> bool:
    return isinstance(change, Create) and FAMILIES[change.address.kind].library


def _shared(change: Change) -> list[Address]:
    """What the change points to of all that several trees may share."""
    fields = change.resource.fields if isinstance(change, Create) else getattr(change, "after", {})
    return [address for address in refs_in(fields) if FAMILIES[address.kind].library]


def _built(builder: Builder, change: Change) -> list[Op]:
    try:
        return builder.build(change)
    except Rejected:
        return []  # told when its turn comes
