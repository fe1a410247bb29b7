"""Every example brand launches on both stand-ins by command line, and then there is nothing to plan."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas.source import load_workspace
from tests.soak.rig import HOME, Rig, tapped, told

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
        ):
            done = rig.run(*arguments)
            assert done.returncode == ends, told(done)
        counts = rig.counts()
    words, _, whole = (tmp_path / "plan.html").read_text(encoding="utf-8").partition("<details>")
    assert "asset_feed_spec" in whole  # the platforms' own terms are below what a client reads
    assert not [each for each in ("_spec", "_micros", "ENABLED", "adset_id") if each in words]
    assert counts["meta"]["ad"] >= 4
    assert sum(counts["google"].values()) > 20


def test_there_are_a_restaurant_a_shop_and_a_business_that_sells_to_businesses() -> None:
    assert {"lezzet", "cini", "rota"} <= {path.name for path in BRANDS}
    objectives = {each.objective for path in BRANDS for each in load_workspace(path).campaigns}
    assert objectives >= {"sales", "traffic", "leads"}
