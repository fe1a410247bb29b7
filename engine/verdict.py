"""What an experiment's readout says in words, in Turkish and English, and what it cannot know.

Never said: a probability that a cell is better (a p-value is not one), "proven", or which cell is ahead
before it may be said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.metric import Ratio
from engine.readout import Check, Effect, ExperimentPlan, Progress
from engine.wording import day, number, percent

Words = tuple[str, str]  # Turkish, English
_OVERFLOW = 700.0  # an interval after one week of few results can be wider than a float


def relative(theta: float, ratio: Ratio) -> float:
    """The difference of the metric itself: e^theta - 1, and e^-theta - 1 where lower is better."""
    return math.expm1(min(-theta if ratio.lower_is_better else theta, _OVERFLOW))


def not_started(plan: ExperimentPlan) -> Words:
    return (
        f"Test {day(plan.start, 'tr')} günü başlayacak.",
        f"The test starts on {day(plan.start, 'en')}.",
    )


def no_data() -> Words:
    return "Teste ait yüklenmiş veri yok.", "No data of the test has been loaded."


def invalid(found: Sequence[Check]) -> Words:
    broken = [check for check in found if check.on_failure == "invalid" and not check.passed]
    return (
        f"Sonuç geçersiz: {'; '.join(check.detail_tr for check in broken)}.",
        f"The result is invalid: {'; '.join(check.detail_en for check in broken)}.",
    )


def running(plan: ExperimentPlan, week: int, progress: Progress | None) -> Words:
    tr = f"Test sürüyor: {plan.weeks} haftanın {week} tanesi tamamlandı, karar sınırı henüz geçilmedi."
    en = (
        f"The test is running: {week} of {plan.weeks} weeks completed,"
        " the decision limit has not been crossed."
    )
    if week == 0:
        tr = "Test sürüyor: ilk hafta tamamlanmadan sonuç okunmaz."
        en = "The test is running: nothing is read before the first week is complete."
    more_tr, more_en = _pace(plan, progress)
    return tr + more_tr, en + more_en


def _pace(plan: ExperimentPlan, progress: Progress | None) -> Words:
    if progress is None:
        return "", ""
    ratio = plan.ratio
    return (
        f" {percent(plan.minimum_effect, 'tr')} farkı görmek için hücre başına yaklaşık"
        f" {number(progress.needed, 'tr')}"
        f" {ratio.result_tr} gerekiyor, {number(progress.results, 'tr')} var.",
        f" Seeing {percent(plan.minimum_effect, 'en')} needs about {number(progress.needed, 'en')}"
        f" {ratio.result_en} per"
        f" cell; {number(progress.results, 'en')} so far.",
    )


def not_enough(plan: ExperimentPlan, progress: Progress | None) -> Words:
    ratio = plan.ratio
    if progress is not None and progress.more_days > 0:
        return (
            f"Henüz karar verilemez: hücre başına {number(progress.needed, 'tr')} {ratio.result_tr}"
            " gerekiyordu,"
            f" {number(progress.results, 'tr')} var. Bu hızla {number(progress.more_days, 'tr')} gün daha"
            " gerekir.",
            f"No decision: {number(progress.needed, 'en')} {ratio.result_en} per cell were needed,"
            f" {number(progress.results, 'en')} so far; about {number(progress.more_days, 'en')} more days"
            " at this pace.",
        )
    return (
        f"Karar verilemez: veri hücreleri ayırmaya yetmedi, ama {percent(plan.minimum_effect, 'tr')}"
        " büyüklüğünde bir farkı"
        " dışlamaya da yetmedi.",
        f"No decision: the data does not tell the cells apart, nor does it rule out a difference of"
        f" {percent(plan.minimum_effect, 'en')}.",
    )


def no_difference(plan: ExperimentPlan) -> Words:
    return (
        f"Fark varsa da {percent(plan.minimum_effect, 'tr')} büyüklüğünden küçük görünüyor; hangisi kolaysa"
        " onu kullanın.",
        f"If there is a difference, it looks smaller than {percent(plan.minimum_effect, 'en')};"
        " use whichever is easier.",
    )


def winner(plan: ExperimentPlan, name: str, effects: Sequence[Effect], week: int) -> Words:
    """The winner against the control; a winning control against the cell that came closest to it."""
    rival = (
        max(effects, key=lambda effect: effect.theta) if name == plan.control else _effect_of(name, effects)
    )
    loser = rival.cell if name == plan.control else plan.control
    edge = _Edge.of(rival, plan.ratio, control_won=name == plan.control)
    tr, en = _difference(plan.ratio, name, loser, edge)
    if len(plan.cells) > 2 and name == plan.control:
        tr, en = f"{tr} Kontrol, öteki hücrelerin hepsini geçti.", f"{en} The control beat all other cells."
    how_tr, how_en = _when(plan, week)
    biggest_tr, biggest_en = _biggest_day(plan.ratio, rival, edge)
    return f"{tr} {how_tr}{biggest_tr}", f"{en} {how_en}{biggest_en}"


def _effect_of(name: str, effects: Sequence[Effect]) -> Effect:
    return next(effect for effect in effects if effect.cell == name)


class _Edge(tuple[float, float, float, float]):
    """Relative difference of the winner to the loser: estimate, nearer and farther end, estimate without
    the biggest day."""

    @classmethod
    def of(cls, effect: Effect, ratio: Ratio, control_won: bool) -> _Edge:
        def seen_from_winner(change: float) -> float:
            return 1 / (1 + change) - 1 if control_won else change

        ends = sorted((seen_from_winner(end) for end in effect.relative_range), key=abs)
        without = seen_from_winner(effect.relative_without_biggest_day)
        return cls((seen_from_winner(effect.relative), ends[0], ends[1], without))


def _difference(ratio: Ratio, name: str, loser: str, edge: _Edge) -> Words:
    range_tr = f"(muhtemel aralık {percent(edge[1], 'tr')} – {percent(edge[2], 'tr')})"
    range_en = f"(likely range {percent(edge[1], 'en')} to {percent(edge[2], 'en')})"
    size_tr, size_en = percent(edge[0], "tr"), percent(edge[0], "en")
    if ratio.lower_is_better and ratio.per_tr:
        return (
            f"{name} hücresi, {loser} hücresine göre {ratio.per_tr} başına {size_tr} daha ucuza getirdi"
            f" {range_tr}.",
            f"Cell {name} cost {size_en} less per {ratio.per_en} than cell {loser} {range_en}.",
        )
    way_tr, way_en = ("düşük", "lower") if ratio.lower_is_better else ("yüksek", "higher")
    return (
        f"{name} hücresinde {ratio.label_tr}, {loser} hücresine göre {size_tr} daha {way_tr} çıktı"
        f" {range_tr}.",
        f"In cell {name} the {ratio.label_en} was {size_en} {way_en} than in cell {loser} {range_en}.",
    )


def _when(plan: ExperimentPlan, week: int) -> Words:
    if week < plan.weeks:
        return (
            f"Bu fark, planlanan {plan.weeks} haftalık testin {week}. haftasında karar sınırını geçti."
            " Erken biten testlerde fark olduğundan büyük görünebilir.",
            f"It crossed the decision limit in week {week} of {plan.weeks}."
            " Differences tend to look larger than they are in tests that stop early.",
        )
    return (
        f"Bu fark, {plan.weeks} haftalık testin sonunda karar sınırını geçti.",
        f"It crossed the decision limit at the end of the {plan.weeks}-week test.",
    )


def _biggest_day(ratio: Ratio, effect: Effect, edge: _Edge) -> Words:
    if ratio.counts_results:
        return "", ""
    when_tr, when_en = day(effect.biggest_day, "tr"), day(effect.biggest_day, "en")
    flipped = edge[3] * edge[0] < 0
    way_tr, way_en = (" ters yönde", " the other way") if flipped else ("", "")
    return (
        f" En etkili gün ({when_tr}) sayılmasaydı fark{way_tr} {percent(edge[3], 'tr')} olurdu.",
        f" Without the most influential day ({when_en}) the difference would be"
        f" {percent(edge[3], 'en')}{way_en}.",
    )


def scope(plan: ExperimentPlan) -> Words:
    """What no verdict of this method covers."""
    tr = (
        "Platform reklamları farklı kişilere göstermiş olabilir; bu sonuç 'bu kurulum bu platformda'"
        " demektir,"
        " 'bu görsel daha iyi' demek değildir."
    )
    en = (
        "The platform may have shown the ads to different people; this result says 'this set-up on this"
        " platform',"
        " not 'this creative is better'."
    )
    if len(plan.cells) > 2:
        tr += " Hücreler yalnız kontrolle karşılaştırıldı, birbirleriyle değil."
        en += " Cells were compared with the control only, not with each other."
    if plan.ratio.result in ("clicks", "impressions"):
        tr += " Bu ölçü satış hakkında bir şey söylemez."
        en += " This metric says nothing about sales."
    return tr, en
