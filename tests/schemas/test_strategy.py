"""A persona's people and a season's days reach the campaign; images are held against the look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from schemas.campaign import Campaign
from schemas.errors import InvalidDeclaration
from schemas.strategy import Shape
from schemas.types import Window
from schemas.workspace import Workspace

Load = Callable[..., Workspace]
STRATEGY = """\
goals: [{goal: siparis, metric: cost_per_purchase, target: 120 TRY}]
personas:
  genc: {age: 18-24, genders: [women], exclude: [musteriler]}
  aile: {age: 30-54, interests: [Yemek]}
calendar:
  - {season: yilbasi, start: 2026-12-15, end: 2026-12-31}
  - {season: bayram, start: 2027-03-20, end: 2027-03-22, freeze: true, reason: tatil}
"""
CAMPAIGN = """\
campaign: yeni
objective: sales
platforms: [meta]
flight: {flight}
budget: {{daily: 100 TRY}}
optimize_for: link_clicks
audience: {above}
ad_sets:
  - ad_set: bir
    audience: {own}
    ads: [{{ad: a, creative: {{headlines: [A], image: assets/kutu.png, url: https://lezzet.example/}}}}]
"""


def brand(load_root: Path, more: str = STRATEGY) -> str:
    return (load_root / "kampanya.yaml").read_text(encoding="utf-8") + more


def made(root: Path, load: Load, **parts: str) -> Campaign:
    given = {"flight": "{start: 2026-12-01}", "above": "{locations: [TR]}", "own": "{}", **parts}
    workspace = load(brand=brand(root), campaign=CAMPAIGN.format(**given))
    return next(each for each in workspace.campaigns if each.campaign == "yeni")


def test_an_audience_built_on_a_persona_has_its_people_and_its_own_keys_win(root: Path, load: Load) -> None:
    campaign = made(root, load, above="{persona: genc, locations: [TR-34], genders: [men]}")
    audience = campaign.ad_sets[0].audience
    assert audience
    assert (str(audience.age), audience.genders, audience.locations) == ("18-24", ("men",), ("TR-34",))
    assert audience.exclude == ("musteriler",)


def test_an_ad_sets_persona_takes_the_place_of_its_campaigns(root: Path, load: Load) -> None:
    campaign = made(root, load, above="{persona: genc, locations: [TR]}", own="{persona: aile}")
    audience = campaign.ad_sets[0].audience
    assert audience
    assert (str(audience.age), audience.interests, audience.locations) == ("30-54", ("Yemek",), ("TR",))
    assert (audience.genders, audience.exclude) == ((), ())


def test_an_ad_set_without_a_persona_keeps_its_campaigns_beneath_its_own_keys(root: Path, load: Load) -> None:
    campaign = made(root, load, above="{persona: genc, locations: [TR]}", own="{age: 20-24}")
    audience = campaign.ad_sets[0].audience
    assert audience
    assert (str(audience.age), audience.genders) == ("20-24", ("women",))


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("{season: yilbasi}", date(2026, 12, 15), date(2026, 12, 31)),
        ("{season: yilbasi, start: 2026-12-20}", date(2026, 12, 20), date(2026, 12, 31)),
        ("{season: Yılbaşı, end: 2026-12-24}", date(2026, 12, 15), date(2026, 12, 24)),
    ],
)
def test_a_flight_takes_the_days_of_its_season(
    root: Path, load: Load, written: str, start: date, end: date
) -> None:
    flight = made(root, load, flight=written).flight
    assert (flight.start, flight.end) == (start, end)


def test_a_season_with_freeze_is_a_freeze_window_of_the_brand(root: Path, load: Load) -> None:
    assert load(brand=brand(root)).brand.freezes == (
        Window(start=date(2027, 3, 20), end=date(2027, 3, 22), reason="tatil"),
    )


@pytest.mark.parametrize(
    ("rule", "summary"),
    [
        ('shapes: ["4:5"]', "an image of another shape than the brand's"),
        ("short_side: 5000", "an image smaller than the brand wants"),
        ("kilobytes: 1", "an image heavier than the brand wants"),
        ("formats: [jpeg]", "an image in another format than the brand's"),
    ],
)
def test_every_image_of_a_creative_is_held_against_the_look(
    root: Path, load: Load, rule: str, summary: str
) -> None:
    given = CAMPAIGN.format(flight="{start: 2026-12-01}", above="{locations: [TR]}", own="{}")
    picture = root / "assets/kutu.png"
    picture.write_bytes(picture.read_bytes() + b"\0" * 2000)
    with pytest.raises(InvalidDeclaration) as raised:
        load(brand=brand(root, f"look: {{images: {{{rule}}}}}\n"), campaign=given)
    (problem,) = raised.value.problems
    assert problem.summary == summary
    assert problem.where is not None
    assert "assets/kutu.png" in problem.where.text


@pytest.mark.parametrize(
    ("shape", "size", "fits"),
    [("1:1", (1080, 1080), True), ("1.91:1", (1200, 628), True), ("4:5", (1080, 1080), False)],
)
def test_a_shape_fits_within_a_hundredth(shape: str, size: tuple[int, int], fits: bool) -> None:
    assert Shape.parse(shape).fits(*size) is fits
