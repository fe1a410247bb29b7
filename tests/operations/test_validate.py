"""What needs no network is known before any: at the author's line, without an SDK."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from connectors.memory import MemoryConnector
from engine.resource import Resource
from operations.site import open_site
from operations.validate import validate, warnings
from schemas.errors import InvalidDeclaration, Problem
from tests.operations.sites import Bench


def problems(brand: Bench) -> list[Problem]:
    with pytest.raises(InvalidDeclaration) as raised:
        validate(open_site(brand.root))
    return list(raised.value.problems)


def test_what_a_platform_has_no_words_for_is_refused_at_its_line(brand: Bench) -> None:
    brand.edit("call_to_action: order_now", "call_to_action: see_menu")
    first, *_ = problems(brand)
    assert "no such call to action" in first.summary
    assert first.where is not None
    assert first.where.file.name == "yil-sonu.yaml"
    assert first.where.text.strip() == "call_to_action: see_menu"
    assert str(first).splitlines()[2].endswith(" ^")


def test_what_is_wrong_in_one_ad_set_is_not_told_of_another_whose_key_begins_so(brand: Bench) -> None:
    """`eve` stands before `eve-menu`; only the second is wrong."""
    brand.edit("ad_set: eve-siparis\n", "ad_set: eve\n")
    brand.edit("  - {ad_set: restorana-menu,", "  - {ad_set: eve-menu, audience: {locations: [TR, TR-34]},")
    found = [each for each in problems(brand) if "region" in each.summary]
    assert {each.where.text.strip()[:20] for each in found if each.where} == {"- {ad_set: eve-menu,"}


def test_a_forbidden_word_is_refused_where_it_stands(brand: Bench) -> None:
    brand.edit("Sıcak gelir", "GARANTİLİ lezzet")
    first, *_ = problems(brand)
    assert first.where is not None
    assert "GARANTİLİ" in first.where.text


def test_a_metric_that_nothing_measures_is_refused(brand: Bench) -> None:
    folder = brand.root / "experiments"
    folder.mkdir()
    (folder / "test.yaml").write_text(
        "experiment: test\nplatform: meta\nmetric: cost_per_clik\ncontrol: a\nminimum_effect: 15%\nweeks: 2\n"
        "cells:\n"
        "  - {cell: a, ad_set: yil-sonu/restorana-menu, share: 50%}\n"
        "  - {cell: b, ad_set: yil-sonu/restorana-muzik, share: 50%}\n",
        encoding="utf-8",
    )
    (problem,) = problems(brand)
    assert problem.fix == "Did you mean `cost_per_click`?"
    assert problem.where is not None
    assert problem.where.line == 3


def test_a_sound_declaration_passes_and_makes_no_state(brand: Bench) -> None:
    assert {each.address.kind for each in validate(open_site(brand.root))} == {
        "campaign",
        "ad_set",
        "ad",
        "creative",
        "image",
    }


@pytest.mark.parametrize(("said", "errors", "told"), [("refuse", 2, 0), ("warn", 0, 2), ("allow", 0, 0)])
def test_a_tracking_parameter_written_by_hand_is_what_the_brand_says_it_is(
    brand: Bench, said: str, errors: int, told: int
) -> None:
    brand.edit("https://lezzet.example/siparis", "https://lezzet.example/siparis?UTM_source=x&q=1")
    brand.edit("  raise_24h: 20%\n", f"  raise_24h: 20%\n  utm_in_urls: {said}\n", "kampanya.yaml")
    site = open_site(brand.root)
    if errors:
        found = problems(brand)
        assert {each.summary for each in found} == {"A tracking parameter written by hand"}
        assert "UTM_source in https://lezzet.example/siparis?UTM_source=x&q=1" in found[0].detail
    else:
        validate(site)
    assert len([each for each in warnings(site) if "tracking" in each.summary]) == told


def test_a_plan_puts_what_is_declared_into_the_platforms_terms_once(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, asked = MemoryConnector.canonical, list[int]()

    def counting(connector: MemoryConnector, desired: Iterable[Resource]) -> list[Resource]:
        resources = list(desired)
        asked.append(len(resources))
        return whole(connector, resources)

    monkeypatch.setattr(MemoryConnector, "canonical", counting)
    assert len(brand.plan().changes) == 15
    assert asked == [15]


def test_other_resources_are_put_into_the_platforms_terms_anew(brand: Bench) -> None:
    site = brand.site
    first, *others = validate(site)
    assert len(site.canonical("meta", [first, *others])) == 15
    assert len(site.canonical("meta", others)) == 14
    renamed = replace(first, mark="another")
    assert "another" in {each.mark for each in site.canonical("meta", [renamed, *others])}
