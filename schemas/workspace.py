"""A brand's declaration, whole and checked, for one environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.audience import Audience
from schemas.brand import Brand, Environment
from schemas.campaign import Campaign
from schemas.errors import Problem, Where
from schemas.experiment import Experiment
from schemas.problems import point
from schemas.rule import Placed
from schemas.tree import Mapping as Tree


@dataclass(frozen=True, slots=True)
class Asset:
    """An image or video that a creative names; size in bytes; width and height in pixels, 0 for a video."""

    file: str
    path: Path
    sha256: str
    size: int
    width: int = 0
    height: int = 0
    format: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything the YAML says, expanded and merged; `warnings` are legal but probably not meant."""

    root: Path
    environment: str
    brand: Brand
    campaigns: tuple[Campaign, ...]
    audiences: Mapping[str, Audience]
    experiments: Mapping[str, Experiment]
    assets: Mapping[str, Asset] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    trees: Mapping[tuple[str, str], Tree] = field(default_factory=dict, repr=False, compare=False)
    rules: tuple[Placed, ...] = ()

    @property
    def active(self) -> Environment:
        """The environment this workspace was loaded for."""
        return self.brand.environments[self.environment]

    @property
    def live(self) -> bool:
        """Whether real platforms stand behind the environment."""
        return self.environment != "sandbox"

    def where(self, file_kind: str, key: str, *path: str | int) -> Where | None:
        """The author's line of a value, or of the nearest parent that has one; None for an unknown key."""
        tree = self.trees.get((file_kind, key))
        return point(tree, path).where() if tree else None

    def digest(self) -> str:
        """SHA-256 over all that takes effect here, assets included and references to secrets left out."""
        return hashlib.sha256(self._canonical().encode()).hexdigest()

    def _canonical(self) -> str:
        brand = self.brand.model_dump(mode="json", exclude={"environments", "templates", "vars"})
        effective: dict[str, Any] = {
            "environment": self.environment,
            "brand": brand,
            "active": self.active.model_dump(mode="json", exclude={"credentials", "vars", "guard_rails"}),
            "campaigns": [campaign.model_dump(mode="json") for campaign in self.campaigns],
            "audiences": {key: one.model_dump(mode="json") for key, one in self.audiences.items()},
            "experiments": {key: one.model_dump(mode="json") for key, one in self.experiments.items()},
            "assets": {file: asset.sha256 for file, asset in self.assets.items()},
            "rules": [each.rule.model_dump(mode="json") for each in self.rules],
        }
        return json.dumps(effective, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
