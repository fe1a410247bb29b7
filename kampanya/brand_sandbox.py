"""A brand's own sandbox: its accounts, its clock, its state folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kampanya import servers
from operations.site import SANDBOX
from schemas.source import load_workspace
from schemas.workspace import Workspace


def state_of(root: Path) -> Path:
    """Where the sandbox of the workspace at `root` keeps its state."""
    return root / ".kampanya" / SANDBOX / "sandbox"


def run(root: Path, action: str, arguments: Sequence[str] = (), quiet: bool = False) -> int:
    """One sandbox command for the workspace at `root`; returns its exit code."""
    root = root.resolve()
    state = state_of(root)
    if action != "up":
        return servers.sandbox(state, action, *arguments, quiet=quiet)
    workspace = load_workspace(root, SANDBOX)
    code = servers.sandbox(state, "up", *_starting(workspace, state, arguments), *arguments, quiet=quiet)
    return code or _make_true(workspace, state)


def _make_true(workspace: Workspace, state: Path) -> int:
    """Give the market the differences that the experiments declare as `effect`, and no others."""
    code = servers.sandbox(state, "effect", "clear", quiet=True)
    for experiment in workspace.experiments.values():
        ad_sets = {cell.cell: cell.ad_set.rpartition("/")[2] for cell in experiment.cells}
        for cell, effect in experiment.effect.items():
            factors = effect.model_dump(mode="json", exclude_none=True)
            options = [text for name, factor in factors.items() for text in (OPTIONS[name], str(factor))]
            match = f"*/{ad_sets[cell]}/*"
            code = code or servers.sandbox(state, "effect", "set", "--match", match, *options, quiet=True)
    return code


def _starting(workspace: Workspace, state: Path, given: Sequence[str]) -> list[str]:
    environment = workspace.brand.environments[SANDBOX]
    document = _world(workspace)
    options = ["--world", str(servers.world(state / "world.json", document))]
    if "--clock" not in given and environment.clock is not None:
        options += ["--clock", environment.clock.isoformat()]
    return options


def _world(workspace: Workspace) -> dict[str, Any]:
    environment = workspace.brand.environments[SANDBOX]
    world: dict[str, Any] = {"seed": environment.seed if environment.seed is not None else 1}
    for platform in ("meta", "google"):
        declared = getattr(environment.accounts, platform)
        if declared is not None:
            fields = declared.model_dump(exclude_none=True)
            fields["timezone"] = fields.pop("time_zone")
            world[platform] = {name: value for name, value in fields.items() if name in WORLD_FIELDS}
            world[platform] |= _catalogue(fields)
            world[platform]["account_name"] = f"{workspace.brand.name} ({platform})"
    return world


def _catalogue(fields: dict[str, Any]) -> dict[str, Any]:
    """The stand-in has one catalogue, with all sets that the account declares."""
    declared = fields.get("catalogues") or {}
    if not declared:
        return {}
    sets = {id: name for each in declared.values() for name, id in each["sets"].items()}
    return {"catalog": next(iter(declared.values()))["id"], "product_sets": sets}


OPTIONS = {
    "ctr": "--ctr",
    "conversion_rate": "--conversion-rate",
    "cost": "--cost",
    "value": "--value",
}
WORLD_FIELDS = frozenset(
    {"account", "customer", "login_customer", "currency", "timezone", "page", "pixel", "business", "merchant"}
)
