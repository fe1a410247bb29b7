"""vars, templates, for_each and inheritance."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.campaign import Campaign
from schemas.errors import InvalidDeclaration
from schemas.workspace import Workspace

HEAD = """\
campaign: yeni
objective: sales
platforms: [meta]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34], age: 18-44, exclude: [musteriler]}
optimize_for: link_clicks
"""
Load = Callable[..., Workspace]


def campaign(load: Load, tail: str) -> Campaign:
    return next(c for c in load(campaign=HEAD + tail).campaigns if c.campaign == "yeni")


AD = "{ad: bir, creative: {headlines: [Merhaba], url: https://lezzet.example/}}"


def test_for_each_makes_one_ad_for_each_value(load: Load) -> None:
    made = campaign(
        load,
        """\
ad_sets:
  - ad_set: a
    budget: {daily: 100 TRY}
    ads:
      - for_each: {ilce: [Kadıköy, Beşiktaş], teklif: [Tatlı, Çorba]}
        ad: "{ilce} {teklif}"
        creative: {headlines: ["{ilce}: {teklif}", "{{ilce}}"], url: "https://lezzet.example/{teklif}"}
""",
    )
    ads = made.ad_sets[0].ads
    assert [ad.ad for ad in ads] == ["kadikoy-tatli", "kadikoy-corba", "besiktas-tatli", "besiktas-corba"]
    assert ads[3].creative.headlines == ("Beşiktaş: Çorba", "{ilce}")


def test_a_text_that_is_only_a_variable_keeps_the_type(load: Load) -> None:
    made = campaign(
        load,
        f"""\
vars: {{kapali: true, basliklar: [Bir, İki], para: {{daily: 70 TRY}}}}
protect: "{{kapali}}"
ad_sets:
  - ad_set: a
    budget: "{{para}}"
    ads: [{AD.replace("[Merhaba]", '"{basliklar}"')}]
""",
    )
    assert made.protect is True
    assert str(made.ad_sets[0].budget.daily) == "70 TRY"  # type: ignore[union-attr]
    assert made.ad_sets[0].ads[0].creative.headlines == ("Bir", "İki")


def test_for_each_takes_mappings_whose_parts_are_reached_by_a_dot(load: Load) -> None:
    made = campaign(
        load,
        """\
ad_sets:
  - for_each: {yer: [{ad: Moda, para: 80 TRY}, {ad: Bebek, para: 90 TRY}]}
    ad_set: "{yer.ad}"
    budget: {daily: "{yer.para}"}
    ads: [{ad: bir, creative: {headlines: ["{yer.ad}"], url: https://lezzet.example/}}]
""",
    )
    assert [(a.ad_set, str(a.budget.daily)) for a in made.ad_sets if a.budget] == [
        ("moda", "80 TRY"),
        ("bebek", "90 TRY"),
    ]


def test_own_keys_win_over_the_template_and_mappings_merge(load: Load) -> None:
    own = "vars: {aci: muzik}, status: paused, audience: {genders: [women]}"
    made = campaign(load, f"ad_sets: [{{ad_set: a, from: masa, {own}}}]")
    ad_set = made.ad_sets[0]
    assert (ad_set.status, ad_set.ads[0].ad) == ("paused", "muzik")
    assert ad_set.budget is not None
    assert str(ad_set.budget.daily) == "150 TRY"


def test_a_template_has_defaults_which_only_its_use_replaces(load: Load) -> None:
    loop = "{for_each: {aci: [x, y]}, ad_set: '{aci}', from: masa}"
    made = campaign(load, f"vars: {{aci: uzak}}\nad_sets: [{{ad_set: a, from: masa}}, {loop}]")
    assert [a.ads[0].ad for a in made.ad_sets] == ["menu", "x", "y"]
    assert [a.ad_set for a in made.ad_sets] == ["a", "x", "y"]


def test_the_environment_lays_its_values_over_the_brands(load: Load, root: object) -> None:
    text = (root / "kampanya.yaml").read_text(encoding="utf-8")  # type: ignore[operator]
    brand = text + (
        "    vars: {semt: Deneme}\n    guard_rails: {daily: 100 TRY}\n"
        "  staging:\n    accounts: {meta: {account: act_2, currency: TRY, time_zone: Europe/Istanbul}}\n"
        "    credentials: {meta: {token: env:TOKEN}}\n"
    )
    ad = AD.replace("Merhaba", '"{semt} {brand} {environment}"')
    tail = f"ad_sets: [{{ad_set: a, budget: {{daily: 5 TRY}}, ads: [{ad}]}}]"
    here = load(brand=brand, campaign=HEAD + tail)
    there = load("staging")
    headline = [
        next(c for c in w.campaigns if c.campaign == "yeni").ad_sets[0].ads[0].creative.headlines[0]
        for w in (here, there)
    ]
    assert headline == ["Deneme lezzet sandbox", "Moda lezzet staging"]
    assert [str(w.brand.guard_rails.daily) for w in (here, there)] == ["100 TRY", "2000 TRY"]
    assert str(here.brand.guard_rails.monthly) == "45000 TRY"
    assert here.digest() != there.digest()


def test_an_ad_set_is_merged_over_its_campaign(load: Load) -> None:
    made = campaign(
        load,
        f"""\
ad_sets:
  - {{ad_set: a, budget: {{daily: 5 TRY}}, ads: [{AD}]}}
  - ad_set: b
    budget: {{daily: 5 TRY}}
    optimize_for: purchases
    audience: {{locations: [TR-06], exclude: [musteriler]}}
    ads: [{AD}]
""",
    )
    first, second = (ad_set.audience for ad_set in made.ad_sets)
    assert first == made.audience
    assert second is not None
    assert (second.locations, str(second.age), second.exclude) == (
        ("TR-06",),
        "18-44",
        ("musteriler",),
    )
    assert [a.optimize_for for a in made.ad_sets] == ["link_clicks", "purchases"]


def nested(levels: int) -> str:
    """Each level names a list of ten of the level before: 10^levels values in a few lines."""
    scope = "vars: {v0: [x, x, x, x, x, x, x, x, x, x]}"
    for level in range(1, levels):
        ten = ", ".join([f'"{{v{level - 1}}}"'] * 10)
        scope += f", in: {{vars: {{v{level}: [{ten}]}}"
    return "{" + scope + f', x: "{{v{levels - 1}}}"' + "}" * levels


PRODUCT = ", ".join(f"{name}: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]" for name in "abcdefgh")


@pytest.mark.parametrize(
    "tail",
    [f"ad_sets: [{nested(8)}]", f"ad_sets: [{{for_each: {{{PRODUCT}}}, ad_set: x}}]"],
    ids=["nested variables", "a product"],
)
def test_what_expands_without_measure_is_refused(load: Load, tail: str) -> None:
    with pytest.raises(InvalidDeclaration, match="expands to too much"):
        campaign(load, tail)
