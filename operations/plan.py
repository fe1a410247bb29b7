"""Read, diff, judge: a plan from a workspace and what its accounts hold. Changes nothing there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import strategy
from engine.assemble import Sides, Spending, flights
from engine.budget import Money, running
from engine.context import NOTHING_SAID, Context, Lifecycle
from engine.declared import both
from engine.moves import Moves, former, moves, rekeyed
from engine.plan import Plan, Refusal, plan_from_json, plan_to_json
from engine.policy import Rails, Rate
from engine.resource import Address, Observed, Resource
from engine.voice import forbidden_then
from journal.store import Journal
from operations import quota
from operations.adopt import adopt
from operations.anchors import adopted_since, bounds_since, ran_since
from operations.claims import claimed
from operations.company import clashes, draw
from operations.history import Earlier, earlier
from operations.memory import DAY, Memory, remember
from operations.names import demand_names
from operations.recover import recover_abandoned
from operations.released import releasing
from operations.rules import judge
from operations.site import Site, forgotten_protection
from operations.validate import validate
from schemas.campaign import Ad, AdSet, Campaign
from schemas.errors import KampanyaError
from schemas.experiment import Experiment

Tell = Callable[[str], None]
STRATEGY = "strategy"  # the rule of refusals by goals and media plan


@dataclass(frozen=True, slots=True)
class Wish:
    """What part of the declaration to plan, and whose pauses are acknowledged.

    `as_of` is the digest of an applied plan: what that one declared, in place of what the YAML says.
    With `revert` nothing is planned but to undo what others changed at exactly these keys. `along` are
    objects of others that may end with what is archived. With `adopt` nothing is planned but the marks of
    what was imported, with `release` nothing but the marks taken off at and below these keys.
    """

    targets: tuple[str, ...] = ()
    resume: frozenset[str] = field(default_factory=frozenset)
    platform: str | None = None
    as_of: str = ""
    revert: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    adopt: bool = False
    release: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> Wish:
        """What the plan was made for."""
        resume = frozenset(plan.resume)
        return cls(
            plan.targets, resume, plan.platform, plan.as_of, plan.revert, plan.along, plan.adopt, plan.release
        )


def look(site: Site, journal: Journal, wish: Wish, spending: Spending, tell: Tell = lambda _: None) -> Sides:
    """Both sides as they are now. Raises InvalidDeclaration, ConnectorError, KampanyaError."""
    site.now()  # a sandbox that is down says so before anything is asked of it
    then = earlier(journal, wish.as_of, site.scope) if wish.as_of else None
    renamed = {} if then else moves(site.workspace.campaigns)
    neutral = then.neutral if then else validate(site)
    desired = _desired_then(site, then) if then else _desired_now(site, neutral)
    if then:
        wish = _of_then(wish, then)
    memory = remember(journal, site.supports)
    memory = Memory(rekeyed(memory.known, desired, renamed), rekeyed(memory.applied, desired, renamed))
    asked = [*wish.targets, *wish.revert, *wish.release, *(key for key in wish.resume if key)]
    _demand_targets(asked, desired, memory)
    _demand_accounts(site, memory)
    if wish.platform not in (None, *site.platforms):
        choice = ", ".join(site.platforms)
        raise KampanyaError("Nothing runs on that platform", str(wish.platform), f"Choose one of: {choice}.")
    observed: list[Observed] = []
    claims = rekeyed(claimed(journal, site.accounts), desired, renamed)
    for platform in site.platforms:
        tell(f"reading {site.supports[platform].title}")
        _check_account(site, platform)
        known = {(at.kind, each.id) for at, each in memory.known.items() if at.platform == platform}
        if wish.adopt:
            known |= {(at.kind, id) for at, id in claims.items() if at.platform == platform}
        observed += site.connectors[platform].read(known)
        demand_names(site, platform, desired)
    sides = _sides(site, wish, spending, neutral, desired, observed, memory, journal)
    sides = replace(sides, context=replace(sides.context, claims=claims, adopting=wish.adopt))
    if wish.release:
        away = releasing(sides, wish.release, site.workspace.audiences)
        sides = replace(sides, context=replace(sides.context, releasing=away), release=wish.release)
    return _with_past(site, sides, then) if then else _with_moves(site, sides, renamed)


def _with_moves(site: Site, sides: Sides, renamed: Moves) -> Sides:
    """What is remembered by keys that this plan renames, by their new ones: a new name is no new budget."""
    if not renamed:
        return sides
    return replace(
        sides,
        context=replace(sides.context, former=former(sides.desired, renamed, site.scope)),
        ran=rekeyed(sides.ran, sides.desired, renamed),
        adopted=frozenset(rekeyed(dict.fromkeys(sides.adopted), sides.desired, renamed)),
    )


def _with_past(site: Site, sides: Sides, then: Earlier) -> Sides:
    lifecycle = both(then.declared.lifecycle, sides.context.lifecycle)
    context = replace(sides.context, lifecycle=lifecycle, way_back=then.back)
    said = forbidden_then(sides.desired, site.workspace.brand.guard_rails)
    return replace(sides, context=context, refusals=tuple(said), beyond=tuple(_beyond_strategy(site, sides)))


def _beyond_strategy(site: Site, sides: Sides) -> Iterator[Refusal]:
    """In what an earlier declaration spends more than today's goals and media plan allow."""
    workspace = site.workspace
    nodes = {each.address: each.fields for each in sides.desired}
    money = Money(site.supports, sides.currencies, flights(sides.neutral), sides.today, nodes)
    then = strategy.allowed(running(nodes, money))
    for each in strategy.beyond(workspace.brand, workspace.campaigns, then, workspace.where):
        yield Refusal(STRATEGY, f"{each.summary}: {each.detail}", each.fix)


def _desired_now(site: Site, neutral: Sequence[Resource]) -> list[Resource]:
    desired: list[Resource] = []
    for platform in site.platforms:
        mine = [each for each in neutral if each.address.platform == platform]
        desired += site.canonical(platform, mine)
    return desired


def _desired_then(site: Site, then: Earlier) -> list[Resource]:
    """What the earlier plan declared. Raises KampanyaError where it was for another account."""
    desired = [each for each in then.declared.resources if each.address.platform in site.platforms]
    for each in desired:
        if each.account != site.accounts[each.address.platform].id:
            raise KampanyaError(
                "That plan was for another account",
                f"{each.address}: {each.account}",
                "There is no way back across accounts; plan from the YAML.",
            )
    return desired


def _of_then(wish: Wish, then: Earlier) -> Wish:
    """What an earlier plan left out, its way back leaves out as well."""
    declared = then.declared
    return replace(
        wish, targets=wish.targets or declared.targets, platform=wish.platform or declared.platform
    )


def _demand_targets(targets: Sequence[str], desired: Sequence[Resource], memory: Memory) -> None:
    keys = {each.address.key for each in desired} | {address.key for address in memory.known}
    for target in targets:
        if not any(key == target or key.startswith(f"{target}/") for key in keys):
            close = get_close_matches(target, keys, 1)
            fix = f"Did you mean {close[0]}?" if close else "Give a key: campaign, campaign/ad_set or …/ad."
            raise KampanyaError("Nothing is declared or known at this key", target, fix)


def make(site: Site, journal: Journal, wish: Wish, spending: Spending, tell: Tell = lambda _: None) -> Plan:
    """The plan for what is declared and observed now, judged by the brand's guard rails."""
    recover_abandoned(site, journal, tell)
    sides, plan = draw(site, look(site, journal, wish, spending, tell), tell)
    if adopted := adopt(journal, sides, "kampanya"):
        tell(f"{adopted} objects of ours that the journal did not know were found by their marks")
    if taken := tuple(clashes(site, sides, plan)):
        plan = replace(plan, notes=(*plan.notes, *taken))
    return judge(site, plan)


def _sides(
    site: Site,
    wish: Wish,
    spending: Spending,
    neutral: list[Resource],
    desired: list[Resource],
    observed: list[Observed],
    memory: Memory,
    journal: Journal,
) -> Sides:
    now = site.now()
    today = site.today(now)
    currencies = {name: each.currency for name, each in site.accounts.items()}
    gone = frozenset(each.address for each in journal.objects("gone"))
    ours = {address: each for address, each in memory.known.items() if address.platform in site.platforms}
    return Sides(
        brand=site.scope.brand,
        environment=site.environment,
        accounts={name: each.id for name, each in site.accounts.items()},
        currencies=currencies,
        config=site.config,
        neutral=neutral,
        desired=desired,
        observed=observed,
        context=Context(
            site.supports,
            ours,
            lifecycles(site),
            gone - ours.keys(),
            wish.resume | frozenset(wish.revert),
            memory.applied,
            _wall_days(site, now),
            along=frozenset(wish.along),
        ),
        rails=_also_renamed(rails(site, now), moves(site.workspace.campaigns)),
        now=now,
        today=today,
        live=site.live,
        spending=spending,
        ran=ran_since(journal, now - DAY, Money(site.supports, currencies, flights(neutral), today, ())),
        adopted=adopted_since(journal, now - DAY),
        bounds=bounds_since(journal, now - DAY, site.supports),
        applied=memory.applied,
        in_experiment=_in_experiment(site, desired, site.today(now)),
        targets=wish.targets,
        platform=wish.platform,
        serial=max((each.run_id for each in journal.runs()), default=0),
        revert=wish.revert,
        access=quota.access(site),
        made=quota.made(site, journal),
    )


def _wall_days(site: Site, now: datetime) -> dict[str, date]:
    return {
        platform: now.astimezone(ZoneInfo(each.time_zone)).date() for platform, each in site.accounts.items()
    }


def _in_experiment(site: Site, desired: Sequence[Resource], today: date) -> dict[Address, str]:
    """What belongs to a cell of a test that is running and not yet decided."""
    decided = {each.decision for each in site.decisions}
    cells = {
        cell.ad_set: (experiment.platform, experiment.experiment)
        for experiment in site.workspace.experiments.values()
        if experiment.experiment not in decided and _is_running(site, experiment, today)
        for cell in experiment.cells
    }
    found = {}
    for resource in desired:
        platform, key = resource.address.platform, resource.address.key
        for ad_set, (on, experiment_key) in cells.items():
            inside = key == ad_set or key.startswith(f"{ad_set}/") or ad_set.startswith(f"{key}/")
            if platform == on and inside:
                found[resource.address] = experiment_key
    return found


def _is_running(site: Site, experiment: Experiment, today: date) -> bool:
    campaign = experiment.cells[0].ad_set.partition("/")[0]
    start = experiment.start or next(
        each.flight.start for each in site.workspace.campaigns if each.campaign == campaign
    )
    return start <= today < start + timedelta(weeks=experiment.weeks)


def _demand_accounts(site: Site, memory: Memory) -> None:
    """What was built in one account is not in another, and would run on there unseen."""
    for address, known in memory.known.items():
        account = site.accounts.get(address.platform)
        if account is not None and known.account != account.id:
            raise KampanyaError(
                "The account was changed while objects live in the old one",
                f"{address} is in {known.account}; kampanya.yaml now says {account.id}",
                "Put the old account back, or declare the new one as an environment of its own.",
            )


def _check_account(site: Site, platform: str) -> None:
    declared, facts = site.accounts[platform], site.connectors[platform].facts()
    pairs = {
        "currency": (declared.currency, facts.currency),
        "time zone": (declared.time_zone, facts.time_zone),
    }
    for what, (ours, theirs) in pairs.items():
        if ours != theirs:
            raise KampanyaError(
                f"The account's {what} is not the declared one",
                f"{platform} {declared.id}: declared {ours}, the platform says {theirs}",
                "Correct the account in kampanya.yaml; every amount and day depends on it.",
            )


def lifecycles(site: Site) -> Mapping[str, Lifecycle]:
    """What is protected, replaceable or left alone, by key; forgotten protection too."""
    found = {key: Lifecycle(protect=True) for key in forgotten_protection(site)}
    for campaign in site.workspace.campaigns:
        found[campaign.campaign] = _lifecycle(campaign)
        for ad_set in campaign.ad_sets:
            key = f"{campaign.campaign}/{ad_set.ad_set}"
            found[key] = _lifecycle(ad_set)
            found.update({f"{key}/{ad.ad}": _lifecycle(ad) for ad in ad_set.ads})
    for audience in site.workspace.audiences.values():
        if audience.protect:
            same_key = found.get(audience.audience, Lifecycle())
            found[audience.audience] = replace(same_key, protect=True)
    return {key: said for key, said in found.items() if said != NOTHING_SAID}


def _lifecycle(declared: Campaign | AdSet | Ad) -> Lifecycle:
    return Lifecycle(declared.protect, declared.replace == "allow", frozenset(declared.ignore_changes))


def _also_renamed(found: Rails, renamed: Mapping[str, str]) -> Rails:
    """What is protected stays so under a new name."""
    new = [
        key
        for key, old in renamed.items()
        if any(old == each or old.startswith(f"{each}/") for each in found.protected)
    ]
    return replace(found, protected=(*found.protected, *new))


def rails(site: Site, now: datetime) -> Rails:
    """The brand's guard rails in the engine's terms; days become instants in the brand's time zone."""
    brand = site.workspace.brand
    declared, zone = brand.guard_rails, ZoneInfo(brand.time_zone)
    return Rails(
        currency=brand.currency,
        daily=declared.daily.amount if declared.daily else None,
        monthly=declared.monthly.amount if declared.monthly else None,
        raise_24h=declared.raise_24h.fraction,
        target_24h=None if declared.target_24h is None else declared.target_24h.fraction,
        protected=declared.protected,
        freezes=tuple(
            (
                datetime.combine(each.start, time.min, zone),
                datetime.combine(each.end, time.max, zone),
                each.reason or "a freeze window",
            )
            for each in brand.freezes
        ),
        rates={
            currency: Rate(
                currency,
                each.rate,
                each.margin.fraction,
                _is_fresh(site.today(now) - each.date, brand.fx.max_age.timedelta),
            )
            for currency, each in brand.fx.rates.items()
        },
    )


def _is_fresh(age: timedelta, most: timedelta) -> bool:
    """A rate of a day to come is a slip of the pen, and would never grow old; the sun may be up elsewhere."""
    return -timedelta(days=1) <= age <= most


def document(plan: Plan) -> dict[str, Any]:
    """The saved form, version 1: `plan_to_json` with the digest in front."""
    return {"digest": plan.digest, **plan_to_json(plan)}


def write(plan: Plan, path: Path) -> None:
    """Save a plan (mode 0600) with its digest."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(path.suffix + ".tmp")
    with open(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(document(plan), file, ensure_ascii=False, indent=1)
    temporary.replace(path)


def keep(plan: Plan, site: Site) -> Path:
    """Save a plan among the environment's own, under the beginning of its digest."""
    path = site.state / "plans" / f"{plan.digest[:16]}.json"
    write(plan, path)
    return path


def load(path: Path) -> Plan:
    """Read a saved plan back. Raises KampanyaError if it is none, or was edited since."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        plan = plan_from_json(saved)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise KampanyaError(
            "This is not a plan", f"{path}: {type(error).__name__}", "Make one: kampanya plan -o FILE"
        ) from None
    if plan.digest != saved.get("digest"):
        raise KampanyaError(
            "The plan file was changed after it was made", str(path), "Make a new one: kampanya plan -o FILE"
        )
    return plan
