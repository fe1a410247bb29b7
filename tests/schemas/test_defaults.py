"""`defaults` of the brand and of a campaign's file."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.campaign import Campaign
from schemas.errors import InvalidDeclaration
from schemas.source import survey
from schemas.tree import plain
from schemas.workspace import Workspace

BASE = Path(__file__).parent / "fixtures/base"
Load = Callable[..., Workspace]
HEAD = """\
campaign: yeni
objective: sales
platforms: [meta]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34]}
"""
AD = "{ad: bir, creative: {headlines: [Merhaba], url: https://lezzet.example/}}"
AD_SETS = f"ad_sets: [{{ad_set: a, budget: {{daily: 100 TRY}}, ads: [{AD}]}}]\n"


@pytest.fixture
def made(load: Load) -> Callable[[str, str], Workspace]:
    """The workspace with these defaults in kampanya.yaml and this campaign."""

    def write(defaults: str, campaign: str) -> Workspace:
        brand = (BASE / "kampanya.yaml").read_text(encoding="utf-8")
        return load(brand=f"{brand}defaults: {defaults}\n", campaign=campaign)

    return write


Made = Callable[[str, str], Workspace]


def new(workspace: Workspace) -> Campaign:
    return next(each for each in workspace.campaigns if each.campaign == "yeni")


def warned(workspace: Workspace) -> list[str]:
    return [each.detail for each in workspace.warnings if each.summary == "a default that nothing takes"]


def test_the_nearest_word_wins_from_the_thing_itself_to_the_brand(made: Made) -> None:
    brand = (
        "{campaign: {bid: {strategy: cost_cap, amount: 9 TRY}},"
        " creative: {texts: [marka], descriptions: [marka], call_to_action: shop_now, page: '1'}}"
    )
    own = (
        "defaults: {creative: {texts: [dosya], descriptions: [dosya], call_to_action: order_now}}\n"
        "budget: {daily: 5 TRY}\n"
        "ad_sets: [{ad_set: a, ads: [{ad: a, creative: {from: kutu, texts: [kendi]}}]}]"
    )
    campaign = new(made(brand, HEAD + own))
    creative = campaign.ad_sets[0].ads[0].creative
    assert campaign.bid
    assert str(campaign.bid.amount) == "9 TRY"
    assert creative.texts == ("kendi",)
    assert creative.headlines == ("Sıcak gelir",)  # the shared creative's
    assert creative.descriptions == ("dosya",)
    assert creative.call_to_action == "order_now"
    assert creative.page == "1"


def test_a_template_is_nearer_than_any_default(made: Made) -> None:
    defaults = "{ad_set: {budget: {daily: 9 TRY}}, creative: {url: https://x.example/, texts: [Bir.]}}"
    ad_set = new(made(defaults, HEAD + "ad_sets: [{ad_set: a, from: masa}]")).ad_sets[0]
    assert ad_set.budget
    assert str(ad_set.budget.daily) == "150 TRY"
    assert ad_set.ads[0].creative.url == "https://lezzet.example/masa"
    assert ad_set.ads[0].creative.texts == ("Bir.",)


def test_what_a_campaign_says_for_its_ad_sets_is_nearer_than_a_default(made: Made) -> None:
    defaults = "{campaign: {optimize_for: purchases, audience: {locations: [TR], age: 18-44}}}"
    ad_set = new(made(defaults, HEAD + "optimize_for: link_clicks\n" + AD_SETS)).ad_sets[0]
    assert ad_set.optimize_for == "link_clicks"
    assert ad_set.audience
    assert ad_set.audience.locations == ("TR-34",)
    assert str(ad_set.audience.age) == "18-44"


def test_a_persona_is_nearer_than_a_default(root: Path, load: Load) -> None:
    brand = (root / "kampanya.yaml").read_text(encoding="utf-8")
    brand += (
        "personas: {genc: {age: 18-24}}\ndefaults: {campaign: {audience: {age: 18-65, languages: [tr]}}}\n"
    )
    campaign = HEAD.replace("{locations", "{persona: genc, locations") + AD_SETS
    audience = new(load(brand=brand, campaign=campaign)).ad_sets[0].audience
    assert audience
    assert str(audience.age) == "18-24"
    assert audience.languages == ("tr",)


def test_money_is_taken_whole_or_not_at_all(made: Made) -> None:
    defaults = "{ad_set: {budget: {daily: 9 TRY}, bid: {strategy: cost_cap, amount: 9 TRY}}}"
    own = "{ad_set: a, budget: {lifetime: 900 TRY}, bid: {strategy: min_roas, roas: 2}, ads: [" + AD + "]}"
    ad_set = new(made(defaults, HEAD + f"optimize_for: value\nad_sets: [{own}]")).ad_sets[0]
    assert ad_set.budget
    assert ad_set.bid
    assert (ad_set.budget.daily, str(ad_set.budget.lifetime)) == (None, "900 TRY")
    assert (ad_set.bid.strategy, ad_set.bid.amount) == ("min_roas", None)


def test_a_default_budget_never_makes_a_second_one(made: Made) -> None:
    defaults = "{campaign: {budget: {daily: 70 TRY}}, ad_set: {budget: {daily: 9 TRY}}}"
    without = AD_SETS.replace("budget: {daily: 100 TRY}, ", "")
    shared = new(made(defaults, HEAD + "budget: {daily: 500 TRY}\n" + without))
    assert (str(shared.budget and shared.budget.daily), shared.ad_sets[0].budget) == ("500 TRY", None)
    each = new(made(defaults, HEAD + AD_SETS))
    assert each.budget is None
    neither = new(made(defaults, HEAD + without))
    assert (str(neither.budget and neither.budget.daily), neither.ad_sets[0].budget) == ("70 TRY", None)


def test_nothing_is_said_with_a_tilde(made: Made) -> None:
    defaults = "{campaign: {bid: {strategy: cost_cap, amount: 9 TRY}}, creative: {call_to_action: shop_now}}"
    own = AD_SETS.replace("headlines:", "call_to_action: ~, headlines:")
    campaign = new(made(defaults, HEAD + "bid: ~\n" + own))
    assert campaign.bid is None
    assert campaign.ad_sets[0].ads[0].creative.call_to_action is None


def test_a_platform_that_a_campaign_does_not_run_on_takes_no_default(made: Made) -> None:
    defaults = (
        "{campaign: {google: {channel: search}}, ad_set: {google: {keywords: {exact: [a]}},"
        " meta: {devices: [mobile]}, budget: {daily: {meta: 9 TRY, google: 8 TRY}}}}"
    )
    campaign = new(made(defaults, HEAD + AD_SETS.replace("budget: {daily: 100 TRY}, ", "")))
    assert campaign.google is None
    assert campaign.ad_sets[0].google is None
    assert campaign.ad_sets[0].meta
    assert campaign.ad_sets[0].meta.devices == ("mobile",)


def test_what_a_default_platform_says_counts_where_the_campaign_names_none(made: Made) -> None:
    defaults = "{campaign: {platforms: [meta]}, ad_set: {google: {keywords: {exact: [a]}}}}"
    campaign = new(made(defaults, HEAD.replace("platforms: [meta]\n", "") + AD_SETS))
    assert campaign.platforms == ("meta",)
    assert campaign.ad_sets[0].google is None


def test_a_film_takes_no_picture_and_a_post_takes_nothing(made: Made) -> None:
    ads = (
        "ads: [{ad: film, creative: {headlines: [Film], video: assets/film.mp4, thumbnail: assets/kutu.png,"
        " url: https://lezzet.example/}},"
        " {ad: gonderi, creative: {meta: {post: '2000000000000001_1001'}}}]"
    )
    defaults = "{creative: {image: assets/kutu.png, call_to_action: shop_now}}"
    own = HEAD.replace("sales", "engagement") + f"ad_sets: [{{ad_set: a, budget: {{daily: 5 TRY}}, {ads}}}]"
    film, post = (ad.creative for ad in new(made(defaults, own)).ad_sets[0].ads)
    assert (film.image, film.call_to_action) == (None, "shop_now")
    assert (post.image, post.call_to_action) == (None, None)


def test_a_default_that_nothing_takes_is_warned_of_at_its_own_line(made: Made) -> None:
    defaults = "{campaign: {objective: leads}, creative: {url: https://x.example/, utm: {source: a}}}"
    own = "defaults: {creative: {texts: [Bir.], headlines: [İki]}}\n"
    found = made(defaults, HEAD + own + AD_SETS)
    assert sorted(each.partition(":")[0] for each in warned(found)) == [
        "`campaign.objective`",
        "`creative.headlines`",
        "`creative.url`",
    ]
    lines = {str(w.where) for w in found.warnings if "nothing takes" in w.summary}
    assert {line.rpartition("/")[2].partition(":")[0] for line in lines} == {"kampanya.yaml", "new.yaml"}


def test_an_environments_values_reach_into_defaults(root: Path, load: Load) -> None:
    brand = (root / "kampanya.yaml").read_text(encoding="utf-8").replace("{semt: Moda}", "{durum: active}")
    brand = brand.replace("    clock: 2026-11-30", "    clock: 2026-11-30\n    vars: {durum: paused}")
    brand += 'defaults: {ad_set: {status: "{durum}"}}\n'
    assert new(load(brand=brand, campaign=HEAD + AD_SETS)).ad_sets[0].status == "paused"


def test_an_error_in_a_taken_default_stands_at_the_defaults_line_once(made: Made) -> None:
    twice = AD_SETS.replace("ads: [", f"ads: [{AD.replace('bir', 'iki')}, ")
    with pytest.raises(InvalidDeclaration) as caught:
        made("{creative: {image: assets/yok.png}}", HEAD + twice)
    (problem,) = caught.value.problems
    assert problem.where
    assert problem.where.file.name == "kampanya.yaml"
    assert "a default of the brand, taken at" in problem.detail
    assert "new.yaml:6" in problem.detail


def test_defaults_do_not_change_what_a_declaration_is(made: Made, root: Path, load: Load) -> None:
    filled = made("{creative: {call_to_action: shop_now}}", HEAD + AD_SETS).digest()
    brand = (root / "kampanya.yaml").read_text(encoding="utf-8").partition("defaults:")[0]
    for path in (root / "campaigns").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("url: https", "call_to_action: shop_now, url: https")
        path.write_text(text, encoding="utf-8")
    brand = brand.replace(
        "url: https://lezzet.example/masa", "call_to_action: shop_now, url: https://lezzet.example/masa"
    )
    (root / "kampanya.yaml").write_text(brand, encoding="utf-8")
    assert load().digest() == filled


# Expanding with defaults is writing the values out by hand.


def some(**pools: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(pool) for key, pool in pools.items()})


PLACEMENTS = [{"facebook": ["feed"]}, {"instagram": ["story"]}]
BUDGETS = [
    {"daily": "70 TRY"},
    {"lifetime": "900 TRY"},
    {"daily": {"meta": "7 TRY", "google": "8 TRY"}},
    None,
]
BIDS = [{"strategy": "cost_cap", "amount": "9 TRY"}, {"strategy": "min_roas", "roas": 2}, {}]
CAMPAIGN = some(
    budget=BUDGETS,
    bid=BIDS,
    status=["active", "paused"],
    optimize_for=["purchases", "link_clicks"],
    audience=[{"locations": ["TR"]}, {"age": "18-44"}, {"age": "25-54", "languages": ["tr"]}, {}],
    meta=[{"spend_cap": "4000 TRY"}, {}],
    google=[{"channel": "search"}, {"skip": True}, {"network": {"display": False}}],
    protect=[True, False],
)
AD_SET = some(
    budget=BUDGETS,
    bid=BIDS,
    status=["active", "paused"],
    meta=[*({"placements": each} for each in PLACEMENTS), {"devices": ["mobile"]}, {"skip": True}],
    google=[{"keywords": {"exact": ["a"]}}, {"keywords": {"phrase": ["b"]}}, {"skip": True}, {}],
)
ADS = some(status=["active", "paused"], protect=[True, False], google=[{"skip": True}, {}])
CREATIVE = some(
    headlines=[["Bir", "İki", "Üç"], ["Dört"]],
    texts=[["Bir.", "İki."], []],
    image=["assets/kutu.png"],
    video=["assets/film.mp4"],
    thumbnail=["assets/kutu.png"],
    url=["https://lezzet.example/", "https://lezzet.example/b"],
    utm=[{}, {"source": "a"}, {"medium": "b"}],
    meta=[{"post": "1_2"}, {"form": "5"}, {}],
)
LAYER = st.fixed_dictionaries({}, optional={"ad_set": AD_SET, "ad": ADS, "creative": CREATIVE})
BRANDS = st.fixed_dictionaries(
    {}, optional={"campaign": CAMPAIGN, "ad_set": AD_SET, "ad": ADS, "creative": CREATIVE}
)


@st.composite
def campaigns(draw: Any) -> dict[str, Any]:
    ad_sets = [
        {
            "ad_set": key,
            **draw(AD_SET),
            "ads": [{"ad": ad, **draw(ADS), "creative": draw(CREATIVE)} for ad in "xy"],
        }
        for key in draw(st.sampled_from(["a", "ab"]))
    ]
    head = {"campaign": "yeni", "objective": "sales", "flight": {"start": "2026-12-01", "end": "2026-12-31"}}
    platforms = draw(st.sampled_from([["meta"], ["google"], ["meta", "google"]]))
    return {**head, "platforms": platforms, **draw(CAMPAIGN), "ad_sets": ad_sets}


def by_hand(campaign: dict[str, Any], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """The rules of docs/language.md once more, on plain values."""
    done = json.loads(json.dumps(campaign))  # drawn values may be one and the same object
    absent = {"meta", "google"} - set(done["platforms"])
    for layer in layers:
        has = any(each.get("budget") is not None for each in done["ad_sets"])
        write(done, layer.get("campaign", {}), absent | ({"budget"} if has else set()))
    for layer in layers:
        for ad_set in done["ad_sets"]:
            skipped = {"budget"} if done.get("budget") is not None else set()
            write(ad_set, layer.get("ad_set", {}), absent | skipped)
            for ad in ad_set["ads"]:
                write(ad, layer.get("ad", {}), absent)
                if not ad["creative"].get("meta", {}).get("post"):
                    write(ad["creative"], layer.get("creative", {}), absent)
    return done


def write(own: dict[str, Any], default: dict[str, Any], without: set[str]) -> None:
    others = {"image": {"video"}, "video": {"image"}, "thumbnail": {"image"}}
    before = set(own)
    for key, value in default.items():
        if key in without or (key not in before and others.get(key, set()) & before):
            continue
        if key not in before:
            own[key] = pruned(value, without - {"budget"})
        elif isinstance(there := own[key], dict) and key not in WHOLE and not there.get("skip"):
            write(there, value, without - {"budget"})


WHOLE = ("budget", "bid", "flight", "utm")


def pruned(value: Any, absent: set[str]) -> Any:
    if not isinstance(value, dict):
        return copy.deepcopy(value)
    return {key: pruned(each, absent) for key, each in value.items() if key not in absent}


@pytest.fixture(scope="module")
def spare() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    yield Path(shutil.copytree(BASE, folder / "brand"))
    shutil.rmtree(folder)


def outcome(root: Path, brand: str, campaign: dict[str, Any]) -> tuple[Any, set[str]]:
    """The campaign's tree as everything later sees it, and what is said to be wrong with it."""
    for path in (root / "campaigns").glob("*.yaml"):
        path.unlink()
    (root / "kampanya.yaml").write_text(brand, encoding="utf-8")
    (root / "campaigns/yeni.yaml").write_text(json.dumps(campaign), encoding="utf-8")
    workspace, problems = survey(root)
    assert workspace
    tree = plain(workspace.trees["campaign", "yeni"].without("defaults"))
    return tree, {each.summary for each in problems}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(campaigns(), LAYER, BRANDS)
def test_defaults_are_what_writing_them_out_by_hand_is(
    spare: Path, campaign: dict[str, Any], own: dict[str, Any], brand: dict[str, Any]
) -> None:
    text = (BASE / "kampanya.yaml").read_text(encoding="utf-8")
    filled = outcome(spare, f"{text}defaults: {json.dumps(brand)}\n", {**campaign, "defaults": own})
    assert filled == outcome(spare, text, by_hand(campaign, [own, brand]))
