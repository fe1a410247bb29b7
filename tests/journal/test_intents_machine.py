"""Any sequence of intents, outcomes, moves and reopenings, against a model in three dicts."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.resource import Address
from journal.errors import LedgerConflict
from journal.records import IntentRow, Settlement
from journal.store import Journal

ADDRESSES = [Address("meta", "ad", f"yil-sonu/eve/{name}") for name in "abc"]
OPEN = (None, "unknown")
addresses = st.sampled_from(ADDRESSES)
operations = st.sampled_from(["create", "update", "archive", "pause"])
outcomes = st.sampled_from(["applied", "refused", "unknown", "abandoned"])


class Ledger(RuleBasedStateMachine):
    @initialize()
    def start(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        self.journal = Journal.open(self.path)
        self.at = datetime(2026, 11, 2, tzinfo=UTC)
        self.run = self.journal.begin_run(None, "ayse", "laptop", self.at)
        self.live = {}
        self.gone = []
        self.intents = {}  # number -> [operation, address, id, outcome]

    def tick(self):
        self.at += timedelta(seconds=1)
        return self.at

    @rule(wanted=st.lists(st.tuples(operations, addresses), min_size=1, max_size=3))
    def intend(self, wanted):
        rows = [self.row(operation, address) for operation, address in wanted]
        creates = [address for operation, address in wanted if operation == "create"]
        blocked = {held[1] for held in self.intents.values() if held[0] == "create" and held[3] in OPEN}
        if len(set(creates)) < len(creates) or blocked & set(creates):
            with pytest.raises(LedgerConflict):
                self.journal.intend(self.run, rows, self.tick())
            return
        numbers = self.journal.intend(self.run, rows, self.tick())
        for number, row in zip(numbers, rows, strict=True):
            self.intents[number] = [row.operation, row.address, row.id, None]

    def row(self, operation, address):
        id_ = None if operation == "create" else self.live.get(address)
        return IntentRow(address, "act_1", operation, "build", {}, "mark", id_)

    @precondition(lambda self: self.intents)
    @rule(data=st.data())
    def settle(self, data):
        numbers = data.draw(
            st.lists(st.sampled_from(sorted(self.intents)), min_size=1, max_size=3, unique=True)
        )
        chosen = [(number, data.draw(outcomes)) for number in numbers]
        rows = [self.settlement(number, outcome) for number, outcome in chosen]
        news = [row for row in rows if not self.is_repeat(row)]
        if any(self.intents[row.intent_id][3] not in OPEN for row in news):
            with pytest.raises(LedgerConflict):
                self.journal.settle_many(rows, self.tick())
            return
        self.journal.settle_many(rows, self.tick())
        for row in news:
            held = self.intents[row.intent_id]
            held[2:] = [row.id or held[2], row.outcome]
        done = [self.intents[row.intent_id] for row in news if row.outcome == "applied"]
        for _, address, id_, _ in [held for held in done if held[0] == "create"]:
            self.retire(address)
            self.live[address] = id_
        for _, address, id_, _ in [held for held in done if held[0] == "archive"]:
            if id_ in (None, self.live.get(address)):
                self.retire(address)

    def settlement(self, number, outcome):
        operation = self.intents[number][0]
        return Settlement(
            number, outcome, f"id{number}" if (operation, outcome) == ("create", "applied") else None
        )

    def is_repeat(self, row):
        _, _, id_, outcome = self.intents[row.intent_id]
        return outcome is not None and row.outcome == outcome and row.id in (None, id_)

    def retire(self, address):
        if address in self.live:
            self.gone.append((address, self.live.pop(address)))

    @precondition(lambda self: len(self.live) == 1)
    @rule()
    def move(self):
        (old,) = self.live
        new = next(address for address in ADDRESSES if address != old)
        self.journal.move_object(old, new, self.tick())
        self.live = {new: self.live[old]}

    @rule()
    def reopen(self):
        self.journal.close()
        self.journal = Journal.open(self.path)

    @invariant()
    def agrees_with_the_model(self):
        if not hasattr(self, "journal"):
            return
        assert self.journal.ids() == self.live
        gone = [(one.address.kind, one.id) for one in self.journal.objects("gone")]
        assert sorted(gone) == sorted((address.kind, id_) for address, id_ in self.gone)
        still_open = [number for number, held in self.intents.items() if held[3] in OPEN]
        assert [intent.intent_id for intent in self.journal.open_intents()] == still_open
        written = {intent.intent_id: intent.outcome for intent in self.journal.intents()}
        assert written == {number: held[3] for number, held in self.intents.items()}

    def teardown(self):
        if hasattr(self, "journal"):
            self.journal.close()
            self.folder.cleanup()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
