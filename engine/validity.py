"""What must hold before an experiment may name a winner: delivery, spend shares, no edits, whole weeks,
settled days, results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from engine.panel import Panel
from engine.readout import LEAST_RESULTS, Check, Edit, ExperimentPlan
from engine.wording import day, number, percent

SHARE_TOLERANCE = 0.10  # relative to plan; over weeks, as platforms may spend double on a single day


def checks(
    panel: Panel, edits: Sequence[Edit], days: int, seen_through: date, through: date
) -> tuple[Check, ...]:
    """All checks over the first `days` days of the test, edits up to and including `seen_through`."""
    return (
        _delivery(panel, days),
        _spend_share(panel, days),
        _edits(panel.plan, edits, seen_through),
        _whole_weeks(panel.plan, days),
        _settled(panel.plan, through),
        _results(panel, days),
    )


def valid(found: Sequence[Check]) -> bool:
    return all(check.passed for check in found if check.on_failure == "invalid")


def _delivery(panel: Panel, days: int) -> Check:
    silent = [
        (panel.plan.order[cell], panel.plan.day(index))
        for cell, index in np.argwhere(~panel.delivered[:, :days]).tolist()
    ]
    if not silent:
        return Check(
            "delivery", True, "Bütün hücreler her gün yayındaydı.", "Every cell delivered every day."
        )
    cell, when = silent[0]
    return Check(
        "delivery",
        False,
        f"{cell} hücresi {day(when, 'tr')} günü yayında değildi (toplam {len(silent)} hücre-gün)",
        f"cell {cell} did not deliver on {day(when, 'en')} ({len(silent)} cell-days in all)",
    )


def _spend_share(panel: Panel, days: int) -> Check:
    spend = panel.of("spend", days).sum(-1)
    if days < 7 or spend.sum() == 0:
        return Check(
            "spend_share", True, "Harcama payları ilk haftadan sonra bakılır.",
            "Spend shares are judged after the first week.",
        )  # fmt: skip
    planned = np.array([panel.plan.shares[cell] for cell in panel.plan.order])
    gaps = spend / spend.sum() / (planned / planned.sum()) - 1
    worst = max(range(len(gaps)), key=lambda cell: (round(abs(float(gaps[cell])), 9), gaps[cell]))
    cell, gap = panel.plan.order[worst], float(gaps[worst])
    if abs(gap) <= SHARE_TOLERANCE:
        return Check(
            "spend_share", True, f"Harcama payları plandan en çok {percent(gap, 'tr')} ayrıldı.",
            f"Spend shares were within {percent(gap, 'en')} of plan.",
        )  # fmt: skip
    return Check(
        "spend_share",
        False,
        f"{cell} hücresi planın {percent(gap, 'tr')} {'üstünde' if gap > 0 else 'altında'} harcadı;"
        " hücreler karşılaştırılamaz",
        f"cell {cell} spent {percent(gap, 'en')} {'above' if gap > 0 else 'below'} its planned share;"
        " the cells cannot be compared",
    )


def _edits(plan: ExperimentPlan, edits: Sequence[Edit], seen_through: date) -> Check:
    during = sorted(
        (edit for edit in edits if (edit.cell is None or edit.cell in plan.cells) and plan.start <= edit.at <=
        seen_through), key=lambda edit: (edit.at, edit.cell or "", edit.what),
    )  # fmt: skip
    if not during:
        return Check(
            "edits", True, "Test sırasında hiçbir şey değiştirilmedi.", "Nothing was edited during the test."
        )
    first = during[0]
    where_tr = f"{first.cell} hücresinde" if first.cell else "bütün hücrelerde"
    where_en = f"in cell {first.cell}" if first.cell else "in all cells"
    return Check(
        "edits",
        False,
        f"{day(first.at, 'tr')} günü {where_tr} değişiklik yapıldı: {first.what} (toplam {len(during)})",
        f"edited on {day(first.at, 'en')} {where_en}: {first.what} ({len(during)} in all)",
    )


def _whole_weeks(plan: ExperimentPlan, days: int) -> Check:
    weeks = days // 7
    return Check(
        "whole_weeks",
        weeks >= 1,
        f"Tamamlanan hafta: {weeks}/{plan.weeks}.",
        f"Weeks completed: {weeks} of {plan.weeks}.",
        "wait",
    )


def _settled(plan: ExperimentPlan, through: date) -> Check:
    unsettled = min(plan.days, max(0, (through - plan.start).days + 1)) - plan.settled_days(through)
    return Check(
        "settled",
        unsettled == 0,
        f"Sayıları henüz kesinleşmeyen gün: {unsettled} ({plan.settling} gün beklenir; bu günler hesaba"
        " katılmaz).",
        f"Days whose figures still move: {unsettled} (each settles after {plan.settling} days; they are"
        " left out).",
        "wait",
    )


def _results(panel: Panel, days: int) -> Check:
    results = panel.results(days)
    least = float(results.min())
    cell, ratio = panel.plan.order[int(results.argmin())], panel.plan.ratio
    return Check(
        "results",
        least >= LEAST_RESULTS,
        f"En az {ratio.result_tr} {cell} hücresinde: {number(least, 'tr')} (en az {LEAST_RESULTS} gerekir).",
        f"Fewest {ratio.result_en} in cell {cell}: {number(least, 'en')} (at least {LEAST_RESULTS} are"
        " needed).",
        "wait",
    )
