"""What an ad set takes from its campaign, and both from the brand's strategy: a persona, a season's days."""

from __future__ import annotations

from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace

from schemas.expand import merged
from schemas.tree import Entry, Mapping, Node, Scalar, Sequence
from schemas.types import slugify

# What an ad set takes from its campaign when it does not say it itself.
_INHERITED = ("optimize_for", "conversion")
_UNITED = ("include", "exclude")
_UNKNOWN_START = "2000-01-01"  # stands in for the start of a season that is not there, which is reported


@dataclass(frozen=True, slots=True)
class Strategy:
    """The brand's personas and seasons as trees, by key."""

    personas: Names[str, Mapping] = field(default_factory=dict)
    seasons: Names[str, Mapping] = field(default_factory=dict)

    @classmethod
    def of(cls, brand: Mapping) -> Strategy:
        """As kampanya.yaml declares them; what is malformed there is left out."""
        personas, calendar = brand.get("personas"), brand.get("calendar")
        entries = personas.entries.items() if isinstance(personas, Mapping) else ()
        items = calendar.items if isinstance(calendar, Sequence) else ()
        return cls(
            {slugify(key): entry.node for key, entry in entries if isinstance(entry.node, Mapping)},
            {_key(item, "season"): item for item in items if isinstance(item, Mapping)},
        )

    def audience(self, audience: Mapping) -> Mapping:
        """An audience with its persona's targeting beneath its own."""
        persona = self.persona(audience)
        return united(persona, audience) if persona else audience

    def persona(self, audience: Mapping) -> Mapping | None:
        """The persona that an audience names."""
        return self.personas.get(_key(audience, "persona"))

    def flight(self, level: Mapping) -> Mapping:
        """A campaign or ad set whose flight has the days of the season that it names."""
        flight = level.get("flight")
        if not isinstance(flight, Mapping) or "season" not in flight.entries:
            return level
        named = flight.entries["season"]
        season = self.seasons.get(_key(flight, "season"))
        found = dict(season.entries) if season else {}
        if not {"start"} & (found.keys() | flight.entries.keys()):
            stand_in = Scalar(_UNKNOWN_START, _UNKNOWN_START, named.node.place)
            found["start"] = Entry("start", named.place, stand_in)
        days = {key: entry for key, entry in found.items() if key in ("start", "end")}
        made = replace(flight, entries={**days, **flight.entries})
        return replace(
            level, entries={**level.entries, "flight": replace(level.entries["flight"], node=made)}
        )


def inherited(campaign: Mapping, strategy: Strategy) -> Mapping:
    """The campaign's tree with every ad set complete: its audience merged, its goal and days filled in."""
    campaign = strategy.flight(campaign)
    ad_sets = campaign.get("ad_sets")
    if not isinstance(ad_sets, Sequence):
        return campaign
    items = [
        _ad_set(campaign, strategy.flight(item), strategy) if isinstance(item, Mapping) else item
        for item in ad_sets.items
    ]
    entry = replace(campaign.entries["ad_sets"], node=replace(ad_sets, items=items))
    return replace(campaign, entries={**campaign.entries, "ad_sets": entry})


def _ad_set(campaign: Mapping, ad_set: Mapping, strategy: Strategy) -> Mapping:
    entries = dict(ad_set.entries)
    for key in (*_INHERITED, "audience"):
        if key in campaign.entries and key not in entries:
            entries[key] = campaign.entries[key]
    audience = _audience(campaign.get("audience"), ad_set.get("audience"), strategy)
    if audience is not None:
        entries["audience"] = replace(entries["audience"], node=audience)
    return replace(ad_set, entries=entries)


def _audience(theirs: Node | None, ours: Node | None, strategy: Strategy) -> Mapping | None:
    """An ad set's audience over its campaign's; a persona of its own replaces the campaign's persona."""
    above = theirs if isinstance(theirs, Mapping) else None
    own = ours if isinstance(ours, Mapping) else None
    if own is None:
        return strategy.audience(above) if above and ours is None else None
    if above is None:
        return strategy.audience(own)
    if "persona" not in own.entries:
        above = strategy.audience(above)
    return united(above, strategy.audience(own))


def united(theirs: Mapping, ours: Mapping) -> Mapping:
    """One audience merged over another: `include` and `exclude` add up, anything else replaces."""
    both = merged(theirs, ours)
    for key in _UNITED:
        first, second = theirs.get(key), ours.get(key)
        if isinstance(first, Sequence) and isinstance(second, Sequence):
            both_items = (*first.items, *second.items)
            named = {item.text if isinstance(item, Scalar) else id(item): item for item in both_items}
            entry = both.entries[key]
            both.entries[key] = replace(entry, node=replace(second, items=list(named.values())))
    return both


def _key(node: Mapping, name: str) -> str:
    found = node.get(name)
    return slugify(found.text) if isinstance(found, Scalar) else ""
