"""The grammar of names: a pattern makes a name of fields, and reads a name back into the same fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
Kinds = Mapping[str, "Words | Digits | None"]  # field → what its values are; None: a key


@dataclass(frozen=True, slots=True)
class Words:
    """A field with a closed list of values, the empty one among them where the field may be left out."""

    allowed: tuple[str, ...]

    @property
    def regex(self) -> str:
        return "|".join(re.escape(word) for word in sorted(self.allowed, key=len, reverse=True))

    @property
    def letters(self) -> str:
        return "".join(self.allowed)

    def step(self, read: str, sign: str) -> str | None:
        """What has been read of a value after one more sign; None where no value begins so."""
        more = read + sign
        return more if any(word.startswith(more) for word in self.allowed) else None

    def whole(self, read: str) -> bool:
        return read in self.allowed


@dataclass(frozen=True, slots=True)
class Digits:
    """A field of so many digits."""

    count: int
    letters: str = "0"

    @property
    def regex(self) -> str:
        return f"[0-9]{{{self.count}}}"

    def step(self, read: str, sign: str) -> str | None:
        return read + "0" if sign.isdigit() and len(read) < self.count else None

    def whole(self, read: str) -> bool:
        return len(read) == self.count


@dataclass(frozen=True, slots=True)
class _Key:
    """A field whose values are keys: lower-case words joined by hyphens."""

    letters: str = "a0-"
    regex: str = SLUG

    def step(self, read: str, sign: str) -> str | None:
        if sign == "-":
            return "-" if read == "a" else None
        return "a" if re.fullmatch("[a-z0-9]", sign) else None

    def whole(self, read: str) -> bool:
        return read == "a"


Part = Words | Digits | _Key
State = tuple[int, str]  # which part of the pattern is being read, and what of it has been


@dataclass(frozen=True)
class Pattern:
    """`{brand}_{campaign}`: fields between texts. `parse(fill(values)) == values` where it is unambiguous."""

    text: str
    kinds: Kinds = field(default_factory=dict)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields in their order; one may stand twice."""
        return tuple(re.findall(r"\{([^{}]*)\}", self.text))

    def fill(self, values: Mapping[str, str]) -> str:
        """The name. Raises KeyError for a field without a value."""
        return re.sub(r"\{([^{}]*)\}", lambda match: values[match[1]], self.text)

    def parse(self, name: str) -> dict[str, str] | None:
        """The fields of a name that the pattern could have made, else None."""
        match = self._regex.fullmatch(name)
        return {found: match[f"f{self.fields.index(found)}"] for found in self.fields} if match else None

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        pieces = []
        for number, (sort, found) in enumerate(self._cut()):
            first = self.fields.index(found) if sort else 0
            if not sort:
                pieces.append(re.escape(found))
            elif first < sum(1 for kind, _ in self._cut()[:number] if kind):
                pieces.append(f"(?P=f{first})")
            else:
                pieces.append(f"(?P<f{first}>{self._part(found).regex})")
        return re.compile("".join(pieces))

    def _cut(self) -> list[tuple[bool, str]]:
        """(whether a field, its name or the text) in order."""
        pieces = re.split(r"\{([^{}]*)\}", self.text)
        return [(number % 2 == 1, piece) for number, piece in enumerate(pieces) if piece]

    def _part(self, name: str) -> Part:
        return self.kinds.get(name) or _Key()

    def ambiguous(self) -> str | None:
        """A name that could be read in two ways, None where every name has one.

        Two readers go over all names at once, each choosing where a field ends; a pair of them that has once
        disagreed on the field of a sign and reaches the end has found such a name. A field that stands twice
        is taken for two: what is refused for it alone is rare, and nothing wrong passes.
        """
        parts: list[Part] = [self._part(each) if sort else Words((each,)) for sort, each in self._cut()]
        letters = sorted(
            {sign for part in parts for sign in part.letters}, key=lambda sign: (not sign.isalpha(), sign)
        )
        begin = _resting(parts, (0, ""))
        waiting = [(first, second, False, "") for first in begin for second in begin]
        seen = {each[:3] for each in waiting}
        while waiting:
            first, second, differed, read = waiting.pop(0)
            if differed and _ended(parts, first) and _ended(parts, second):
                return read
            for sign in letters:
                for one in _after(parts, first, sign):
                    for other in _after(parts, second, sign):
                        found = (one[0], other[0], differed or one[1] != other[1])
                        if found not in seen:
                            seen.add(found)
                            waiting.append((*found, read + sign))
        return None


def _after(parts: list[Part], state: State, sign: str) -> Iterator[tuple[State, int]]:
    """Where a reader may be after a sign, and the part to which it gave the sign."""
    at, read = state
    if at < len(parts) and (more := parts[at].step(read, sign)) is not None:
        yield from ((rested, at) for rested in _resting(parts, (at, more)))


def _resting(parts: list[Part], state: State) -> list[State]:
    """The state, and those of readers who take the part for ended here."""
    found = [state]
    while found[-1][0] < len(parts) and parts[found[-1][0]].whole(found[-1][1]):
        found.append((found[-1][0] + 1, ""))
    return found


def _ended(parts: list[Part], state: State) -> bool:
    return state[0] == len(parts)


@lru_cache(256)
def _doubt(text: str, kinds: tuple[tuple[str, Any], ...]) -> str | None:
    return Pattern(text, dict(kinds)).ambiguous()


def doubt(pattern: Pattern) -> str | None:
    """As `Pattern.ambiguous`, asked once for each pattern."""
    return _doubt(pattern.text, tuple(sorted(pattern.kinds.items(), key=lambda item: item[0])))
