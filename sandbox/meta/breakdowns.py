"""Breakdowns of a report: each ad's day cut into people, places, positions or hours that sum to it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from sandbox.ledger import Sums
from sandbox.meta import targeting
from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.metrics import Numbers, numbers
from sandbox.meta.places import COUNTRIES, PLACES

if TYPE_CHECKING:
    from sandbox.meta.insights import Query

HOURLY = ("hourly_stats_aggregated_by_advertiser_time_zone", "hourly_stats_aggregated_by_audience_time_zone")
# Which may stand together (insights breakdowns guide, "combining breakdowns"); the order means nothing.
COMBINATIONS = frozenset(
    frozenset(each.split())
    for each in (
        "age", "gender", "age gender", "country", "region", "publisher_platform", "impression_device",
        "device_platform", "publisher_platform device_platform",
        "publisher_platform platform_position", "publisher_platform impression_device",
        "publisher_platform platform_position impression_device", HOURLY[0], HOURLY[1],
    )
)  # fmt: skip
KNOWN = frozenset(name for each in COMBINATIONS for name in each)
PEOPLE = frozenset({"reach", "frequency", "cpp"})  # counts of people: none by the hour, 13 months at most
PEOPLE_MONTHS = 13
ROUGH = 0.3  # how far an ad's shares may be from the usual ones; a choice, as are all weights below
AGES = {
    "13-17": (13, 17, 4), "18-24": (18, 24, 22), "25-34": (25, 34, 29), "35-44": (35, 44, 21),
    "45-54": (45, 54, 13), "55-64": (55, 64, 7), "65+": (65, 65, 4),
}  # fmt: skip
GENDERS = {"female": (2, 49), "male": (1, 49), "unknown": (0, 2)}
PUBLISHERS = {"facebook": 52, "instagram": 40, "audience_network": 4, "messenger": 4}
POSITIONS = {
    "facebook": {"feed": 70, "facebook_reels": 18, "facebook_stories": 12},
    "instagram": {"feed": 45, "instagram_reels": 30, "instagram_stories": 25},
    "audience_network": {"an_classic": 100},
    "messenger": {"messenger_inbox": 100},
}
IMPRESSION_DEVICES = {"android_smartphone": 58, "iphone": 30, "desktop": 8, "ipad": 2, "android_tablet": 2}
DEVICE_PLATFORMS = {"mobile_app": 86, "mobile_web": 6, "desktop": 8}
HOURS = [1, 1, 1, 1, 1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 5, 5, 5, 6, 7, 8, 9, 8, 5, 2]
Segment = tuple[str, ...]  # a value of each breakdown, in the order asked for
Cut = dict[Segment, int]
Arrived = tuple[str, int, int, int]  # action, lag in days, count, value in micros


@dataclass(frozen=True)
class Split:
    """One row of a broken-down report, before it is shown."""

    row: Numbers
    segment: Segment

    @property
    def key(self) -> str:
        """By which rows are ordered, and after which a page goes on."""
        return "|".join((self.row.sums.id, *self.segment))


def check(names: Sequence[str]) -> list[str]:
    """The breakdowns of a request; raises GraphError for unknown ones and those that do not go together."""
    for name in names:
        if name not in KNOWN:
            detail = f"{name} is not one of {', '.join(sorted(KNOWN))}"
            raise refuse("insights_value", "breakdowns", name="breakdowns", detail=detail)
    if names and frozenset(names) not in COMBINATIONS:
        raise refuse("breakdown_pair", "breakdowns", names=", ".join(names))
    return list(dict.fromkeys(names))


def rows(graph: Graph, query: Query, span: tuple[date, date], column: str) -> list[Split]:
    """A bucket's rows by id and segment: every ad's day is cut, and the cuts are added up by the level."""
    parts: dict[tuple[str, Segment], _Part] = {}
    day = span[0]
    while day <= span[1]:
        arrived = _arrived(graph, query, day)
        for sums in graph.ledger.totals("meta", "ad_id", day, day, query.only):
            shares = _shares(graph, sums, query.breakdowns)
            owner = {"ad_id": sums.id, "account": graph.account}.get(column) or getattr(sums, column)
            for segment, cut in _cut(sums, arrived.get(sums.id, []), shares, graph.minor_micros):
                parts.setdefault((owner, segment), _Part(sums, owner)).add(cut)
        day += timedelta(days=1)
    made = [Split(part.numbers(graph), segment) for (_, segment), part in parts.items()]
    return sorted((each for each in made if each.row.sums.impressions), key=lambda each: each.key)


class _Part:
    """What one segment of one object adds up to."""

    def __init__(self, sums: Sums, owner: str) -> None:
        self._of, self._owner = sums, owner
        self._whole: dict[str, int] = defaultdict(int)
        self._reach_max, self._days = 0, 0
        self._conversions: dict[tuple[str, int], list[int]] = {}

    def add(self, cut: Mapping[Any, int]) -> None:
        for name, number in cut.items():
            if isinstance(name, str):
                self._whole[name] += number
            else:
                action, lag, index = name
                self._conversions.setdefault((action, lag), [0, 0])[index] += number
        self._reach_max, self._days = max(self._reach_max, cut["reach_sum"]), self._days + 1

    def numbers(self, graph: Graph) -> Numbers:
        whole, of = self._whole, self._of
        sums = Sums(
            self._owner, of.ad_set_id, of.campaign_id, whole["impressions"], whole["clicks"],
            whole["reach_sum"], self._reach_max, self._days, whole["spend_micros"], whole["visits"],
            whole["carts"],
        )  # fmt: skip
        found = [(action, lag, n, micros) for (action, lag), (n, micros) in sorted(self._conversions.items())]
        return numbers(graph, sums, [each for each in found if each[2] or each[3]])


ADDITIVE = ("impressions", "clicks", "reach_sum", "spend_micros", "visits", "carts")


def _cut(
    sums: Sums, conversions: Iterable[Arrived], shares: Mapping[Segment, float], unit: int
) -> Iterator[tuple[Segment, dict[Any, int]]]:
    """Every number of an ad's day in whole parts that sum to it; money in units that a report shows."""
    cuts: dict[Any, Cut] = {name: _parts(getattr(sums, name), shares) for name in ADDITIVE}
    cuts["spend_micros"] = _parts(sums.spend_micros, shares, unit)
    for action, lag, count, micros in conversions:
        counted = _parts(count, shares)
        worth = {segment: n / count for segment, n in counted.items()} if count else shares
        cuts[action, lag, 0], cuts[action, lag, 1] = counted, _parts(micros, worth, unit)
    for segment in shares:
        yield segment, {name: cut[segment] for name, cut in cuts.items()}


def _parts(number: int, shares: Mapping[Segment, float], unit: int = 1) -> Cut:
    """Parts of whole units in proportion to the shares: what is left over goes where the most is missing."""
    units, rest = divmod(number, unit)
    made = {segment: int(units * share) for segment, share in shares.items()}
    missing = sorted(shares, key=lambda segment: (made[segment] - units * shares[segment], segment))
    for segment in missing[: units - sum(made.values())]:
        made[segment] += 1
    cut = {segment: count * unit for segment, count in made.items()}
    cut[missing[0]] += rest
    return cut


def _arrived(graph: Graph, query: Query, day: date) -> dict[str, list[Arrived]]:
    found: dict[str, list[Arrived]] = defaultdict(list)
    for row in graph.ledger.arrived("meta", "ad_id", day, day, query.only, graph.today()):
        found[row[0]].append(row[1:])
    return found


def _shares(graph: Graph, sums: Sums, names: Sequence[str]) -> dict[Segment, float]:
    """Shares of an ad by segment, summing to one: the usual ones within its targeting, a little off."""
    adset = graph.store.get(sums.ad_set_id, "adset")
    spec = adset.data["targeting"] if adset else {}
    weights = {segment: weight * _off(sums.id, segment) for segment, weight in _usual(graph, spec, names)}
    whole = sum(weights.values())
    return {segment: weight / whole for segment, weight in weights.items()}


def _off(ad: str, segment: Segment) -> float:
    digest = hashlib.sha256(repr((ad, segment)).encode()).digest()
    return 1 - ROUGH + 2 * ROUGH * digest[0] / 255


def _usual(graph: Graph, spec: dict[str, Any], names: Sequence[str]) -> list[tuple[Segment, float]]:
    if "platform_position" in names:
        placed = [
            ({"publisher_platform": where, "platform_position": position}, weight * share)
            for where, weight in _publishers(graph, spec)
            for position, share in POSITIONS.get(where, {where: 100}).items()
        ]
        devices = [({"impression_device": name}, float(n)) for name, n in IMPRESSION_DEVICES.items()]
        other = devices if "impression_device" in names else [({}, 1.0)]
        pairs = [({**one, **two}, a * b) for (one, a), (two, b) in product(placed, other)]
        return [(tuple(str(found[name]) for name in names), weight) for found, weight in pairs]
    lists = [_VALUES[name](graph, spec) for name in names]
    made = []
    for combination in product(*lists):
        weight = 1.0
        for _, each in combination:
            weight *= each
        made.append((tuple(value for value, _ in combination), weight))
    return made


Weighted = list[tuple[str, float]]


def _ages(graph: Graph, spec: dict[str, Any]) -> Weighted:
    least, most = spec.get("age_min", 18), spec.get("age_max", 65)
    return [(name, weight) for name, (a, b, weight) in AGES.items() if a <= most and b >= least]


def _genders(graph: Graph, spec: dict[str, Any]) -> Weighted:
    chosen = set(spec.get("genders", ())) - {0}
    return [(name, w) for name, (key, w) in GENDERS.items() if len(chosen) != 1 or key in chosen]


def _countries(graph: Graph, spec: dict[str, Any]) -> Weighted:
    geo = spec.get("geo_locations", {})
    people: dict[str, float] = defaultdict(float)
    for code in geo.get("countries", ()):
        people[code] += COUNTRIES[code][1]
    for plural, kind in (("regions", "region"), ("cities", "city")):
        for one in geo.get(plural, ()):
            place = PLACES[kind, targeting.key_of(one)]
            people[place.country] += place.people
    for one in geo.get("zips", ()):
        people[targeting.key_of(one)[:2]] += 1
    return sorted(people.items()) or [("TR", 1.0)]


def _regions(graph: Graph, spec: dict[str, Any]) -> Weighted:
    geo = spec.get("geo_locations", {})
    named: dict[str, float] = defaultdict(float)
    for one in geo.get("regions", ()):
        place = PLACES["region", targeting.key_of(one)]
        named[place.name] += place.people
    for one in geo.get("cities", ()):
        place = PLACES["city", targeting.key_of(one)]
        named[place.region] += place.people
    for code in geo.get("countries", ()):
        inside = [p for p in PLACES.values() if p.type == "region" and p.country == code]
        for place in inside:
            named[place.name] += place.people
        if not inside:
            named["Unknown"] += COUNTRIES[code][1]
    return sorted(named.items()) or [("Unknown", 1.0)]


def _publishers(graph: Graph, spec: dict[str, Any]) -> Weighted:
    chosen = spec.get("publisher_platforms") or list(PUBLISHERS)
    return [(name, PUBLISHERS.get(name, 3)) for name in sorted(set(chosen))]


def _devices(graph: Graph, spec: dict[str, Any]) -> Weighted:
    return [(name, float(weight)) for name, weight in IMPRESSION_DEVICES.items()]


def _platforms(graph: Graph, spec: dict[str, Any]) -> Weighted:
    return [(name, float(weight)) for name, weight in DEVICE_PLATFORMS.items()]


def _hours(graph: Graph, spec: dict[str, Any]) -> Weighted:
    return [(f"{hour:02}:00:00 - {hour:02}:59:59", weight) for hour, weight in enumerate(HOURS)]


_VALUES: dict[str, Callable[[Graph, dict[str, Any]], Weighted]] = {
    "age": _ages,
    "gender": _genders,
    "country": _countries,
    "region": _regions,
    "publisher_platform": _publishers,
    "impression_device": _devices,
    "device_platform": _platforms,
    **dict.fromkeys(HOURLY, _hours),
}
