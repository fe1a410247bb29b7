"""Assets: what stands beside the ads, made once in the account by content, and linked where it shows.

An asset cannot be removed, so one that nobody links any more stays in the library. Its address is its
content: a changed sitelink is another asset and another link. The mark stands at the end of its name. Google
drops the name of an image that was uploaded before (it keeps one of each), so the name of an image is not
compared; the journalled id then tells, and without it the same upload gives the same asset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.content import DIGITS
from connectors.google import bidding
from connectors.google.formats import CARD_IMAGES
from connectors.google.normal import Row, last
from engine.naming import Scope, signed, unsigned
from engine.resource import Address, Ref, Resource, Value, content_key
from schemas.google_assets import HEADERS

KEPT_ONCE = ("IMAGE", "TEXT", "YOUTUBE_VIDEO")  # of which Google keeps one by content, whatever its name
LONGEST_NAME = 100  # of the 128 characters of an asset's name; the mark needs the rest
PERCENT = 10_000  # docstring of PromotionAsset.percent_off: 1,000,000 is 100 %
UNSET: Final[tuple[Any, ...]] = ("", "UNSPECIFIED", "UNKNOWN", None, [], 0, "0")


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of asset: its type, the field that holds it, the leaves that are said and read."""

    type: str
    data: str
    leaves: tuple[str, ...]
    immutable: bool = False
    points: tuple[str, ...] = ()  # leaves that name other assets


SORTS: Final[Mapping[str, Sort]] = {
    each.type: each
    for each in (
        Sort("SITELINK", "sitelink_asset", ("link_text", "description1", "description2")),
        Sort("CALLOUT", "callout_asset", ("callout_text",)),
        Sort("STRUCTURED_SNIPPET", "structured_snippet_asset", ("header", "values")),
        Sort("CALL", "call_asset", ("country_code", "phone_number")),
        Sort("PRICE", "price_asset", ("type", "price_qualifier", "language_code", "price_offerings")),
        Sort(
            "PROMOTION",
            "promotion_asset",
            (
                "promotion_target", "discount_modifier", "redemption_start_date", "redemption_end_date",
                "language_code", "percent_off", "money_amount_off.amount_micros",
                "money_amount_off.currency_code", "promotion_code", "orders_over_amount.amount_micros",
                "orders_over_amount.currency_code",
            ),
        ),
        Sort("TEXT", "text_asset", ("text",), immutable=True),
        Sort("YOUTUBE_VIDEO", "youtube_video_asset", ("youtube_video_id",), immutable=True),
        Sort("CALL_TO_ACTION", "call_to_action_asset", ("call_to_action",), immutable=True),
        Sort(
            "DEMAND_GEN_CAROUSEL_CARD", "demand_gen_carousel_card_asset",
            (*CARD_IMAGES.values(), "headline", "call_to_action_text"), points=tuple(CARD_IMAGES.values()),
        ),
        Sort("IMAGE", "image_asset", ("full_size.width_pixels", "full_size.height_pixels"), immutable=True),
    )
}  # fmt: skip
COLUMNS: Final = (
    "asset.resource_name", "asset.name", "asset.type", "asset.final_urls",
    *(f"asset.{sort.data}.{leaf}" for sort in SORTS.values() for leaf in sort.leaves),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What an asset says: its type, the name people see in the library, its data, where it leads."""

    type: str
    name: str
    data: Mapping[str, Value]
    urls: tuple[str, ...] = ()
    file: str = ""  # of an image: the first characters of its file's SHA-256


def contents(
    block: Mapping[str, Any], images: Mapping[str, Resource]
) -> Iterator[tuple[tuple[str | int, ...], Content]]:
    """The assets of an `assets` block with their paths in it; `images` by their path in the workspace."""
    for name, make in _MAKERS.items():
        for index, each in enumerate(block.get(name) or ()):
            yield (name, index), make(each)
    for index, file in enumerate(block.get("images") or ()):
        picture = images[str(file)]
        yield ("images", index), image(picture)


def resource(content: Content, account: str, scope: Scope, path: tuple[str | int, ...]) -> Resource:
    """The asset; equal content is the same resource, wherever it is declared."""
    fields: dict[str, Value] = {"type": content.type, "data": content.data}
    if content.type not in KEPT_ONCE:
        fields |= {"name": content.name[:LONGEST_NAME], "final_urls": content.urls}
    key = content.file or (content.name if content.type in KEPT_ONCE else content_key(fields))
    address = Address("google", "asset", f"{content.type.lower()}:{key}")
    return Resource(address, account, scope.token(address), fields, path)


def _sitelink(each: Mapping[str, Any]) -> Content:
    lines = each.get("lines") or ()
    data = {f"description{index}": text for index, text in enumerate(lines, 1)}
    return Content("SITELINK", each["text"], {"link_text": each["text"], **data}, (each["url"],))


def _callout(text: str) -> Content:
    return Content("CALLOUT", text, {"callout_text": text})


def _snippet(each: Mapping[str, Any]) -> Content:
    header = HEADERS[each["header"]]
    return Content("STRUCTURED_SNIPPET", header, {"header": header, "values": tuple(each["values"])})


def _call(each: Mapping[str, Any]) -> Content:
    data = {"country_code": each["country"], "phone_number": each["number"]}
    return Content("CALL", each["number"], data)


def _prices(each: Mapping[str, Any]) -> Content:
    data: dict[str, Value] = {"type": each["type"].upper(), "language_code": each["language"]}
    if each.get("qualifier"):
        data["price_qualifier"] = each["qualifier"].upper()
    data["price_offerings"] = tuple(_offer(offer) for offer in each["offers"])
    return Content("PRICE", each["offers"][0]["header"], data)


def _offer(each: Mapping[str, Any]) -> dict[str, Value]:
    unit = {"unit": f"PER_{each['per'].upper()}"} if each.get("per") else {}
    texts = {"header": each["header"], "description": each["description"], "final_url": each["url"]}
    return {**texts, "price": money(each["price"]), **unit}


def _promotion(each: Mapping[str, Any]) -> Content:
    data: dict[str, Value] = {"promotion_target": each["item"], "language_code": each["language"]}
    if each.get("percent"):
        data["percent_off"] = round(float(each["percent"].rstrip("%")) * PERCENT)
    if each.get("up_to"):
        data["discount_modifier"] = "UP_TO"
    for name, field in (("amount", "money_amount_off"), ("orders_over", "orders_over_amount")):
        if each.get(name):
            data[field] = money(each[name])
    for name, field in (
        ("code", "promotion_code"),
        ("start", "redemption_start_date"),
        ("end", "redemption_end_date"),
    ):
        if each.get(name):
            data[field] = each[name]
    return Content("PROMOTION", each["item"], data, (each["url"],))


_MAKERS: Final[Mapping[str, Callable[[Any], Content]]] = {
    "sitelinks": _sitelink, "callouts": _callout, "snippets": _snippet, "calls": _call, "prices": _prices,
    "promotions": _promotion,
}  # fmt: skip


def text(words: str) -> Content:
    """A text in an asset group, known by itself."""
    return Content("TEXT", words, {"text": words})


def button(type: str) -> Content:
    """A button of a film: a CallToActionType."""
    return Content("CALL_TO_ACTION", type, {"call_to_action": type})


def card(headline: str, role: str, picture: Ref, button: str | None, url: str) -> Content:
    """A card of a carousel, of a picture that is an asset already; `button` in words."""
    data: dict[str, Value] = {CARD_IMAGES[role]: picture, "headline": headline}
    said = {"call_to_action_text": button} if button else {}
    return Content("DEMAND_GEN_CAROUSEL_CARD", headline, data | said, (url,))


def image(picture: Resource) -> Content:
    fields: Any = picture.fields
    size = {"width_pixels": fields["width"], "height_pixels": fields["height"]}
    name = str(fields["path"]).rsplit("/", 1)[-1]
    return Content("IMAGE", name, {"full_size": size}, file=str(fields["sha256"])[:DIGITS])


def digits(address: Address) -> str:
    """The first characters of the SHA-256 of the image that an asset is made of; "" for another sort."""
    sort, _, key = address.key.partition(":")
    return key if address.kind == "asset" and sort == "image" else ""


def money(text: str) -> dict[str, Value]:
    """`90 TRY` as Google's Money."""
    currency = text.partition(" ")[2]
    return {"amount_micros": bidding.micros(text, currency), "currency_code": currency}


FIELD_TYPES: Final = {**{name: name for name in SORTS}, "IMAGE": "AD_IMAGE"}
LINKS: Final = {
    "campaign_asset": "campaign",
    "ad_group_asset": "ad_group",
    "asset_group_asset": "asset_group",
}  # kind → what it hangs under


def link(asset: Resource, owner: Resource, role: str, path: tuple[str | int, ...]) -> Resource:
    """The asset shown beside the ads of its owner, a campaign or an ad group, in a role (a field type)."""
    kind = f"{owner.address.kind}_asset"
    fields: dict[str, Value] = {
        owner.address.kind: Ref(owner.address),
        "asset": Ref(asset.address),
        "field_type": role,
    }
    address = Address("google", kind, f"{owner.address.key}/{role.lower()}:{asset.address.key}")
    return Resource(address, owner.account, link_mark(owner.mark, role, asset.mark), fields, path)


def link_mark(owner: str, role: str, asset: str) -> str:
    """A link is ours if what it hangs under is; "" under a parent that lost its label."""
    return f"{owner}/{role.lower()}:{asset}" if owner else ""


def declared(
    block: Mapping[str, Any] | None, owner: Resource, images: Mapping[str, Resource], scope: Scope
) -> Iterator[Resource]:
    """The assets of a block, each before its link to the owner."""
    for path, content in contents(block or {}, images):
        place = (*owner.path, "google", "assets", *path)
        asset = resource(content, owner.account, scope, place)
        yield asset
        yield link(asset, owner, FIELD_TYPES[content.type], place)


def message(fields: Mapping[str, Any], mark: str, picture: str = "") -> dict[str, Any]:
    """The Asset of a new one; `picture` is the bytes of an image in Base64."""
    sort = SORTS[fields["type"]]
    data = {"data": picture} if picture else dict(fields["data"])
    urls = {"final_urls": list(fields["final_urls"])} if fields.get("final_urls") else {}
    named = (
        {} if sort.type in ("TEXT", "YOUTUBE_VIDEO") else {"name": signed(fields.get("name", "image"), mark)}
    )
    return {**named, sort.data: data, **urls}


def receive(row: Row) -> dict[str, Value] | None:
    """Canonical fields of a row of `asset`; None for a sort that is not ours."""
    seen = row["asset"]
    sort = SORTS.get(str(seen.get("type")))
    if sort is None:
        return None
    name, _ = unsigned(str(seen.get("name", "")))
    return {
        "type": sort.type,
        "name": name,
        "data": _pointing(sort, _said(seen.get(sort.data, {}))),
        "final_urls": tuple(seen.get("final_urls", ())),
    }


def _pointing(sort: Sort, data: Mapping[str, Any]) -> dict[str, Value]:
    """The data with the ids of other assets in place of their names."""
    return {name: last(value) if name in sort.points else value for name, value in data.items()}


def mark(row: Row) -> str:
    """The token at the end of its name; "" without one."""
    return unsigned(str(row["asset"].get("name", "")))[1] or ""


def _said(value: Any, name: str = "") -> Any:
    """What is set, numbers as numbers: int64 comes as text."""
    if isinstance(value, Mapping):
        found = {key: _said(item, key) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in UNSET}
    if isinstance(value, (list, tuple)):
        return tuple(_said(item) for item in value)
    return int(value) if name in NUMBERS else value


NUMBERS: Final = frozenset({"amount_micros", "percent_off", "width_pixels", "height_pixels"})
LINK_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    kind: (
        f"{kind}.resource_name", f"{kind}.asset", f"{kind}.field_type", f"{owner}.resource_name",
        "campaign.resource_name", "asset.name", "asset.text_asset.text",
    )
    for kind, owner in LINKS.items()
}  # fmt: skip


def title(fields: Mapping[str, Any]) -> str:
    """What a person calls the asset: its text, else its name."""
    return str(fields["data"].get("text") or fields["name"])


def caption(row: Row) -> str:
    """The same, of the asset in a link's row."""
    asset = row.get("asset", {})
    return str(asset.get("text_asset", {}).get("text") or unsigned(str(asset.get("name", "")))[0])


def receive_link(kind: str, row: Row) -> dict[str, Value]:
    """Canonical fields of a row of a link."""
    seen, owner = row[kind], LINKS[kind]
    return {
        owner: last(str(row[owner]["resource_name"])),
        "asset": last(str(seen["asset"])),
        "field_type": str(seen.get("field_type", "")),
    }
