"""What stands beside a Google ad: links, callouts, snippets, phone numbers, prices, promotions, images."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.audience import Language
from schemas.types import Day, File, Model, Percent, Spend, Text, Url, complaint, shown

# Lengths: docstrings of google.ads.googleads.v26.common.types.asset_types, but for callouts and for what a
# promotion is for: support.google.com/google-ads/answer/6079510 and /7367521. Wide characters count twice.
LINK_TEXT, LINK_LINE, CALLOUT, SNIPPET_VALUE, OFFER, ITEM = 25, 35, 25, 25, 25, 20
PER_LEVEL = 20  # of each sort on one campaign or ad group: support.google.com/google-ads/answer/6372658
SNIPPET_VALUES, PRICE_OFFERS = (3, 10), (3, 8)  # docstrings of StructuredSnippetAsset and PriceAsset
# developers.google.com/google-ads/api/data/structured-snippet-headers, in English; Google shows them as they
# are sent.
HEADERS = {
    "amenities": "Amenities",
    "brands": "Brands",
    "courses": "Courses",
    "degree_programs": "Degree programs",
    "destinations": "Destinations",
    "featured_hotels": "Featured hotels",
    "insurance_coverage": "Insurance coverage",
    "models": "Models",
    "neighborhoods": "Neighborhoods",
    "service_catalog": "Service catalog",
    "shows": "Shows",
    "styles": "Styles",
    "types": "Types",
}


def width(text: str) -> int:
    """The length of a text as Google counts it: East Asian wide characters twice."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _at_most(longest: int) -> AfterValidator:
    def check(text: str) -> str:
        if (length := width(text)) > longest:
            raise complaint(
                "a text too long for Google",
                f"{shown(text)} has {length} characters, {longest} are allowed",
                f"shorten it by {length - longest}",
            )
        return text

    return AfterValidator(check)


def between(low: int, high: int, what: str) -> AfterValidator:
    """A list of so many; what is refused says how many were found."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if values and not low <= len(values) <= high:
            detail = f"found {len(values)}, Google takes {low} to {high}"
            raise complaint(f"the number of {what} does not fit", detail, f"write {low} to {high}")
        return values

    return AfterValidator(check)


def different(what: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A list in which nothing stands twice, whatever it is made of."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        for index, value in enumerate(values):
            if value in values[:index]:
                raise complaint(f"the same {what} twice", f"number {index + 1} repeats another", "leave one")
        return values

    return check


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise complaint("not a country", f"found {shown(text)}", "write two letters of ISO 3166: TR")
    return text


def _number(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9 ()-]{4,24}", text) or sum(each.isdigit() for each in text) < 4:
        raise complaint("not a phone number", f"found {shown(text)}", "write digits: 0212 123 45 67")
    return text


class Sitelink(Model):
    """A second link below the ad."""

    text: Annotated[Text, _at_most(LINK_TEXT)]
    """The words of the link: at most 25 characters."""
    url: Url
    """Where it leads."""
    lines: tuple[Annotated[Text, _at_most(LINK_LINE)], ...] = ()
    """Two lines below it, of at most 35 characters each; both or none."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if len(self.lines) not in (0, 2):
            detail = f"found {len(self.lines)}, Google shows both or none"
            raise complaint("a sitelink has two lines or none", detail, "write two lines, or none")
        return self


class Snippet(Model):
    """A list under one of Google's headers."""

    header: Literal[
        "amenities", "brands", "courses", "degree_programs", "destinations", "featured_hotels",
        "insurance_coverage", "models", "neighborhoods", "service_catalog", "shows", "styles", "types",
    ]  # fmt: skip
    """What the values are; shown in English."""
    values: Annotated[
        tuple[Annotated[Text, _at_most(SNIPPET_VALUE)], ...], between(*SNIPPET_VALUES, "values")
    ]
    """3 to 10 values of at most 25 characters."""


class Phone(Model):
    """A number to call."""

    country: Annotated[Text, AfterValidator(_country)]
    """The number's country: TR."""
    number: Annotated[Text, AfterValidator(_number)]
    """As people dial it there."""


class Offer(Model):
    """One line of a price list."""

    header: Annotated[Text, _at_most(OFFER)]
    """What it is: at most 25 characters."""
    description: Annotated[Text, _at_most(OFFER)]
    """More of it: at most 25 characters, and other words than the header."""
    price: Spend
    """What people pay."""
    per: Literal["hour", "day", "night", "week", "month", "year"] | None = None
    """For how long; left out: once."""
    url: Url
    """Where it leads."""

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.header == self.description:  # AssetError.PRICE_HEADER_SAME_AS_DESCRIPTION
            raise complaint("an offer that says the same twice", shown(self.header), "describe it otherwise")
        return self


class Prices(Model):
    """A price list."""

    type: Literal[
        "brands", "events", "locations", "neighborhoods", "product_categories", "product_tiers", "services",
        "service_categories", "service_tiers",
    ]  # fmt: skip
    """What the offers are."""
    language: Language
    """The language they are written in."""
    qualifier: Literal["from", "up_to", "average"] | None = None
    """Before each price."""
    offers: Annotated[tuple[Offer, ...], between(*PRICE_OFFERS, "offers")]
    """3 to 8 offers."""


class Promotion(Model):
    """A discount."""

    item: Annotated[Text, _at_most(ITEM)]
    """What is cheaper: at most 20 characters."""
    language: Language
    """The language it is written in."""
    percent: Percent | None = None
    """How much cheaper; either this or an amount."""
    amount: Spend | None = None
    """How much cheaper, in money."""
    up_to: Annotated[bool, Field(strict=True)] = False
    """Up to that much."""
    code: Annotated[Text, _at_most(15)] | None = None
    """The code to enter; either this or `orders_over`."""
    orders_over: Spend | None = None
    """The least order that it is for."""
    start: Day | None = None
    """The first day on which it can be redeemed."""
    end: Day | None = None
    """The last day."""
    url: Url
    """Where it leads."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise complaint("a discount is a percentage or an amount", "", "write one of percent and amount")
        if self.code and self.orders_over:
            # AssetError.PROMOTION_CANNOT_SET_PROMOTION_CODE_AND_ORDERS_OVER_AMOUNT
            raise complaint("a promotion has a code or a least order", "found both", "leave one")
        if self.percent and not 0 < self.percent.points <= 100:
            raise complaint("a discount of more than all, or of nothing", str(self.percent), "write 20%")
        if self.start and self.end and self.end < self.start:
            raise complaint(
                "a promotion that ends before it starts", f"{self.end} is before {self.start}", "swap them"
            )
        return self


def _sort(what: str) -> tuple[AfterValidator, AfterValidator]:
    return AfterValidator(different(what)), between(1, PER_LEVEL, f"{what}s")


class Assets(Model):
    """What Google may show beside the ads; each is made once in the account, wherever it is linked."""

    sitelinks: Annotated[tuple[Sitelink, ...], *_sort("sitelink")] = ()
    """Links to other pages."""
    callouts: Annotated[tuple[Annotated[Text, _at_most(CALLOUT)], ...], *_sort("callout")] = ()
    """Short advantages: at most 25 characters each."""
    snippets: Annotated[tuple[Snippet, ...], *_sort("snippet")] = ()
    """Lists under a header."""
    calls: Annotated[tuple[Phone, ...], *_sort("phone number")] = ()
    """Phone numbers."""
    prices: Annotated[tuple[Prices, ...], *_sort("price list")] = ()
    """Price lists."""
    promotions: Annotated[tuple[Promotion, ...], *_sort("promotion")] = ()
    """Discounts."""
    images: Annotated[tuple[File, ...], *_sort("image")] = ()
    """Images of the workspace, square (1:1, from 300x300) or wide (1.91:1, from 600x314)."""
