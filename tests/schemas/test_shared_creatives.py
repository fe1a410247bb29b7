"""Files of `creatives/`, and the ads that name them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import InvalidDeclaration
from schemas.workspace import Workspace

Load = Callable[..., Workspace]
CREATIVE = """\
creative: Yeni Kutu
vars: {gun: bugün}
headlines: ["{semt}: {gun}", İki]
texts: ["%20 {gun}"]
image: assets/kutu.png
url: https://lezzet.example/siparis
utm: {source: a}
"""
HEAD = """\
campaign: yeni
objective: sales
platforms: [meta]
flight: {start: 2026-12-01}
audience: {locations: [TR-34]}
budget: {daily: 100 TRY}
"""


def creatives(load: Load, *ads: str, creative: str = CREATIVE) -> list[object]:
    listed = ", ".join(f"{{ad: ad-{at}, creative: {ad}}}" for at, ad in enumerate(ads))
    found = load(creative=creative, campaign=f"{HEAD}ad_sets: [{{ad_set: a, ads: [{listed}]}}]\n")
    (made,) = (each for each in found.campaigns if each.campaign == "yeni")
    return [ad.creative for ad in made.ad_sets[0].ads]


def test_an_ad_shows_the_creative_that_it_names(load: Load) -> None:
    named, spelt = creatives(load, "yeni-kutu", "Yeni Kutu")
    assert named == spelt
    assert named.headlines == ("Moda: bugün", "İki")  # type: ignore[attr-defined]
    assert named.image == "assets/kutu.png"  # type: ignore[attr-defined]


def test_what_an_ad_says_otherwise_wins_and_mappings_merge(load: Load) -> None:
    plain, other = creatives(load, "yeni-kutu", "{from: yeni-kutu, texts: [Bir], utm: {medium: b}}")
    assert other.texts == ("Bir",)  # type: ignore[attr-defined]
    assert other.headlines == plain.headlines  # type: ignore[attr-defined]
    assert other.utm == {"source": "a", "medium": "b"}  # type: ignore[attr-defined]


def test_a_template_may_begin_with_a_shared_creative(root: Path, load: Load) -> None:
    brand = (root / "kampanya.yaml").read_text(encoding="utf-8")
    with_template = brand.replace(
        "templates:\n", "templates:\n  gece: {from: yeni-kutu, headlines: [Gece]}\n"
    )
    (root / "kampanya.yaml").write_text(with_template, encoding="utf-8")
    (made,) = creatives(load, "{from: gece}")
    assert (made.headlines, made.texts) == (("Gece",), ("%20 bugün",))  # type: ignore[attr-defined]


def test_a_brace_of_a_shared_creative_is_read_once(load: Load) -> None:
    (made,) = creatives(load, "yeni-kutu", creative=CREATIVE.replace("İki", '"{{ilce}}"'))
    assert made.headlines[1] == "{ilce}"  # type: ignore[attr-defined]


def test_a_changed_file_is_a_change_of_every_ad_that_shows_it(load: Load) -> None:
    before = creatives(
        load, "yeni-kutu", "{from: yeni-kutu, texts: [Bir]}", "{from: yeni-kutu, headlines: [A]}"
    )
    after = creatives(
        load,
        "yeni-kutu",
        "{from: yeni-kutu, texts: [Bir]}",
        "{from: yeni-kutu, headlines: [A]}",
        creative=CREATIVE.replace("İki", "Üç"),
    )
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]


def test_an_error_in_the_file_is_told_once_and_at_its_line(load: Load) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        creatives(load, "yeni-kutu", "yeni-kutu", creative=CREATIVE.replace("kutu.png", "yok.png"))
    (problem,) = caught.value.problems
    assert problem.where
    assert (problem.where.file.parent.name, problem.where.line) == ("creatives", 5)
    assert "creative `yeni-kutu` used by" in problem.detail


def test_an_ad_that_names_a_file_which_cannot_be_read_is_not_wrong_itself(load: Load) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        creatives(load, "new", "{from: new, headlines: [Bir]}", creative="creative: [")
    assert [each.summary for each in caught.value.problems] == ["not YAML"]


def test_one_that_no_ad_shows_is_warned_of(load: Load) -> None:
    found = load(creative=CREATIVE)
    unused = [each.detail for each in found.warnings if each.summary == "a creative that no ad shows"]
    assert unused == ["`kutu`", "`yeni-kutu`"]
