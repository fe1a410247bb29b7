"""A small brand on both platforms, for properties of what surrounds it."""

from __future__ import annotations

from tests.properties.declared import State


def brand(budget: str = "600 TRY", ads: tuple[str, ...] = ("kadikoy", "besiktas")) -> State:
    creative = {
        "headlines": ["Sıcak gelir", "Yarım saatte", "Bugün açık"],
        "texts": ["Ustanın elinden kapına kadar.", "Siparişini şimdi ver."],
        "image": "assets/kutu.png",
        "url": "https://lezzet.example/siparis",
    }
    ad_set = {
        "ad_set": "eve-siparis",
        "budget": {"daily": {"meta": budget, "google": budget}},
        "optimize_for": "link_clicks",
        "audience": {"exclude": ["son-30-gun"]},
        "google": {"keywords": {"phrase": ["eve yemek"]}, "negative": {"broad": ["tarif"]}},
        "ads": [{"ad": each, "creative": creative} for each in ads],
    }
    campaign = {
        "campaign": "yil-sonu",
        "objective": "sales",
        "platforms": ["meta", "google"],
        "flight": {"start": "2026-12-01", "end": "2026-12-31"},
        "audience": {"locations": ["TR-34"], "languages": ["tr"], "age": "18-44"},
        "ad_sets": [ad_set],
    }
    rule = {"event": "Purchase", "within": "30d"}
    return State((campaign,), ({"audience": "son-30-gun", "type": "website", "include": [rule]},))
