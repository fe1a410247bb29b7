"""What is declared and what is there, to the words a person approves: one folder a case.

campaign.yaml   what is declared now
observed.json   how it came to be there, and what is asked: see `Case`
plan.txt        the plan in words; KAMPANYA_UPDATE_GOLDEN=1 writes it anew
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connection, Connector
from connectors.memory import MemoryConnector
from engine.assemble import Spending
from engine.plan import Plan
from engine.render import text
from engine.resource import Address
from operations import plan as plans
from operations.pause import pause
from operations.site import Site, account, open_site
from tests.contract.brand import on_memory
from tests.operations.sites import NOW, Bench

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/observed.json"))
UPDATE = bool(os.environ.get("KAMPANYA_UPDATE_GOLDEN"))
Edits = list[list[str]]


@dataclass(frozen=True)
class Case:
    """The document observed.json, in the order in which things happened.

    brand       edits of the brand's file
    built       edits of campaign.yaml that give what was applied before; null: nothing was
    journal     false: the journal was lost since
    by_hand     kind/key → fields somebody set on the platform since, or "archived"
    strangers   kind/key of ours → fields of a copy somebody made of it, label and all
    paused      keys of `kampanya pause`
    targets, resume   options of the plan
    spent       currency → spend of the month so far
    """

    brand: Edits = field(default_factory=list)
    built: Edits | None = None
    journal: bool = True
    by_hand: Mapping[str, Any] = field(default_factory=dict)
    strangers: Mapping[str, Any] = field(default_factory=dict)
    paused: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    resume: list[str] = field(default_factory=list)
    spent: Mapping[str, str] = field(default_factory=dict)


class TwoPlatforms(Bench):
    """Each platform of the brand a memory platform of its own, with its account's currency."""

    @property
    def site(self) -> Site:
        found = open_site(self.root)
        made: dict[str, Connector] = {
            name: MemoryConnector(
                Connection(account(found.workspace, name), found.scope, self.root), self.far_side, name
            )
            for name in found.platforms
        }
        return replace(found, given_connectors=made, given_now=NOW)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield TwoPlatforms(made.root, made.far_side, made.journal)
    made.journal.close()


def edited(content: str, edits: Edits) -> str:
    for old, new in edits:
        assert old in content, old
        content = content.replace(old, new)
    return content


def planned(bench: Bench, folder: Path) -> Plan:
    case = Case(**json.loads((folder / "observed.json").read_text(encoding="utf-8")))
    declared = (folder / "campaign.yaml").read_text(encoding="utf-8")
    file, brand = bench.root / "campaigns" / "yil-sonu.yaml", bench.root / "kampanya.yaml"
    brand_before = brand.read_text(encoding="utf-8")
    if case.built is not None:
        file.write_text(edited(declared, case.built), encoding="utf-8")
        assert bench.apply().complete
    _since(bench, case)
    brand.write_text(edited(brand_before, case.brand), encoding="utf-8")
    file.write_text(declared, encoding="utf-8")
    wish = plans.Wish(tuple(case.targets), frozenset(case.resume))
    spent = {currency: Decimal(amount) for currency, amount in case.spent.items()}
    return plans.make(bench.site, bench.journal, wish, Spending(spent))


def _since(bench: Bench, case: Case) -> None:
    ids = bench.journal.ids()
    for where, change in case.by_hand.items():
        record = bench.far_side.records[ids[_address(where)]]
        if change == "archived":
            record.archived = True
        else:
            record.fields.update(change)
    for where, fields in case.strangers.items():
        original = bench.far_side.records[ids[_address(where)]]
        bench.far_side.insert(original.kind, original.mark, {**original.fields, **fields})
    if case.paused:
        pause(bench.site, bench.journal, case.paused, actor="test")
    if not case.journal:
        bench.journal.close()
        for path in (bench.root / ".kampanya" / "sandbox").glob("journal.db*"):
            path.unlink()
        bench.journal = bench.journal.open(bench.root / ".kampanya" / "sandbox" / "journal.db")


def _address(where: str) -> Address:
    return Address.parse(f"meta:{where}")


def words(bench: Bench, folder: Path) -> str:
    """The plan as shown; the digest is left out, since any new key of the language changes it."""
    shown = text(planned(bench, folder), bench.site.supports)
    return "".join(line for line in shown.splitlines(True) if not line.startswith("Digest: "))


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_a_plan_reads_as_it_did(folder: Path, bench: Bench) -> None:
    found, file = words(bench, folder), folder / "plan.txt"
    if UPDATE:
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_the_cases_are_numbered_without_gaps() -> None:
    assert [int(path.name[:3]) for path in CASES] == list(range(1, len(CASES) + 1))
    assert date(2026, 11, 30) - NOW.date() == timedelta(0)
