"""Brands drawn from all that the language has: few keys and values, so that two states often share some."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.contract.brand import png
from tests.properties.grounds import GOOGLE, META

Tree = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
CAMPAIGNS, AD_SETS, ADS = ("yaz", "kis"), ("ev", "ofis", "okul"), ("a", "b", "c")
AUDIENCES = ("sepet", "alici")
GOALS: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # objective → goals, by who can have them
    "both": {
        "sales": ("purchases", "value", "link_clicks"),
        "leads": ("leads",),
        "traffic": ("link_clicks", "landing_page_views"),
    },
    "meta": {
        "sales": ("purchases", "add_to_carts", "value", "link_clicks"),
        "leads": ("leads",),
        "traffic": ("link_clicks", "landing_page_views", "reach"),
        "awareness": ("reach", "impressions"),
        "engagement": ("link_clicks",),
    },
    "google": {
        "sales": ("purchases", "value", "link_clicks"),
        "leads": ("leads", "link_clicks"),
        "traffic": ("link_clicks",),
    },
}
BIDS: Mapping[str, Tree] = {  # what both platforms can be told for a goal
    "purchases": {"strategy": "cost_cap", "amount": "80 TRY"},
    "leads": {"strategy": "cost_cap", "amount": "45 TRY"},
    "link_clicks": {"strategy": "bid_cap", "amount": "9 TRY"},
    "value": {"strategy": "min_roas", "roas": 2.5},
}
FLIGHTS = (
    {"start": "2026-12-01", "end": "2026-12-31"},
    {"start": "2026-12-05", "end": "2027-01-15"},
    {"start": "2026-12-01"},
)
TEXTS = ("Ustanın elinden kapına kadar.", "Siparişini şimdi ver.", "Sıcak gelsin.")
HEADLINES = ("Sıcak gelir", "Yarım saatte", "Bugün açık", "Evde lezzet")
IMAGES = ("assets/kutu.png", "assets/menu.png")
PLACEMENTS = ({"platforms": ["facebook"], "facebook": ["feed"]}, {"platforms": ["instagram"]})


@dataclass(frozen=True)
class State:
    """All files of a workspace, as plain values."""

    campaigns: tuple[Tree, ...] = ()
    audiences: tuple[Tree, ...] = ()
    experiments: tuple[Tree, ...] = ()
    rails: Tree = field(default_factory=lambda: {"daily": "99000 TRY", "monthly": "9900000 TRY"})

    def __repr__(self) -> str:
        return json.dumps(
            {"campaigns": self.campaigns, "audiences": self.audiences}, ensure_ascii=False, indent=1
        )


def write(state: State, root: Path) -> Path:
    """The state as a workspace, whatever was declared there before."""
    brand = {
        "brand": "lezzet",
        "name": "Lezzet",
        "currency": "TRY",
        "time_zone": "Europe/Istanbul",
        "guard_rails": {"raise_24h": "100000%", "target_24h": "unlimited", **state.rails},
        "approvers": ["Ayşe Yılmaz"],
        "environments": {"sandbox": {"accounts": {"meta": META, "google": GOOGLE}}},
    }
    root.mkdir(parents=True, exist_ok=True)
    (root / "kampanya.yaml").write_text(json.dumps(brand, ensure_ascii=False), encoding="utf-8")
    (root / "assets").mkdir(exist_ok=True)
    for shade, name in enumerate(IMAGES):
        if not (root / name).exists():
            (root / name).write_bytes(png(shade * 60))
    for folder, key, trees in (
        ("campaigns", "campaign", state.campaigns),
        ("audiences", "audience", state.audiences),
        ("experiments", "experiment", state.experiments),
    ):
        (root / folder).mkdir(exist_ok=True)
        for old in (root / folder).glob("*.yaml"):
            old.unlink()
        for tree in trees:
            text = json.dumps(tree, ensure_ascii=False)
            (root / folder / f"{tree[key]}.yaml").write_text(text, encoding="utf-8")
    return root


@st.composite
def states(draw: Draw, like: State | None = None, replace: bool = True) -> State:
    """Any state; with `replace`, everything may be built anew where it cannot change.

    `like` another, campaigns of the same key keep what cannot change: platforms, objective, where the budgets
    are and whether they are for a day.
    """
    keys = draw(st.lists(st.sampled_from(CAMPAIGNS), max_size=2, unique=True))
    before = {each["campaign"]: each for each in like.campaigns} if like else {}
    keys = sorted({*keys, *before})
    campaigns = tuple(campaign(draw, key, before.get(key)) for key in keys)
    if replace:
        campaigns = tuple({**each, "replace": "allow"} for each in campaigns)
    audiences = tuple(audience(draw, key) for key in AUDIENCES)
    return State(campaigns, audiences, experiments(draw, campaigns))


def maybe(draw: Draw, values: Any, name: str, one_in: int = 3) -> Tree:
    """`{name: …}`, or nothing."""
    if draw(st.integers(1, one_in)) > 1:
        return {}
    strategy = values if isinstance(values, st.SearchStrategy) else st.sampled_from(values)
    return {name: copy.deepcopy(draw(strategy))}


def some(values: Any, least: int = 0, most: int | None = None) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True)


def campaign(draw: Draw, key: str, like: Tree | None) -> Tree:
    platforms = like["platforms"] if like else draw(some(("meta", "google"), 1))
    family = "both" if len(platforms) > 1 else platforms[0]
    objective = like["objective"] if like else draw(st.sampled_from(sorted(GOALS[family])))
    goals = (like["optimize_for"],) if like else GOALS[family][objective]
    flights = [each for each in FLIGHTS if not (like and "end" in like["flight"]) or "end" in each]
    sides = tuple(draw(st.permutations(AUDIENCES)))
    made: Tree = {
        "campaign": key,
        "objective": objective,
        "platforms": platforms,
        "status": draw(st.sampled_from(["active", "active", "paused"])),
        "flight": dict(draw(st.sampled_from(flights))),
        "audience": targeting(draw, platforms, True, sides),
        "optimize_for": draw(st.sampled_from(goals)),
        **maybe(draw, [f"Özel {key}", f"Başka {key}"], "name"),
    }
    shared = "budget" in like if like else draw(st.booleans())
    if shared:
        made["budget"] = budget(draw, platforms, made["flight"], like)
        made |= maybe(draw, [BIDS.get(made["optimize_for"], {"strategy": "lowest_cost"})], "bid", 2)
    made |= meta_campaign(draw, platforms) | google_campaign(draw, platforms, made)
    keys = draw(some(AD_SETS, 1))
    before = {each["ad_set"]: each for each in like["ad_sets"]} if like else {}
    made["ad_sets"] = [ad_set(draw, each, made, goals, before.get(each), sides) for each in sorted(keys)]
    if made.get("meta", {}).get("special_ad_categories"):
        for level in (made, *made["ad_sets"]):  # such ads have to reach everybody
            for name in ("age", "genders"):
                level.get("audience", {}).pop(name, None)
    return made


def budget(draw: Draw, platforms: list[str], flight: Tree, like: Tree | None) -> Tree:
    periods = ["daily", "daily", "lifetime"] if "end" in flight else ["daily"]
    period = next(iter(like["budget"])) if like else draw(st.sampled_from(periods))
    amounts = ("600 TRY", "650.50 TRY", "150 TRY") if period == "daily" else ("9000 TRY", "12000 TRY")
    each = {name: draw(st.sampled_from(amounts)) for name in platforms}
    return {period: each if len(each) > 1 or draw(st.booleans()) else next(iter(each.values()))}


def targeting(draw: Draw, platforms: list[str], whole: bool, sides: tuple[str, ...]) -> Tree:
    made: Tree = {}
    if whole or draw(st.booleans()):
        made["age"] = draw(st.sampled_from(["18-44", "25-54", "35+", "18+"]))
    if whole:
        made["locations"] = draw(st.sampled_from([["TR-34"], ["TR-34", "TR-06"], ["TR"], ["TR", "US"]]))
        made["languages"] = draw(st.sampled_from([["tr"], ["tr", "en"], []]))
    made |= maybe(draw, [["women"], ["men"], ["women", "men"]], "genders")
    if platforms == ["meta"]:
        made |= maybe(draw, [["Cooking"], ["Restaurants"]], "interests", 4)
    made |= maybe(draw, [[sides[0]]], "include")
    made |= maybe(draw, [[sides[1]]], "exclude")
    return made


def meta_campaign(draw: Draw, platforms: list[str]) -> Tree:
    if "meta" not in platforms:
        return {}
    block = maybe(draw, ["90000 TRY", "120000 TRY"], "spend_cap", 4)
    if draw(st.integers(1, 6)) == 1:
        block |= {"special_ad_categories": ["employment"], "special_ad_category_countries": ["TR"]}
    return {"meta": block} if block else {}


def google_campaign(draw: Draw, platforms: list[str], made: Tree) -> Tree:
    if "google" not in platforms:
        return {}
    block: Tree = {}
    if "bid" not in made and platforms == ["google"]:
        block |= maybe(
            draw,
            [
                {"strategy": "manual_cpc"},
                {"strategy": "maximize_clicks", "max_cpc": "9 TRY"},
                {"strategy": "maximize_conversions", "target_cpa": "70 TRY"},
                {"strategy": "maximize_conversion_value", "target_roas": 3},
                {"strategy": "impression_share", "max_cpc": "5 TRY"},
            ],
            "bidding",
        )
    block |= maybe(draw, [{"search_partners": True}, {"display": True}], "network")
    return {"google": block} if block else {}


def ad_set(
    draw: Draw, key: str, parent: Tree, goals: tuple[str, ...], like: Tree | None, sides: tuple[str, ...]
) -> Tree:
    platforms, shared = parent["platforms"], "budget" in parent
    made: Tree = {
        "ad_set": key,
        "status": draw(st.sampled_from(["active", "active", "paused"])),
        "audience": targeting(draw, platforms, not shared and draw(st.booleans()), sides),
        **maybe(draw, [f"Takım {key}", f"Grup {key}"], "name"),
    }
    if not shared:
        flight = parent["flight"]
        if "end" in flight and draw(st.booleans()):
            made["flight"] = {"start": flight["start"], "end": "2026-12-24"}
        made["budget"] = budget(draw, platforms, made.get("flight", flight), like)
        if like and "meta" in platforms:
            goals = (like["optimize_for"],)
        goal = made["optimize_for"] = draw(st.sampled_from(goals))
        if goal in BIDS and "bidding" not in parent.get("google", {}):
            made |= maybe(draw, [BIDS[goal], {"strategy": "lowest_cost"}], "bid", 2)
    made |= meta_ad_set(draw, platforms) | google_ad_set(draw, platforms, parent)
    if len(platforms) > 1 and draw(st.integers(1, 6)) == 1:
        made["google"] = {"skip": True}
        if not shared:
            period, amounts = next(iter(made["budget"].items()))
            made["budget"] = {period: {"meta": amounts["meta"]}}
    keys = draw(some(ADS, 1))
    made["ads"] = [ad(draw, each, platforms) for each in sorted(keys)]
    if draw(st.integers(1, 4)) == 1:
        made["ads"] = [looped(draw, platforms, draw(some(["Kadıköy", "Beşiktaş", "Şişli"], 1)))]
    return made


def meta_ad_set(draw: Draw, platforms: list[str]) -> Tree:
    if "meta" not in platforms:
        return {}
    block = maybe(draw, PLACEMENTS, "placements", 4)
    block |= maybe(draw, [["mobile"], ["desktop"]], "devices", 4)
    block |= maybe(draw, [{"click": "1d"}], "attribution", 4)
    block |= maybe(draw, [True], "advantage_audience", 6)
    block |= maybe(draw, ["Lezzet A.Ş."], "beneficiary", 6)
    block |= maybe(draw, ["Ajans Ltd."], "payor", 6)
    return {"meta": block} if block else {}


def google_ad_set(draw: Draw, platforms: list[str], parent: Tree) -> Tree:
    if "google" not in platforms:
        return {}
    words = ["eve yemek", "lezzet sipariş", "IŞIK lokanta"]
    block: Tree = {"keywords": {draw(st.sampled_from(["phrase", "exact"])): draw(some(words, 1))}}
    if draw(st.booleans()):
        block["negative"] = {"broad": draw(some(["tarif", "bedava"], 1))}
    if parent.get("google", {}).get("bidding") == {"strategy": "manual_cpc"}:
        block |= maybe(draw, ["4 TRY", "6.50 TRY"], "max_cpc", 2)
    return {"google": block}


def ad(draw: Draw, key: str, platforms: list[str]) -> Tree:
    made: Tree = {
        "ad": key,
        "status": draw(st.sampled_from(["active", "active", "paused"])),
        "creative": creative(draw, platforms),
        **maybe(draw, [f"Reklam {key}"], "name"),
    }
    if "google" in platforms:
        made |= maybe(draw, [{"headlines": ["Bir", "İki", "Üç"]}], "google", 5)
    return made


def looped(draw: Draw, platforms: list[str], places: list[str]) -> Tree:
    made = ad(draw, "{ilce}", platforms)
    made.pop("name", None)
    made["creative"]["headlines"][0] = "{ilce}: kapında"
    return {"for_each": {"ilce": places}, **made}


def creative(draw: Draw, platforms: list[str]) -> Tree:
    least = 3 if "google" in platforms else 1
    made: Tree = {
        "headlines": draw(some(HEADLINES, least)),
        "texts": draw(some(TEXTS, 2 if "google" in platforms else 1)),
        "image": draw(st.sampled_from(IMAGES)),
        "call_to_action": draw(st.sampled_from(["order_now", "learn_more"])),
        "url": draw(st.sampled_from(["https://lezzet.example/siparis", "https://lezzet.example/menu"])),
    }
    if "google" in platforms:
        made |= maybe(draw, [["yemek"], ["yemek", "eve"]], "display_path")
    if "meta" in platforms:
        made |= maybe(draw, [["Sıcak"], ["Hızlı", "Ucuz"]], "descriptions")
    return made


def audience(draw: Draw, key: str) -> Tree:
    rule: Tree = {"event": draw(st.sampled_from(["AddToCart", "Purchase", "custom:Menu"])), "within": "14d"}
    rule |= maybe(draw, ["/menu"], "url_contains")
    made: Tree = {
        "audience": key,
        "type": "website",
        "include": [rule],
        **maybe(draw, [f"Kişiler {key}"], "name"),
    }
    made |= maybe(draw, ["Not"], "description")
    made |= maybe(draw, [[{"event": "Purchase", "within": "30d"}]], "exclude")
    return made


def experiments(draw: Draw, campaigns: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """One budget split between two ad sets of equal daily budgets, where there happen to be such."""
    for each in campaigns:
        for platform in each["platforms"]:
            cells = [one["ad_set"] for one in each["ad_sets"] if _daily(one, platform) == "600 TRY"]
            if len(cells) >= 2 and draw(st.booleans()):
                return (
                    {
                        "experiment": "deneme",
                        "platform": platform,
                        "cells": [
                            {"cell": f"h{n}", "ad_set": f"{each['campaign']}/{cell}", "share": "50%"}
                            for n, cell in enumerate(cells[:2])
                        ],
                        "control": "h0",
                        "metric": "cost_per_click",
                        "minimum_effect": "15%",
                        "weeks": 2,
                    },
                )
    return ()


def _daily(one: Tree, platform: str) -> str | None:
    amounts = one.get("budget", {}).get("daily")
    return amounts.get(platform) if isinstance(amounts, dict) else amounts


@st.composite
def renaming(draw: Draw, before: State, after: State) -> State:
    """`after`, where some new keys say that they are what left `before` under the same parent."""
    campaigns = copy.deepcopy(after.campaigns)
    old = {each["campaign"]: each for each in before.campaigns}
    for each in campaigns:
        same = old.get(each["campaign"])
        gone = sorted(_keys(same, "ad_sets", "ad_set") - _keys(each, "ad_sets", "ad_set")) if same else []
        for one in each["ad_sets"]:
            new = same and one["ad_set"] not in _keys(same, "ad_sets", "ad_set")
            if new and gone and draw(st.booleans()):
                one["moved"] = f"{each['campaign']}/{gone.pop()}"
    return State(campaigns, after.audiences, after.experiments, after.rails)


def _keys(tree: Tree, edge: str, name: str) -> set[str]:
    return {one[name] for one in tree[edge]}
