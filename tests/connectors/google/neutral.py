"""Neutral resources as engine.compile hands them over, in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors.base import Account, Connection
from engine.naming import Scope
from engine.resource import Address, Ref, Resource, content_key

ACCOUNT = "1234567890"
SCOPE = Scope("lezzet", "sandbox")
HEADLINES = ("Kadıköy: 30 dk kapında", "Sıcak gelir", "Bugün %20 indirim")
TEXTS = ("Ustanın elinden kapına kadar.", "Siparişini şimdi ver, sıcak gelsin.")
KEYWORDS = {"phrase": ["Eve Yemek Siparişi", "paket servis"], "exact": ["lezzet sipariş"]}


def connection(**endpoint: str) -> Connection:
    account = Account(ACCOUNT, "TRY", "Europe/Istanbul", {"login_customer": "9876543210"})
    return Connection(account, SCOPE, Path("assets"), endpoint)


def budget(amount: str = "400.00", period: str = "day") -> dict[str, Any]:
    return {"period": period, "amount": amount, "currency": "TRY"}


def audience(**fields: Any) -> dict[str, Any]:
    return {
        "locations": ("TR-34",),
        "languages": ("tr",),
        "age": {"min": 18, "max": 44},
        "genders": (),
        "interests": (),
        "include": (),
        "exclude": (),
        **fields,
    }


def campaign(key: str = "yil-sonu", **fields: Any) -> Resource:
    """With a `budget` the campaign carries it; without, its ad sets do."""
    defaults = {
        "name": f"lezzet_{key}",
        "objective": "sales",
        "status": "active",
        "start": "2026-12-01",
        "end": "2026-12-31",
        "bid": None,
        "ad_set_budgets": "budget" not in fields,
        "options": {"channel": "search"},
    }
    return _resource("campaign", key, defaults | fields)


def ad_set(parent: Resource, key: str = "eve-siparis", **fields: Any) -> Resource:
    carries = {"budget": budget()} if parent.fields["ad_set_budgets"] else {}
    defaults = {
        "campaign": Ref(parent.address),
        "name": key,
        "status": "active",
        "optimize_for": "purchases",
        "conversion": None,
        "bid": None,
        "audience": audience(),
        "start": parent.fields["start"],
        "end": parent.fields["end"],
        "options": {"keywords": KEYWORDS, "negative": {"broad": ["tarif"]}},
    }
    return _resource("ad_set", f"{parent.address.key}/{key}", defaults | carries | fields)


def creative(**fields: Any) -> Resource:
    content = {
        "headlines": HEADLINES,
        "texts": TEXTS,
        "descriptions": (),
        "image": None,
        "video": None,
        "call_to_action": "order_now",
        "url": "https://lezzet.example/siparis",
        "utm": {"source": "google", "medium": "cpc", "campaign": "yil-sonu", "content": "kadikoy"},
        "display_path": (),
        "page": None,
        "options": {},
    } | fields
    return _resource("creative", content_key(content), content)


def ad(parent: Resource, content: Resource, key: str = "kadikoy", **fields: Any) -> Resource:
    defaults = {
        "ad_set": Ref(parent.address),
        "creative": Ref(content.address),
        "name": key,
        "status": "active",
        "options": {},
    }
    return _resource("ad", f"{parent.address.key}/{key}", defaults | fields)


def image(path: str, width: int, height: int) -> Resource:
    fields = {"path": path, "sha256": f"{path:0>64}", "width": width, "height": height}
    return _resource("image", path, fields)


def pictured(channel: str = "performance_max") -> list[Resource]:
    """A campaign of a channel with images: itself, its ad set, the content, the ad, and three images."""
    top = campaign(options={"channel": channel})
    group, content = ad_set(top, options={"search_themes": ["eve yemek"]}), creative()
    shown = {
        "long_headlines": ["Mevsimin sebzeleriyle"],
        "business_name": "Lezzet",
        "images": ["genis.png", "kare.png"],
        "logos": ["logo.png"],
    }
    sizes = (("genis.png", 1200, 628), ("kare.png", 600, 600), ("logo.png", 200, 200))
    images = [image(*each) for each in sizes]
    return [top, group, content, ad(group, content, options=shown), *images]


def demand_gen() -> list[Resource]:
    """A Demand Gen campaign whose three ads are pictures, a film and a carousel."""
    top = campaign(options={"channel": "demand_gen"})
    sizes = (("genis.png", 1200, 628), ("kare.png", 600, 600), ("logo.png", 200, 200))
    images = [image(*each) for each in sizes]
    group, content = ad_set(top), creative()
    card = {"headline": "Kapında", "image": Ref(images[1].address), "url": "", "call_to_action": None}
    cards = creative(
        cards=(card, card | {"headline": "Sıcak"}), headlines=("Sıcak gelir",), texts=("Ustanın",)
    )
    shown = {"business_name": "Lezzet", "logos": ["logo.png"]}
    film = {"videos": ["dQw4w9WgXcQ"], "long_headlines": ["Mevsimin sebzeleriyle"]}
    ads = [
        ad(group, content, "kare", options={**shown, "images": ["genis.png", "kare.png"]}),
        ad(group, content, "film", options={**shown, **film}),
        ad(group, cards, "kartlar", options=shown),
    ]
    return [top, group, content, cards, *ads, *images]


def selling(products: Any, **options: Any) -> list[Resource]:
    """A Shopping campaign with one ad set and its ad."""
    bidding = {"strategy": "manual_cpc"}
    top = campaign(options={"channel": "shopping", "bidding": bidding, **options})
    group, content = ad_set(top, options={"products": products, "max_cpc": "1.50 TRY"}), creative()
    return [top, group, content, ad(group, content)]


def of_app(options: dict[str, Any], optimize_for: str = "app_installs", **fields: Any) -> list[Resource]:
    """An app campaign with its ad set and ad."""
    top = campaign(objective="app_installs", options={"channel": "app", **options})
    group, content = ad_set(top, options={}, optimize_for=optimize_for, **fields), creative()
    return [top, group, content, ad(group, content, options={"headlines": ["Bir", "İki"]})]


def website(key: str = "musteriler", **fields: Any) -> Resource:
    """An audience of people who bought in the last 30 days."""
    bought = {"event": "Purchase", "within_days": 30, "url_contains": None}
    defaults = {"name": key, "description": "", "type": "website", "include": (bought,), "exclude": ()}
    return _resource("audience", key, defaults | fields)


def customers(key: str = "musteriler", **fields: Any) -> Resource:
    """A list of customers, kept as long as it goes."""
    said = {"collected_from": "customers", "keep_days": None}
    defaults = {"name": key, "description": "", "type": "customer_list", "customers": said}
    return _resource("audience", key, defaults | fields)


def tree(
    ad_sets: Sequence[str] = ("eve-siparis",), key: str = "yil-sonu", **campaign_fields: Any
) -> list[Resource]:
    """A campaign with ad sets of one ad each."""
    top = campaign(key, **campaign_fields)
    found = [top]
    for each in ad_sets:
        group, content = ad_set(top, each), creative()
        found += [group, content, ad(group, content)]
    return found


def _resource(kind: str, key: str, fields: dict[str, Any]) -> Resource:
    address = Address("google", kind, key)
    return Resource(address, ACCOUNT, SCOPE.token(address), fields, ("campaign", key.partition("/")[0]))
