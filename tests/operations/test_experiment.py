"""An experiment is read from days that were loaded, and says where it stops for want of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from operations.experiment import read
from tests.contract.brand import on_memory
from tests.operations.test_load import Numbers, Reporting, Row, bring

FIRST = date(2026, 12, 1)
KEY = "menu-mu-muzik-mi"
EXPERIMENT = f"""\
experiment: {KEY}
platform: meta
metric: cost_per_click
control: menu
minimum_effect: 15%
weeks: 2
cells:
  - {{cell: menu, ad_set: yil-sonu/restorana-menu, share: 50%}}
  - {{cell: muzik, ad_set: yil-sonu/restorana-muzik, share: 50%}}
"""


@pytest.fixture
def test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Numbers]:
    """Two cells that run and are reported for ten days."""
    made = on_memory(tmp_path / "lezzet")
    folder = made.root / "experiments"
    folder.mkdir()
    (folder / "test.yaml").write_text(EXPERIMENT, encoding="utf-8")
    made.launch()
    ads = {id: each for id, each in made.far_side.records.items() if each.kind == "ad"}
    rows = Reporting._rows

    def of_the_tree(connector: Reporting, report: object, day: date) -> Iterator[Row]:
        for row in rows(connector, report, day):  # type: ignore[arg-type]
            if "ad_id" in row:
                ad_set = str(ads[row["ad_id"]].fields["ad_set"])
                campaign = str(made.far_side.records[ad_set].fields["campaign"])
                row |= {"adset_id": ad_set, "campaign_id": campaign}
            yield row

    monkeypatch.setattr(Reporting, "_rows", of_the_tree)
    spends = {FIRST + timedelta(days=number): dict.fromkeys(ads, "50.00") for number in range(10)}
    yield Numbers(made.root, made.far_side, made.journal, spends, days=11)
    made.journal.close()


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def test_without_a_gap_it_is_read_through_the_last_whole_day(test: Numbers) -> None:
    bring(test)
    reading = read(test.site, test.journal, KEY)
    assert (reading.through, reading.missing, reading.gap) == (day(10), (), {})


def test_what_lies_behind_a_gap_is_not_read_and_the_gap_is_told(test: Numbers) -> None:
    bring(test, until=day(4))
    bring(test, since=day(8))
    reading = read(test.site, test.journal, KEY)
    assert reading.through == day(4)
    assert reading.missing == (day(5), day(6), day(7))
    assert "kampanya load --since 2026-12-05 --until 2026-12-07" in reading.gap["en"]
    assert all(check.passed for check in reading.readout.checks if check.name == "delivery")


def test_once_the_gap_is_filled_all_is_read(test: Numbers) -> None:
    bring(test, until=day(4))
    bring(test, since=day(8))
    bring(test, since=day(5), until=day(7))
    reading = read(test.site, test.journal, KEY)
    assert (reading.through, reading.missing) == (day(10), ())


def test_a_load_of_the_campaigns_alone_is_none_of_the_cells(test: Numbers) -> None:
    bring(test, until=day(4))
    test.fails = frozenset({"ad_day"})
    with pytest.raises(Exception, match="the memory platform is down"):
        bring(test, since=day(5))
    assert read(test.site, test.journal, KEY).through == day(4)
