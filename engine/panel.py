"""The test's days as arrays, field by cell by day, control first; refuses rows that could not have come
from one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.metric import FIELDS, Field
from engine.readout import CellDay, CellTotal, ExperimentPlan
from schemas.errors import KampanyaError


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Sums per field [cells, days] over the test's days up to the last loaded one; `delivered` where a row
    had delivery."""

    plan: ExperimentPlan
    rows: tuple[CellDay, ...]
    fields: dict[Field, NDArray[np.float64]]
    delivered: NDArray[np.bool_]

    def of(self, field: Field, days: int) -> NDArray[np.float64]:
        return self.fields[field][:, :days]

    def results(self, days: int) -> NDArray[np.float64]:
        """Counted results per cell over the first `days`."""
        total: NDArray[np.float64] = self.of(self.plan.ratio.result, days).sum(-1)
        return total

    def totals(self, days: int) -> tuple[CellTotal, ...]:
        return tuple(self._total(cell, days) for cell in self.plan.cells)

    def _total(self, cell: str, days: int) -> CellTotal:
        rows = [row for row in self.rows if row.cell == cell and (row.day - self.plan.start).days < days]
        index = self.plan.order.index(cell)
        ratio = self.plan.ratio
        denominator = float(self.of(ratio.den, days)[index].sum())
        numerator = float(self.of(ratio.num, days)[index].sum())
        spend = self.of("spend", days).sum(-1)
        return CellTotal(
            cell,
            sum((_exact(row.spend) for row in rows), Decimal(0)),
            sum(row.impressions for row in rows),
            sum(row.clicks for row in rows),
            float(self.of("conversions", days)[index].sum()),
            sum((_exact(row.value) for row in rows), Decimal(0)),
            numerator / denominator if denominator else None,
            float(spend[index] / spend.sum()) if spend.sum() else 0.0,
        )


def panel(days: Iterable[CellDay], plan: ExperimentPlan, through: date) -> Panel:
    """Arrange the rows that fall into the test and are loaded by `through`.

    Raises KampanyaError for a cell the plan does not have, a day given twice, and figures below zero or not
    numbers.
    """
    rows = tuple(sorted(_checked(days, plan, through), key=lambda row: (row.day, row.cell)))
    position = {cell: index for index, cell in enumerate(plan.order)}
    shape = (len(plan.cells), plan.days)
    fields = {field: np.zeros(shape) for field in FIELDS}
    delivered = np.zeros(shape, dtype=np.bool_)
    for row in rows:
        at = position[row.cell], (row.day - plan.start).days
        for field in FIELDS:
            fields[field][at] = float(getattr(row, field))
        delivered[at] = row.impressions > 0
    return Panel(plan, rows, fields, delivered)


def _checked(days: Iterable[CellDay], plan: ExperimentPlan, through: date) -> Sequence[CellDay]:
    seen: set[tuple[str, date]] = set()
    kept = []
    for row in days:
        if row.cell not in plan.cells:
            raise KampanyaError(
                "Data of an unknown cell", f"{row.cell} on {row.day}; cells: {', '.join(plan.cells)}",
                "Select the experiment's cells only.",
            )  # fmt: skip
        if (row.cell, row.day) in seen:
            raise KampanyaError(
                "A day is given twice", f"{row.cell} on {row.day}", "Sum to one row per cell and day."
            )
        if not all(0 <= float(getattr(row, field)) < float("inf") for field in FIELDS):
            raise KampanyaError(
                "A figure cannot be", f"{row.cell} on {row.day}: {row}", "Load the day again."
            )
        seen.add((row.cell, row.day))
        if plan.start <= row.day <= min(plan.end, through):
            kept.append(row)
    return kept


def _exact(amount: Decimal | float) -> Decimal:
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))
