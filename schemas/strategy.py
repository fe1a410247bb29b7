"""The brand's strategy as data: goals, the year, the media plan, the look of images, who approves what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, PlainSerializer, PlainValidator, Tag

from schemas.types import (
    Count,
    Day,
    File,
    Flag,
    Model,
    Money,
    Percent,
    Platform,
    Scalar,
    Slug,
    Spend,
    Text,
    Window,
    complaint,
    number,
    shape,
    shown,
)


def _target(value: Any) -> Decimal | Money | Percent:
    if isinstance(value, (Money, Percent)):
        return value
    if isinstance(value, str) and "%" in value:
        return Percent.parse(value)
    return Money.parse(value) if isinstance(value, str) else Decimal(number(value))


Target = Annotated[
    Any,
    PlainValidator(_target),
    PlainSerializer(str),
    shape(["number", "string"], examples=[2.5, "120 TRY", "4%"]),
]


class Goal(Model):
    """What the brand wants to reach."""

    goal: Slug
    """The key; campaigns name it."""
    metric: Text
    """The metric: cost_per_purchase, roas, purchases, ..."""
    target: Target
    """The value aimed at: `2.5`, `120 TRY` or `4%`."""
    by: Day | None = None
    """By when."""
    ceiling: Spend | None = None
    """The most that all campaigns with this goal may cost together, from their first day to their last."""


class Season(Model):
    """A season or a day that matters."""

    season: Slug
    """The key; flights and the media plan name it."""
    start: Day
    """The first day."""
    end: Day
    """The last day."""
    freeze: Flag = False
    """On these days nothing but reductions and pauses passes."""
    reason: Text | None = None
    """Why, for the person who is refused."""

    @property
    def window(self) -> Window:
        """Its days, as a freeze says them."""
        return Window(start=self.start, end=self.end, reason=self.reason or self.season)


class PlannedSpend(Model):
    """One line of the media plan: the most that may be spent in a period, in the brand's currency."""

    period: Slug
    """The key."""
    season: Slug | None = None
    """A season of the calendar, instead of `start` and `end`."""
    start: Day | None = None
    """The first day."""
    end: Day | None = None
    """The last day."""
    budget: Spend | None = None
    """For all platforms and campaigns together."""
    platforms: Mapping[Platform, Spend] = Field(default_factory=dict)
    """For each platform."""
    campaigns: Mapping[Slug, Spend] = Field(default_factory=dict)
    """For each campaign."""


@dataclass(frozen=True, slots=True)
class Shape(Scalar):
    """Width to height of an image: `4:5`, `1.91:1`."""

    pattern: ClassVar[str] = r"^[0-9]+(\.[0-9]+)?:[0-9]+(\.[0-9]+)?$"
    example: ClassVar[str] = "4:5"

    width: Decimal
    height: Decimal

    @classmethod
    def parse(cls, value: Any) -> Self:
        match = re.fullmatch(
            r"([0-9]{1,4}(?:\.[0-9]{1,4})?):([0-9]{1,4}(?:\.[0-9]{1,4})?)", str(value).strip()
        )
        sides = [Decimal(side) for side in match.groups()] if match else []
        if not sides or not all(sides):
            raise complaint("not a shape of an image", f"found {shown(value)}", "write width to height: 4:5")
        return cls(*sides)

    def fits(self, width: int, height: int) -> bool:
        """Whether an image of so many pixels has this shape, within a hundredth."""
        return abs(Decimal(width) / height / (self.width / self.height) - 1) <= Decimal("0.01")

    def __str__(self) -> str:
        return f"{self.width:f}:{self.height:f}"


class ImageRules(Model):
    """What every image of a creative has to be."""

    shapes: tuple[Shape, ...] = ()
    """Width to height: `1:1`, `4:5`; left out: any."""
    short_side: Count | None = None
    """The fewest pixels of the shorter side."""
    kilobytes: Count | None = None
    """The heaviest a file may be, in 1,000 bytes."""
    formats: tuple[Literal["jpeg", "png", "gif", "webp"], ...] = ()
    """File formats, by what is in the file; left out: any."""


class Look(Model):
    """What the brand's images have to be."""

    logo: File | None = None
    """The brand's logo, an image of the workspace."""
    images: ImageRules = ImageRules()
    """Rules for the images of creatives."""


class Approver(Model):
    """A person who may approve a plan, and how far that goes."""

    approver: Text
    """The name."""
    up_to: Spend | None = None
    """Only plans after which all platforms together spend no more than this a day; reductions always."""
    campaigns: tuple[Slug, ...] = ()
    """Only plans that change nothing outside of these campaigns; left out: any."""
    platforms: tuple[Platform, ...] = ()
    """Only plans that change nothing on another platform; left out: any."""

    def __str__(self) -> str:
        return self.approver


MayApprove = Annotated[
    Annotated[Text, Tag("name")] | Annotated[Approver, Tag("limited")],
    Discriminator(lambda value: "limited" if isinstance(value, (Mapping, Approver)) else "name"),
]
