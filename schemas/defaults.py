"""`defaults`: what is so at a level of a campaign where nothing nearer says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Names
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter, create_model

from schemas.campaign import Ad, AdSet, Campaign
from schemas.creative import Creative
from schemas.errors import Problem
from schemas.expand import Expander
from schemas.inherit import Strategy
from schemas.problems import noted, point, validate
from schemas.tree import Entry, Mapping, Node, Place, Scalar, Sequence
from schemas.types import PLATFORMS, Model

LEVELS: Names[str, type[Model]] = {"campaign": Campaign, "ad_set": AdSet, "ad": Ad, "creative": Creative}
_ITS_OWN = "write it at the {level} itself, whose own it is"
_FROM_ABOVE = "an ad set takes it from its campaign: write it there, or under `defaults.campaign`"
# What no default can say, and where it is said instead. What an ad set takes from its campaign has its
# default there: with one on each level it would be a guess which of the two is nearer.
REFUSED: Names[str, Names[str, str]] = {
    "campaign": dict.fromkeys(("campaign", "name", "moved", "ad_sets", "defaults"), _ITS_OWN),
    "ad_set": {
        **dict.fromkeys(("ad_set", "name", "moved", "ads"), _ITS_OWN),
        **dict.fromkeys(("flight", "optimize_for", "conversion", "audience"), _FROM_ABOVE),
    },
    "ad": {
        **dict.fromkeys(("ad", "name", "moved"), _ITS_OWN),
        "creative": "write what creatives share under `defaults.creative`",
    },
    "creative": {},
}
# Taken as they are or not at all: half of one, mixed with half of another, would be what nobody wrote.
WHOLE = ("budget", "bid", "flight", "utm")
# Taken only where none of the others is there: an ad shows one of them.
ALTERNATIVES: Names[str, tuple[str, ...]] = {
    "image": ("video", "cards"),
    "video": ("image", "cards"),
    "thumbnail": ("image", "cards"),
    "cards": ("image", "video"),
}
BRAND = "the brand"
Fill = Callable[[Mapping], Mapping]


@dataclass(frozen=True, slots=True)
class Layer:
    """One declaration of defaults by level, expanded; `taken` grows by the ids of entries that are used."""

    levels: Names[str, Mapping] = field(default_factory=dict)
    of: str = BRAND
    taken: set[int] = field(default_factory=set)
    places: Names[str, Place] = field(default_factory=dict)  # of the levels' own keys

    @classmethod
    def read(cls, declared: Node | None, of: str = BRAND) -> Layer:
        """As it stands in a tree; what is malformed is left out, it is reported elsewhere."""
        entries = declared.entries.items() if isinstance(declared, Mapping) else ()
        levels = {key: each.node for key, each in entries if isinstance(each.node, Mapping)}
        return cls(levels, of, places={key: each.place for key, each in entries})

    def problems(self) -> Iterator[Problem]:
        """What is wrong in the defaults themselves, whether anything takes them or not."""
        for level, node in self.levels.items():
            if level == "campaign" and self.of != BRAND:
                problem = Problem("not a matter of defaults", "`campaign`", "write its keys on the campaign")
                yield noted(problem, self.places[level])
            elif level in LEVELS:
                yield from _refused(level, node)
                found = validate(_adapter(level), part_of(level), node.without(*REFUSED[level])).findings
                missing = "a key is missing"  # a part is enough
                yield from (noted(f.problem, f.place) for f in found if f.problem.summary != missing)

    def untaken(self) -> Iterator[Problem]:
        """A warning for each default that nothing takes."""
        for level, node in self.levels.items():
            for path in self._untaken(node):
                detail = f"`{'.'.join((level, *path))}`: each {_said(level)} has its own, or there is none"
                problem = Problem("a default that nothing takes", detail, "delete it")
                yield noted(problem, point(node, path))

    def _untaken(self, node: Mapping) -> Iterator[tuple[str, ...]]:
        """Paths that end where all is unused."""
        for key, entry in node.entries.items():
            if id(entry) in self.taken or entry.place.use:
                continue
            if self._touched(entry.node) and isinstance(entry.node, Mapping):
                yield from ((key, *path) for path in self._untaken(entry.node))
            else:
                yield (key,)

    def _touched(self, node: Node) -> bool:
        entries = node.entries.values() if isinstance(node, Mapping) else ()
        return any(id(each) in self.taken or self._touched(each.node) for each in entries)


def expanded(declared: Node | None, expander: Expander, names: Names[str, Node]) -> Layer:
    """The brand's defaults, their variables worked out once: they are the same wherever they are taken."""
    if not isinstance(declared, Mapping):
        return Layer()
    expander.within = frozenset(("defaults",))
    return Layer.read(expander.file(declared, names))


def filled(campaign: Mapping, layers: list[Layer], strategy: Strategy) -> Mapping:
    """The expanded campaign with what it leaves unsaid; the nearest layer goes first.

    Mappings fill key by key, lists are taken whole; so is what WHOLE names. What a default says of a platform
    is taken where the campaign runs on it.
    """
    for layer in layers:
        campaign = _Filling(layer, campaign, strategy).itself()
    for layer in layers:
        campaign = _Filling(layer, campaign, strategy).below()
    return campaign


class _Filling:
    """One layer laid beneath one campaign."""

    def __init__(self, layer: Layer, campaign: Mapping, strategy: Strategy) -> None:
        self.layer, self.campaign, self.strategy = layer, campaign, strategy
        default = layer.levels.get("campaign")
        said = campaign.get("platforms") or (default.get("platforms") if default else None)
        self.elsewhere = _elsewhere(said)

    def itself(self) -> Mapping:
        ad_sets = self.campaign.get("ad_sets")
        items = ad_sets.items if isinstance(ad_sets, Sequence) else []
        theirs = any(_says(each, "budget") for each in items)  # where a budget is written is where it lives
        return self.level("campaign", self.campaign, ("budget",) if theirs else ())

    def below(self) -> Mapping:
        if self.layer.levels.keys() <= {"campaign"}:
            return self.campaign
        without = ("budget",) if _says(self.campaign, "budget") else ()
        return _each(self.campaign, "ad_sets", partial(self.ad_set, without=without))

    def ad_set(self, node: Mapping, without: tuple[str, ...]) -> Mapping:
        return _each(self.level("ad_set", node, without), "ads", self.ad)

    def ad(self, node: Mapping) -> Mapping:
        made = self.level("ad", node)
        creative = made.get("creative")
        if not isinstance(creative, Mapping) or _says(creative.get("meta"), "post"):
            return made  # a post has words and pictures of its own
        taken = self.level("creative", creative)
        return made if taken is creative else _with(made, "creative", taken)

    def level(self, name: str, node: Mapping, without: tuple[str, ...] = ()) -> Mapping:
        default = self.layer.levels.get(name)
        return node if default is None else self.beneath(node, default, frozenset((*without, *REFUSED[name])))

    def beneath(self, own: Mapping, default: Mapping, without: frozenset[str] = frozenset()) -> Mapping:
        """A mapping with what only the default says."""
        entries = dict(own.entries)
        for key, entry in default.entries.items():
            there = own.entries.get(key)
            if key in without or key in self.elsewhere or (there is None and self.instead(own, key)):
                continue
            if there is None:
                self.layer.taken.add(id(entry))
                entries[key] = Entry(key, self.told(entry.place, own.place), self.here(entry.node))
            elif key not in WHOLE and isinstance(there.node, Mapping) and isinstance(entry.node, Mapping):
                entries[key] = replace(there, node=self.merged(key, there.node, entry.node))
        unchanged = all(entries[key] is own.entries.get(key) for key in entries)
        return own if unchanged else replace(own, entries=entries)

    def merged(self, key: str, own: Mapping, default: Mapping) -> Mapping:
        skip = own.get("skip")
        if isinstance(skip, Scalar) and skip.value is True:
            return own
        persona = self.strategy.persona(own) if key == "audience" else None
        return self.beneath(own, default, frozenset(persona.entries if persona else ()))

    def instead(self, own: Mapping, key: str) -> bool:
        return any(_says(own, other) for other in ALTERNATIVES.get(key, ()))

    def here(self, node: Node) -> Node:
        """A default's value without what it says of platforms on which the campaign does not run."""
        if not isinstance(node, Mapping) or not self.elsewhere:
            return node
        kept = {
            key: replace(entry, node=self.here(entry.node))
            for key, entry in node.entries.items()
            if key not in self.elsewhere
        }
        return Mapping(kept, node.place)

    def told(self, place: Place, taker: Place) -> Place:
        use = f"a default of {self.layer.of}, taken at {taker.source.file}:{taker.line}"
        return replace(place, use="; ".join(filter(None, (place.use, use))))


def _elsewhere(platforms: Node | None) -> frozenset[str]:
    """Platforms on which a campaign does not run; none where it does not say on which it does."""
    items = platforms.items if isinstance(platforms, Sequence) else []
    named = {item.text for item in items if isinstance(item, Scalar)}
    return frozenset(PLATFORMS) - named if named & set(PLATFORMS) else frozenset()


def _says(node: Node | None, key: str) -> bool:
    """Whether a mapping has a value under a key; nothing at all, `~`, is none."""
    found = node.get(key) if isinstance(node, Mapping) else None
    return found is not None and not (isinstance(found, Scalar) and found.value is None)


def _each(node: Mapping, key: str, fill: Fill) -> Mapping:
    """A mapping whose list of mappings under a key is filled."""
    items = node.get(key)
    if not isinstance(items, Sequence):
        return node
    made = [fill(item) if isinstance(item, Mapping) else item for item in items.items]
    return _with(node, key, replace(items, items=made))


def _with(node: Mapping, key: str, value: Node) -> Mapping:
    return replace(node, entries={**node.entries, key: replace(node.entries[key], node=value)})


def _said(level: str) -> str:
    return level.replace("_", " ")


def _refused(level: str, node: Mapping) -> Iterator[Problem]:
    for key, fix in REFUSED[level].items():
        if key in node.entries:
            problem = Problem("not a matter of defaults", f"`{level}.{key}`", fix.format(level=_said(level)))
            yield noted(problem, node.entries[key].place)


@cache
def _adapter(level: str) -> TypeAdapter[Any]:
    return TypeAdapter(part_of(level))


@cache
def part_of(level: str) -> type[Model]:
    """A level's model with every key left to choice, of which a default is a part."""
    model = LEVELS[level]
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name not in REFUSED[level]:
            optional = copy(info)
            optional.default, optional.default_factory = None, None
            fields[name] = (info.annotation, optional)
    return create_model(model.__name__, __base__=Model, __doc__=model.__doc__, **fields)
