"""One file of `experiments/`: cells that compete on one platform, and what would decide between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from schemas.types import Day, KeyPath, Model, Number, Percent, Platform, Slug, complaint, shape, shown

Figure = Literal["spend", "impressions", "clicks", "conversions", "value"]
# cost_per_<result> counts any result the platform reports: cost_per_click, cost_per_purchase, ...
METRIC = re.compile(r"ctr|conversion_rate|roas|cost_per_[a-z][a-z_]{1,40}")


def _metric(value: Any) -> str:
    if isinstance(value, str) and METRIC.fullmatch(value):
        return value
    raise complaint(
        "unknown metric",
        f"found {shown(value)}",
        "write ctr, conversion_rate, roas, cost_per_<result>, or a ratio {num: clicks, den: spend}",
    )


def _share(share: Percent) -> Percent:
    if not 0 < share.points < 100:
        raise complaint(
            "a share that is not between 0% and 100%", f"found {share}", "write 50% for one of two equals"
        )
    return share


def _above_zero(effect: Percent) -> Percent:
    if effect.points <= 0:
        raise complaint(
            "an effect that is not above zero", f"found {effect}", "write what is worth acting on: 15%"
        )
    return effect


class Ratio(Model):
    """A metric of one's own: one reported figure over another."""

    num: Figure
    """Above the line."""
    den: Figure
    """Below the line."""
    lower_is_better: bool = Field(default=False, strict=True)
    """For costs."""


Metric = Annotated[
    Annotated[str, BeforeValidator(_metric), shape("string", pattern=f"^({METRIC.pattern})$"), Tag("name")]
    | Annotated[Ratio, Tag("ratio")],
    Discriminator(lambda value: "ratio" if isinstance(value, (Mapping, Ratio)) else "name"),
]


class Cell(Model):
    """One of the competitors: an ad set and its share of the money or the people."""

    cell: Slug
    """The key, unique in the experiment."""
    ad_set: KeyPath
    """Which ad set: `campaign/ad_set`."""
    share: Annotated[Percent, AfterValidator(_share)]
    """Its share; all together are 100%."""


class Effect(Model):
    """How much a cell differs from the others, as factors: 1.2 is a fifth more, 1 is no difference."""

    ctr: Annotated[Number, Field(gt=0, le=10)] | None = None
    """Clicks an impression."""
    conversion_rate: Annotated[Number, Field(gt=0, le=10)] | None = None
    """Conversions a click."""
    cost: Annotated[Number, Field(gt=0, le=10)] | None = None
    """The price of an impression."""
    value: Annotated[Number, Field(gt=0, le=10)] | None = None
    """The value of a conversion."""


class Experiment(Model):
    """A comparison declared before it starts, so that nobody chooses the question after the answer."""

    experiment: Slug
    """The key."""
    platform: Platform
    """One platform; declare two experiments to test on both."""
    cells: Annotated[tuple[Cell, ...], Field(min_length=2, max_length=5)]
    """Two to five competitors."""
    control: Slug
    """The cell that is used today."""
    metric: Metric
    """What decides."""
    minimum_effect: Annotated[Percent, AfterValidator(_above_zero)]
    """The smallest relative difference worth acting on."""
    weeks: Annotated[int, Field(ge=1, le=26, strict=True)]
    """Whole weeks at most."""
    method: Literal["budget_split", "native"] = "budget_split"
    """`budget_split`: own budgets; `native`: the platform's own test of two arms."""
    start: Day | None = None
    """The first day; left out: the first day that all cells deliver."""
    effect: Mapping[Slug, Effect] = Field(default_factory=dict)
    """For rehearsals: the truth that the sandbox's market gives a cell. No meaning in a live environment."""
