"""Numbers by day from the ledger, for the resources that have any: buckets of segments and their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol

from sandbox.google import traffic
from sandbox.google.context import Account
from sandbox.google.messages import Message, enum_name
from sandbox.google.store import Entry
from sandbox.ledger import Row
from sandbox.ledger import Sums as Totals
from sandbox.market import BY_VIEW

PLATFORM = "google"


class Book(Protocol):
    """The ledger a sandbox is given: the parts that reports need."""

    def rows(self, platform: str, since: date, until: date, as_of: date) -> list[Row]: ...

    def totals(
        self, platform: str, parent: str, since: date, until: date, only: Mapping[str, Sequence[str]]
    ) -> list[Totals]: ...

    def arrived(
        self,
        platform: str,
        parent: str,
        since: date,
        until: date,
        only: Mapping[str, Sequence[str]],
        as_of: date,
    ) -> list[tuple[str, str, int, int, int]]: ...

    def first_day(self, platform: str) -> date | None: ...

    def visits(self, since: date, until: date) -> list[tuple[date, int, int]]: ...

    def converted(self, since: date, until: date) -> list[tuple[date, date, str, int]]: ...

    def spent(
        self, platform: str, parent: str, ids: Sequence[str], since: date | None = None
    ) -> dict[str, int]: ...


NONE: Mapping[str, tuple[float, float]] = MappingProxyType({})


@dataclass(slots=True)
class Sums:
    """What was delivered, money in micros; conversions by the ledger's action as (count, micros)."""

    impressions: float = 0
    clicks: float = 0
    cost_micros: float = 0
    actions: Mapping[str, tuple[float, float]] = field(default_factory=lambda: NONE)
    control: Sums | None = None  # of an experiment, what its control arm delivered meanwhile

    def add(self, other: Sums) -> None:
        self.impressions += other.impressions
        self.clicks += other.clicks
        self.cost_micros += other.cost_micros
        for action, (count, value) in other.actions.items():
            before = self.actions.get(action, (0.0, 0.0))
            self.actions = {**self.actions, action: (before[0] + count, before[1] + value)}
        if other.control is not None:
            self.control = self.control or Sums()
            self.control.add(other.control)

    @property
    def empty(self) -> bool:
        own = self.impressions or self.clicks or self.cost_micros or self.actions
        return not own and (self.control is None or self.control.empty)


Days = dict[str, Sums]  # ISO day, or "" for all days together → sums
# FROM resource → the ledger's column that its numbers are grouped by.
COLUMN = {
    "customer": "account", "campaign": "campaign_id", "campaign_budget": "campaign_id",
    "bidding_strategy": "campaign_id", "ad_group": "ad_set_id", "ad_group_ad": "ad_id",
    "keyword_view": "ad_set_id", "experiment": "campaign_id", "asset_group": "ad_set_id",
}  # fmt: skip
DEVICES = (("MOBILE", 72), ("DESKTOP", 23), ("TABLET", 5))  # choice: shares of every number, in percent
# The market's actions and the category of the conversion action that counts them.
CATEGORY = {"purchase": "PURCHASE", "lead": "SUBMIT_LEAD_FORM", "install": "DOWNLOAD"}


def read(
    account: Account, book: Book, parent: str, since: date, until: date, by_day: bool
) -> dict[str, Days]:
    """Sums by the id of one of the ledger's parents, with the conversions that have arrived."""
    return (_by_day if by_day else _together)(account, book, parent, since, until)


def _together(account: Account, book: Book, parent: str, since: date, until: date) -> dict[str, Days]:
    only, today = {"account": [account.customer]}, account.today()
    found: dict[str, Days] = {}
    for one in book.totals(PLATFORM, parent, since, until, only):
        found[one.id] = {"": Sums(one.impressions, one.clicks, one.spend_micros)}
    for key, action, _, count, value in book.arrived(PLATFORM, parent, since, until, only, today):
        found[key][""].add(Sums(actions={action: (count, value)}))
    return found


def _by_day(account: Account, book: Book, parent: str, since: date, until: date) -> dict[str, Days]:
    found: dict[str, Days] = defaultdict(dict)
    key_of = attrgetter(parent)
    names: dict[date, str] = {}
    customer = account.customer
    for row in book.rows(PLATFORM, since, until, account.today()):
        if row.account != customer:
            continue
        day = names.get(row.day) or names.setdefault(row.day, row.day.isoformat())
        bought = row.conversions
        actions = {name: (one.count, one.value_micros) for name, one in bought.items()} if bought else NONE
        days, sums = found[key_of(row)], Sums(row.impressions, row.clicks, row.spend_micros, actions)
        if day in days:
            days[day].add(sums)
        else:
            days[day] = sums
    return found


def last_id(name: str) -> str:
    return name.rsplit("/", 1)[-1].rsplit("~", 1)[-1]


def numbers_of(account: Account, resource: str, found: dict[str, Days]) -> Callable[[Message], Days]:
    """From one resource of a FROM clause to its days."""
    if resource == "customer":
        return lambda message: found.get(account.customer, {})
    if resource in ("campaign_budget", "bidding_strategy"):
        return lambda message: _merged(account, message, found)
    if resource == "experiment":
        return lambda message: _of_experiment(account, message, found)
    if resource == "keyword_view":
        shares = _KeywordShares(account, found)
        return shares.of
    return lambda message: found.get(last_id(message.resource_name), {})


def _merged(account: Account, message: Message, found: dict[str, Days]) -> Days:
    total: Days = {}
    for entry in account.store.pointing("campaign", message.resource_name):
        for day, sums in found.get(str(entry.message.id), {}).items():
            total.setdefault(day, Sums()).add(sums)
    return total


def _of_experiment(account: Account, experiment: Message, found: dict[str, Days]) -> Days:
    """The treatment's days, with the control's on the side, while the experiment ran."""
    if traffic.is_within(experiment):
        return _within_campaign(account, experiment, found)
    total: Days = {}
    for names, mine in zip(traffic.arms(account, experiment.resource_name), (False, True), strict=True):
        for name in names:
            for day, sums in found.get(last_id(name), {}).items():
                if not _within(experiment, day):
                    continue
                here = total.setdefault(day, Sums(control=Sums()))
                assert here.control is not None
                (here if mine else here.control).add(sums)
    return total


def _within_campaign(account: Account, experiment: Message, found: dict[str, Days]) -> Days:
    """Half of the campaign's days for each arm."""
    total: Days = {}
    for name in traffic.arms(account, experiment.resource_name)[1]:
        for day, sums in found.get(last_id(name), {}).items():
            if _within(experiment, day):
                total[day], control = split(sums, (1, 1))
                total[day].control = control
    return total


def _within(experiment: Message, day: str) -> bool:
    start, end = experiment.start_date, experiment.end_date
    return (not start or start <= day) and (not end or day <= end)


class _KeywordShares:
    """An ad group's day split among the keywords that lived that day: the older, the more."""

    def __init__(self, account: Account, found: dict[str, Days]) -> None:
        self.account, self.found = account, found
        self.done: dict[str, dict[str, Days]] = {}

    def of(self, criterion: Message) -> Days:
        group = criterion.ad_group
        if group not in self.done:
            self.done[group] = self._split(group)
        return self.done[group].get(criterion.resource_name, {})

    def _split(self, group: str) -> dict[str, Days]:
        keywords = [
            entry
            for entry in self.account.store.pointing("ad_group_criterion", group)
            if entry.message.HasField("keyword") and not entry.message.negative
        ]
        shared: dict[str, Days] = defaultdict(dict)
        for day, sums in self.found.get(last_id(group), {}).items():
            living = [entry for entry in keywords if not day or lived(entry, day)] or keywords
            weights = list(range(len(living), 0, -1))
            for entry, part in zip(living, split(sums, weights), strict=True):
                shared[entry.message.resource_name][day] = part
        return shared


def lived(entry: Entry, day: str) -> bool:
    return entry.created <= day and (not entry.removed or day <= entry.removed)


def split(sums: Sums, weights: Sequence[int]) -> list[Sums]:
    """Parts whose sums are the whole; counts stay whole numbers."""
    columns = [shares(int(each), weights) for each in (sums.impressions, sums.clicks, sums.cost_micros)]
    parts = list(map(Sums, *columns, repeat(NONE)))
    for action, (count, value) in sums.actions.items():
        counts, values = shares(int(count), weights), shares(int(value), weights)
        for part, one, worth in zip(parts, counts, values, strict=True):
            if one or worth:
                part.actions = {**part.actions, action: (one, worth)}
    return parts


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number in parts by weight, by cumulative rounding."""
    if not total:
        return [0] * len(weights)
    steps, whole = accumulate(weights), sum(weights)
    upto = [total * step // whole for step in steps]
    return [after - before for before, after in zip((0, *upto), upto, strict=False)]


@dataclass(frozen=True)
class Actions:
    """Which conversion action counts an action of the market, and which are bid for."""

    by_action: dict[str, Message]
    biddable: frozenset[str]


def actions(account: Account) -> Actions:
    found: dict[str, Message] = {}
    for action, category in CATEGORY.items():
        for entry in account.store.of("conversion_action").values():
            living = enum_name(entry.message, "status") == "ENABLED"
            if living and enum_name(entry.message, "category") == category:
                found.setdefault(action, entry.message)
    biddable = frozenset(
        name for name, one in found.items() if one.primary_for_goal and one.include_in_conversions_metric
    )
    return Actions(found, biddable)


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom else 0.0


# Metric → its value from (sums, conversions, their value, all conversions, their value).
# Money is in micros, values are in the account's currency.
Metric = Callable[[Sums, float, float, float, float], float]
METRICS: dict[str, Metric] = {
    "impressions": lambda s, c, v, a, w: s.impressions,
    "clicks": lambda s, c, v, a, w: s.clicks,
    "interactions": lambda s, c, v, a, w: s.clicks,
    "cost_micros": lambda s, c, v, a, w: s.cost_micros,
    "ctr": lambda s, c, v, a, w: _ratio(s.clicks, s.impressions),
    "interaction_rate": lambda s, c, v, a, w: _ratio(s.clicks, s.impressions),
    "average_cpc": lambda s, c, v, a, w: _ratio(s.cost_micros, s.clicks),
    "average_cost": lambda s, c, v, a, w: _ratio(s.cost_micros, s.clicks),
    "average_cpm": lambda s, c, v, a, w: _ratio(s.cost_micros * 1000, s.impressions),
    "conversions": lambda s, c, v, a, w: c,
    "conversions_value": lambda s, c, v, a, w: v,
    "all_conversions": lambda s, c, v, a, w: a,
    "all_conversions_value": lambda s, c, v, a, w: w,
    "view_through_conversions": lambda s, c, v, a, w: sum(
        count for name, (count, _) in s.actions.items() if name.endswith(BY_VIEW)
    ),
    "cost_per_conversion": lambda s, c, v, a, w: _ratio(s.cost_micros, c),
    "cost_per_all_conversions": lambda s, c, v, a, w: _ratio(s.cost_micros, a),
    "value_per_conversion": lambda s, c, v, a, w: _ratio(v, c),
    "value_per_all_conversions": lambda s, c, v, a, w: _ratio(w, a),
    "conversions_from_interactions_rate": lambda s, c, v, a, w: _ratio(c, s.clicks),
    "all_conversions_from_interactions_rate": lambda s, c, v, a, w: _ratio(a, s.clicks),
    "conversions_value_per_cost": lambda s, c, v, a, w: _ratio(v * 1e6, s.cost_micros),
    "all_conversions_value_per_cost": lambda s, c, v, a, w: _ratio(w * 1e6, s.cost_micros),
}
# Of an experiment: the control arm's numbers → the metric that they are measured by.
CONTROL = {
    "control_impressions": "impressions", "control_clicks": "clicks", "control_cost_micros": "cost_micros",
    "control_conversions": "conversions", "control_conversion_value": "conversions_value",
    "control_conversion_value_per_cost": "conversions_value_per_cost",
    "control_cost_per_conversion": "cost_per_conversion",
}  # fmt: skip
SIMULATED = METRICS.keys() | CONTROL.keys()
# Those that are simply one of the sums.
PLAIN = {
    "impressions": "impressions",
    "clicks": "clicks",
    "interactions": "clicks",
    "cost_micros": "cost_micros",
}
CONVERSION_METRICS = frozenset(
    name for name in METRICS if "conversion" in name and "cost" not in name and "rate" not in name
)


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
    "NOVEMBER", "DECEMBER",
)  # fmt: skip
# Segment → its value on a day; weeks begin on Monday: docstrings of Segments.
DAY_SEGMENTS: dict[str, Callable[[date], Any]] = {
    "date": date.isoformat,
    "week": lambda day: week_of(day).isoformat(),
    "month": lambda day: day.replace(day=1).isoformat(),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1).isoformat(),
    "year": lambda day: day.year,
    "day_of_week": lambda day: WEEKDAYS[day.weekday()],
    "month_of_year": lambda day: MONTHS[day.month - 1],
}
ACTION_SEGMENTS = ("conversion_action", "conversion_action_name", "conversion_action_category")
OTHER_SEGMENTS = ("device",)
CORE_DATES = frozenset({"date", "week", "month", "quarter", "year"})  # …/docs/query/segmentation


def by_action(sums: Sums, known: Iterable[str]) -> list[tuple[str, Sums]]:
    """One part per conversion action; only conversions, no clicks or cost."""
    return [(name, Sums(actions={name: sums.actions[name]})) for name in sums.actions if name in known]
