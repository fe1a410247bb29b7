"""What an experiment is judged by: a ratio of sums of reported daily figures, its direction and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Field = Literal["spend", "impressions", "clicks", "conversions", "value"]
FIELDS: tuple[Field, ...] = ("spend", "impressions", "clicks", "conversions", "value")

# Depth in the funnel: of two counts the deeper is the rarer, and it is the one whose randomness limits what
# can be known.
_DEPTH: Mapping[Field, int] = MappingProxyType({"impressions": 0, "clicks": 1, "conversions": 2})

# Days until a day's figure stops moving: delivery is final after 72 hours, conversions after their
# attribution lag (7-day click).
_SETTLE_DAYS: Mapping[Field, int] = MappingProxyType({"impressions": 3, "clicks": 3, "conversions": 7})

_RESULT_WORDS: Mapping[Field, tuple[str, str]] = MappingProxyType(
    {
        "impressions": ("gösterim", "impressions"),
        "clicks": ("tıklama", "clicks"),
        "conversions": ("dönüşüm", "conversions"),
    }
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """sum(num) / sum(den) over days, in the units of the fields (spend and value in account currency major
    units)."""

    num: Field
    den: Field
    lower_is_better: bool = False
    name_tr: str = ""
    name_en: str = ""
    per_tr: str = ""  # set for costs: "tıklama" makes "tıklama başına %18 daha ucuza"
    per_en: str = ""

    @property
    def good(self) -> Field:
        """Numerator of the efficiency good / base: more is better whatever the metric, and defined at zero
        results."""
        return self.den if self.lower_is_better else self.num

    @property
    def base(self) -> Field:
        return self.num if self.lower_is_better else self.den

    @property
    def result(self) -> Field:
        """The count that has to be large enough; money values arrive with conversions."""
        counts = [field for field in (self.num, self.den) if field in _DEPTH]
        if "value" in (self.num, self.den) or not counts:
            return "conversions"
        return max(counts, key=lambda field: _DEPTH[field])

    @property
    def counts_results(self) -> bool:
        """Whether the ratio itself counts results, so that Poisson counting noise is a floor of its error."""
        return self.result in (self.num, self.den)

    @property
    def settle_days(self) -> int:
        return _SETTLE_DAYS[self.result]

    @property
    def result_tr(self) -> str:
        return _RESULT_WORDS[self.result][0]

    @property
    def result_en(self) -> str:
        return _RESULT_WORDS[self.result][1]

    @property
    def label_tr(self) -> str:
        return self.name_tr or f"{self.num}/{self.den}"

    @property
    def label_en(self) -> str:
        return self.name_en or f"{self.num}/{self.den}"


METRICS: Mapping[str, Ratio] = MappingProxyType(
    {
        "cost_per_click": Ratio(
            "spend", "clicks", True, "tıklama başına maliyet", "cost per click", "tıklama", "click"
        ),
        "cost_per_conversion": Ratio(
            "spend",
            "conversions",
            True,
            "dönüşüm başına maliyet",
            "cost per conversion",
            "dönüşüm",
            "conversion",
        ),
        "ctr": Ratio("clicks", "impressions", False, "tıklama oranı", "click-through rate"),
        "conversion_rate": Ratio("conversions", "clicks", False, "dönüşüm oranı", "conversion rate"),
        "roas": Ratio(
            "value", "spend", False, "reklam harcamasının getirisi (ROAS)", "return on ad spend (ROAS)"
        ),
    }
)

# The one conversion that is loaded is the purchase, so a cost per purchase is the cost per conversion.
ALSO: Mapping[str, str] = {"cost_per_purchase": "cost_per_conversion"}
