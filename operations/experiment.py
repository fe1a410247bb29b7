"""Read an experiment from the mart, and turn a verdict into a decision that is planned like anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.experiment import CellDay, Edit, ExperimentPlan, Readout, analyze
from engine.metric import ALSO
from engine.metric import Ratio as EngineRatio
from engine.power import Size, plan_size
from journal.store import Journal
from operations.load import Files
from operations.memory import BEGINNING, clock_of
from operations.site import Site
from schemas.campaign import AdSet
from schemas.decision import folder, load_decisions
from schemas.errors import KampanyaError
from schemas.experiment import Experiment
from schemas.experiment import Ratio as DeclaredRatio
from warehouse import coverage, query

DAY = timedelta(days=1)
# Changes that leave a cell what it was: a name, a label on a report.
HARMLESS = frozenset({"name"})


@dataclass(frozen=True, slots=True)
class Reading:
    """An experiment as it stands: what was planned, through which day it was read, what may be said.

    `missing` are days of it that are not loaded though later ones are: it is read up to the first.
    """

    experiment: Experiment
    plan: ExperimentPlan
    through: date
    readout: Readout
    missing: tuple[date, ...] = ()

    @property
    def gap(self) -> dict[str, str]:
        """What is not read for want of a load, by language; empty where all is."""
        if not self.missing:
            return {}
        first, last, count = self.missing[0], self.missing[-1], len(self.missing)
        until, load = self.through, f"kampanya load --since {first} --until {last}"
        return {
            "tr": f"{first} … {last} arasında {count} gün yüklenmemiş: {until} gününe kadar okundu; {load}",
            "en": f"{count} days of {first} … {last} are not loaded: read up to {until}; {load}",
        }


def find(site: Site, key: str) -> Experiment:
    """The declared experiment. Raises KampanyaError naming those that exist."""
    declared = site.workspace.experiments
    if key not in declared:
        known = ", ".join(declared) or "none"
        raise KampanyaError("No such experiment", key, f"Declared are: {known}.")
    return declared[key]


def read(site: Site, journal: Journal, key: str) -> Reading:
    """What the loaded days allow to be said. Raises KampanyaError where nothing was loaded yet."""
    experiment = find(site, key)
    loaded = _loaded(site, experiment)
    days = _days(site, experiment)
    plan = design(site, experiment, days)
    edits = _edits(journal, experiment, plan, site)
    last = max(span.whole_until for span in loaded.spans)
    missing = tuple(loaded.missing(plan.start, min(last, plan.end)))
    through = missing[0] - DAY if missing else last
    known = [each for each in days if each.day <= through]
    return Reading(experiment, plan, through, analyze(known, plan, through, edits), missing)


def design(site: Site, experiment: Experiment, days: list[CellDay]) -> ExperimentPlan:
    """The declaration in the method's terms; it starts on the first day that all cells deliver."""
    return ExperimentPlan(
        key=experiment.experiment,
        control=experiment.control,
        cells=tuple(each.cell for each in experiment.cells),
        shares={each.cell: float(each.share.fraction) for each in experiment.cells},
        metric=_metric(experiment.metric),
        minimum_effect=float(experiment.minimum_effect.fraction),
        weeks=experiment.weeks,
        start=experiment.start or _first_common_day(experiment, days) or _flight_start(site, experiment),
    )


def _metric(declared: str | DeclaredRatio) -> str | EngineRatio:
    if isinstance(declared, DeclaredRatio):
        return EngineRatio(declared.num, declared.den, declared.lower_is_better)
    name: str = ALSO.get(declared, declared)
    return name


def _first_common_day(experiment: Experiment, days: list[CellDay]) -> date | None:
    """None until every cell has delivered."""
    delivering = [each for each in days if each.impressions > 0]
    firsts: dict[str, date] = {}
    for each in delivering:
        firsts[each.cell] = min(each.day, firsts.get(each.cell, each.day))
    return max(firsts.values()) if len(firsts) == len(experiment.cells) else None


def _flight_start(site: Site, experiment: Experiment) -> date:
    campaign = experiment.cells[0].ad_set.partition("/")[0]
    return next(each.flight.start for each in site.workspace.campaigns if each.campaign == campaign)


def _loaded(site: Site, experiment: Experiment) -> coverage.Coverage:
    mart, platform = _mart(site), experiment.platform
    loaded = coverage.of_ads(mart, platform, site.accounts[platform].id)
    if not loaded.spans:
        raise KampanyaError("Nothing was loaded for this platform", platform, "Run kampanya load.")
    return loaded


def _mart(site: Site) -> Path:
    mart = Files.of(site).mart
    if not mart.exists():
        raise KampanyaError("Nothing was loaded yet", str(mart.name), "Run kampanya load.")
    return mart


def _days(site: Site, experiment: Experiment) -> list[CellDay]:
    cells = {each.ad_set: each.cell for each in experiment.cells}
    _, rows = query.query(
        _mart(site),
        "select campaign_key || '/' || ad_set_key, date_day, spend, impressions, clicks, conversions, value"
        f" from experiment_cell_day where platform = '{experiment.platform}'",
    )
    return [CellDay(cells[str(row[0])], *row[1:]) for row in rows if row[0] in cells]  # type: ignore[arg-type]


def _edits(journal: Journal, experiment: Experiment, plan: ExperimentPlan, site: Site) -> list[Edit]:
    """Our own changes to the cells after their first day; building and letting go of them is no edit."""
    zone = ZoneInfo(site.accounts[experiment.platform].time_zone)
    cells = {each.ad_set: each.cell for each in experiment.cells}
    edits = []
    for intent in journal.settled(BEGINNING, operations=["update", "archive", "pause"]):
        address = intent.address
        changed = set(intent.payload.get("after", {"status": ""})) - HARMLESS
        for ad_set, cell in cells.items():
            inside = address.key == ad_set or address.key.startswith(f"{ad_set}/")
            above = ad_set.startswith(f"{address.key}/")
            if address.platform == experiment.platform and changed and (inside or above):
                day = clock_of(intent).astimezone(zone).date()
                edits.append(
                    Edit(cell, day, f"{intent.operation} {address.key}: {', '.join(sorted(changed))}")
                )
    return [each for each in edits if each.at > plan.start]


def size(site: Site, key: str, cost_per_result: Decimal | None = None) -> Size:
    """Whether the declared budgets and weeks can show the declared effect.

    `cost_per_result` in account currency; what the mart says of the control, if left out.
    """
    experiment = find(site, key)
    control = next(each for each in experiment.cells if each.cell == experiment.control)
    budget = _ad_set(site, control.ad_set).budget
    money = budget.for_platform(experiment.platform) if budget else None
    if money is None:
        raise KampanyaError("The control has no budget of its own", control.ad_set, "Give each cell one.")
    if cost_per_result is None and not Files.of(site).mart.exists():
        raise KampanyaError(
            "Nothing is known of what a result costs", "nothing was loaded yet", "Give it: --cost 12.50"
        )
    cost = cost_per_result or _cost(site, experiment)
    return plan_size(
        _metric(experiment.metric),
        cost,
        money[1].amount,
        float(experiment.minimum_effect.fraction),
        experiment.weeks,
        cells=len(experiment.cells),
        currency=money[1].currency,
    )


def _cost(site: Site, experiment: Experiment) -> Decimal:
    days = _days(site, experiment)
    control = [each for each in days if each.cell == experiment.control]
    results = sum(each.clicks if "click" in str(experiment.metric) else each.conversions for each in control)
    if not results:
        raise KampanyaError(
            "Nothing is known of what a result costs", experiment.experiment, "Give it: --cost 12.50"
        )
    return Decimal(str(sum(Decimal(str(each.spend)) for each in control))) / Decimal(str(results))


def _ad_set(site: Site, key: str) -> AdSet:
    campaign_key, _, ad_set_key = key.partition("/")
    campaign = next(each for each in site.workspace.campaigns if each.campaign == campaign_key)
    return next(each for each in campaign.ad_sets if each.ad_set == ad_set_key)


def conclude(site: Site, journal: Journal, key: str, actor: str) -> tuple[Reading, Path | None]:
    """Journal the verdict; where there is a winner, write the decision that promotes it.

    The decision is a declaration: the winner gets the budgets of all cells, the others are paused. It changes
    nothing until it is planned, approved and applied. Returns its file, or None where there is no winner.
    """
    reading = read(site, journal, key)
    readout = reading.readout
    detail = {
        "experiment": key,
        "status": readout.status,
        "winner": readout.winner,
        "through": str(reading.through),
    }
    journal.event("verdict", datetime.now(UTC), actor, detail)
    if readout.winner is None:
        return reading, None
    path = folder(site.root, site.environment) / f"{key}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_decision(site, reading), encoding="utf-8")
    load_decisions(site.root, site.environment)  # what was written can be read
    return reading, path


def _decision(site: Site, reading: Reading) -> str:
    """The decision's YAML; written by hand so that it reads like one."""
    experiment, readout = reading.experiment, reading.readout
    total, currency = Decimal(0), ""
    for cell in experiment.cells:
        budget = _ad_set(site, cell.ad_set).budget
        found = budget.for_platform(experiment.platform) if budget else None
        if found:
            total, currency = total + found[1].amount, found[1].currency
    sentence = readout.sentence_tr if site.workspace.brand.locale.startswith("tr") else readout.sentence_en
    quoted = sentence.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "# Written by `kampanya experiment conclude`; delete this file to undo the decision.",
        f"decision: {experiment.experiment}",
        f"platform: {experiment.platform}",
        f"winner: {readout.winner}",
        f"decided: {reading.through}",
        f'because: "{quoted}"',
        "ad_sets:",
    ]
    for cell in experiment.cells:
        won = cell.cell == readout.winner
        what = f"daily: {total} {currency}" if won else "status: paused"
        lines.append(f"  {cell.ad_set}: {{{what}}}")
    return "\n".join(lines) + "\n"
