"""What is legal and costs money all the same: told as warnings, at the author's lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from engine.rules import Locate
from schemas.brand import Brand
from schemas.campaign import AdSet, Campaign
from schemas.errors import Problem
from schemas.experiment import Experiment
from schemas.types import Money

# Results a week that an ad set needs before the platform has learnt for whom to bid; with fewer it stays
# "learning limited" and each costs more. Source: Meta help 112167992830700, about the learning phase.
LEARNING: Mapping[str, int] = {"meta": 50}
# Whose ad sets bid against each other for the same people. Google's search ad groups meet by their keywords.
BIDS_AGAINST_ITSELF = "meta"
SHOWN = 5  # ad sets named in one warning


def warnings(
    brand: Brand,
    campaigns: Sequence[Campaign],
    experiments: Iterable[Experiment],
    today: date | None,
    where: Locate,
) -> list[Problem]:
    """All of them; `today` is the brand's day, None where it is not known or something runs already."""
    compared = {cell.ad_set for each in experiments for cell in each.cells}
    running = [each for each in campaigns if each.status == "active"]
    return [
        *_slow_learners(brand, running, where),
        *_rivals(running, compared, where),
        *_alone(running, compared, where),
        *_late(running, today, where),
    ]


def _ad_sets(campaign: Campaign) -> Iterator[tuple[int, AdSet, str]]:
    """(index, ad set, path of keys) of those declared active."""
    for index, ad_set in enumerate(campaign.ad_sets):
        if ad_set.status == "active":
            yield index, ad_set, f"{campaign.campaign}/{ad_set.ad_set}"


def _slow_learners(brand: Brand, campaigns: Iterable[Campaign], where: Locate) -> Iterator[Problem]:
    """Budgets that cannot buy enough results a week at the price that the campaign's goal names."""
    goals = {each.goal: each for each in brand.goals}
    for campaign in campaigns:
        goal = goals.get(campaign.goal or "")
        if goal is None or not isinstance(goal.target, Money):
            continue
        counted = goal.metric.removeprefix("cost_per_")
        for platform in (each for each in campaign.platforms if each in LEARNING):
            for path, budget, wanted in _budgets(campaign, platform):
                if wanted not in (counted, f"{counted}s") or budget.currency != goal.target.currency:
                    continue
                bought = budget.amount * 7 / goal.target.amount
                if bought < LEARNING[platform]:
                    need = Money(goal.target.amount * LEARNING[platform] / 7, budget.currency)
                    yield Problem(
                        "A budget that learns slowly",
                        f"{budget} a day buys about {bought:.0f} {wanted} a week at the {goal.target} of goal"
                        f" {goal.goal}; {platform} learns from about {LEARNING[platform]}",
                        f"Raise it to about {need.amount:.0f} {need.currency}, put ad sets together, or"
                        " optimise for something that happens more often.",
                        where("campaign", campaign.campaign, *path),
                    )


def _budgets(campaign: Campaign, platform: Any) -> Iterator[tuple[tuple[str | int, ...], Money, str]]:
    """(path, a day's money, what is optimised for) of each budget on the platform."""
    shared = campaign.budget.for_platform(platform) if campaign.budget else None
    if shared and shared[0] == "daily":
        goals = {each.optimize_for or campaign.optimize_for for _, each, _ in _ad_sets(campaign)}
        if len(goals) == 1:
            yield ("budget",), shared[1], str(goals.pop())
    for index, ad_set, _ in _ad_sets(campaign):
        own = ad_set.budget.for_platform(platform) if ad_set.budget else None
        if own and own[0] == "daily":
            yield ("ad_sets", index, "budget"), own[1], str(ad_set.optimize_for or campaign.optimize_for)


def _rivals(campaigns: Iterable[Campaign], compared: set[str], where: Locate) -> Iterator[Problem]:
    """Ad sets that aim at exactly the same people at the same time; cells of an experiment are meant to."""
    groups: dict[str, list[tuple[Campaign, int, AdSet, str]]] = {}
    for campaign in (each for each in campaigns if BIDS_AGAINST_ITSELF in each.platforms):
        for index, ad_set, key in _ad_sets(campaign):
            block = getattr(ad_set, BIDS_AGAINST_ITSELF) or getattr(campaign, BIDS_AGAINST_ITSELF)
            if key not in compared and ad_set.audience and not (block and block.skip):
                people = ad_set.audience.model_dump_json(exclude={"persona"})
                groups.setdefault(people, []).append((campaign, index, ad_set, key))
    for members in groups.values():
        first, *others = members
        met = [each for each in others if _meet(first, each)]
        if met:
            campaign, index, _, _ = met[0]
            yield Problem(
                "Ad sets that bid for the same people",
                f"{_listed([key for *_, key in [first, *met]])} have one and the same audience",
                "Put their ads into one ad set, or let each exclude the others' people.",
                where("campaign", campaign.campaign, "ad_sets", index, "audience"),
            )


def _listed(keys: Sequence[str]) -> str:
    rest = len(keys) - SHOWN
    return ", ".join(keys[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _meet(one: tuple[Campaign, int, AdSet, str], other: tuple[Campaign, int, AdSet, str]) -> bool:
    """Whether both run on some day."""
    flights = [each[2].flight or each[0].flight for each in (one, other)]
    first = max(each.start for each in flights)
    return all(each.end is None or each.end >= first for each in flights)


def _alone(campaigns: Iterable[Campaign], compared: set[str], where: Locate) -> Iterator[Problem]:
    for campaign in (each for each in campaigns if not _all_in_one(each)):
        for index, ad_set, key in _ad_sets(campaign):
            ads = [each for each in ad_set.ads if each.status == "active"]
            if len(ads) == 1 and key not in compared:
                yield Problem(
                    "An ad set with one ad",
                    f"{key} has nothing to choose from, and stops when this ad is refused in review",
                    "Write a second ad.",
                    where("campaign", campaign.campaign, "ad_sets", index, "ads"),
                )


def _all_in_one(campaign: Campaign) -> bool:
    """Whether Google alone shows it, and makes its ads of all that one ad holds."""
    block = campaign.google
    return (
        campaign.platforms == ("google",)
        and block is not None
        and block.channel in ("performance_max", "app")
    )


def _late(campaigns: Iterable[Campaign], today: date | None, where: Locate) -> Iterator[Problem]:
    for campaign in campaigns if today else ():
        assert today
        flight = campaign.flight
        place = where("campaign", campaign.campaign, "flight")
        if flight.end and flight.end < today:
            told = f"{campaign.campaign} ended on {flight.end}, today is {today}"
            yield Problem("A flight that is over", told, "Move it, or set `status: paused`.", place)
        elif flight.start < today:
            told = f"{campaign.campaign} begins on {flight.start}, today is {today}: it begins at once"
            fix = "Begin it today or later: what is planned for its days is spent in fewer."
            yield Problem("A flight that begins in the past", told, fix, place)
