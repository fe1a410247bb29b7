"""The commands about files alone: `fmt`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kampanya.cli import cli
from schemas.errors import InvalidDeclaration
from schemas.source import load_workspace
from tests.contract.brand import write


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    return write(tmp_path / "lezzet")


def run(*arguments: str) -> tuple[Any, str]:
    """The exit code and what was said."""
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.exception is None, result.output
    return result.return_value, result.output


def test_fmt_checks_writes_and_then_has_nothing_to_do(brand: Path) -> None:
    file = brand / "campaigns" / "yil-sonu.yaml"
    file.write_text("# mine\n" + file.read_text(encoding="utf-8").replace("{daily: 600", "{ daily:   600"))
    untidy, before = file.read_bytes(), load_workspace(brand).digest()
    code, said = run("fmt", "--check", "-C", str(brand))
    assert (code, file.read_bytes()) == (1, untidy)
    assert f"would format {file}" in said
    assert run("fmt", "-C", str(brand))[0] == 0
    assert file.read_text(encoding="utf-8").startswith("# mine\ncampaign: yil-sonu\n")
    assert load_workspace(brand).digest() == before
    assert run("fmt", "--check", "-C", str(brand)) == (0, "All files are in order.\n")


def test_fmt_names_the_file_it_cannot_read_and_formats_the_others(brand: Path) -> None:
    broken, other = brand / "campaigns" / "a.yaml", brand / "campaigns" / "yil-sonu.yaml"
    broken.write_text("a: [", encoding="utf-8")
    other.write_text(other.read_text(encoding="utf-8") + "\n\n\n", encoding="utf-8")
    code, said = run("fmt", "-C", str(brand))
    assert code == 1
    assert f"{broken}: this file cannot be rewritten" in said
    assert broken.read_text(encoding="utf-8") == "a: ["
    assert not other.read_text(encoding="utf-8").endswith("\n\n")


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"]])
def test_what_validate_finds_plan_and_apply_tell_in_their_first_round_too(
    brand: Path, command: list[str]
) -> None:
    """A key nobody knows, and in another file a text that is too long."""
    file = brand / "campaigns" / "yil-sonu.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("objective: sales", "objektive: sales"), encoding="utf-8")
    other = text.replace("campaign: yil-sonu", "campaign: baska").replace("Sıcak gelir", "Sıcak gelir" * 30)
    (brand / "campaigns" / "baska.yaml").write_text(other, encoding="utf-8")
    result = CliRunner().invoke(cli, [*command, "-C", str(brand)], standalone_mode=False)
    assert isinstance(result.exception, InvalidDeclaration)
    summaries = {each.summary for each in result.exception.problems}
    assert {"unknown key", "One of the headlines is too long"} <= summaries


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_an_environment_that_nobody_declares_is_told_by_every_command(brand: Path, command: str) -> None:
    result = CliRunner().invoke(cli, [command, "-C", str(brand), "-e", "stagng"], standalone_mode=False)
    assert isinstance(result.exception, InvalidDeclaration)
    assert "stagng" in str(result.exception)
