"""One file of `decisions/<environment>/`: what an experiment decided, laid over that environment's campaigns.

Written by `experiment conclude`, reviewed and committed like any declaration; delete the file to undo it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from schemas.campaign import AdSet, Budget, Campaign
from schemas.errors import InvalidDeclaration, Problem, Where
from schemas.types import Day, KeyPath, Model, Slug, Text
from schemas.workspace import Workspace


class AdSetDecision(Model):
    """What a decision sets on one ad set; what is left out stays as declared."""

    status: Literal["active", "paused"] | None = None
    """Let it run, or stop it."""
    budget: Budget | None = None
    """Its budget from now on."""


class Decision(Model):
    """The consequence of a concluded experiment."""

    decision: Slug
    """The experiment's key."""
    winner: Slug
    """The cell that won."""
    decided: Day
    """On which day of data."""
    because: Text
    """The verdict's sentence."""
    ad_sets: Mapping[KeyPath, AdSetDecision]
    """By `campaign/ad_set`."""


def folder(root: Path, environment: str) -> Path:
    """Where the decisions of one environment are kept."""
    return root / "decisions" / environment


def load_decisions(root: Path, environment: str) -> list[Decision]:
    """Every decision, in the order of the days they were taken. Raises InvalidDeclaration."""
    decisions, problems = [], []
    for path in sorted(folder(root, environment).glob("*.yaml")):
        try:
            decisions.append(Decision.model_validate(_parse(path)))
        except (ValidationError, ValueError) as error:
            first = str(error).splitlines()[0]
            problems.append(
                Problem(
                    "A decision that cannot be read",
                    first,
                    "Delete the file, or conclude again.",
                    Where(path, 1, 1),
                )
            )
    if problems:
        raise InvalidDeclaration(problems)
    return sorted(decisions, key=lambda each: (each.decided, each.decision))


def _parse(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise ValueError(f"not YAML: {type(error).__name__}") from None


def overlay(workspace: Workspace, decisions: Iterable[Decision]) -> Workspace:
    """The workspace as decided: later decisions win. Raises InvalidDeclaration for an ad set that is gone."""
    wanted = {key: each for decision in decisions for key, each in decision.ad_sets.items()}
    keys = {
        f"{campaign.campaign}/{ad_set.ad_set}"
        for campaign in workspace.campaigns
        for ad_set in campaign.ad_sets
    }
    missing = sorted(wanted.keys() - keys)
    if missing:
        where = Where(folder(workspace.root, workspace.environment), 1, 1)
        raise InvalidDeclaration(
            [
                Problem(
                    "A decision on an ad set that does not exist", key, "Delete the decision's file.", where
                )
                for key in missing
            ]
        )
    return replace(workspace, campaigns=tuple(_campaign(each, wanted) for each in workspace.campaigns))


def _campaign(campaign: Campaign, wanted: Mapping[str, AdSetDecision]) -> Campaign:
    ad_sets = tuple(
        _ad_set(each, wanted.get(f"{campaign.campaign}/{each.ad_set}")) for each in campaign.ad_sets
    )
    return campaign.model_copy(update={"ad_sets": ad_sets})


def _ad_set(ad_set: AdSet, decision: AdSetDecision | None) -> AdSet:
    if decision is None:
        return ad_set
    update = {name: getattr(decision, name) for name in ("status", "budget")}
    return ad_set.model_copy(update={name: value for name, value in update.items() if value is not None})
