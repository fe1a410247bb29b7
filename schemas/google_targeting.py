"""Where, when and on what Google shows ads, and the lists of searches that must not show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas import google_goals
from schemas.audience import Location
from schemas.google_goals import OwnGoals
from schemas.types import Model, Number, Percent, Slug, Spend, Text, complaint, shown

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# support.google.com/google-ads/answer/7476658, and CriterionError of google.ads.googleads.v26.
KEYWORD_LENGTH, KEYWORD_WORDS = 80, 10
KEYWORD_FORBIDDEN = frozenset("!@%,*^()={};~`<>?\\|")
LIST_LENGTH = 5_000  # keywords of one shared list: support.google.com/google-ads/answer/7519927
INTERVALS = 6  # of one day: docstring of AdScheduleInfo
FARTHEST = 800  # kilometres: support.google.com/google-ads/answer/1722043 (500 miles)
LEAST, MOST, OFF = -90, 900, -100  # percent: bid_modifier 0.1 to 10.0, 0 opts a device out (its docstring)


def _keyword(text: str) -> str:
    wrong = sorted(KEYWORD_FORBIDDEN & set(text))
    if wrong:
        detail = f"{shown(text)} contains {' '.join(wrong)}"
        raise complaint("a keyword with a character that Google refuses", detail, "take it out")
    if len(text) > KEYWORD_LENGTH or len(text.split()) > KEYWORD_WORDS:
        detail = f"{shown(text)} has {len(text)} characters and {len(text.split())} words"
        fix = f"at most {KEYWORD_LENGTH} characters and {KEYWORD_WORDS} words"
        raise complaint("a keyword too long for Google", detail, fix)
    return text


Keyword = Annotated[Text, AfterValidator(_keyword)]


class Keywords(Model):
    """Keywords by match type."""

    phrase: tuple[Keyword, ...] = ()
    """Searches that contain the meaning."""
    exact: tuple[Keyword, ...] = ()
    """Searches that mean the same."""
    broad: tuple[Keyword, ...] = ()
    """Searches that are related."""


class Around(Model):
    """A circle on the map."""

    latitude: Annotated[Number, Field(ge=-90, le=90)]
    """Degrees north of the equator: 41.0082."""
    longitude: Annotated[Number, Field(ge=-180, le=180)]
    """Degrees east of Greenwich: 28.9784."""
    km: Annotated[int, Field(ge=1, le=FARTHEST, strict=True)]
    """Kilometres around it."""


class Places(Model):
    """What Google adds to the audience's locations."""

    match: Literal["presence", "interest"] = "presence"
    """`presence` reaches people who are there, `interest` also those who search for the place."""
    exclude: tuple[Location, ...] = ()
    """Countries and provinces whose people see nothing."""
    around: tuple[Around, ...] = ()
    """Circles, beside the audience's locations."""


def _clock(text: str) -> str:
    found = re.fullmatch(r"([01]\d|2[0-4]):(00|15|30|45)", text)
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise complaint(
            "not a time that Google takes", f"found {shown(text)}", 'write a quarter of an hour: "09:30"'
        )
    return text


Clock = Annotated[Text, AfterValidator(_clock)]


def adjustment(percent: Percent) -> Percent:
    """A bid that is changed by so much, refused where Google takes no such."""
    if percent.points != OFF and not LEAST <= percent.points <= MOST:
        fix = f"write {LEAST}% to {MOST}%, or {OFF}% to leave it out"
        raise complaint("a bid adjustment that Google does not take", f"found {percent}", fix)
    return percent


Adjustment = Annotated[Percent, AfterValidator(adjustment)]


class Hours(Model):
    """Hours of some days of the week, in the account's time zone."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    """The days."""
    start: Clock = "00:00"
    """The first minute: a full quarter of an hour."""
    end: Clock = "24:00"
    """Until when."""
    bid: Adjustment | None = None
    """How much more or less a click is worth then."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise complaint(
                "hours that end before they start", f"{self.start} to {self.end}", "split them at midnight"
            )
        if self.bid and self.bid.points == OFF:
            raise complaint("hours without ads", str(self.bid), "leave these hours out of the schedule")
        return self


def _schedule(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    taken: dict[str, list[tuple[str, str]]] = {}
    for each in hours:
        for day in each.days:
            for start, end in taken.setdefault(day, []):
                if each.start < end and start < each.end:
                    detail = f"{day} {each.start}-{each.end} and {start}-{end}"
                    raise complaint("hours that overlap", detail, "make one of them")
            taken[day].append((each.start, each.end))
    for name, spans in taken.items():
        if len(spans) > INTERVALS:
            detail = f"{len(spans)} on {name}, Google takes {INTERVALS} a day"
            raise complaint("too many intervals of one day", detail, "join some of them")
    return hours


Schedule = Annotated[tuple[Hours, ...], AfterValidator(_schedule)]


class Devices(Model):
    """How much more or less a click is worth by device; -100% shows nothing there."""

    desktop: Adjustment | None = None
    """Computers."""
    mobile: Adjustment | None = None
    """Phones."""
    tablet: Adjustment | None = None
    """Tablets."""


def _short(lists: Keywords) -> Keywords:
    count = len(lists.phrase) + len(lists.exact) + len(lists.broad)
    if count > LIST_LENGTH:
        detail = f"found {count:,}, Google takes {LIST_LENGTH:,}"
        raise complaint("too many keywords in one list", detail, "make two lists of it")
    return lists


class Bidding(Model):
    """A Google campaign's bidding."""

    strategy: Literal[
        "maximize_clicks",
        "maximize_conversions",
        "maximize_conversion_value",
        "manual_cpc",
        "impression_share",
    ]
    """Google's strategy."""
    max_cpc: Spend | None = None
    """The most a click may cost."""
    target_cpa: Spend | None = None
    """What a conversion should cost."""
    target_roas: Annotated[Number, Field(gt=0)] | None = None
    """The return that is aimed at: 2.5 is 2.50 back for every 1.00."""


class NegativeList(Keywords):
    """Searches that must not show the ads of the campaigns that name the list."""

    name: Text | None = None
    """Its name in Google Ads; left out: its key."""


class Portfolio(Bidding):
    """A bidding strategy that campaigns share."""

    name: Text | None = None
    """Its name in Google Ads; left out: its key."""


class GoogleBrand(Model):
    """What the campaigns of Google Ads share."""

    negative_lists: Mapping[Slug, Annotated[NegativeList, AfterValidator(_short)]] = Field(
        default_factory=dict
    )
    """Lists of searches that must not show the ads; a campaign names them under `google`."""

    portfolios: Mapping[Slug, Portfolio] = Field(default_factory=dict)
    """Bidding strategies that campaigns share; a change of one changes the bids of all of them."""

    conversion_goals: OwnGoals = Field(default_factory=dict)
    """Goals of named conversion actions; a campaign names one as its `conversion_goals`."""

    def inlined(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A campaign's block with what it names in place of the name."""
        lists = options.get("negative_lists") or ()
        made = tuple({"list": name, "keywords": _dump(self.negative_lists[name])} for name in lists)
        found = {**options, "negative_lists": made} if made else dict(options)
        if name := options.get("portfolio"):
            found["portfolio"] = {"portfolio": name, **_dump(self.portfolios[name])}
        if chosen := options.get("conversion_goals"):
            found["conversion_goals"] = google_goals.inlined(chosen, self.conversion_goals)
        return found


def _dump(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = model.model_dump(mode="json", exclude_none=True)
    return found
