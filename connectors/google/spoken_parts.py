"""What hangs under campaigns and groups, in neutral terms: keywords, assets, lists, what a group holds.

One row of SPEAKERS a kind; what a field names stands in its place (see engine.library).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from connectors.google import assets, creatives, keywords, listing, lists
from connectors.google.channels import performance_max as pmax
from connectors.google.supports import STATUS
from connectors.speech import Say, Sheet, Wordless
from engine.resource import Value
from schemas.google_assets import HEADERS
from schemas.google_images import LOGOS, PICTURES, role_of

Said = Iterator[tuple[str, Value]]
SNIPPETS = {theirs: ours for ours, theirs in HEADERS.items()}
UTM = "utm_"


def keyword(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """One line of its parent's lists; one that is held has no word."""
    if str(sheet.fields.get("status", STATUS.live)) != STATUS.live:
        raise Wordless
    if name == "text":
        match = str(sheet.fields["match_type"]).lower()
        yield f"options.{keywords.KINDS[kind].option}.{match}", (value,)


def link(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """An asset beside the ads of a campaign or an ad group."""
    if name == "asset":
        sort = str(value["type"])
        if sheet.fields["field_type"] != assets.FIELD_TYPES[sort]:
            raise Wordless
        option, say = ASSETS[sort]
        yield f"options.assets.{option}", (say(value, sheet),)


def _sitelink(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    data = asset["data"]
    lines = tuple(data[each] for each in ("description1", "description2") if each in data)
    return {
        "text": data["link_text"],
        "url": _only(asset["final_urls"]),
        **({"lines": lines} if lines else {}),
    }


def _callout(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    return str(asset["data"]["callout_text"])


def _snippet(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    data = asset["data"]
    return {"header": SNIPPETS[data["header"]], "values": tuple(data["values"])}


def _call(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    return {"country": asset["data"]["country_code"], "number": asset["data"]["phone_number"]}


def _prices(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    data = dict(asset["data"])
    qualifier = data.get("price_qualifier")
    return {
        "type": str(data["type"]).lower(),
        "language": data["language_code"],
        **({"qualifier": str(qualifier).lower()} if qualifier else {}),
        "offers": tuple(_offer(each) for each in data["price_offerings"]),
    }


def _offer(offer: Mapping[str, Any]) -> dict[str, Value]:
    unit = str(offer.get("unit", "")).removeprefix("PER_").lower()
    return {
        "header": offer["header"],
        "description": offer["description"],
        "price": _money(offer["price"]),
        **({"per": unit} if unit else {}),
        "url": offer["final_url"],
    }


def _promotion(asset: Mapping[str, Any], sheet: Sheet) -> Value:
    data = dict(asset["data"])
    said: dict[str, Value] = {
        "item": data.pop("promotion_target"),
        "language": data.pop("language_code"),
        "url": _only(asset["final_urls"]),
    }
    for name, word, say in PROMOTION:
        if name in data:
            said[word] = say(data.pop(name))
    if data:
        raise Wordless
    return said


def _money(amount: Mapping[str, Any]) -> str:
    units = int(amount["amount_micros"])
    return f"{units / 1_000_000:.6f}".rstrip("0").rstrip(".") + f" {amount['currency_code']}"


def _up_to(value: Any) -> bool:
    if value != "UP_TO":
        raise Wordless
    return True


PROMOTION: Final[tuple[tuple[str, str, Callable[[Any], Value]], ...]] = (
    ("percent_off", "percent", lambda value: f"{int(value) / assets.PERCENT:g}%"),
    ("money_amount_off", "amount", _money),
    ("discount_modifier", "up_to", _up_to),
    ("promotion_code", "code", str),
    ("orders_over_amount", "orders_over", _money),
    ("redemption_start_date", "start", str),
    ("redemption_end_date", "end", str),
)


def file_of(asset: Any, sheet: Sheet | None = None) -> str:
    """Where the picture was put; one that could not be fetched has no word."""
    if not isinstance(asset, Mapping) or not asset.get("file"):
        raise Wordless
    return str(asset["file"])


def _only(urls: Any) -> str:
    (url,) = urls
    return str(url)


ASSETS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any], Sheet], Value]]]] = {
    "SITELINK": ("sitelinks", _sitelink),
    "CALLOUT": ("callouts", _callout),
    "STRUCTURED_SNIPPET": ("snippets", _snippet),
    "CALL": ("calls", _call),
    "PRICE": ("prices", _prices),
    "PROMOTION": ("promotions", _promotion),
    "IMAGE": ("images", file_of),
}


def list_use(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """A list of unwanted searches that the campaign shares; the brand says what is in it."""
    if name != "negative_list":
        return
    key, words = str(value["key"]), dict[str, list[str]]()
    for _, each in value["below"]:
        words.setdefault(str(each["match_type"]).lower(), []).append(str(each["text"]))
    yield "options.negative_lists", (key,)
    if not value["known"]:
        yield f"brand.google.negative_lists.{key}", {**_named(value), **{m: tuple(words[m]) for m in words}}


def _named(shared: Mapping[str, Any]) -> dict[str, Value]:
    return {"name": shared["name"]} if shared["name"] != shared["key"] else {}


def portfolio(bids: Any, said: Callable[[Any], Mapping[str, Value]]) -> Said:
    """A bidding strategy that the campaign shares; the brand says how it bids."""
    shared = bids["portfolio"]
    key = str(shared["key"])
    yield "options.portfolio", key
    if not shared["known"]:
        yield f"brand.google.portfolios.{key}", {**said(shared["bidding"]), **_named(shared)}


def utm(suffix: Any) -> Said:
    """A suffix as UTM parameters, where it is made of nothing else."""
    pairs = parse_qsl(str(suffix or ""), keep_blank_values=True)
    said: dict[str, Value] = {name.removeprefix(UTM): value for name, value in pairs}
    if creatives.suffix(said) != (suffix or None):
        raise Wordless
    yield "creative.utm", said


def pictures(option: str, *fields: str) -> Callable[[Any, Sheet], Said]:
    """The images of a responsive display ad: their shapes tell their roles."""

    def said(value: Any, sheet: Sheet) -> Said:
        found: list[Any] = [each for name in fields for each in sheet.fields.get(name) or ()]  # type: ignore[union-attr]
        yield f"options.{option}", tuple(file_of(each) for each in found)

    return said


def long_headline(value: Any, sheet: Sheet) -> Said:
    yield "options.long_headlines", (value,) if value else ()


def business_name(value: Any, sheet: Sheet) -> Said:
    yield "options.business_name", value


def suffix(value: Any, sheet: Sheet) -> Said:
    yield from utm(value)


def asset_group(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """The group is an ad set, and where it leads its only ad's."""
    if name in ("name", "status"):
        yield name, {STATUS.live: "active", STATUS.held: "paused"}[value] if name == "status" else value
    elif name == "final_urls":
        yield "ad.creative.url", _only(value)
    elif name == "path1":
        yield "ad.creative.display_path", tuple(e for e in (value, sheet.fields.get("path2")) if e)
    elif name == "final_url_suffix":
        yield from ((f"ad.{each}", told) for each, told in utm(value))
    elif name == "products":
        yield "options.products", listing.spoken(value, sheet.money)
    elif name not in ("path2", "campaign"):
        raise Wordless


def held(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """What an asset group holds, in its role."""
    if name != "asset":
        return
    role = str(sheet.fields["field_type"])
    if role in TEXTS:
        text = str(value["data"]["text"])
        yield f"ad.{TEXTS[role]}", text if role == "BUSINESS_NAME" else (text,)
    elif role == "YOUTUBE_VIDEO":
        yield "ad.options.videos", (value["data"]["youtube_video_id"],)
    else:
        size = value["data"]["full_size"]
        for option, shapes in (("images", PICTURES), ("logos", LOGOS)):
            if role_of(size["width_pixels"], size["height_pixels"], shapes) == role:
                yield f"ad.options.{option}", (file_of(value),)
                return
        raise Wordless


TEXTS: Final = {
    "HEADLINE": "creative.headlines",
    "LONG_HEADLINE": "options.long_headlines",
    "DESCRIPTION": "creative.texts",
    "BUSINESS_NAME": "options.business_name",
}


def theme(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    if name == "text":
        yield "options.search_themes", (value,)


def _silent(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """Said where it is used."""
    yield from ()


SPEAKERS: Final[Mapping[str, Say]] = {
    **dict.fromkeys(keywords.KINDS, keyword),
    "campaign_asset": link,
    "ad_group_asset": link,
    "asset_group_asset": held,
    lists.USE: list_use,
    lists.LIST: _silent,
    pmax.GROUP: asset_group,
    pmax.THEME: theme,
}
