"""Products of a catalogue in Meta's ads: which set an ad set shows, and people by what they did with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from schemas.types import Duration, Identifier, Model, Slug, complaint, shape, shown, slugify

# Features of Advantage+ creative that change catalogue ads; each is asked for or declined, since Meta turns
# some on by itself (dynamic media, since September 2025).
Feature = Literal["product_videos", "product_descriptions", "placement_crops"]


def _set(value: Any) -> str:
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) == 2 and all(slugify(part) for part in parts):
        return "/".join(slugify(part) for part in parts)
    fix = "write the catalogue's key and the set's, as the account declares them: magaza/vazolar"
    raise complaint("not a set of products", f"found {shown(value)}", fix)


ProductSet = Annotated[str, BeforeValidator(_set), shape("string", examples=["magaza/vazolar"])]


class Catalogue(Model):
    """A product catalogue of the business, and the sets of its products that ads may show."""

    id: Identifier
    """The catalogue's id."""
    sets: Annotated[Mapping[Slug, Identifier], Field(min_length=1)]
    """The id of each set, by a key of your own."""


class ProductRule(Model):
    """Who did something with a product in a time."""

    event: Literal["ViewContent", "AddToCart", "Purchase"]
    """What the pixel saw."""
    within: Duration
    """How long ago at most, in days: `14d`, up to 180."""


class ProductAudience(Model):
    """People by what they did with the catalogue's products; they are shown the products they know."""

    of: ProductSet | None = None
    """With which products; left out: those that the ad set shows."""
    include: tuple[ProductRule, ...] = ()
    """Who did one of these; left out: everybody else too."""
    exclude: tuple[ProductRule, ...] = ()
    """Nobody who did one of these."""
