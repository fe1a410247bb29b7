"""SIGKILL of worker, flow process, server, or worker and flow together, in the middle of a launch or a load.

All under one `kampanya up`, which goes on. After each: the run has ended within the documented time, the same
flow run again ends in what is declared with nothing twice, and no limit stays taken. `-m soak`, figures in
docs/evidence/prefect.md.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from ruamel.yaml import YAML

from tests.contract.brand import CAMPAIGN, write
from tests.flows import running
from tests.flows.running import Up, until
from tests.kampanya.workspace import Workspace

KILLS = 10
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
LAUNCH, LOAD = "launch/lezzet-launch", "performance/lezzet-performance"
YES = {"decision": "approve", "approver": "Ayşe Yılmaz", "reason": "olur"}
DOCUMENTED_SECONDS = 150  # 90 of silence, up to 30 since the last beat, and the server's own loops
SMALL = """\
campaign: ek-{number}
objective: sales
platforms: [meta]
flight: {{start: 2026-12-01, end: 2026-12-31}}
audience: {{locations: [TR-34], languages: [tr], age: 18-44}}
ad_sets:
  - ad_set: tek
    budget: {{daily: 40 TRY}}
    optimize_for: purchases
    ads:
      - for_each: {{ilce: [Kadıköy, Beşiktaş, Moda]}}
        ad: "{{ilce}}"
        creative:
          headlines: ["{{ilce}}: {number} dk kapında"]
          texts: [Ustanın elinden kapına kadar.]
          image: assets/kutu.png
          call_to_action: order_now
          url: https://lezzet.example/siparis
"""
PER_AD = """
select date_day::varchar, ad_id, (spend * 1000000)::bigint, clicks::bigint from ad_reporting__ad_report
"""
EACH = {"campaign": 1, "adset": 1, "ad": 3, "adcreative": 3}


@dataclass
class Rig:
    """The brand under one `up`; `told` are the lines for the evidence."""

    up: Up
    brand: Workspace
    told: list[str] = field(default_factory=list)

    def state(self, run: str) -> str:
        """UNKNOWN while the server is away."""
        try:
            return self.up.api.state(run)
        except (URLError, OSError, running.Refusal):
            return "UNKNOWN"

    def wait(self, run: str, *states: str, seconds: float = 240) -> str:
        until(lambda: self.state(run) in states, seconds)
        return self.state(run)

    def answer(self, run: str) -> str:
        """Say yes if it asks; the state it is in then."""
        state = self.wait(run, "PAUSED", *ENDED)
        if state == "PAUSED":
            self.up.api.ask("POST", f"/flow_runs/{run}/resume", {"run_input": YES})
        return state

    def processes(self, run: str) -> list[int]:
        """The flow's own: Prefect starts one that starts another."""
        mark = f"PREFECT__FLOW_RUN_ID={run}".encode()
        return [pid for pid in self.up.processes() if mark in environment(pid)]

    def kill(self, victim: str, run: str) -> bool:
        """False if the flow was over by then."""
        flow = self.processes(run)
        pids = {
            "flow": flow,
            "worker": self.command("worker", "start"),
            "server": self.command("server", "start"),
            "worker and flow": [*self.command("worker", "start"), *flow],
        }[victim]
        assert pids
        for pid in pids if flow else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(flow)

    def command(self, *words: str) -> list[int]:
        return [pid for pid, line in self.up.processes().items() if all(word in line for word in words)]

    def intents(self) -> int:
        path = f"file:{self.brand.state}/journal.db?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as journal:
            return int(journal.execute("select count(*) from intents").fetchone()[0])

    def objects(self) -> Counter[str]:
        said = self.brand.run("sandbox", "status", "--json").json()
        return Counter(said["meta"]["objects"])


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = running.agency(tmp_path_factory.mktemp("kill"), write, "lezzet")
    file = folder / "brands" / "lezzet" / "campaigns" / "yil-sonu.yaml"
    assert file.read_text(encoding="utf-8") == CAMPAIGN
    without_triggers(folder / "prefect.yaml")  # what a launch sets off would only be in the way
    with running.up(folder) as up:
        made = Rig(up, Workspace(folder / "brands" / "lezzet"))
        run = up.api.start(LAUNCH)
        assert made.answer(run) == "PAUSED"
        assert made.wait(run, *ENDED) == "COMPLETED"
        made.brand.run("sandbox", "advance", "2")
        made.brand.run(
            "sandbox",
            "fault",
            "add",
            "--route",
            "* *",
            "--kind",
            "delay",
            "--seconds",
            "0.15",
            "--times",
            "1000000",
        )
        yield made


def without_triggers(file: Path) -> None:
    document = YAML(typ="safe").load(file)
    for deployment in document["deployments"]:
        deployment.pop("triggers", None)
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(document, out)


def environment(pid: int) -> bytes:
    try:
        return (Path("/proc") / str(pid) / "environ").read_bytes()
    except OSError:
        return b""


def launch_and_kill(rig: Rig, number: int, victim: str, draw: random.Random) -> tuple[str, float]:
    """One more campaign, killed while it is built; how the run ended, how long after the kill."""
    file = rig.brand.root / "campaigns" / f"ek-{number}.yaml"
    file.write_text(SMALL.format(number=number), encoding="utf-8")
    before = rig.intents()
    run = rig.up.api.start(LAUNCH)
    assert rig.answer(run) == "PAUSED"
    moment = draw.randrange(1, sum(EACH.values()))
    until(lambda: rig.intents() >= before + moment or rig.state(run) in ENDED, 180, every=0.05)
    return end(rig, run, victim)


def load_and_kill(rig: Rig, number: int, victim: str, draw: random.Random) -> tuple[str, float]:
    """One more day, killed while it is loaded."""
    assert rig.brand.run("sandbox", "advance", "1").code == 0
    run = rig.up.api.start(LOAD)
    until(lambda: rig.processes(run) and rig.state(run) == "RUNNING", 180, every=0.1)
    time.sleep(draw.uniform(0.5, 3.5))
    return end(rig, run, victim)


def end(rig: Rig, run: str, victim: str) -> tuple[str, float]:
    struck = time.monotonic()
    if not rig.kill(victim, run):
        return "over before", 0.0
    state = rig.wait(run, *ENDED, seconds=DOCUMENTED_SECONDS + 60)
    return state, time.monotonic() - struck


KINDS = {"launch": launch_and_kill, "load": load_and_kill}
VICTIMS = ("flow", "worker and flow", "server", "worker")


def strike(rig: Rig, number: int, seed: str) -> None:
    """The `number`-th kill, and everything that must be true after it."""
    draw = random.Random(f"{seed}/{number}")
    activity, victim = ("launch", "load")[number % 2], VICTIMS[(number // 2 + number) % len(VICTIMS)]
    state, seconds = KINDS[activity](rig, number, victim, draw)
    print(f"| {number} | {activity} | {victim} | {state} | {seconds:.0f} s |", flush=True)
    rig.told.append(f"| {number} | {activity} | {victim} | {state} | {seconds:.0f} s |")
    assert state in ENDED | {"over before"}, rig.told
    assert seconds <= DOCUMENTED_SECONDS, rig.told
    if victim in ("flow", "worker and flow") and state != "over before":
        assert state == "CRASHED", rig.told
    heal(rig)


def heal(rig: Rig) -> None:
    """The same again, by hand, as the documents say: then it is true, once, and nothing stays taken."""
    again = rig.up.api.start(LAUNCH)
    rig.answer(again)
    assert rig.wait(again, *ENDED) == "COMPLETED", rig.told
    load = rig.up.api.start(LOAD)
    assert rig.wait(load, *ENDED) == "COMPLETED", rig.told
    plan = rig.brand.run("plan")
    assert plan.code == 0, plan.all
    more = len(list((rig.brand.root / "campaigns").glob("ek-*.yaml")))
    found, first = rig.objects(), {"campaign": 1, "adset": 3, "ad": 4, "adcreative": 4}
    assert {kind: found[kind] for kind in first} == {kind: n + more * EACH[kind] for kind, n in first.items()}
    assert loaded(rig) == ledger(rig)
    taken = until(lambda: not slots(rig), 120)
    assert taken, slots(rig)


def loaded(rig: Rig) -> dict[tuple[str, str], tuple[int, int]]:
    return {(day, ad): (spend, clicks) for day, ad, spend, clicks in rig.brand.mart(PER_AD)}


def ledger(rig: Rig) -> dict[tuple[str, str], tuple[int, int]]:
    return {key: (row["spend_micros"], row["clicks"]) for key, row in rig.brand.ledger().items()}


def slots(rig: Rig) -> list[str]:
    limits: list[dict[str, Any]] = rig.up.api.ask("POST", "/v2/concurrency_limits/filter", {})
    return [each["name"] for each in limits if each["active_slots"]]


@pytest.mark.soak
@pytest.mark.server
def test_ten_kills_leave_nothing_twice_nothing_lost_and_nothing_taken(rig: Rig) -> None:
    seed = os.environ.get("KAMPANYA_SEED") or secrets.token_hex(4)
    print(f"seed {seed}")
    try:
        for number in range(KILLS):
            strike(rig, number, seed)
        assert rig.brand.run("sandbox", "advance", "1").code == 0
        assert len({ad for _, ad in ledger(rig)}) == rig.objects()["ad"]  # all that was built delivers
    finally:
        print("\n".join(rig.told))
