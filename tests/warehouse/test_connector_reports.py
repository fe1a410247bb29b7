"""Every connector's report specifications are ones this loader can load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.google.reports import REPORTS
from connectors.meta.reports import SPECS
from engine.report import Page, ReportSpec
from warehouse.landing import AccountRow, Asked, land
from warehouse.load import load_window

DAY = date(2026, 12, 20)


def specs() -> Iterator[Any]:
    for spec in (*SPECS, *REPORTS):
        yield pytest.param(spec, id=f"{spec.platform}-{spec.name}")


@pytest.mark.parametrize("spec", list(specs()))
def test_the_sql_of_a_connectors_report_binds(world: Any, spec: ReportSpec) -> None:
    page = Page(spec.platform, "1", spec.name, DAY, DAY, b"", 0, "v1")
    account = AccountRow(spec.platform, "1", "a", "TRY", "Europe/Istanbul")
    asked = Asked(account, spec.name, spec.attribution, DAY, DAY, DAY, datetime(2026, 12, 21, tzinfo=UTC))
    landing = land(world.folder / "landing", [page], "r", asked)
    summary = load_window(world.con, spec, landing)
    assert (summary.rows, summary.load_id) == (0, 1)
