"""What an experiment alone cannot know: its cells against the ad sets and their budgets."""

from __future__ import annotations

from decimal import Decimal

from schemas.campaign import AdSet, Campaign, skips
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.experiment import Experiment
from schemas.known import Known, twice
from schemas.strategy_checks import Found

# Budgets are whole minor units, so shares such as 33% cannot be met exactly.
SHARE_TOLERANCE = Decimal("0.005")


def experiment_problems(experiment: Experiment, known: Known) -> Found:
    """Paths in the experiment and what is wrong there."""
    cells = [cell.cell for cell in experiment.cells]
    yield from twice(("cells",), "cell", cells)
    ad_sets = [cell.ad_set for cell in experiment.cells]
    for i in (i for i, key in enumerate(ad_sets) if key in ad_sets[:i]):
        yield ("cells", i, "ad_set"), Problem("one ad set in two cells", f"`{ad_sets[i]}`", "compare two")
    for path, key in [
        (("control",), experiment.control),
        *((("effect", key), key) for key in experiment.effect),
    ]:
        if key not in cells:
            yield (
                path,
                Problem("unknown cell", f"found `{key}`", nearest(key, cells, f"one of {', '.join(cells)}")),
            )
    total = sum((cell.share.points for cell in experiment.cells), Decimal(0))
    if abs(total - 100) > Decimal("0.5"):
        yield (
            ("cells",),
            Problem("shares that do not add up to 100%", f"they make {total:f}%", "correct them"),
        )
    if experiment.method == "native" and len(cells) != 2:
        yield (
            ("cells",),
            Problem("a native experiment of more than two cells", f"found {len(cells)}", "keep two"),
        )
    if any(cell.ad_set.partition("/")[0] in known.unread for cell in experiment.cells):
        return
    yield from _cells(experiment, known)


def _cells(experiment: Experiment, known: Known) -> Found:
    resolved: list[tuple[Campaign, AdSet]] = []
    for i, cell in enumerate(experiment.cells):
        campaign_key, _, ad_set_key = cell.ad_set.partition("/")
        campaign = known.campaigns.get(campaign_key)
        ad_set = next((a for a in campaign.ad_sets if a.ad_set == ad_set_key), None) if campaign else None
        if campaign is None or ad_set is None:
            every = [f"{key}/{a.ad_set}" for key, c in known.campaigns.items() for a in c.ad_sets]
            fix = nearest(cell.ad_set, every, "write it as campaign/ad_set")
            yield ("cells", i, "ad_set"), Problem("unknown ad set", f"found `{cell.ad_set}`", fix)
        elif experiment.platform not in campaign.platforms or skips(ad_set, experiment.platform):
            detail = f"`{cell.ad_set}` does not run on {experiment.platform}"
            yield (
                ("cells", i, "ad_set"),
                Problem("a cell without ads on the platform", detail, "choose another"),
            )
        else:
            resolved.append((campaign, ad_set))
    if experiment.method == "budget_split" and len(resolved) == len(experiment.cells):
        yield from _split(experiment, resolved)


def _split(experiment: Experiment, resolved: list[tuple[Campaign, AdSet]]) -> Found:
    daily: list[Decimal] = []
    for i, (campaign, ad_set) in enumerate(resolved):
        budget = ad_set.budget.for_platform(experiment.platform) if ad_set.budget else None
        if campaign.budget is not None:
            detail = f"`{campaign.campaign}` has one, so the platform would move the money between cells"
            fix = "give each ad set its own daily budget"
            yield ("cells", i, "ad_set"), Problem("a cell under a campaign budget", detail, fix)
        elif budget is None or budget[0] != "daily":
            detail = f"`{ad_set.ad_set}` has none on {experiment.platform}"
            fix = "add `budget: {daily: 150 TRY}` to the ad set"
            yield ("cells", i, "ad_set"), Problem("a cell without a daily budget", detail, fix)
        else:
            daily.append(budget[1].amount)
    if len(daily) < len(resolved):
        return
    total = sum(daily, Decimal(0))
    for i, cell in enumerate(experiment.cells):
        share = daily[i] / total
        if abs(share - cell.share.fraction) > SHARE_TOLERANCE:
            detail = f"`{cell.ad_set}` has {daily[i]:f} of {total:f} a day: {share * 100:.1f}%"
            fix = "make the ad sets' daily budgets match the shares"
            yield ("cells", i, "share"), Problem("a budget that does not match its share", detail, fix)
