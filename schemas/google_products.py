"""Which products of the Merchant Center a Shopping ad group or a retail asset group shows, as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from schemas.types import Flag, Model, Spend, Text, complaint, shape, shown

# docstring of ListingDimensionInfo; levels of types and categories, and custom labels, are numbered.
Dimension = Literal[
    "brand", "item", "condition", "channel", "type_1", "type_2", "type_3", "type_4", "type_5",
    "category_1", "category_2", "category_3", "category_4", "category_5",
    "label_0", "label_1", "label_2", "label_3", "label_4",
]  # fmt: skip
DEEPEST = 7  # levels: …/shopping-ads/create-listing-groups


def _label(text: str) -> str:
    known = text.replace("-", "").replace("_", "")
    if len(text) <= 20 and known.isascii() and known.isalnum() and text == text.upper():
        return text
    fix = "at most 20 capital letters, digits, hyphens and underscores: TR"
    raise complaint("not a feed label", f"found {shown(text)}", fix)


class Shopping(Model):
    """What of the Merchant Center a campaign sells from, and which campaign goes first."""

    feed_label: Annotated[Text, AfterValidator(_label)] | None = None
    """Only products of this feed label; left out: all."""
    priority: Literal["low", "medium", "high"] = "low"
    """Where several Shopping campaigns have a product, the highest shows it; Performance Max goes first."""
    local: Flag = False
    """Products of local shops too, for Shopping."""


class ProductBid(Model):
    """Products that are shown, for a bid of their own."""

    max_cpc: Spend
    """The most a click may cost, under manual_cpc."""


class ProductSplit(Model):
    """Products by one of their properties, and what is done with each value and with everything else."""

    split: Dimension
    """The property; types and categories level by level, the first first."""
    of: Annotated[Mapping[Text, ProductGroup], Field(min_length=1)]
    """Each value: `show`, `exclude`, a bid, or a further split; a category by its number."""
    rest: ProductGroup
    """Everything else."""


def _sort(value: Any) -> str:
    """Which of the groups it is; no key of the language, since errors name it on the way."""
    if isinstance(value, (ProductSplit, ProductBid)):
        return "-bid" if isinstance(value, ProductBid) else "-tree"
    if isinstance(value, Mapping):
        return "-bid" if "max_cpc" in value and "split" not in value else "-tree"
    return "-word"


def _word(value: Any) -> Any:
    if value in ("show", "exclude"):
        return value
    fix = "write show, exclude, {max_cpc: 2 TRY}, or {split: …, of: …, rest: …}"
    raise complaint("not what can be done with products", f"found {shown(value)}", fix)


Word = Annotated[
    Literal["show", "exclude"], BeforeValidator(_word), shape("string", enum=["show", "exclude"])
]
ProductGroup = Annotated[
    Annotated[Word, Tag("-word")]
    | Annotated[ProductBid, Tag("-bid")]
    | Annotated[ProductSplit, Tag("-tree")],
    Discriminator(_sort),
]
ProductSplit.model_rebuild()


def _all(value: Any) -> Any:
    if value == "all":
        return value
    fix = "write all, or {split: brand, of: {…: show}, rest: exclude}"
    raise complaint("not a choice of products", f"found {shown(value)}", fix)


Products = Annotated[
    Annotated[Literal["all"], BeforeValidator(_all), shape("string", enum=["all"]), Tag("-all")]
    | Annotated[ProductSplit, Tag("-tree")],
    Discriminator(lambda value: "-tree" if isinstance(value, (Mapping, ProductSplit)) else "-all"),
]
