"""Rows as bytes of GoogleAdsRow: the parts of a message simply joined, which is what parsing them gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import attrgetter
from typing import Any

from sandbox.google import report
from sandbox.google.fields import row_descriptor
from sandbox.google.messages import Message, message, newest

# Wire types: protobuf.dev/programming-guides/encoding
LENGTH = 2


# The first 14 bits of a number, as they stand at its end and where more follows.
LAST = [bytes([one]) if one < 128 else bytes([one & 127 | 128, one >> 7]) for one in range(1 << 14)]
FIRST = [bytes([one & 127 | 128, one >> 7 | 128]) for one in range(1 << 14)]


def _varint(number: int) -> bytes:
    return LAST[number] if number < 1 << 14 else FIRST[number & 0x3FFF] + _varint(number >> 14)


def repeated(tag: int, items: Iterable[bytes]) -> bytes:
    """Encoded messages as elements of the repeated field with that number."""
    head = _varint(tag << 3 | LENGTH)
    return b"".join(head + _varint(len(item)) + item for item in items)


def headed(tag: int, body: bytes) -> bytes:
    """A message as the field with that number."""
    return _varint(tag << 3 | LENGTH) + _varint(len(body)) + body


class Metrics:
    """The bytes of a row's metrics; whole ones that nothing simulates are 0, fractional ones unset."""

    def __init__(self, names: Iterable[str]) -> None:
        self.tag = row_descriptor(newest()).fields_by_name["metrics"].number
        self.made = message("common.types.metrics", "Metrics")()
        self.names: list[str] = []
        self.whole: set[str] = set()
        for name in names:
            one = self.made.DESCRIPTOR.fields_by_name[name]
            whole = one.type == one.TYPE_INT64
            if not one.is_repeated and whole:
                setattr(self.made, name, 0)
                self.whole.add(name)
            if not one.is_repeated and name in report.SIMULATED:
                self.names.append(name)
        self.head = _varint(self.tag << 3 | LENGTH)
        self.empty = not self.made.ListFields() and not self.names

    def of(self, values: dict[str, float]) -> bytes:
        """Of measured values by name."""
        if self.empty:
            return b""
        for name in self.names:
            setattr(self.made, name, int(values[name]) if name in self.whole else values[name])
        return headed(self.tag, self.made.SerializeToString())

    def plain(self) -> Callable[[report.Sums], bytes] | None:
        """The same straight from sums, where every metric is one of their counts; else None."""
        if not self.names or any(name not in report.PLAIN for name in self.names):
            return None
        made, names, head = self.made, self.names, self.head
        read = attrgetter(*(report.PLAIN[name] for name in names), "impressions")  # a tuple, of one too

        def encode(sums: report.Sums) -> bytes:
            for name, value in zip(names, read(sums), strict=False):
                setattr(made, name, value)
            body: bytes = made.SerializeToString()
            return head + LAST[len(body)] + body  # some tens of bytes

        return encode


class Segments:
    """The bytes of a row's segments, each combination made once."""

    def __init__(self, names: list[str]) -> None:
        self.tag = row_descriptor(newest()).fields_by_name["segments"].number
        self.names, self.cache = names, dict[tuple[Any, ...], bytes]()

    def of(self, values: dict[str, Any]) -> bytes:
        key = (*values.values(),)
        known = self.cache.get(key)
        if known is None and self.names:
            made: Message = message("common.types.segments", "Segments")()
            for name in self.names:
                *above, last = name.split(".")
                setattr(reduce(getattr, above, made), last, values[name])
            known = self.cache[key] = headed(self.tag, made.SerializeToString())
        return known or b""
