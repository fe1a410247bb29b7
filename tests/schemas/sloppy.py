"""YAML as people leave it behind: any indentation, style, order and comments, for Hypothesis."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

KEYS = [
    "campaign", "objective", "platforms", "flight", "budget", "audience", "meta", "google", "ad_sets",
    "name", "brand", "currency", "guard_rails", "templates", "environments", "vars", "from", "for_each",
    "ads", "x", "ğ",
]  # fmt: skip
WORDS = st.sampled_from(
    ["600 TRY", "{ilce}", "Sıcak gelir", "a: b", "no # comment", "https://x.example/a#b", "'", '"', "18-44",
     "- x", "", "~", "true", "007", "-3.50", "[x]", "&a", "*b", "!t", "% x", "a, b", "a\nb", "  a", "ü" * 70]
)  # fmt: skip
TREES = st.recursive(
    WORDS | st.integers(-5, 5) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=14,
)
FILES = st.dictionaries(st.sampled_from(KEYS), TREES, min_size=1, max_size=6)


@dataclass
class Sloppy:
    """A writer whose every choice is Hypothesis's; `comments` are those it wrote."""

    draw: Any
    comments: list[str] = field(default_factory=list)

    def flip(self) -> bool:
        return bool(self.draw(st.booleans()))

    def comment(self) -> str:
        text = (
            f"# {len(self.comments)} {self.draw(st.sampled_from(['not', '', 'a: b', '- c', '[']))}".rstrip()
        )
        self.comments.append(text)
        return text

    def above(self, pad: str) -> str:
        blank = "\n" * self.draw(st.integers(0, 2))
        line = f"{pad}{' ' * self.draw(st.integers(0, 2))}{self.comment()}\n" if self.flip() else ""
        return blank + line

    def behind(self) -> str:
        return f" {self.comment()}" if self.draw(st.integers(0, 3)) == 0 else ""

    def scalar(self, value: Any, indent: int, flow: bool) -> str:
        if not isinstance(value, str):
            return "~" if value is None else json.dumps(value)
        if not flow and "\n" in value and self.flip():
            pad = " " * (indent + self.draw(st.integers(3, 4)))  # deeper than any comment
            return "|-\n" + "\n".join(pad + line for line in value.split("\n"))
        if "\n" not in value and self.flip():
            return "'" + value.replace("'", "''") + "'"
        plain = value in ("600 TRY", "Sıcak gelir", "18-44", "true", "007", "-3.50")
        return value if plain and self.flip() else json.dumps(value, ensure_ascii=False)

    def flow(self, value: Any) -> str:
        gap = " " * self.draw(st.integers(0, 2))
        if isinstance(value, dict):
            return (
                "{"
                + gap
                + f",{gap or ' '}".join(f"{k}: {self.flow(v)}" for k, v in value.items())
                + gap
                + "}"
            )
        if isinstance(value, list):
            return "[" + gap + f",{gap or ' '}".join(self.flow(each) for each in value) + gap + "]"
        return self.scalar(value, 0, True)

    def broken_flow(self, values: list[Any], indent: int) -> str:
        """A list over several lines, with comments."""
        pad = " " * (indent + 3)
        return "[\n" + "".join(f"{pad}{self.flow(each)},{self.behind()}\n" for each in values) + pad + "]"

    def value(self, value: Any, indent: int, parent_list: bool) -> str:
        """What follows `key:` or `-`."""
        if not isinstance(value, (dict, list)):
            text = self.scalar(value, indent, False)
            return f" {text}" + ("" if text.startswith("|") else self.behind())
        if not value or self.flip():
            if isinstance(value, list) and value and self.flip():
                return " " + self.broken_flow(value, indent) + self.behind()
            return f" {self.flow(value)}{self.behind()}"
        inner = indent + self.draw(st.integers(1, 4))
        return f"{self.behind()}\n{self.block(value, inner)}".rstrip("\n")

    def block(self, value: Any, indent: int) -> str:
        pad, lines = " " * indent, ""
        entries = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        for key, each in entries:
            head = f"{pad}{key}:" if key is not None else f"{pad}-"
            lines += self.above(pad) + head + self.value(each, indent, key is None) + "\n"
        return lines + (f"{pad}{self.comment()}\n" if self.flip() else "")


@st.composite
def files(draw: Any) -> tuple[dict[str, Any], str, list[str]]:
    """A tree, a text that says it, and the comments in the text."""
    tree = draw(FILES)
    writer = Sloppy(draw)
    return tree, writer.block(tree, 0), writer.comments
