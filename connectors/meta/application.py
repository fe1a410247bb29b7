"""One apply on Meta: changes carried out batch by batch, one outcome a change."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.meta import audience, order
from connectors.meta.batch import MOST, Answer, Batch, Call, Done, Silent, result
from connectors.meta.library import PROCESSING, Library
from connectors.meta.targeting import Keys
from connectors.meta.wire import send
from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Unknown, Update
from engine.naming import label, token_of
from engine.resource import MARK, Address, Fields, resolve

if TYPE_CHECKING:
    from connectors.meta.client import Graph

IN_FLIGHT = 20  # batches of one account at a time; fewer than the client's pool has connections
CREATIVE_ATTEMPTS = 3  # "Adcreative Create Failed" (100/1487390) usually passes on a repeat
ARCHIVED = {"status": "ARCHIVED"}
LIBRARY = ("image", "video")  # uploaded one by one, before what shows them
WITH_STRATEGY = ("bid_amount", "bid_constraints")  # sent again whenever the strategy changes
PARENT = "parent"


class Application:
    """One apply: what is known so far, and what has failed."""

    def __init__(
        self, graph: Graph, account: str, library: Library, keys: Keys, ids: Mapping[Address, str]
    ) -> None:
        self._graph, self._account, self._library, self._keys = graph, account, library, keys
        self._ids = dict(ids)
        self._failed: set[Address] = set()
        self._halt: ConnectorError | None = None
        self._over = threading.Event()  # nothing more is sent, not even what waits for its turn
        self._attempts: dict[Address, int] = {}
        self._links: dict[Address, frozenset[Address]] = {}
        self._bids: dict[str, dict[str, int]] = {}  # campaign id → ad set id → its new bid

    def run(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Outcomes as batches settle.

        A consumer that stops listening ends it: what is under way is waited for, and nothing more is sent.
        """
        self._bids = _bids_below(changes, self._ids)
        with ThreadPoolExecutor(IN_FLIGHT, "meta-apply") as pool:
            try:
                for segment in order.segments(changes):
                    self._links = {each.address: order.references(each) for each in segment}
                    yield from map(self._noted, self._carry_out(segment, pool))
            finally:
                self._over.set()

    def _noted(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Applied):
            self._ids[outcome.address] = outcome.id
        elif outcome.address not in self._ids:
            self._failed.add(outcome.address)
        return outcome

    def _carry_out(self, segment: Sequence[Change], pool: Executor) -> Iterator[Outcome]:
        uploads = [each for each in segment if isinstance(each, Create) and each.address.kind in LIBRARY]
        yield from pool.map(self._upload, uploads)
        queue = order.Queue([each for each in segment if each not in uploads])
        flying: dict[Future[list[Answer]], list[Change]] = {}
        failed = 0
        while queue or flying:
            if self._halt is None and failed != len(self._failed):
                yield from self._orphans(queue)
                failed = len(self._failed)
            yield from self._launch(queue, flying, pool)
            if flying:
                for done in wait(flying, return_when=FIRST_COMPLETED).done:
                    again: list[Change] = []
                    yield from self._landed(flying.pop(done), done, again)
                    queue.put(again)
            elif self._halt is not None or failed == len(self._failed):
                yield from self._given_up(queue)
                return

    def _launch(
        self, queue: order.Queue, flying: dict[Future[list[Answer]], list[Change]], pool: Executor
    ) -> Iterator[Outcome]:
        """Send batches while some are ready and there is room for them in the air."""
        most = min(MOST, self._graph.pace.most_writes)
        while self._halt is None and len(flying) < IN_FLIGHT:
            chosen = queue.take(self._ids.__contains__, most)
            if not chosen:
                return
            calls: list[Call] = []
            sent: list[Change] = []
            yield from self._prepared(chosen, calls, sent)
            if calls:
                batch = Batch(self._graph, self._account, calls)
                flying[pool.submit(batch.send, self._demand_go)] = sent

    def _demand_go(self) -> None:
        """Asked by a batch whose turn has come. Raises what stopped everything meanwhile."""
        if self._over.is_set():
            raise self._halt or RetryLater("The apply was stopped before this was sent")

    def _given_up(self, queue: order.Queue) -> Iterator[Outcome]:
        for change in queue.waiting():
            if self._halt is not None:
                yield put_off(change.address, self._halt)
            else:
                yield _parent(change, "what it needs does not exist")

    def _upload(self, create: Create) -> Outcome:
        if self._over.is_set():
            stopped = RetryLater("The apply was stopped before this was sent")
            return put_off(create.address, self._halt or stopped)
        try:
            return Applied(create.address, self._library.put(create.address.kind, create.address.key))
        except OutcomeUnknown as error:
            return Unknown(create.address, error.problem.detail)
        except Rejected as error:
            return _rejected(create.address, error)
        except ConnectorError as error:
            self._stop(error)
            return put_off(create.address, error)

    def _stop(self, error: ConnectorError) -> None:
        self._halt = error
        self._over.set()

    def _orphans(self, queue: order.Queue) -> Iterator[Outcome]:
        """What waits for something that failed, which is refused, and so for that too."""
        gone: set[Address] = set()
        for change in queue.waiting():
            lost = sorted(self._links[change.address] & (self._failed | gone))
            if lost:
                gone.add(change.address)
                yield _parent(change, f"{lost[0]} was not done")
        if gone:
            queue.drop(gone)

    def _prepared(self, chosen: Sequence[Change], calls: list[Call], sent: list[Change]) -> Iterator[Outcome]:
        """Put the calls of a batch into `calls` and what they carry out into `sent`."""
        names: dict[Address, str] = {}
        for change in chosen:
            prepared = self._prepare(change, names)
            if isinstance(prepared, (Refused, Unknown, Applied)):
                yield prepared
                continue
            calls.append(prepared)
            sent.append(change)
            names[change.address] = prepared.name

    def _landed(
        self, sent: Sequence[Change], flown: Future[list[Answer]], again: list[Change]
    ) -> Iterator[Outcome]:
        """What came of one batch; what may be tried once more is put into `again` and has no outcome yet."""
        try:
            answers = flown.result()
        except Rejected as error:
            yield from (_rejected(each.address, error) for each in sent)
        except ConnectorError as error:
            self._stop(error)
            yield from (put_off(each.address, error) for each in sent)
        else:
            yield from self._settle(sent, answers, again)

    def _prepare(self, change: Change, names: Mapping[Address, str]) -> Call | Outcome:
        """The call of a change, or its outcome if there is none to make."""
        if self._halt is not None:
            return put_off(change.address, self._halt)
        if order.is_write_of_nothing(change):
            return Refused(change.address, "unsupported", f"Meta never changes a {change.address.kind}")
        lost = [each for each in self._links[change.address] if each not in self._ids and each not in names]
        if lost:
            return _parent(change, f"{lost[0]} was not done")
        try:
            params = self._params(change, names)
        except Rejected as error:
            return _rejected(change.address, error)
        except ConnectorError as error:
            self._stop(error)
            return put_off(change.address, error)
        if not params:
            unset = ", ".join(change.after) if isinstance(change, Update) else ""
            return Refused(change.address, "unsupported", f"Meta cannot unset {unset}")
        id = None if isinstance(change, Create) else change.id
        return Call(change.address.kind, params, f"k{len(names)}", id)

    def _params(self, change: Change, names: Mapping[Address, str]) -> dict[str, Any]:
        if isinstance(change, Archive):
            return dict(ARCHIVED)
        if change.address.kind == "audience":
            return self._audience(change, names)
        if isinstance(change, Create):
            said = {name: value for name, value in change.resource.fields.items() if value is not None}
            made = send(self._resolved(said, change, names), self._keys)
            return {**made, "adlabels": [{"name": label(change.resource.mark)}]}
        after = dict(change.after)
        marks = self._remarked(change) if after.pop(MARK, None) is not None else {}
        if "bid_strategy" in after:
            declared = change.context.fields
            after |= {name: declared[name] for name in WITH_STRATEGY if name in declared}
        made = send(self._resolved(after, change, names), self._keys)
        if "bid_strategy" in after and (bids := self._bids.get(change.id)):
            made["adset_bid_amounts"] = dict(bids)
        return made | marks

    def _audience(self, change: Create | Update, names: Mapping[Address, str]) -> dict[str, Any]:
        """No label can be put on it: the mark goes into its description."""
        if isinstance(change, Create):
            return audience.birth(self._resolved(change.resource.fields, change, names), change.resource.mark)
        after = dict(change.after)
        if after.pop(MARK, None) is not None:
            after.setdefault("description", change.context.fields["description"])
        return audience.send(after, change.context.mark)

    def _remarked(self, update: Update) -> dict[str, Any]:
        """Its labels with the new mark in the place of the old one: Graph takes them as a whole, and most are
        other people's. They are asked for one object at a time, since keys are seldom renamed."""
        row = self._graph.get(update.id, fields="adlabels")
        others = [
            {"id": each["id"]}
            for each in row.get("adlabels") or ()
            if token_of(str(each.get("name", ""))) != update.before[MARK]
        ]
        mark = str(update.after[MARK])  # "" for what is given back
        return {"adlabels": [*others, *([{"name": label(mark)}] if mark else [])]}

    def _resolved(self, fields: Fields, change: Change, names: Mapping[Address, str]) -> Fields:
        found = {
            each: self._ids[each] if each in self._ids else result(names[each])
            for each in self._links[change.address]
        }
        return {name: resolve(value, found) for name, value in fields.items()}

    def _settle(
        self, sent: Sequence[Change], answers: Sequence[Answer], again: list[Change]
    ) -> Iterator[Outcome]:
        """Outcomes in the order sent, so that a parent's is known before its children's."""
        repeated: set[Address] = set()
        refused: set[Address] = set()
        unknown: set[Address] = set()
        for change, answer in zip(sent, answers, strict=True):
            above = self._links[change.address]
            if above & repeated and not isinstance(answer, Done):
                again.append(change)
                repeated.add(change.address)
                continue
            outcome = self._outcome(change, answer)
            if outcome is None:
                again.append(change)
                repeated.add(change.address)
                continue
            # What needs the id of something refused cannot be there; of something unknown, it can.
            above &= refused if isinstance(outcome, Unknown) else refused | unknown
            if above and not isinstance(outcome, Applied):
                outcome = _parent(change, f"{min(above)} was not done")
            if not isinstance(outcome, Applied):
                (unknown if isinstance(outcome, Unknown) else refused).add(change.address)
            yield outcome

    def _outcome(self, change: Change, answer: Answer) -> Outcome | None:
        """None for a creative that failed without a cause and may be tried again."""
        if isinstance(answer, Done):
            return Applied(change.address, answer.id)
        if isinstance(answer, Silent):
            return Unknown(change.address, answer.reason)
        error = answer.error
        if error.kind == "flaky":
            tried = self._attempts[change.address] = self._attempts.get(change.address, 0) + 1
            if tried < CREATIVE_ATTEMPTS:
                return None
        if error.kind in ("later", "denied", "stopped"):
            self._stop(error.exception(write=True, after=self._graph.pace.usage.wait))
        return Refused(change.address, error.name, error.message, error.field, error.retry)


def _bids_below(changes: Iterable[Change], ids: Mapping[Address, str]) -> dict[str, dict[str, int]]:
    """The bids that ad sets are about to get, by campaign: they are to be sent along with the strategy of a
    campaign with a budget (guide to Advantage campaign budget, `adset_bid_amounts`)."""
    found: dict[str, dict[str, int]] = {}
    for change in changes:
        if not isinstance(change, Update) or change.address.kind != "ad_set":
            continue
        above, amount = resolve(change.context.fields.get("campaign_id"), ids), change.after.get("bid_amount")
        if isinstance(above, str) and isinstance(amount, int):
            found.setdefault(above, {})[change.id] = amount
    return found


def _rejected(address: Address, error: Rejected) -> Refused:
    return Refused(address, error.code, error.message, error.field, retry=error.code == PROCESSING)


def _parent(change: Change, message: str) -> Refused:
    return Refused(change.address, PARENT, message)


def put_off(address: Address, error: ConnectorError) -> Outcome:
    """Not attempted, or certainly not done, because of something that is not the object's fault."""
    code = "denied" if isinstance(error, AccessDenied) else "later"
    return Refused(address, code, error.problem.detail, retry=True)
