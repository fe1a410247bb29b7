"""Near a ceiling: told from four fifths of it on, of loaded spend, in the brand's currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.assemble import Spending
from operations import ceiling
from operations.plan import rails
from operations.site import Site
from schemas.errors import InvalidDeclaration
from tests.contract.brand import on_memory
from tests.operations.sites import NOW


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    bench = on_memory(tmp_path / "lezzet")
    yield bench.site
    bench.journal.close()


def near(site: Site, monkeypatch: pytest.MonkeyPatch, **month: str) -> list[str]:
    spent = replace(Spending(), month={currency: Decimal(amount) for currency, amount in month.items()})
    monkeypatch.setattr(ceiling, "spending", lambda _: spent)
    return ceiling.near_ceilings(site)


def test_four_fifths_of_the_monthly_ceiling_is_near(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert near(site, monkeypatch, TRY="35999.99") == []
    assert near(site, monkeypatch, TRY="36000") == [
        "80% of the monthly ceiling is spent: 36,000.00 of 45,000.00 TRY"
    ]


def test_nothing_loaded_is_near_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert near(site, monkeypatch) == []


def test_spend_without_a_rate_is_said_and_not_left_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (sentence,) = near(site, monkeypatch, TRY="100", EUR="5000")
    assert "EUR" in sentence


@pytest.mark.parametrize(
    ("day", "fresh"), [("2026-11-29", True), ("2026-11-01", False), ("2027-11-29", False)]
)
def test_a_rate_counts_while_it_is_of_these_days(tmp_path: Path, day: str, fresh: bool) -> None:
    bench = on_memory(tmp_path / "oteki")
    path = bench.root / "kampanya.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + f"\nfx: {{rates: {{EUR: {{rate: 50, date: {day}}}}}}}\n", "utf-8"
    )
    assert rails(bench.site, NOW).rates["EUR"].fresh is fresh
    bench.journal.close()


def test_a_margin_never_makes_foreign_money_less(tmp_path: Path) -> None:
    bench = on_memory(tmp_path / "eksi")
    path = bench.root / "kampanya.yaml"
    rate = "{rate: 50, date: 2026-11-29, margin: -90%}"
    path.write_text(path.read_text(encoding="utf-8") + f"\nfx: {{rates: {{EUR: {rate}}}}}\n", "utf-8")
    with pytest.raises(InvalidDeclaration, match="a margin below zero"):
        rails(bench.site, NOW)
    bench.journal.close()
