"""What is declared, held against the brand's strategy: its goals' ceilings and its media plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, get_args

from engine.budget import Running
from engine.metric import ALSO, FIELDS, METRICS
from engine.resource import Address, Ref, Resource
from engine.rules import Locate
from schemas.brand import Brand
from schemas.campaign import Campaign, Goal
from schemas.errors import Problem
from schemas.strategy import Goal as Aim
from schemas.strategy_checks import days
from schemas.types import DECIMALS, Money, Percent

# What a goal may count: reported figures, the ratios of them, and the results that ad sets are optimised for.
COUNTS = (*FIELDS, *get_args(Goal))
KNOWN = (*METRICS, *ALSO, *COUNTS)
SHARES = ("ctr", "conversion_rate")


@dataclass(frozen=True, slots=True)
class Spend:
    """One budget that may be spent: major units of `currency`, a day or in all, from start to end.

    `end` is None where nothing ends it.
    """

    campaign: str
    platform: str
    daily: bool
    amount: Decimal
    currency: str
    start: date
    end: date | None

    def within(self, first: date, last: date) -> Decimal:
        """What of it may be spent from the first to the last day, both included; evenly over its days."""
        end = min(self.end or last, last)
        overlap = Decimal((end - max(self.start, first)).days + 1)
        if overlap <= 0:
            return Decimal(0)
        if self.daily:
            return self.amount * overlap
        whole = Decimal(((self.end or end) - self.start).days + 1)
        return self.amount * overlap / whole


def spends(neutral: Iterable[Resource]) -> list[Spend]:
    """Every budget of what is declared active; of an ad set only under an active campaign."""
    resources = {each.address: each for each in neutral if each.address.kind in ("campaign", "ad_set")}
    found = []
    for address, each in resources.items():
        budget: Any = each.fields.get("budget")
        parent = each.fields.get("campaign")
        above = resources.get(parent.address) if isinstance(parent, Ref) else None
        active = all(level.fields["status"] == "active" for level in (each, above) if level)
        if budget and active:
            start, end = str(each.fields["start"]), each.fields["end"]
            found.append(
                Spend(
                    address.key.partition("/")[0],
                    address.platform,
                    budget["period"] == "day",
                    Decimal(budget["amount"]),
                    budget["currency"],
                    date.fromisoformat(start),
                    date.fromisoformat(str(end)) if end else None,
                )
            )
    return found


def allowed(running: Mapping[Address, Running]) -> list[Spend]:
    """The same of what would run, by what each budget allows a day."""
    return [
        Spend(
            address.key.partition("/")[0],
            address.platform,
            True,
            each.daily.amount,
            each.daily.currency,
            each.start,
            each.end,
        )
        for address, each in running.items()
    ]


def check(
    brand: Brand, campaigns: Sequence[Campaign], neutral: Sequence[Resource], where: Locate
) -> list[Problem]:
    """Everything in which the declaration goes beyond the strategy, at the author's lines."""
    declared = spends(neutral)
    return [*_metrics(brand, where), *beyond(brand, campaigns, declared, where)]


def beyond(
    brand: Brand, campaigns: Sequence[Campaign], declared: Sequence[Spend], where: Locate
) -> list[Problem]:
    """What would be spent above the goals' ceilings and the media plan."""
    return [
        *_unpriced(brand, declared, where),
        *_ceilings(brand, campaigns, declared, where),
        *_media_plan(brand, declared, where),
    ]


def late(brand: Brand, campaigns: Sequence[Campaign], where: Locate) -> list[Problem]:
    """Warnings: campaigns that go on after the day by which their goal is to be reached."""
    goals = {each.goal: each for each in brand.goals}
    found = []
    for campaign in campaigns:
        goal, end = goals.get(campaign.goal or ""), campaign.flight.end
        if goal and goal.by and (end is None or end > goal.by):
            ends = f"ends on {end}" if end else "has no end"
            found.append(
                Problem(
                    "A campaign that goes on after its goal's day",
                    f"{campaign.campaign} {ends}; {goal.goal} is to be reached by {goal.by}",
                    "End the campaign by then, or move the goal's day.",
                    where("campaign", campaign.campaign, "flight"),
                )
            )
    return found


def _metrics(brand: Brand, where: Locate) -> Iterator[Problem]:
    for index, goal in enumerate(brand.goals):
        place = where("brand", brand.brand, "goals", index, "metric")
        counted = goal.metric.removeprefix("cost_per_")
        if goal.metric not in KNOWN and counted not in COUNTS:
            close = get_close_matches(goal.metric, KNOWN, 1)
            fix = f"Did you mean `{close[0]}`?" if close else f"Use one of {', '.join(KNOWN)}."
            yield Problem("A goal whose metric cannot be measured", f"`{goal.metric}`", fix, place)
        elif wrong := _target(goal):
            place = where("brand", brand.brand, "goals", index, "target")
            yield Problem(
                "A target that its metric cannot have", f"{goal.metric}: {goal.target}", wrong, place
            )


def _target(goal: Aim) -> str:
    """How the target should be written, "" where it is right."""
    if goal.metric.startswith("cost_per_") or goal.metric in ("spend", "value"):
        return "" if isinstance(goal.target, Money) else "Write an amount: 120 TRY."
    if goal.metric in SHARES:
        return "" if isinstance(goal.target, Percent) else "Write a percentage: 4%."
    return "" if isinstance(goal.target, Decimal) else "Write a number: 2.5."


def _unpriced(brand: Brand, declared: Sequence[Spend], where: Locate) -> Iterator[Problem]:
    """Money that no ceiling of the strategy can see, for want of a rate."""
    if not (brand.media_plan or any(goal.ceiling for goal in brand.goals)):
        return
    for currency in sorted({each.currency for each in declared} - {brand.currency, *brand.fx.rates}):
        yield Problem(
            "No exchange rate to hold budgets against the strategy",
            f"budgets are in {currency}, the media plan and the goals in {brand.currency}",
            f"Declare a rate of {currency} under `fx`.",
            where("brand", brand.brand, "currency"),
        )


def _priced(brand: Brand, each: Spend, amount: Decimal) -> Decimal:
    """An amount in the brand's currency, at the declared rate plus its margin."""
    if each.currency == brand.currency or each.currency not in brand.fx.rates:
        return amount
    rate = brand.fx.rates[each.currency]
    return amount * rate.rate * (1 + rate.margin.fraction)


def _ceilings(
    brand: Brand, campaigns: Sequence[Campaign], declared: Sequence[Spend], where: Locate
) -> Iterator[Problem]:
    for index, goal in enumerate(brand.goals):
        working = {each.campaign for each in campaigns if each.goal == goal.goal}
        mine = [each for each in declared if each.campaign in working]
        if goal.ceiling is None or not mine:
            continue
        place = where("brand", brand.brand, "goals", index, "ceiling")
        if endless := sorted({each.campaign for each in mine if each.end is None}):
            fix = "Give their flights an end, or take the ceiling out."
            told = f"{goal.goal}: {', '.join(endless)} without an end may cost any amount"
            yield Problem("A goal's ceiling that nothing holds", told, fix, place)
            continue
        total = _sum(
            brand, mine, min(each.start for each in mine), max(each.end for each in mine if each.end)
        )
        if total > goal.ceiling.amount:
            yield _over("A goal above its ceiling", goal.goal, total, goal.ceiling, place)


def _media_plan(brand: Brand, declared: Sequence[Spend], where: Locate) -> Iterator[Problem]:
    for index, line in enumerate(brand.media_plan):
        first, last = days(line, brand)
        path = ("brand", brand.brand, "media_plan", index)
        limits: list[tuple[str, Money, list[Spend], tuple[str, ...]]] = [
            (f"on {name}", money, [each for each in declared if each.platform == name], ("platforms", name))
            for name, money in line.platforms.items()
        ]
        limits += [
            (f"in {name}", money, [each for each in declared if each.campaign == name], ("campaigns", name))
            for name, money in line.campaigns.items()
        ]
        if line.budget:
            limits.append(("in all", line.budget, list(declared), ("budget",)))
        for whose, money, mine, key in limits:
            total = _sum(brand, mine, first, last)
            if total > money.amount:
                what = f"{line.period} ({first} to {last}) {whose}"
                yield _over("More declared than the media plan has", what, total, money, where(*path, *key))


def _sum(brand: Brand, mine: Iterable[Spend], first: date, last: date) -> Decimal:
    return sum((_priced(brand, each, each.within(first, last)) for each in mine), Decimal(0))


def _over(summary: str, what: str, total: Decimal, limit: Money, place: Any) -> Problem:
    exact = f"{total.quantize(Decimal(1).scaleb(-DECIMALS.get(limit.currency, 2))):,f}"
    return Problem(
        summary,
        f"{what}: the declared budgets make {exact} {limit.currency}, {limit} are planned",
        "Lower the budgets or shorten the flights, or have the plan raised.",
        place,
    )
