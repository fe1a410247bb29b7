"""The values of a budget-split experiment: what was planned, what was measured day by day, and what may be
said of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from engine.metric import METRICS, Ratio
from schemas.errors import KampanyaError

Status = Literal["not_started", "no_data", "invalid", "running", "winner", "no_difference", "not_enough_data"]

MAX_WEEKS = 26
LEAST_RESULTS = 5  # in every cell, before any word at all


@dataclass(frozen=True, slots=True)
class CellDay:
    """What one cell did on one day of its account's time zone; spend and value in account currency major
    units."""

    cell: str
    day: date
    spend: Decimal | float
    impressions: int
    clicks: int
    conversions: float = 0.0
    value: Decimal | float = 0.0


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to budget, creative or targeting that the journal or the platform's history records; cell
    None is all."""

    cell: str | None
    at: date
    what: str


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """A declared test. `shares` are of spend and sum to 1; `minimum_effect` is relative (0.15 = 15 %);
    `start` is day one.

    `settle_days` is how long a day's figures keep moving: a day counts once `through` lies that many days
    after it (default: 3 for clicks, 7 for conversions). `missed` are weeks at whose end nobody could look.
    Raises KampanyaError where the plan contradicts itself.
    """

    key: str
    control: str
    cells: tuple[str, ...]
    shares: Mapping[str, float]
    metric: str | Ratio
    minimum_effect: float
    weeks: int
    start: date
    alpha: float = 0.05
    settle_days: int | None = None
    missed: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for wrong, detail, fix in self._contradictions():
            if wrong:
                raise KampanyaError(f"Experiment {self.key} cannot be read", detail, fix)

    def _contradictions(self) -> list[tuple[bool, str, str]]:
        known = isinstance(self.metric, Ratio) or self.metric in METRICS
        total = math.fsum(self.shares.values())
        return [
            (len(set(self.cells)) != len(self.cells) or len(self.cells) < 2,
             f"cells are {', '.join(self.cells)}", "Name at least two different cells."),
            (self.control not in self.cells, f"control {self.control} is none", "Name a cell as control."),
            (set(self.shares) != set(self.cells) or min(self.shares.values(), default=0) <= 0
             or abs(total - 1) > 1e-6, f"shares sum to {total:g}", "Shares of all cells sum to 100%."),
            (not known, f"metric {self.metric!r} is unknown", f"Use one of {', '.join(METRICS)} or a ratio."),
            (not 1 <= self.weeks <= MAX_WEEKS, f"weeks is {self.weeks}", f"Declare 1 to {MAX_WEEKS} weeks."),
            (not 0 < self.minimum_effect < 10, f"effect is {self.minimum_effect:g}", "Write e.g. 15%."),
            (not 0 < self.alpha < 0.5, f"alpha is {self.alpha:g}", "Use 5%."),
        ]  # fmt: skip

    @property
    def ratio(self) -> Ratio:
        return self.metric if isinstance(self.metric, Ratio) else METRICS[self.metric]

    @property
    def order(self) -> tuple[str, ...]:
        """The cells with the control first."""
        return (self.control, *(cell for cell in self.cells if cell != self.control))

    @property
    def days(self) -> int:
        return 7 * self.weeks

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @property
    def settling(self) -> int:
        return self.ratio.settle_days if self.settle_days is None else self.settle_days

    def settled_days(self, through: date) -> int:
        """How many days of the test no longer change, given data loaded up to and including `through`."""
        return max(0, min(self.days, (through - self.start).days + 1 - self.settling))

    def day(self, index: int) -> date:
        return self.start + timedelta(days=index)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a verdict; a failed one makes the test `invalid`, or says what is still being
    waited for."""

    name: str
    passed: bool
    detail_tr: str
    detail_en: str
    on_failure: Literal["invalid", "wait"] = "invalid"

    @property
    def detail(self) -> str:
        return self.detail_en


@dataclass(frozen=True, slots=True)
class Look:
    """One completed week of one cell against the control.

    theta is the log of the efficiency ratio (positive: the cell is better than the control, for costs too);
    low and high are the repeated interval at this look's boundary, so that it excludes zero exactly when the
    look crossed.
    """

    cell: str
    week: int
    theta: float
    low: float
    high: float
    z: float
    boundary: float
    crossed: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """One cell against the control at the deciding look, else the last one.

    theta as in Look; `ci` the ordinary t interval at 1 - alpha; `relative*` are differences of the metric
    itself (-0.18: 18 % lower than the control's), `relative_low/high` those of the repeated interval.
    """

    cell: str
    theta: float
    se: float
    se_jackknife: float
    df: int
    ci: tuple[float, float]
    p: float
    p_holm: float
    relative: float
    relative_ci: tuple[float, float]
    relative_range: tuple[float, float]
    biggest_day: date
    relative_without_biggest_day: float


@dataclass(frozen=True, slots=True)
class CellTotal:
    """Sums over the readout's window; metric is None where its denominator is zero."""

    cell: str
    spend: Decimal
    impressions: int
    clicks: int
    conversions: float
    value: Decimal
    metric: float | None
    share: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Results of the poorest cell so far, what the minimum effect needs at 80 % power, and days more at
    this pace."""

    results: float
    needed: int
    more_days: int


@dataclass(frozen=True, slots=True)
class Readout:
    """All that may be said of an experiment by a given day; sentences are for people, numbers for
    analysts."""

    key: str
    status: Status
    winner: str | None
    decided_week: int | None
    weeks_completed: int
    window: tuple[date, date] | None
    checks: tuple[Check, ...]
    looks: tuple[Look, ...]
    effects: tuple[Effect, ...]
    totals: tuple[CellTotal, ...]
    progress: Progress | None
    sentence_tr: str
    sentence_en: str
    scope_tr: str
    scope_en: str
