"""How long the ledger takes for a brand of 26,000 objects: run it, read it."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from engine.resource import Address
from journal.records import Bearer, IntentRow, Settlement
from journal.store import Journal

COUNT = 26_000
AT = datetime(2026, 11, 2, tzinfo=UTC)
ADDRESSES = [Address("meta", "ad", f"yil-sonu/eve-siparis/{number}") for number in range(COUNT)]
Result = TypeVar("Result")


def timed(label: str, work: Callable[[], Result]) -> Result:
    began = time.perf_counter()
    result = work()
    sys.stdout.write(f"{label:<44}{time.perf_counter() - began:>8.3f} s\n")
    return result


def bearers(prefix: str) -> list[Bearer]:
    return [Bearer(one, "act_1", f"{prefix}{n}", f"m{n}") for n, one in enumerate(ADDRESSES)]


def intent_rows() -> list[IntentRow]:
    payload = {
        "name": "lezzet_yil-sonu_eve-siparis",
        "status": "PAUSED",
        "adset_id": "1" * 18,
        "note": "x" * 300,
    }
    return [IntentRow(one, "act_1", "create", "build", payload, f"m{n}") for n, one in enumerate(ADDRESSES)]


def batches_of_one(journal: Journal, run: int, count: int) -> None:
    for number in range(count):
        row = IntentRow(Address("meta", "ad", f"single/{number}"), "act_1", "create", "build", {})
        (intent,) = journal.intend(run, [row], AT)
        journal.settle(intent, "refused", AT)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        journal = timed("open, new", lambda: Journal.open(path, ["a secret of no one"]))
        timed(f"record {COUNT:,} objects", lambda: journal.record_objects(bearers("a"), AT))
        timed("record them again, unchanged", lambda: journal.record_objects(bearers("a"), AT))
        timed("record them with other ids", lambda: journal.record_objects(bearers("b"), AT))
        timed("ids of all live", journal.ids)
        run = journal.begin_run(None, "benchmark", "localhost", AT)
        numbers = timed(f"intend {COUNT:,} creates", lambda: journal.intend(run, intent_rows(), AT))
        timed("open intents", journal.open_intents)
        settlements = [Settlement(number, "applied", f"c{number}") for number in numbers]
        timed("settle them, recording the objects", lambda: journal.settle_many(settlements, AT))
        timed("200 batches of one intent and one outcome", lambda: batches_of_one(journal, run, 200))
        timed("log, last 100 lines", lambda: journal.log(limit=100))
        timed("log as CSV, whole", journal.log_csv)
        timed("forget all", lambda: journal.forget_objects(ADDRESSES, AT, "destroyed"))
        timed("backup", lambda: journal.backup(Path(folder) / "copy.db"))
        journal.close()
        timed("open again", lambda: Journal.open(path)).close()


if __name__ == "__main__":
    main()
