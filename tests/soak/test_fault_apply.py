"""An apply under every class of fault, singly and mixed: it completes, or exits 1 and names what is not done.

The whole set is `-m soak`, figures in docs/evidence/faults.md. KAMPANYA_SOAK_SEED changes the draws. Several
requests of an apply may be in flight, so that the same seed strikes others when run again.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from tests.soak.bed import Bed
from tests.soak.slices import seed

SEED = int(os.environ.get("KAMPANYA_SOAK_SEED", "20261123"))
RATE = 0.10
MIXES = 10
ALL_THE_TIME = 1_000_000
REJECTED = {"code": 100, "subcode": 1885183, "http": 400, "message": "The sandbox does not like it."}
BUSY = {"code": 2, "http": 500, "transient": True, "message": "Service temporarily unavailable"}
EXPIRED = {"code": 190, "subcode": 463, "http": 401, "message": "Error validating access token"}
# name → a fault of Meta's stand-in (with `route`) or of Google's (with `rpc`)
CLASSES: Mapping[str, dict[str, Any]] = {
    "meta slow": {"route": "* *", "kind": "delay", "seconds": 0.05},
    "meta HTML 502": {"route": "* *", "kind": "http502"},
    "meta HTML 502, done": {"route": "POST *", "kind": "http502", "applied": True},
    "meta JSON 500": {"route": "* *", "kind": "http500"},
    "meta JSON 500, done": {"route": "POST *", "kind": "http500", "applied": True},
    "meta empty 200": {"route": "* *", "kind": "empty_200"},
    "meta empty 200, done": {"route": "POST *", "kind": "empty_200", "applied": True},
    "meta answer lost": {"route": "* *", "kind": "lost_response"},
    "meta connection reset": {"route": "* *", "kind": "dropped_request"},
    "meta null part": {"route": "POST *", "kind": "null"},
    "meta null part, done": {"route": "POST *", "kind": "null", "applied": True},
    "meta throttled (80004)": {"route": "* *", "kind": "throttle", "code": 80004},
    "meta throttled (17)": {"route": "* *", "kind": "throttle", "code": 17},
    "meta throttled (613)": {"route": "* *", "kind": "throttle", "code": 613},
    "meta busy (2)": {"route": "* *", "kind": "error", **BUSY},
    "meta token expired (190)": {"route": "* *", "kind": "error", **EXPIRED},
    "meta parts refused (100)": {"route": "POST */ads", "kind": "error", **REJECTED},
    "meta page empty but next": {"route": "GET *", "kind": "empty_page"},
    "google slow": {"rpc": "*", "kind": "delay", "seconds": 0.05},
    "google daily quota": {"rpc": "*", "kind": "exhausted"},
    "google throttled": {"rpc": "*", "kind": "throttled"},
    "google unavailable": {"rpc": "*", "kind": "unavailable"},
    "google transient": {"rpc": "*", "kind": "internal"},
    "google concurrent": {"rpc": "*.Mutate", "kind": "concurrent"},
    "google answer lost": {"rpc": "*", "kind": "lost"},
    "google connection reset": {"rpc": "*", "kind": "dropped"},
    "google token expired": {"rpc": "*", "kind": "expired"},
}


def set_faults(bed: Bed, chosen: list[dict[str, Any]], rate: float, draws: int) -> None:
    assert bed.rig.sandbox is not None
    meta: Any = bed.rig.sandbox.meta.faults
    google: Any = bed.rig.sandbox.platforms["google"]
    for faults in (meta, google.faults):
        faults.seed = draws
        faults.clear()
    for fault in chosen:
        given = {name: value for name, value in fault.items() if name != "rpc"} | {"rate": rate}
        if "rpc" in fault:
            google.add_fault({"method": fault["rpc"], "times": ALL_THE_TIME, **given})
        else:
            meta.add(given)


def declared(bed: Bed) -> set[str]:
    plan = json.loads((bed.rig.root / "plan.json").read_text(encoding="utf-8"))
    return {each["resource"]["address"] for each in plan["changes"] if each["change"] == "create"}


def there(bed: Bed) -> set[str]:
    """Addresses of what the journal knows to be on the platforms."""
    file = f"file:{bed.rig.state}/journal.db?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as journal:
        return {str(row[0]) for row in journal.execute("select address from objects where state = 'live'")}


def assert_names_what_is_not_done(bed: Bed, said: str) -> None:
    """Each object that is not there; or, where it stopped before it sent anything, why."""
    if said.rstrip().splitlines()[-1:] and "Error: " in said and "NOT complete" not in said:
        assert not any(tap.writes for tap in bed.rig.taps.values()), said
        return
    unnamed = [each for each in declared(bed) - there(bed) if f" {each}: " not in said]
    assert not unnamed, f"{unnamed[:5]} of {len(unnamed)} are not there and not named:\n{said[-3000:]}"
    assert "Traceback" not in said


def under_faults(bed: Bed, what: str, chosen: list[dict[str, Any]], rate: float, draws: int) -> int:
    """How many runs it took: two under the faults, and if they did not do, one without."""
    with bed.case(f"{what}, seed {draws}"):
        return runs_under(bed, chosen, rate, draws)


def runs_under(bed: Bed, chosen: list[dict[str, Any]], rate: float, draws: int) -> int:
    bed.restore()
    set_faults(bed, chosen, rate, draws)
    for run in (1, 2):
        for tap in bed.rig.taps.values():
            tap.writes.clear()
        running = bed.apply()
        ended = running.wait()
        assert ended in (0, 1), running.said
        bed.quiet()
        if ended == 0:
            bed.rig.calm_down()
            bed.assert_as_undisturbed()
            return run
        assert_names_what_is_not_done(bed, running.said)
    bed.assert_the_next_apply_completes()
    return 3


@pytest.mark.soak
@pytest.mark.parametrize("name", CLASSES)
def test_an_apply_under_one_class_of_fault_completes_or_names_what_is_not_done(large: Bed, name: str) -> None:
    runs = under_faults(large, name, [CLASSES[name]], RATE, SEED)
    print(f"\n| {name} | {runs} |", end="")


@pytest.mark.soak
def test_an_apply_under_all_faults_mixed_completes_or_names_what_is_not_done(large: Bed) -> None:
    each = RATE / sum("route" in fault for fault in CLASSES.values())
    faults = list(CLASSES.values())
    runs: Counter[int] = Counter()
    for number in range(MIXES):
        runs[under_faults(large, "all mixed", faults, each, SEED + number)] += 1
        print(f"\nseed {SEED + number}: runs it took so far {dict(sorted(runs.items()))}", end="")


def test_a_slice_of_the_faults(large: Bed) -> None:
    draw = random.Random(chosen := seed())
    name = draw.choice(sorted(CLASSES))
    print(f"KAMPANYA_SLICE={chosen}: {name}")
    under_faults(large, name, [CLASSES[name]], RATE, draw.randrange(1_000_000))
