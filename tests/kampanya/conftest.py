"""One story, told once for all tests of the command: launch, wrong files, delivery, load, stop, outage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations import site as sites
from operations.load import Spending
from tests.contract.brand import on_memory, write
from tests.kampanya.workspace import Said, Workspace
from tests.operations.sites import Bench

FILE = "campaigns/yil-sonu.yaml"
# name → (file, what stood there, what stands there now, its line:column, what the error says)
WRONG: dict[str, tuple[str, str, str, str, str]] = {
    "misspelt key": (FILE, "    budget: {daily", "    bugdet: {daily", "8:5", "did you mean `budget`"),
    "negative budget": (FILE, "daily: 600 TRY", "daily: -600 TRY", "8:21", "-600 TRY"),
    "unknown objective": (FILE, "objective: sales", "objective: sals", "2:12", "did you mean `sales`"),
    "missing image": (FILE, "assets/kutu.png", "assets/yok.png", "16:18", "assets/yok.png"),
    "currency not the account's": (FILE, "daily: 600 TRY", "daily: 600 EUR", "8:21", "EUR"),
}  # fmt: skip


@dataclass
class Story:
    """What was said and seen at each step, by name."""

    site: Workspace
    said: dict[str, Said] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def run(self, step: str, *arguments: str, at_once: bool = False) -> Said:
        self.said[step] = self.site.run(*arguments, at_once=at_once)
        return self.said[step]

    def plan_file(self, name: str) -> str:
        return str(self.site.root.parent / f"{name}.json")


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The tests' own brand, launched on a memory platform on which the command then opens it."""
    made = on_memory(tmp_path / "lezzet")
    made.launch()
    opened = sites.open_site
    monkeypatch.setattr(sites, "open_site", lambda *where: made.on_memory(opened(*where)))
    monkeypatch.setattr("operations.load.spending", lambda _: Spending())
    yield made
    made.journal.close()


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    told = Story(Workspace(write(tmp_path_factory.mktemp("brand") / "lezzet")))
    try:
        _launch(told)
        _change(told)
        _wrong(told)
        _deliver(told)
        _stop(told)
        _resume(told)
        _destroy(told)
        _outage(told)
        yield told
    finally:
        told.site.run("sandbox", "down")


def _launch(told: Story) -> None:
    told.run("validate", "validate")
    told.run("plan before up", "plan")
    told.run("up", "sandbox", "up")
    told.seen["token"] = told.site.graph["token"]
    told.run("first plan", "plan", "-o", told.plan_file("first"))
    told.run("apply unapproved", "apply", told.plan_file("first"))
    told.seen["requests unapproved"] = told.site.requests()
    told.run("approve", "approve", told.plan_file("first"), "--by", "Ayşe Yılmaz", "--evidence", "mail 17")
    told.run("apply", "apply", told.plan_file("first"))
    told.run("second plan", "plan")
    told.run("empty plan as json", "plan", "--json")
    told.run("no drift", "drift", "--json")


def _change(told: Story) -> None:
    told.site.edit("daily: 600 TRY", "daily: 660 TRY")
    told.run("a tenth", "plan", "-o", told.plan_file("tenth"), "--json")
    told.run("approve a tenth", "approve", told.plan_file("tenth"), "--by", "Ayşe Yılmaz")
    told.site.edit("daily: 660 TRY", "daily: 610 TRY")
    before = told.site.requests()
    told.run("older plan", "apply", told.plan_file("tenth"))
    told.seen["older plan's requests"] = told.site.requests()[len(before) :]
    told.site.edit("daily: 610 TRY", "daily: 60000 TRY")
    told.run("above the ceiling", "plan", "-o", told.plan_file("above"))
    told.run("approve above", "approve", told.plan_file("above"), "--by", "Ayşe Yılmaz")
    told.run("apply above", "apply", told.plan_file("above"))
    told.site.edit("daily: 60000 TRY", "daily: 600 TRY")


def _wrong(told: Story) -> None:
    for name, (file, old, new, _, _) in WRONG.items():
        told.site.edit(old, new, file)
        before = told.site.requests()
        told.run(name, "plan")
        told.seen[f"{name}: requests"] = told.site.requests()[len(before) :]
        told.site.edit(new, old, file)


def _deliver(told: Story) -> None:
    told.run("advance", "sandbox", "advance", "3")
    told.run("load", "load", at_once=True)
    told.seen["ledger"], told.seen["first load"] = told.site.ledger(), told.site.performance()
    told.run("load again", "load", at_once=True)
    told.seen["second load"] = told.site.performance()
    told.run("query", "query", "select count(*) as n from ad_reporting__ad_report", "--csv")
    told.run("query that writes", "query", "create table x as select 1")


def _stop(told: Story) -> None:
    told.run("pause", "pause", "--all")
    told.seen["spent before"] = told.site.ledger()
    told.run("advance paused", "sandbox", "advance", "2")
    told.seen["spent after"] = told.site.ledger()
    told.run("plan while paused", "plan")
    told.run("log", "log")
    told.run("log as csv", "log", "--csv")
    told.run("unknown key", "pause", "yok")


def _resume(told: Story) -> None:
    file = told.plan_file("resume")
    told.run("resume", "resume", "yil-sonu", "-o", file)
    told.run("approve resume", "approve", file, "--by", "Ayşe Yılmaz", "--json")
    told.run("apply resume", "apply", file, "--json")
    told.run("resume again", "resume", "--all", "--json")
    told.run("pause as json", "pause", "--all", "--json")


def _destroy(told: Story) -> None:
    told.run("way back", "plan", "--as-of", told.plan_file("first"))
    told.run("way back to nowhere", "plan", "--as-of", "0123456789abcdef")
    told.run("destroy what is declared", "destroy", "yil-sonu")
    path = told.site.root / FILE
    text = path.read_text(encoding="utf-8")
    path.unlink()
    told.run("destroy", "destroy", "yil-sonu", "--json")
    told.run("destroy in words", "destroy", "yil-sonu/eve-siparis", "-o", told.plan_file("destroy"))
    told.run("destroy unapproved", "apply", told.plan_file("destroy"))
    path.write_text(text, encoding="utf-8")


def _outage(told: Story) -> None:
    told.run("down", "sandbox", "down")
    before = told.site.journal(), told.site.performance(), _bytes(told.site.state)
    for command in ("plan", "load"):
        told.run(f"{command} while down", command)
    told.seen["before the outage"] = before
    told.seen["after the outage"] = told.site.journal(), told.site.performance(), _bytes(told.site.state)


def _bytes(state: Path) -> dict[str, bytes]:
    return {name: (state / name).read_bytes() for name in ("mart.duckdb", "warehouse.duckdb", "journal.db")}
