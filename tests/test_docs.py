"""What the documents show is true: YAML validates, commands parse, links lead somewhere, plans read so."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import click
import pytest

import connectors
from connectors.base import Connection
from connectors.memory import MemoryConnector, Platform
from engine.render import text
from journal.store import Journal
from kampanya.cli import COMMANDS, cli
from operations.site import Site, open_site
from schemas.source import load_workspace
from tests.operations.sites import NOW, Bench

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", document, re.S | re.M)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "lezzet"
    shutil.copytree(ROOT / "brands" / "lezzet", root, ignore=shutil.ignore_patterns(".kampanya", "decisions"))
    return root


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_campaign_of_the_readme_validates(copy: Path) -> None:
    shutil.rmtree(copy / "experiments")
    (copy / "campaigns" / "yil-sonu.yaml").write_text(blocks(README, "yaml")[0], encoding="utf-8")
    assert load_workspace(copy).campaigns[0].ad_sets[0].ads[1].ad == "besiktas"


def test_the_experiment_of_the_readme_validates(copy: Path) -> None:
    (copy / "experiments" / "menu-mu-muzik-mi.yaml").write_text(blocks(README, "yaml")[1], encoding="utf-8")
    assert set(load_workspace(copy).experiments) == {"menu-mu-muzik-mi"}


class OnMeta(Bench):
    """A memory platform that bills as Meta does."""

    def on_memory(self, found: Site) -> Site:
        connection = Connection(found.accounts["meta"], found.scope, self.root)
        connector = MemoryConnector(connection, self.far_side, "meta")
        connector.supports = replace(connector.supports, worst_day=connectors.supports("meta").worst_day)
        return replace(found, platforms=("meta",), given_connectors={"meta": connector}, given_now=NOW)


def test_the_plan_of_the_readme_is_what_a_plan_says(copy: Path) -> None:
    shutil.rmtree(copy / "experiments")
    (copy / "campaigns" / "yil-sonu.yaml").write_text(blocks(README, "yaml")[0], encoding="utf-8")
    with Journal.open(copy / "journal.db") as journal:
        bench = OnMeta(copy, Platform(), journal)
        assert bench.apply().complete
        bench.edit("600 TRY", "660 TRY")
        words = text(bench.plan(), bench.site.supports)
    assert blocks(README, "diff")[0] == re.sub(r"Digest: .*\n", "", words)


# Blocks that a test validates: rules.md's in tests/operations/test_rules.py, the README's here. All of
# language.md's are validated in tests/schemas/test_language_doc.py.
VALIDATED = {"README.md": 2, "rules.md": 1}


def test_no_document_shows_yaml_that_no_test_validates() -> None:
    shown = {path.name: len(blocks(path.read_text(encoding="utf-8"), "ya?ml")) for path in DOCUMENTS}
    del shown["language.md"]
    assert {name: count for name, count in shown.items() if count} == VALIDATED


def commands() -> list[str]:
    lines = [
        line.split("#")[0].strip()
        for path in DOCUMENTS
        for block in blocks(path.read_text(encoding="utf-8"), "sh")
        for line in block.splitlines()
    ]
    return sorted({line for line in lines if line})


@pytest.mark.parametrize("line", commands())
def test_a_command_shown_is_a_command(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(line)
    if program == "make":
        assert f"\n{arguments[0]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    elif program == "kampanya":
        command = cli.get_command(click.Context(cli), arguments[0])
        assert command is not None, f"no command {arguments[0]}"
        command.make_context(arguments[0], [each for each in arguments[1:] if each != "FILE"])
    else:
        assert program in ("source", "cd", "python")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help


def test_every_workspace_shown_opens() -> None:
    for path in (ROOT / "brands").iterdir():
        assert open_site(path).workspace.campaigns
