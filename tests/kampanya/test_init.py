"""`kampanya init`: a brand and its repository, valid and laid out at once, over nobody's files."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from kampanya.cli import cli
from kampanya.up import brands
from operations.site import open_site
from operations.validate import validate
from schemas.errors import KampanyaError
from schemas.repository import EXAMPLE

OPTIONS = ("--currency", "EUR", "--time-zone", "Europe/Berlin", "--ceiling", "200 EUR")


def init(folder: Path, *options: str) -> str:
    result = CliRunner().invoke(cli, ["init", str(folder), *options], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def deployments(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    return found


@pytest.mark.parametrize("platforms", ["meta", "google", "meta,google"])
def test_what_it_writes_is_valid_and_already_laid_out(tmp_path: Path, platforms: str) -> None:
    brand = tmp_path / "ajans" / "brands" / "ocak"
    init(brand, "--platforms", platforms, *OPTIONS)
    site = open_site(brand)
    assert set(site.platforms) == set(platforms.split(","))
    assert {each.address.platform for each in validate(site)} == set(platforms.split(","))
    assert str(site.workspace.brand.guard_rails.daily) == "200 EUR"
    assert site.workspace.warnings == ()
    result = CliRunner().invoke(cli, ["fmt", "--check", "-C", str(brand)], standalone_mode=False)
    assert result.return_value == 0, result.output


def test_the_repository_gets_every_deployment_of_the_example_under_the_brands_name(tmp_path: Path) -> None:
    init(tmp_path / "brands" / "ocak", "--name", "Ocakbaşı", "--platforms", "google", *OPTIONS)
    made, example = deployments(tmp_path / "prefect.yaml"), deployments(EXAMPLE)
    assert [each["name"] for each in made] == [each["name"].replace("lezzet", "ocakbasi") for each in example]
    names = [each["entrypoint"].partition(":")[2] for each in example]
    assert [each["entrypoint"] for each in made] == [f"kampanya.deployed:{name}" for name in names]
    assert all("lezzet" not in str(each) and "platform:meta" not in str(each) for each in made)
    folders = {each["parameters"]["workspace"] for each in made if "workspace" in each["parameters"]}
    assert {(tmp_path / folder).resolve() for folder in folders} == {tmp_path / "brands" / "ocak"}
    schedules = itertools.chain.from_iterable(each.get("schedules", ()) for each in made)
    assert {each["timezone"] for each in schedules} == {"Europe/Berlin"}
    assert brands(tmp_path) == [tmp_path / "brands" / "ocak"]


def test_a_folder_of_its_own_is_brand_and_repository_in_one(tmp_path: Path) -> None:
    init(tmp_path / "ocak")
    (workspace,) = {
        each["parameters"]["workspace"]
        for each in deployments(tmp_path / "ocak" / "prefect.yaml")
        if "workspace" in each["parameters"]
    }
    assert (tmp_path / "ocak" / workspace).resolve() == tmp_path / "ocak"
    assert Path(workspace).name == "ocak"  # flows call their runs so
    assert brands(tmp_path / "ocak") == [tmp_path / "ocak"]


def test_what_is_in_the_repository_stays_and_the_brands_deployments_stand_beside(tmp_path: Path) -> None:
    mine = {
        tmp_path / "prefect.yaml": "name: mine\n",
        tmp_path / ".gitignore": "*.log\n",
        tmp_path / "flows" / "__init__.py": "raise SystemExit\n",
    }
    for path, text in mine.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    said = init(tmp_path / "brands" / "ocak")
    assert {path: path.read_text(encoding="utf-8") for path in mine} == mine
    assert deployments(tmp_path / "prefect.ocak.yaml")[0]["name"] == "ocak-launch"
    assert "prefect deploy --all --prefect-file prefect.ocak.yaml" in said
    assert f"left {tmp_path / '.gitignore'} as it is: it should hold: .kampanya/" in said


def test_a_second_brand_disturbs_no_file_of_the_first(tmp_path: Path) -> None:
    init(tmp_path / "brands" / "ocak")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    init(tmp_path / "brands" / "tatli")
    assert {path: path.read_bytes() for path in before} == before
    assert len(brands(tmp_path)) == 2
    with pytest.raises(KampanyaError, match="overwritten"):
        init(tmp_path / "brands" / "ocak")


def test_an_agencys_own_flows_are_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").write_text("raise SystemExit('the agency')", encoding="utf-8")
    init(tmp_path / "brands" / "ocak")
    entrypoints = [each["entrypoint"] for each in deployments(tmp_path / "prefect.yaml")]
    script = (
        "from prefect.flows import load_flow_from_entrypoint as load\n"
        f"for each in {entrypoints!r}: print(load(each).fn.__module__)"
    )
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLE.parent), "PREFECT_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [f"flows.{each.partition(':')[2]}" for each in entrypoints]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--platforms", "tiktok"), "unknown platform"),
        (("--platforms", ""), "unknown platform"),
        (("--currency", "TL"), "write TRY"),
        (("--time-zone", "Istanbul"), "unknown time zone"),
        (("--ceiling", "1.000,50 TRY"), "not an amount of money"),
        (("--ceiling", "100 USD"), "not a ceiling"),
        (("--ceiling", "0 TRY"), "not a ceiling"),
    ],
)
def test_an_answer_that_no_brand_can_have_is_refused_and_nothing_written(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    with pytest.raises(KampanyaError, match=says):
        init(tmp_path / "ocak", *options)
    assert not (tmp_path / "ocak").exists()
