"""One file of `decisions/<environment>/`: what an experiment decided, laid over that environment's campaigns.

Written by `experiment conclude`, reviewed and committed like any declaration; delete the file to undo it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from schemas.errors import InvalidDeclaration, Problem, Where
from schemas.types import Day, KeyPath, Model, Platform, Slug, Spend, Text


class AdSetDecision(Model):
    """What a decision sets on one ad set; what is left out stays as declared."""

    status: Literal["active", "paused"] | None = None
    """Let it run, or stop it."""
    daily: Spend | None = None
    """Its daily budget from now on, in the account's currency."""


class Decision(Model):
    """The consequence of a concluded experiment, on the platform it ran on."""

    decision: Slug
    """The experiment's key."""
    platform: Platform
    """Where it ran, and what it changes."""
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


def load_decisions(root: Path, environment: str) -> tuple[Decision, ...]:
    """Every decision, in the order of the days they were taken. Raises InvalidDeclaration."""
    decisions: list[Decision] = []
    problems: list[Problem] = []
    for path in sorted(folder(root, environment).glob("*.yaml")):
        try:
            decisions.append(Decision.model_validate(_parse(path)))
        except (ValidationError, ValueError) as error:
            what = " ".join(str(error).split()[:12])
            where = Where(path, 1, 1)
            problems.append(
                Problem("A decision that cannot be read", what, "Delete the file, or conclude again.", where)
            )
    if problems:
        raise InvalidDeclaration(problems)
    return tuple(sorted(decisions, key=lambda each: (each.decided, each.decision)))


def _parse(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise ValueError(f"not YAML: {type(error).__name__}") from None
