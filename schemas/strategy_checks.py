"""What the brand's strategy has to agree on, within itself and with the campaigns that refer to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from schemas.brand import Brand
from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.strategy import PlannedSpend
from schemas.types import Money

Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Problem]]


def brand_problems(brand: Brand) -> Found:
    """Paths in kampanya.yaml and what is wrong there."""
    yield from _twice("goals", "goal", [each.goal for each in brand.goals])
    yield from _twice("calendar", "season", [each.season for each in brand.calendar])
    yield from _twice("media_plan", "period", [each.period for each in brand.media_plan])
    yield from _foreign(brand)
    for i, season in enumerate(brand.calendar):
        if season.end < season.start:
            detail = f"{season.end} is before {season.start}"
            yield (
                ("calendar", i, "end"),
                Problem("a season that ends before it starts", detail, "swap the days"),
            )
    for i, line in enumerate(brand.media_plan):
        yield from _period(("media_plan", i), line, brand)
    for key, persona in brand.personas.items():
        if persona.persona:
            detail = f"`{key}` names `{persona.persona}`"
            yield (
                ("personas", key, "persona"),
                Problem("a persona built on a persona", detail, "write its targeting out"),
            )


def _twice(section: str, kind: str, keys: Sequence[str]) -> Found:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield (
                (section, index, kind),
                Problem(f"two {kind}s with one key", f"`{key}` is taken", "give each its own key"),
            )


def _foreign(brand: Brand) -> Found:
    """Amounts of the strategy in another currency than the brand's."""
    for path, money in _amounts(brand):
        if money.currency != brand.currency:
            detail = f"{money}, but the brand's currency is {brand.currency}"
            yield (
                path,
                Problem("an amount in another currency than the brand's", detail, f"use {brand.currency}"),
            )


def _amounts(brand: Brand) -> Iterator[tuple[Path, Money]]:
    for i, goal in enumerate(brand.goals):
        if goal.ceiling:
            yield ("goals", i, "ceiling"), goal.ceiling
        if isinstance(goal.target, Money):
            yield ("goals", i, "target"), goal.target
    for i, line in enumerate(brand.media_plan):
        if line.budget:
            yield ("media_plan", i, "budget"), line.budget
        for platform, money in line.platforms.items():
            yield ("media_plan", i, "platforms", platform), money
        for campaign, money in line.campaigns.items():
            yield ("media_plan", i, "campaigns", campaign), money
    for i, approver in enumerate(brand.may_approve):
        if approver.up_to:
            yield ("approvers", i, "up_to"), approver.up_to


def _period(path: Path, line: PlannedSpend, brand: Brand) -> Found:
    if line.season and (line.start or line.end):
        yield (
            (*path, "season"),
            Problem("a season and days of its own", "only one of the two could count", "leave one"),
        )
    elif line.season and not any(line.season == each.season for each in brand.calendar):
        yield (*path, "season"), _no_season(line.season, brand)
    elif not line.season and (line.start is None or line.end is None):
        fix = "add `start` and `end`, or the `season` of the calendar"
        yield path, Problem("a period without its days", f"`{line.period}`", fix)
    elif line.start and line.end and line.end < line.start:
        detail = f"{line.end} is before {line.start}"
        yield (*path, "end"), Problem("a period that ends before it starts", detail, "swap the days")
    if not (line.budget or line.platforms or line.campaigns):
        fix = "add `budget: 45000 TRY`, or amounts under `platforms` or `campaigns`"
        yield path, Problem("a period without an amount", f"`{line.period}` plans nothing", fix)


def days(line: PlannedSpend, brand: Brand) -> tuple[date, date]:
    """The first and the last day of a period that has no problems."""
    season = next((each for each in brand.calendar if each.season == line.season), None)
    if season:
        return season.start, season.end
    assert line.start
    assert line.end
    return line.start, line.end


def unknown_season(brand: Brand | None, *seasons: str | None) -> bool:
    """Whether one of the seasons is not in the calendar, so that its days are not known."""
    known = {each.season for each in brand.calendar} if brand else set()
    return any(season is not None and season not in known for season in seasons)


def campaign_problems(campaign: Campaign, brand: Brand | None) -> Found:
    """Goals, personas and seasons that a campaign names and the brand does not have."""
    if brand is None:
        return
    goals = [each.goal for each in brand.goals]
    if campaign.goal and campaign.goal not in goals:
        fix = nearest(campaign.goal, goals, "write it under `goals` in kampanya.yaml")
        yield ("goal",), Problem("unknown goal", f"found `{campaign.goal}`", fix)
    levels: list[tuple[Path, str | None, str | None]] = [
        ((), campaign.flight.season, campaign.audience.persona if campaign.audience else None)
    ]
    for i, ad_set in enumerate(campaign.ad_sets):
        season = ad_set.flight.season if ad_set.flight else None
        levels.append((("ad_sets", i), season, ad_set.audience.persona if ad_set.audience else None))
    for path, season, persona in levels:
        if unknown_season(brand, season):
            yield (*path, "flight", "season"), _no_season(str(season), brand)
        if persona and persona not in brand.personas:
            fix = nearest(persona, brand.personas, "write it under `personas` in kampanya.yaml")
            yield (*path, "audience", "persona"), Problem("unknown persona", f"found `{persona}`", fix)


def _no_season(season: str, brand: Brand) -> Problem:
    known = [each.season for each in brand.calendar]
    fix = nearest(season, known, "write it under `calendar` in kampanya.yaml")
    return Problem("unknown season", f"found `{season}`", fix)
