"""All that can be known of a workspace without a network; imports neither an SDK nor the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine import costly, strategy, voice
from engine.compile import Compiler
from engine.decide import decide
from engine.resource import Resource
from engine.rules import Declared, check, sound, unknown_metrics
from operations.site import MEMORY, Site, open_site, site_of
from schemas.errors import InvalidDeclaration, KampanyaError, Problem
from schemas.source import ordered, survey


def examine(root: Path, environment: str) -> tuple[Site, list[Resource]]:
    """The site at `root` and its neutral resources.

    Raises InvalidDeclaration with all that is wrong at once: in the files, and, of the campaigns that are
    right by themselves, with what their platforms and the brand's strategy would refuse.
    """
    workspace, problems = survey(root, environment)
    neutral: list[Resource] = []
    if workspace is not None:
        site = site_of(workspace)
        try:
            neutral = validate(site)
        except InvalidDeclaration as error:
            problems = ordered([*problems, *error.problems])
    if workspace is None or problems:
        raise InvalidDeclaration(problems)
    return site, neutral


def open_examined(root: Path, environment: str, as_of: str = "") -> Site:
    """The site at `root` as `examine`; on a way back, for which an earlier plan counts, as `open_site`."""
    return open_site(root, environment) if as_of else examine(root, environment)[0]


def validate(site: Site) -> list[Resource]:
    """All that can be known without a network; asked of one site again, it is as it was.

    Raises InvalidDeclaration; returns the neutral resources.
    """
    if site.neutral:
        return list(site.neutral)
    workspace = site.workspace
    neutral: list[Resource] = []
    problems = voice.check(workspace.campaigns, workspace.brand.guard_rails, workspace.where)
    problems += unknown_metrics(workspace.experiments, workspace.where)
    if workspace.rules:
        from operations.rules import check as check_rules

        problems += check_rules(site)
    for platform in site.platforms:
        account = site.accounts[platform]
        compiler = Compiler(
            workspace.brand, site.scope, platform, account.id, workspace.assets, workspace.audiences
        )
        compiled = compiler.compile(workspace.campaigns)
        resources = decide(compiled, site.decisions, platform, account.currency)
        declared = Declared(resources, site.supports[platform], workspace.where)
        problems += check(declared)
        problems += _untranslatable(site, platform, sound(declared))
        neutral += resources
    problems += strategy.check(workspace.brand, workspace.campaigns, neutral, workspace.where)
    if problems:
        raise InvalidDeclaration(list(dict.fromkeys(problems)))
    site.neutral.extend(neutral)
    return neutral


def warnings(site: Site) -> list[Problem]:
    """What is legal and probably not meant, at the author's lines."""
    workspace = site.workspace
    return [
        *workspace.warnings,
        *voice.warnings(workspace.campaigns, workspace.brand.guard_rails, workspace.where),
        *strategy.late(workspace.brand, workspace.campaigns, workspace.where),
        *ordered(
            costly.warnings(
                workspace.brand,
                workspace.campaigns,
                workspace.experiments.values(),
                _first_day(site),
                workspace.where,
            )
        ),
    ]


def _first_day(site: Site) -> date | None:
    """The brand's day, as long as nothing was applied here: what runs has begun in the past, rightly."""
    if (site.root / ".kampanya" / site.environment / MEMORY).exists():
        return None
    if site.live or site.given_now is not None:
        day: date = site.today(site.now())
        return day
    return site.workspace.active.clock  # to ask the sandbox for its own would need a network


def _untranslatable(site: Site, platform: str, resources: Sequence[Resource]) -> list[Problem]:
    """What the platform's own terms have no words for, at the author's lines."""
    try:
        site.canonical(platform, resources)
    except InvalidDeclaration as error:
        return [_placed(each, site) for each in error.problems]
    except KampanyaError as error:
        return [_placed(error.problem, site)]
    return []


def _placed(problem: Problem, site: Site) -> Problem:
    """A connector knows the place in the declaration, the workspace its line."""
    if problem.where is not None or len(problem.path) < 2:
        return problem
    kind, key, *path = problem.path
    return replace(problem, where=site.workspace.where(str(kind), str(key), *path))
