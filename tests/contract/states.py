"""The states that every connector is walked through: declarations in plain values, written as YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.brand import png

Tree = Mapping[str, Any]
ZONE = "Europe/Istanbul"
KEYWORDS = {"keywords": {"phrase": ["eve yemek"], "exact": ["lezzet sipariş"]}}


@dataclass(frozen=True)
class State:
    """`campaigns` is what is declared; `ads` how many ads exist then, `delivering` how many of them run."""

    name: str
    campaigns: tuple[Tree, ...]
    ads: int
    delivering: int


def ad(key: str, headline: str = "Sıcak gelir", status: str = "active") -> Tree:
    creative = {
        "headlines": [f"{key} kapında", headline, "Yarım saatte"],
        "texts": ["Ustanın elinden kapına kadar.", "Siparişini şimdi ver, sıcak gelsin."],
        "image": "assets/kutu.png",
        "call_to_action": "order_now",
        "url": "https://lezzet.example/siparis",
    }
    return {"ad": key, "status": status, "creative": creative}


def ad_set(key: str, *ads: Tree, budget: str = "600 TRY", status: str = "active") -> Tree:
    return {
        "ad_set": key,
        "status": status,
        "budget": {"daily": budget},
        "optimize_for": "link_clicks",
        "google": KEYWORDS,
        "ads": list(ads),
    }


def campaign(platform: str, *ad_sets: Tree) -> Tree:
    return {
        "campaign": "yil-sonu",
        "objective": "traffic",
        "platforms": [platform],
        "flight": {"start": "2026-12-01", "end": "2026-12-31"},
        "audience": {"locations": ["TR-34"], "languages": ["tr"], "age": "18-44"},
        "ad_sets": list(ad_sets),
    }


def walk(platform: str) -> list[State]:
    """One after the other, on one account."""

    def of(name: str, ads: int, delivering: int, *ad_sets: Tree) -> State:
        return State(name, (campaign(platform, *ad_sets),), ads, delivering)

    side = ad_set("ikinci", ad("besiktas"), budget="150 TRY")
    return [
        State("empty", (), 0, 0),
        of("a tree", 2, 2, ad_set("eve", ad("kadikoy")), side),
        of("a budget changed", 2, 2, ad_set("eve", ad("kadikoy"), budget="660 TRY"), side),
        of("two budgets changed, up and down", 2, 2,
           ad_set("eve", ad("kadikoy"), budget="500 TRY"), {**side, "budget": {"daily": "200 TRY"}}),
        of("an ad under a running ad set", 3, 3, ad_set("eve", ad("kadikoy"), ad("uskudar")), side),
        of("a creative changed", 3, 3, ad_set("eve", ad("kadikoy", "Çok sıcak"), ad("uskudar")), side),
        of("an ad paused", 3, 2, ad_set("eve", ad("kadikoy", status="paused"), ad("uskudar")), side),
        of("an ad set paused", 3, 1, ad_set("eve", ad("kadikoy"), ad("uskudar"), status="paused"), side),
        of("running again", 3, 3, ad_set("eve", ad("kadikoy"), ad("uskudar")), side),
        of("an ad removed", 2, 2, ad_set("eve", ad("uskudar")), side),
        of("an ad set removed", 1, 1, ad_set("eve", ad("uskudar"))),
        of("an ad set added to a running campaign", 3, 3, ad_set("eve", ad("uskudar")),
           ad_set("ucuncu", ad("sisli"), ad("sariyer"))),
        State("all gone", (), 0, 0),
    ]  # fmt: skip


def write(root: Path, account: Tree, platform: str, state: State) -> Path:
    """The state as a workspace in `root`, whatever was there before."""
    for folder in ("campaigns", "assets"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    brand = {
        "brand": "lezzet",
        "name": "Lezzet",
        "currency": "TRY",
        "time_zone": ZONE,
        "guard_rails": {"daily": "5000 TRY", "monthly": "99000 TRY"},
        "environments": {"sandbox": {"accounts": {platform: dict(account)}}},
    }
    (root / "kampanya.yaml").write_text(json.dumps(brand), encoding="utf-8")
    (root / "assets" / "kutu.png").write_bytes(png(0))
    for old in (root / "campaigns").glob("*.yaml"):
        old.unlink()
    for each in state.campaigns:
        declared = each if platform == "google" else _without_google(each)
        file = root / "campaigns" / f"{each['campaign']}.yaml"
        file.write_text(json.dumps(declared, ensure_ascii=False), encoding="utf-8")
    return root


def _without_google(declared: Tree) -> Tree:
    """A block of a platform that is not used is an error of the language."""
    ad_sets = [
        {name: value for name, value in each.items() if name != "google"} for each in declared["ad_sets"]
    ]
    return {**declared, "ad_sets": ad_sets}
