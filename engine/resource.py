"""What exists or shall exist on a platform, as immutable values.

    Resource   what we want: an address, its mark, the declared fields
    Observed   what is there: the platform's id, the mark found on it, the same fields as read
    Ref        a field value that stands for another resource's id, known once that resource exists

Field values are JSON values and Refs. Money is an integer in the platform's own unit (Meta: the currency's
minor unit by Meta's offset table; Google: micros), so that the same number is compared, sent and read back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import orjson

Value: TypeAlias = "bool | int | float | str | Ref | Sequence[Value] | Mapping[str, Value] | None"
Fields: TypeAlias = Mapping[str, Value]

MARK = "mark"  # in a change, the mark that the object bears, which is no field of it

# Asked by exact type before anything is asked of an abstract class, which takes ten times as long.
PLAIN = frozenset((str, int, float, bool, type(None)))
LISTS = frozenset((tuple, list))


class Address(NamedTuple):
    """Identity of a resource across time: `meta:ad_set/yil-sonu/eve-siparis`.

    `key` is the path of YAML keys for declared objects, a content hash for immutable ones (creatives).
    A tuple, because a plan over many objects mostly looks addresses up: its hash is no Python code.
    """

    platform: str
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.kind}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> Address:
        platform, _, rest = text.partition(":")
        kind, _, key = rest.partition("/")
        if not (platform and kind and key):
            raise ValueError(f"not an address: {text!r}")
        return cls(platform, kind, key)


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of another resource, filled in when it is known."""

    address: Address

    def __str__(self) -> str:
        return f"→ {self.address.kind}/{self.address.key}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One object as it shall be on its platform.

    `mark` is what its bearer on the platform is recognised by (see engine.naming). `path` is where it was
    declared: (file kind, key, *path) as `Workspace.where` takes it; it takes no part in equality.
    """

    address: Address
    account: str
    mark: str
    fields: Fields
    path: tuple[str | int, ...] = field(default=(), compare=False)

    @property
    def refs(self) -> frozenset[Address]:
        return frozenset(refs_in(self.fields))


@dataclass(frozen=True, slots=True)
class Observed:
    """One object of the platform that bears a mark of Kampanya's, with its fields in canonical form.

    `archived` is True once the platform no longer lets it deliver again (archived, removed).
    `label` is the name a person sees on the platform, `also` further marks of Kampanya's that it bears.
    """

    platform: str
    account: str
    kind: str
    id: str
    mark: str
    fields: Fields
    label: str = ""
    archived: bool = False
    also: tuple[str, ...] = ()

    def shows(self, name: str) -> Value:
        """A field as it was read, or the mark."""
        return self.mark if name == MARK else self.fields.get(name)


def refs_in(value: Value) -> Iterator[Address]:
    """Every address referred to inside a value, depth first."""
    waiting: list[Value] = [value]
    while waiting:
        each = waiting.pop()
        if type(each) in PLAIN:
            continue
        if isinstance(each, Ref):
            yield each.address
        elif type(each) is dict or isinstance(each, Mapping):
            waiting.extend([*each.values()][::-1])
        elif isinstance(each, (tuple, list)) or (isinstance(each, Sequence) and not isinstance(each, str)):
            waiting.extend(each[::-1])


def resolve(value: Value, ids: Mapping[Address, str]) -> Value:
    """`value` with every Ref whose id is known replaced by that id; unknown Refs stay.

    A sequence of Refs is a set: its ids come in ascending order, as connectors read them, because neither
    the order of addresses nor that of a platform's answer is the other's.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, Ref):
        return ids.get(value.address, value)
    if type(value) is dict or isinstance(value, Mapping):
        return {name: resolve(item, ids) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        resolved = tuple(resolve(item, ids) for item in value)
        return tuple(sorted(resolved, key=str)) if any(isinstance(item, Ref) for item in value) else resolved
    return value


def to_json(value: Value) -> Any:
    """A JSON value; a Ref becomes `{"$ref": address}`."""
    sort = type(value)
    if sort in PLAIN:
        return value
    if isinstance(value, Ref):
        return {"$ref": str(value.address)}
    if sort is dict or (sort not in LISTS and isinstance(value, Mapping)):
        return {
            name: item if type(item) in PLAIN else to_json(item)
            for name, item in value.items()  # type: ignore[union-attr]
        }
    if sort in LISTS or (isinstance(value, Sequence) and not isinstance(value, str)):
        return [item if type(item) in PLAIN else to_json(item) for item in value]  # type: ignore[union-attr]
    return value


def from_json(value: Any) -> Value:
    """The inverse of `to_json`; lists become tuples."""
    if isinstance(value, dict):
        if set(value) == {"$ref"}:
            return Ref(Address.parse(value["$ref"]))
        return {name: from_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(from_json(item) for item in value)
    scalar: bool | int | float | str | None = value
    return scalar


def same(left: Value, right: Value) -> bool:
    """Equality that does not tell a tuple from a list."""
    return left == right or bool(to_json(left) == to_json(right))


def agrees(want: Value, have: Value, ids: Mapping[Address, str]) -> bool:
    """Whether `have` is what `want` becomes once its Refs are known: `same(resolve(want, ids), have)`.

    Nothing is built where nothing has to be, since nearly everything that is compared is equal.
    """
    sort = type(want)
    if sort in PLAIN:
        return want == have
    if type(want) is Ref and (id := ids.get(want.address)) is not None:
        return id == have
    if type(want) is dict and type(have) is dict:
        return want.keys() == have.keys() and not differing(want, have, ids)
    if sort in LISTS and type(have) in LISTS:
        return _lists_agree(want, have, ids)  # type: ignore[arg-type]
    return same(resolve(want, ids), have)


def differing(want: Fields, have: Fields, ids: Mapping[Address, str]) -> list[str]:
    """The names in `want` whose values do not agree with those in `have`; what is missing there is None.

    What is equal as it stands agrees: only what is not, a Ref inside or a list for a tuple, is looked into.
    """
    found = []
    for name, item in want.items():
        other = have.get(name)
        if not (item == other or (type(item) not in PLAIN and agrees(item, other, ids))):
            found.append(name)
    return found


def _lists_agree(want: Sequence[Value], have: Sequence[Value], ids: Mapping[Address, str]) -> bool:
    if tuple(want) == tuple(have):
        return True
    sorts = set(map(type, want))
    if sorts <= PLAIN:
        return False
    if Ref in sorts:
        return same(resolve(want, ids), have)  # a set, in the order of its ids
    return len(want) == len(have) and all(agrees(*pair, ids) for pair in zip(want, have, strict=True))


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of a value's canonical JSON: sorted keys, no spaces, UTF-8; a Ref as in `to_json`."""
    text = json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_json(value: Any) -> bytes:
    """A value's JSON with sorted keys, fast; a Ref as in `to_json`."""
    return orjson.dumps(value, default=_plain, option=_QUICK)


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"$ref": str(value.address)}
    return dict(value) if isinstance(value, Mapping) else list(value)


def content_key(fields: Fields, length: int = 12) -> str:
    """The address key of an immutable resource: the first characters of its content's digest."""
    return _quick_digest(fields)[:length]


def _quick_digest(value: Any) -> str:
    """As `digest_of`, sooner: orjson writes the same bytes, but for very large and small numbers."""
    try:
        text = orjson.dumps(value, default=_plain, option=_QUICK)
    except TypeError:  # a number beyond 64 bits
        return digest_of(value)
    return digest_of(value) if _EXPONENT.search(text) else hashlib.sha256(text).hexdigest()


_QUICK = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
# Python writes an exponent below 0.0001 and from 1e16 on; orjson may spell the small ones out.
_EXPONENT = re.compile(rb"[\[:,]-?(?:\d[\d.]*[eE]|0\.0000)")
