"""What a plan comes to, line by line: counts, money, quota and hazards, in English or Turkish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.change import Archive, Create, Update
from engine.effort import Effort
from engine.plan import Plan
from engine.projection import spans

if TYPE_CHECKING:
    from engine.wording import Locale

WORDS: Mapping[Locale, Mapping[str, str]] = {
    "en": {
        "counts": "Plan: {create} to create, {change} to change, {archive} to archive.",
        "daily": "Daily budget: {amounts}{limit}",
        "worst": "Worst day the platforms may bill: {amounts}",
        "month": "{month} to its end: {amount} {currency}{spent}{limit}",
        "spent": " ({amount} spent so far)",
        "ceiling": "; ceiling {amount} {currency}",
        "no ceiling": "; no ceiling declared",
        "unknown": "Spend not loaded, counted with what may be spent: {platform} {days}",
        "operations": "Operations on {platform}: about {calls}{quota}{made}{requests}",
        "quota": " of {quota} a day ({access} access)",
        "made": ", {made} made in the last 24 hours",
        "requests": "; requests: {requests}, waves: {waves}",
        "too many": "Too many operations for a day on {platform}: {count} have to wait for a later apply",
        "least": "Writing to {platform} takes at least {minutes} minutes ({access} access)",
        "learning": "Learning resets: {count}",
        "review": "Ads to review: {count}",
        "irreversible": "Irreversible changes: {count}",
    },
    "tr": {
        "counts": "Plan: {create} oluşturulacak, {change} değişecek, {archive} arşivlenecek.",
        "daily": "Günlük bütçe: {amounts}{limit}",
        "worst": "Platformların bir günde en çok kesebileceği: {amounts}",
        "month": "{month} sonuna kadar: {amount} {currency}{spent}{limit}",
        "spent": " (şimdiye dek {amount} harcandı)",
        "ceiling": "; tavan {amount} {currency}",
        "no ceiling": "; tavan yazılmamış",
        "unknown": "Harcaması yüklenmemiş günler, harcanabilecek kadarıyla sayıldı: {platform} {days}",
        "operations": "{platform} işlemleri: yaklaşık {calls}{quota}{made}{requests}",
        "quota": ", günlük sınır {quota} ({access} erişimi)",
        "made": ", son 24 saatte {made} yapıldı",
        "requests": "; istek: {requests}, dalga: {waves}",
        "too many": "{platform} için bir güne çok fazla işlem: {count} işlem sonraki uygulamayı bekleyecek",
        "least": "{platform} üzerinde yazmak en az {minutes} dakika sürer ({access} erişimi)",
        "learning": "Yeniden öğrenmeye başlayacak: {count}",
        "review": "İncelemeye gidecek reklam: {count}",
        "irreversible": "Geri alınamayacak değişiklik: {count}",
    },
}
SWAPPED = str.maketrans(",.", ".,")
WORTH_TELLING = 60  # seconds
TOLD = ("learning", "review", "irreversible")


def footer(plan: Plan, locale: Locale = "en") -> Iterator[str]:
    """The lines under a plan, without its digest; what is zero or empty is left out."""
    if plan.changes:
        yield WORDS[locale]["counts"].format(**counts(plan))
    yield daily(plan, locale)
    if plan.changes:
        yield WORDS[locale]["worst"].format(amounts=_sum(plan.money.worst_day, locale))
    yield from _months(plan, locale)
    yield from _operations(plan, locale)
    for kind in TOLD:
        count = sum(any(hazard.kind == kind for hazard in each.hazards) for each in plan.changes)
        if count:
            yield WORDS[locale][kind].format(count=count)


def counts(plan: Plan) -> dict[str, int]:
    """How many changes of each sort: create, change, archive."""
    names = {Create: "create", Update: "change", Archive: "archive"}
    found = dict.fromkeys(names.values(), 0)
    for planned in plan.changes:
        found[names[type(planned.change)]] += 1
    return found


def daily(plan: Plan, locale: Locale = "en") -> str:
    """What may be spent a day, before → after, by currency, against the ceiling."""
    before, after = plan.money.daily_before, plan.money.daily_after
    parts = []
    for currency in {**before, **after}:
        old, new = before.get(currency, Decimal(0)), after.get(currency, Decimal(0))
        step = f" ({_share((new - old) / old, locale)})" if old and old != new else ""
        was = f"{_amount(old, locale)} → " if old != new else ""
        parts.append(f"{was}{_amount(new, locale)} {currency}{step}")
    ceiling = plan.money.ceiling_daily
    words = WORDS[locale]["ceiling" if ceiling else "no ceiling"]
    limit = (
        words.format(amount=_amount(ceiling.amount, locale), currency=ceiling.currency) if ceiling else words
    )
    return WORDS[locale]["daily"].format(
        amounts=" + ".join(parts) or _amount(Decimal(0), locale), limit=limit
    )


def _months(plan: Plan, locale: Locale) -> Iterator[str]:
    """Each month with money in it; of this one, what was spent so far and what is declared for the rest."""
    money, words = plan.money, WORDS[locale]
    ceiling = money.ceiling_monthly
    limit = words["no ceiling"]
    if ceiling:
        limit = words["ceiling"].format(amount=_amount(ceiling.amount, locale), currency="").rstrip()
    for month, amount in money.months.items():
        if amount.amount:
            spent = words["spent"].format(amount=_amount(money.spent.amount, locale))
            yield words["month"].format(
                month=month,
                amount=_amount(amount.amount, locale),
                currency=amount.currency,
                spent=spent if month == money.month else "",
                limit=limit,
            )
    for platform, days in money.unknown.items():
        told = ", ".join(f"{a}" if a == b else f"{a} … {b}" for a, b in spans(days))
        yield words["unknown"].format(platform=platform, days=told)


def _operations(plan: Plan, locale: Locale) -> Iterator[str]:
    words = WORDS[locale]
    for platform, (calls, quota) in plan.operations.items():
        took = plan.effort.get(platform) or Effort(calls, quota, "", 0, 0, 0, 0)
        shown = {
            "quota": quota and _count(quota, locale),
            "made": quota and took.made and _count(took.made, locale),
            "requests": took.requests and _count(took.requests, locale),
        }
        parts = {
            name: words[name].format(**{name: told}, access=took.access, waves=took.waves) if told else ""
            for name, told in shown.items()
        }
        yield words["operations"].format(platform=platform, calls=_count(calls, locale), **parts)
        if took.too_many:
            yield words["too many"].format(platform=platform, count=_count(took.too_many, locale))
        if took.seconds >= WORTH_TELLING:
            minutes = _count(-(-took.seconds // 60), locale)
            yield words["least"].format(platform=platform, minutes=minutes, access=took.access)


def _sum(amounts: Mapping[str, Decimal], locale: Locale) -> str:
    told = (f"{_amount(amount, locale)} {currency}" for currency, amount in amounts.items())
    return " + ".join(told) or _amount(Decimal(0), locale)


def _amount(value: Decimal, locale: Locale) -> str:
    return _written(f"{value:,.2f}", locale)


def _count(value: int, locale: Locale) -> str:
    return _written(f"{value:,}", locale)


def _share(value: Decimal, locale: Locale) -> str:
    """A step with its sign: +10.0%, in Turkish +%10,0."""
    if locale == "en":
        return f"{value:+.1%}"
    return f"{'-' if value < 0 else '+'}%{_written(f'{abs(value) * 100:.1f}', locale)}"


def _written(number: str, locale: Locale) -> str:
    """A Turkish reader's point is an English one's comma."""
    return number.translate(SWAPPED) if locale == "tr" else number
