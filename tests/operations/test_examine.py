"""Mistakes of all sorts are told at once: structure, references, formats, the platform's terms, strategy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.assemble import Spending
from engine.compile import Compiler
from operations import plan as plans
from operations.validate import examine, validate
from schemas.errors import InvalidDeclaration
from tests.operations.sites import Bench

# One campaign a sort of mistake; before, each sort was told only once those above it were mended.
SORTS = {
    "structure": ("objective: sales", "objektive: sales", "unknown key"),
    "references": ("audience: {locations", "audience: {exclude: [kimse], locations", "unknown audience"),
    "files": ("assets/kutu.png", "assets/yok.png", "a file that does not exist"),
    "goals": ("optimize_for: purchases", "optimize_for: leads", "a goal that does not fit the objective"),
    "texts": ("Sıcak gelir", "Sıcak gelir" * 30, "One of the headlines is too long"),
    "words": ("Sıcak gelir", "En ucuz burada", "A word that the brand forbids"),
}


def spoil(brand: Bench) -> None:
    """A campaign for every sort, each with its one mistake."""
    folder = brand.root / "campaigns"
    text = (folder / "yil-sonu.yaml").read_text(encoding="utf-8")
    for sort, (right, wrong, _) in SORTS.items():
        assert right in text
        body = re.sub(r"from: restoran, vars.*", "from: restoran}", text).replace("yil-sonu", sort)
        (folder / f"{sort}.yaml").write_text(body.replace(right, wrong, 1), encoding="utf-8")


def told(root: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDeclaration) as caught:
        examine(root, "sandbox")
    assert all(each.where and each.fix for each in caught.value.problems)
    return [(each.where.file.stem, each.summary) for each in caught.value.problems if each.where]


def test_every_sort_of_mistake_is_told_in_the_first_round(brand: Bench) -> None:
    spoil(brand)
    found = told(brand.root)
    assert {stem: summary for stem, summary in found if stem in SORTS} == {
        sort: summary for sort, (_, _, summary) in SORTS.items()
    }


def test_one_mistake_is_told_once_and_in_no_second_words(brand: Bench) -> None:
    spoil(brand)
    found = [stem for stem, _ in told(brand.root) if stem in SORTS]
    assert sorted(found) == sorted(SORTS)


def test_what_is_right_comes_out_as_ever(brand: Bench) -> None:
    site, resources = examine(brand.root, "sandbox")
    assert site.platforms == ("meta",)
    assert {each.address.kind for each in resources} >= {"campaign", "ad_set", "ad", "creative"}


def test_a_plan_works_out_only_once_what_is_declared(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    site, asked = brand.site, []
    compiled = Compiler.compile

    def counted(compiler: Compiler, campaigns: Any) -> Any:
        asked.append(compiler.platform)
        return compiled(compiler, campaigns)

    monkeypatch.setattr(Compiler, "compile", counted)
    validate(site)
    plan = plans.make(site, brand.journal, plans.Wish(), Spending())
    assert asked == ["meta"]
    assert plan.digest == brand.plan().digest
