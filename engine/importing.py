"""A live account as campaigns of the language: the inverse of engine.compile for whole trees.

what the platform has ─spoken─▸ neutral fields ─▸ nested YAML, what its ad sets share said once
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.authoring import age, money, plain
from engine.compile import PERIODS
from engine.library import Library
from engine.readname import Reader
from engine.resource import Address, Fields, Observed, Value
from engine.supports import Supports
from schemas.types import slugify

WORDS = {period: word for word, period in PERIODS.items()}
LEVELS = {  # kind → ours
    "campaign": "campaign",
    "ad_set": "ad_set",
    "ad_group": "ad_set",
    "asset_group": "ad_set",
    "ad": "ad",
}
# Heads of names: of its only ad, the brand, its campaign, every ad of an ad set.
SOLE, SHARED_WITH_ALL, ABOVE, BELOW = "ad", "brand", "top", "below"
CHILDREN = {"campaign": "ad_sets", "ad_set": "ads"}
SHARED = ("audience", "optimize_for")  # what a campaign may say for all its ad sets
EMPTY: tuple[Any, ...] = (None, (), [], {}, "")
UTM = "creative.utm"  # of which nothing says something: no parameters at all
ELSEWHERE = (SOLE, SHARED_WITH_ALL, ABOVE, BELOW)
BY_ITSELF = "creative.by_itself"  # the platform makes the ad, and leads it somewhere, without an address
ONLY = "ad"  # the key of an only ad
Speak = Callable[[str, Fields], tuple[Fields, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Lost:
    """Something of the account that the campaigns do not say, and why."""

    subject: str
    what: str
    why: str


@dataclass(slots=True)
class Draft:
    """One object as YAML, with what hangs under it. `address` is what it would be declared as.

    `sole` is the body of its only ad, where the platform has none: its ad set holds what such an ad says.
    `above` is what the platform keeps here and the language says of the whole campaign, `below` of each ad.
    """

    address: Address
    seen: Observed
    body: dict[str, Any]
    children: list[Draft] = field(default_factory=list)
    sole: dict[str, Any] = field(default_factory=dict)
    above: dict[str, Value] = field(default_factory=dict)
    below: dict[str, Value] = field(default_factory=dict)

    def whole(self) -> dict[str, Any]:
        """The body with its children in it."""
        level = LEVELS[self.address.kind]
        inner = {CHILDREN[level]: [each.whole() for each in self.children]} if level in CHILDREN else {}
        return {**self.body, **inner}

    def all(self) -> Iterator[Draft]:
        yield self
        for each in self.children:
            yield from each.all()


@dataclass(slots=True)
class Importer:
    """One import: `observed` by what it hangs under; everything that cannot be said goes to `lost`.

    `shared` is what goes to the brand's own file, by its path there.
    """

    platform: str
    supports: Supports
    speak: Speak
    taken: set[str]
    library: Library
    reader: Reader | None = None
    lost: list[Lost] = field(default_factory=list)
    below: dict[tuple[str, str], list[Observed]] = field(default_factory=dict)
    shared: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def campaigns(self, observed: Iterable[Observed]) -> list[Draft]:
        """Every campaign that has an ad set with an ad; the others are lost, with the reason."""
        tops = []
        for each in observed:
            parent = self.supports.kinds[each.kind].parent
            if each.archived:
                continue
            if parent is not None:
                key = self.supports.kinds[each.kind].parent_kind or "", str(each.fields.get(parent))
                self.below.setdefault(key, []).append(each)
            elif each.kind in LEVELS:
                tops.append(each)
            else:
                self.library.put(each)
        self.library.below = self.below
        drafts = (self.draft(each, "", self.taken) for each in tops)
        return [made for made in drafts if made is not None]

    def draft(self, seen: Observed, above: str, taken: set[str]) -> Draft | None:
        """The object and what hangs under it; None where nothing is left of it that could be declared."""
        level = LEVELS[seen.kind]
        read = self.reader.fields(level, seen.label) if self.reader else {}
        key = _key(seen, level, taken, read.get(level))
        address = Address(self.platform, seen.kind, f"{above}/{key}" if above else key)
        said = self.said(seen)
        if said is None:
            return None
        own = {name: value for name, value in said.items() if name.partition(".")[0] not in ELSEWHERE}
        made = Draft(address, seen, {level: key, **_body(own, self.platform)})
        for name in said.keys() - own.keys():
            self.add(made, name, said[name])
        keys: set[str] = set()
        for each in self.below.get((seen.kind, seen.id), ()):
            if each.kind in LEVELS:
                inner = self.draft(each, address.key, keys)
                made.children += [inner] if inner else []
            else:
                self.part(each, made)
        if made.sole:
            made.children.append(self.only_ad(made))
        for under in made.children:
            for name, value in made.below.items():
                _put(under.body, *_written(name, value, self.platform))
        if level in CHILDREN and not made.children:
            self.miss(
                seen, "all of it", f"it has no {CHILDREN[level][:-1].replace('_', ' ')} that can be said"
            )
            return None
        if level == "campaign":
            self.complete(made, said)
        return made

    def said(self, seen: Observed) -> dict[str, Value] | None:
        """Neutral fields; an ad's with those of its creative. None where an ad has no content to say."""
        linked = self.library.objects.get(("creative", _creative_id(seen.fields)))
        fields, unsaid = self.spoken(seen)
        said = dict(fields)
        if linked is not None:
            content, wordless = self.spoken(linked)
            said = {name: each for name, each in said.items() if name != "creative"} | dict(content)
            unsaid = (unsaid - {"creative"}) | {f"creative.{each}" for each in wordless}
        for name in sorted(unsaid):
            self.miss(seen, name, "the language has no word for it")
        if LEVELS[seen.kind] == "ad":
            _content(said)
            whole = "creative.headlines" in said and "creative.url" in said
            if not (whole or {"creative.meta.post", "creative.cards", BY_ITSELF} & said.keys()):
                self.miss(seen, "all of it", "its content cannot be said")
                return None
        return said

    def spoken(self, seen: Observed) -> tuple[Fields, frozenset[str]]:
        """What is said of an object, with what it links to in the place of ids."""
        return self.speak(seen.kind, self.library.linked(seen.kind, seen.fields))

    def part(self, seen: Observed, owner: Draft) -> None:
        """A keyword and the like: a line of the object it hangs under."""
        if first := self.library.copied(seen.kind, seen.fields):
            self.miss(
                seen, "all of it", f"{first} says the same and is used too: one of them can be declared"
            )
            return
        fields, unsaid = self.spoken(seen)
        for name, value in fields.items():
            self.add(owner, name, value)
        for name in sorted(unsaid) if fields else ("all of it",):
            self.miss(seen, name, "the language has no word for it")

    def add(self, owner: Draft, name: str, value: Value) -> None:
        """A value at its place: what several parts say of one list is one list."""
        head, _, rest = name.partition(".")
        if head == SHARED_WITH_ALL:
            self.shared[tuple(rest.split("."))] = plain(value)
            return
        if head in (ABOVE, BELOW):
            (owner.above if head == ABOVE else owner.below)[rest] = value
            return
        block = owner.sole if head == SOLE else owner.body
        (*path, last), written = _written(rest if head == SOLE else name, value, self.platform)
        for each in path:
            block = block.setdefault(each, {})
        if isinstance(written, list):
            block.setdefault(last, []).extend(written)
        elif not _says_nothing(name, written):
            block[last] = written

    def only_ad(self, owner: Draft) -> Draft:
        """What an ad set without ads of its own holds, as the one ad that the language has it be."""
        address = Address(self.platform, "ad", f"{owner.address.key}/{ONLY}")
        return Draft(address, owner.seen, {"ad": ONLY, **owner.sole})

    def complete(self, made: Draft, said: Mapping[str, Value]) -> None:
        """What a campaign must say and its platform keeps elsewhere; what its ad sets share, said once."""
        for name, value in {name: one for each in made.all() for name, one in each.above.items()}.items():
            if not _says_nothing(name, value):
                _put(made.body, *_written(name, value, self.platform))
        made.body.setdefault("objective", _objective(said))
        made.body["platforms"] = [self.platform]
        flights = [each.body.get("flight") for each in made.children]
        own = made.body.get("flight") or {}
        first = min(
            (str(each["start"]) for each in [own, *flights] if each and each.get("start")), default=None
        )
        if first is None:
            self.miss(
                made.seen, "start", "the platform tells none; the first day of the import stands for it"
            )
        common = (
            flights[0] if flights and flights[0] and all(each == flights[0] for each in flights) else None
        )
        made.body["flight"] = own if own.get("start") else common or {"start": first}
        for each in made.children:
            if each.body.get("flight") == made.body["flight"]:
                del each.body["flight"]
        for name in SHARED:
            _share(made, name)

    def miss(self, seen: Observed, what: str, why: str) -> None:
        label = f" “{seen.label}”" if seen.label else ""
        self.lost.append(Lost(f"{seen.platform} {seen.kind} {seen.id}{label}", what, why))


def _key(seen: Observed, level: str, taken: set[str], said: str | None) -> str:
    """A key of its own: the one its name says by the brand's pattern, else made of the whole name."""
    base = (said or slugify(seen.label))[:56].strip("-") or f"{level.replace('_', '-')}-{seen.id}"[:56]
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    taken.add(key)
    return key


def _creative_id(fields: Fields) -> str:
    linked = fields.get("creative")
    if isinstance(linked, Mapping):
        linked = linked.get("creative_id")
    return str(linked)


def _content(said: dict[str, Value]) -> None:
    """A text ad's own texts are its creative."""
    for theirs, ours in (
        ("options.headlines", "creative.headlines"),
        ("options.descriptions", "creative.texts"),
    ):
        if theirs in said and ours not in said:
            said[ours] = said.pop(theirs)


def _objective(said: Mapping[str, Value]) -> str:
    """Where the platform has no objectives (Google), the one whose way of bidding it is."""
    bidding = said.get("options.bidding")
    strategy = str(bidding.get("strategy", "")) if isinstance(bidding, Mapping) else ""
    return "sales" if "conversion" in strategy else "traffic"


def _says_nothing(name: str, value: Any) -> bool:
    return value in EMPTY and not name.endswith(UTM)


def _path(name: str, platform: str) -> list[str]:
    head, *rest = name.split(".")
    return [platform, *rest] if head == "options" else [head, *rest]


def _body(said: Mapping[str, Value], platform: str) -> dict[str, Any]:
    """Neutral fields as an author writes them; what says nothing is left out."""
    body: dict[str, Any] = {"creative": {}} if BY_ITSELF in said else {}
    for name, value in said.items():
        if _says_nothing(name, value) or value is False or (name, value) == ("status", "active"):
            continue
        if name != BY_ITSELF:
            _put(body, *_written(name, value, platform))
    return body


def _written(name: str, value: Value, platform: str) -> tuple[list[str], Any]:
    """Where an author writes a neutral field, and how."""
    path = _path(name, platform)
    if name == "budget" and isinstance(value, Mapping):
        return path, {WORDS[str(value["period"])]: money(value)}
    if name in ("start", "end"):
        return ["flight", name], plain(value)
    if name == "conversion":
        return path, {platform: value}
    if name == "audience.age":
        return path, age(value)
    return path, plain(value)


def _put(body: dict[str, Any], path: list[str], written: Any) -> None:
    *above, last = path
    for each in above:
        body = body.setdefault(each, {})
    body[last] = written


def _share(made: Draft, name: str) -> None:
    """What all ad sets say alike goes to the campaign, part by part where it is a mapping."""
    values: list[Any] = [each.body.get(name) for each in made.children]
    if all(isinstance(each, dict) for each in values):
        parts = [key for key in values[0] if all(each.get(key) == values[0][key] for each in values)]
        if not parts:
            return
        made.body.setdefault(name, {}).update({key: values[0][key] for key in parts})
        for each in made.children:
            each.body[name] = {key: one for key, one in each.body[name].items() if key not in parts}
            if not each.body[name]:
                del each.body[name]
    elif values[0] is not None and all(each == values[0] for each in values):
        made.body[name] = values[0]
        for each in made.children:
            del each.body[name]
