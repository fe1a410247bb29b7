"""Every example brand launches on both stand-ins by command line, and then there is nothing to plan."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from schemas.audience import MetaTargeting
from schemas.campaign import Objective
from schemas.creative import Creative
from schemas.google import GoogleCampaign
from schemas.google_assets import Assets
from schemas.meta import MetaCreative
from schemas.source import load_workspace
from tests.soak.rig import HOME, Rig, tapped, told

# Refinements of what the brands show anyway.
SELDOM = {
    "display_path",
    "page",
    "utm",
    "card_order",
    "end_card",
    "product_features",
    "behaviors",
    "demographics",
}

BRANDS = sorted(path.parent for path in (HOME / "brands").glob("*/kampanya.yaml"))


@pytest.mark.parametrize("brand", BRANDS, ids=lambda path: path.name)
def test_an_example_brand_launches_and_plans_empty_afterwards(brand: Path, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(".kampanya", "decisions")
    root = Path(shutil.copytree(brand, tmp_path / brand.name, ignore=ignored))
    approver = load_workspace(root).brand.may_approve[0].approver
    with tapped(Rig(root)) as rig:
        for arguments, ends in (
            (("validate",), 0),
            (("plan", "-o", str(tmp_path / "plan.json"), "--html", str(tmp_path / "plan.html")), 2),
            (("approve", str(tmp_path / "plan.json"), "--by", approver), 0),
            (("apply", str(tmp_path / "plan.json")), 0),
            (("doctor",), 0),
            (("plan",), 0),
            *synced(root, approver),
        ):
            done = rig.run(*arguments)
            assert done.returncode == ends, told(done)
        counts = rig.counts()
    words, _, whole = (tmp_path / "plan.html").read_text(encoding="utf-8").partition("<details>")
    assert "_spec" in whole  # the platforms' own terms are below what a client reads
    assert not [each for each in ("_spec", "_micros", "ENABLED", "adset_id") if each in words]
    assert counts["meta"]["ad"] >= 4
    assert sum(counts["google"].values()) > 20


def synced(root: Path, approver: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    """A brand's lists of customers are filled, first with a yes, then without one."""
    kinds = {each.type for each in load_workspace(root).audiences.values()}
    if "customer_list" not in kinds:
        return ()
    sync = ("audience", "sync")
    return (
        ((*sync, "--dry-run"), 2),
        (sync, 1),
        ((*sync, "--by", approver), 0),
        (sync, 0),
        (("audience", "status"), 0),
        (("plan",), 0),
    )


def test_together_they_use_every_objective_channel_and_format() -> None:
    brands = [load_workspace(path) for path in BRANDS]
    assert {"lezzet", "cini", "rota", "liman"} <= {each.brand.brand for each in brands}
    campaigns = [each for brand in brands for each in brand.campaigns]
    assert {each.objective for each in campaigns} == set(get_args(Objective))
    assert {each.google.channel for each in campaigns if each.google} >= set(
        get_args(GoogleCampaign.model_fields["channel"].annotation)
    )
    kinds = {each.type for brand in brands for each in brand.audiences.values()}
    assert kinds == {"website", "customer_list", "lookalike", "engagement"}
    used = [spoken(each) for each in campaigns]
    for model in (Assets, MetaCreative, MetaTargeting, Creative):
        wanted = set(model.model_fields) - SELDOM
        assert wanted <= set().union(*used), f"no brand shows {wanted - set().union(*used)}"


def spoken(model: BaseModel) -> set[str]:
    """Names of all fields that it, and what is in it, says."""
    found = set()
    for name in model.model_fields_set:
        value = getattr(model, name)
        found.add(name)
        for each in value if isinstance(value, tuple) else (value,):
            found |= spoken(each) if isinstance(each, BaseModel) else set()
    return found
