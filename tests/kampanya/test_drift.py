"""`kampanya drift`: what it prints, what it exits with, and the shape of its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from engine.resource import Address
from kampanya.cli import cli
from tests.operations.sites import Bench

HOME = Address("meta", "ad_set", "yil-sonu/eve-siparis")


def run(brand: Bench, *arguments: str) -> tuple[Any, str]:
    where = ("-C", str(brand.root))
    result = CliRunner().invoke(cli, ["drift", *arguments, *where], standalone_mode=False)
    assert result.exception is None, result.output
    return result.return_value, result.output


def fields(brand: Bench) -> Any:
    return brand.far_side.records[brand.journal.ids()[HOME]].fields


def test_each_field_is_told_before_and_after_and_whose_it_is(brand: Bench) -> None:
    assert run(brand)[0] == 0
    fields(brand).update(
        daily_budget=90_000,
        status="PAUSED",
        audience={**fields(brand)["audience"], "age": {"min": 18, "max": 54}},
    )
    code, said = run(brand)
    assert code == 2
    assert said.splitlines()[1:] == [
        "! meta:ad_set/yil-sonu/eve-siparis",
        "    audience.age.max: 44 → 54  (changed; ours)",
        "    daily_budget: 600.00 TRY → 900.00 TRY  (changed; ours)",
        "    status: ACTIVE → PAUSED  (paused; a person's)",
        "3 differences since Kampanya last wrote.",
    ]


def test_what_is_somebody_elses_is_told_only_when_asked_and_is_no_drift(brand: Bench) -> None:
    fields(brand)["learning_stage"] = "SUCCESS"
    assert "learning_stage" not in run(brand)[1]
    code, said = run(brand, "--all")
    assert code == 0
    assert "    learning_stage: — → SUCCESS  (left; not declared)" in said


def test_the_json_has_the_documented_shape(brand: Bench) -> None:
    fields(brand)["daily_budget"] = 90_000
    code, said = run(brand, "--json")
    assert code == 2
    assert json.loads(said[said.index("{") :]) == {
        "version": 1,
        "drift": [
            {
                "sort": "changed",
                "subject": str(HOME),
                "platform": "meta",
                "key": HOME.key,
                "id": brand.journal.ids()[HOME],
                "field": "daily_budget",
                "owner": "ours",
                "ours": 60_000,
                "theirs": 90_000,
                "shown": [{"field": "daily_budget", "before": "600.00 TRY", "after": "900.00 TRY"}],
            }
        ],
    }


def test_absorb_shows_the_file_and_then_there_is_no_drift(brand: Bench) -> None:
    fields(brand)["daily_budget"] = 90_000
    code, said = run(brand, "absorb", HOME.key)
    assert code == 0
    assert "+    budget: {daily: 900 TRY}" in said
    assert run(brand)[0] == 0
    assert run(brand, "absorb", HOME.key) == (0, f"· reading Memory\nNo drift at {HOME.key}.\n")


def test_revert_saves_a_plan_and_exits_as_a_plan_does(brand: Bench, tmp_path: Path) -> None:
    fields(brand)["daily_budget"] = 90_000
    file = tmp_path / "back.json"
    code, said = run(brand, "revert", HOME.key, "-o", str(file))
    assert code == 2
    assert "daily_budget: 900.00 TRY → 600.00 TRY" in said
    assert json.loads(file.read_text(encoding="utf-8"))["revert"] == [HOME.key]


def test_the_folder_may_stand_before_the_subcommand(brand: Bench) -> None:
    fields(brand)["daily_budget"] = 90_000
    arguments = ["drift", "-C", str(brand.root), "absorb", HOME.key]
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.exception is None
    assert "900 TRY" in (brand.root / "campaigns/yil-sonu.yaml").read_text(encoding="utf-8")
