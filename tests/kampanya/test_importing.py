"""`kampanya import`: where it writes, what it exits with, and the plan that `--adopt` saves."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from kampanya.cli import cli
from operations import plan as plans
from tests.operations.sites import Bench
from tests.operations.test_adopting import stranger


def run(brand: Bench, *arguments: str) -> tuple[Any, str]:
    where = ("--platform", "meta", "-C", str(brand.root))
    result = CliRunner().invoke(cli, ["import", *arguments, *where], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def test_apart_it_writes_beside_the_workspace_and_saves_no_plan(brand: Bench) -> None:
    stranger(brand)
    code, said = run(brand)
    assert code == 0
    assert (brand.root / "imported" / "meta" / "yaz-indirimi.yaml").exists()
    assert "0 things not said" in said
    assert brand.journal.events("claimed") == []


def test_adopting_it_writes_into_the_workspace_and_saves_a_plan_of_marks(brand: Bench) -> None:
    stranger(brand)
    file = brand.root / "plan.json"
    code, said = run(brand, "--adopt", "-o", str(file))
    assert code == 2
    assert (brand.root / "campaigns" / "yaz-indirimi.yaml").exists()
    assert f"mark: — → {plans.load(file).changes[0].change.after['mark']}" in said  # type: ignore[union-attr]
    assert brand.apply(plans.load(file)).complete
    assert run(brand, "--adopt")[0] == 0, "there is nothing left to adopt"


def test_what_belongs_to_the_other_way_of_importing_is_a_usage_error(brand: Bench) -> None:
    for arguments in (("--adopt", "--out", "x"), ("--json",), ("-o", "x.json")):
        with pytest.raises(click.UsageError, match="--adopt"):
            run(brand, *arguments)
