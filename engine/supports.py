"""What a platform can do, as data: the only way the core learns that platforms differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.resource import Fields, Value

Sort = Literal["cost", "return"]
Tally: TypeAlias = Callable[[Value, Value], int]


@dataclass(frozen=True, slots=True)
class StatusField:
    """The field that lets an object deliver. A kind without one delivers as soon as it exists."""

    name: str = "status"
    live: str = "ACTIVE"
    held: str = "PAUSED"


@dataclass(frozen=True, slots=True)
class KindSupport:
    """One kind of object on one platform, in canonical fields.

    parent       the field that holds the Ref to the object above it, or None at the top
    parent_kind  the kind of that object; ids may be unique within a kind only
    mark         where the mark lives: a label, the end of the name or description, the content itself, or the
                 parent
    status       how it is held back and let go; None if it is live when created, or never delivers by itself
    delivers     False for things that spend nothing by existing (creatives, images, audiences)
    immutable    fields that cannot change after creation
    budgets      field → "day" or "lifetime"; amounts in the platform's money unit
    money        other fields that are amounts in the platform's money unit, nested ones with dots
    flight       the fields of its start and end, as texts that sort by time; None: it has none itself
    past_start   whether it may be given a start in the past, and then begins at once
    targets      what may be paid for a result, nested with dots: a "cost" that it may reach, a "return" that
                 it must bring
    learning     fields whose change resets the learning phase
    review       fields whose change sends ads back to review
    words        the language's words for what the platform calls otherwise: word → fields
    first        fields that are changed before anything is built: what is new below must find them
    clearable    fields that can be taken away again, once the declaration no longer has them
    cleared      what such a field reads as once it is taken away, where that is not nothing
    only_name    whether the platform takes one object of a name in an account, whoever made it
    links        fields (with dots, through lists) that hold the id of a library object → its kind
    given        fields that it gets when it is made and that say nothing of it: never compared afterwards
    keeps        fields that the platform keeps once they are set → why they cannot be taken away
    more         fields that take operations of their own → how many, from one value (or None) to another
    archivable   False for library objects that are left in place when nothing uses them
    note         what a plan says of every new one, where its name alone would mislead
    """

    kind: str
    parent: str | None = None
    parent_kind: str | None = None
    mark: Literal["label", "name", "description", "content", "parent"] = "label"
    status: StatusField | None = field(default_factory=StatusField)
    delivers: bool = True
    immutable: frozenset[str] = frozenset()
    budgets: Mapping[str, Literal["day", "lifetime"]] = field(default_factory=dict)
    money: frozenset[str] = frozenset()
    flight: tuple[str, str] | None = None
    past_start: bool = True
    targets: Mapping[str, Sort] = field(default_factory=dict)
    learning: frozenset[str] = frozenset()
    review: frozenset[str] = frozenset()
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    first: frozenset[str] = frozenset()
    clearable: frozenset[str] = frozenset()
    cleared: Mapping[str, Value] = field(default_factory=dict)
    only_name: bool = False
    given: frozenset[str] = frozenset()
    note: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    archivable: bool = True
    operations: int = 1  # platform operations that creating one takes
    more: Mapping[str, Tally] = field(default_factory=dict)
    recreate: bool = False  # True: may be archived and created anew without `replace: allow` (ads, keywords)

    def fields_of(self, words: Iterable[str]) -> frozenset[str]:
        """The canonical fields that these words of the language, or names of fields, stand for."""
        return frozenset(name for word in words for name in (word, *self.words.get(word, ())))

    def operations_of(self, before: Fields, after: Fields) -> int:
        """What the fields take that take operations of their own."""
        return sum(count(before.get(name), after.get(name)) for name, count in self.more.items())

    @property
    def marked(self) -> bool:
        """Whether it bears a mark of its own, which can be taken from it and given back."""
        return self.mark in ("label", "name", "description")

    def is_money(self, field: str) -> bool:
        """Whether a field, a nested one with dots, holds an amount in the platform's money unit."""
        return field in self.budgets or field in self.money


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How many texts of one sort an ad may carry, and how long each may be.

    counting: "chars" counts code points; "double_width" counts East Asian wide characters twice (Google).
    `recommended` is a length beyond which the platform cuts the text on screen; None if it does not. `own` is
    what the platform's own block calls the texts that count in place of the creative's, where that differs.
    """

    minimum: int
    maximum: int
    length: int
    counting: Literal["chars", "double_width"] = "chars"
    recommended: int | None = None
    own: str = ""


@dataclass(frozen=True, slots=True)
class Batches:
    """How many changes one request carries, or operations where those are what is counted.

    single  kinds that are sent alone: files
    alone   a kind of which one request takes only one below the same campaign
    """

    most: int = 1
    of_operations: bool = False
    single: frozenset[str] = frozenset()
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Points that writes take, of which so many are had within so many seconds."""

    a_write: int
    most: int
    seconds: int

    def seconds_for(self, writes: int) -> int:
        """The least time that so many writes take."""
        return -(-max(0, writes * self.a_write - self.most) * self.seconds // self.most)


@dataclass(frozen=True, slots=True)
class Supports:
    """A platform's kinds, money, formats and limits.

    default_units   platform units in one major unit of a currency (Meta's offset table; Google: 1,000,000)
    worst_day       the share of a daily budget that the platform may bill on one day (Meta 1.75, Google 2.0)
    texts           format → creative field → limit
    age_bounds      the starts and ends of ages that targeting can express; None: any age from 13 to 65
    goals           objective → the `optimize_for` goals it takes; an empty mapping of goals means any
    campaign_settings  targeting fields that this platform keeps on the campaign, not on the ad set
    audience_days   type of audience of the brand, `engagement/page` with its source → the longest time, in
                    days, its rules may look back, 0 without any; a type that is missing cannot be built
    audience_lacks  such a type → why, and what to do instead
    creative_parts  parts of a creative that not every platform can show: thumbnail, cards
    channel_parts   channel → such parts that it alone can show
    audience_options  keys of the platform's own block under `audience:` that it can build
    access          level of access → operations a day, None without such a limit; the strictest comes first
    scores          level of access → what paces its writes; the strictest comes first
    test_access     the level that accounts for tests have, whatever the brand's own is
    batches         how changes share requests
    """

    platform: str
    title: str
    kinds: Mapping[str, KindSupport]
    default_units: int
    currency_units: Mapping[str, int] = field(default_factory=dict)
    worst_day: float = 2.0
    texts: Mapping[str, Mapping[str, TextLimit]] = field(default_factory=dict)
    age_bounds: tuple[frozenset[int], frozenset[int]] | None = None
    goals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    campaign_settings: frozenset[str] = frozenset()
    audience_days: Mapping[str, int] = field(default_factory=dict)
    audience_lacks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    creative_parts: frozenset[str] = frozenset()
    channel_parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    audience_options: frozenset[str] = frozenset()
    access: Mapping[str, int | None] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    test_access: str = ""
    batches: Batches = Batches()

    @property
    def strictest(self) -> str:
        """The level of access that is taken where none is declared; "" for a platform without levels."""
        return next(iter(self.access or self.scores), "")

    def units(self, currency: str) -> int:
        """Platform money units in one major unit of `currency`."""
        return self.currency_units.get(currency, self.default_units)
