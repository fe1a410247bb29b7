"""YAML as nobody should write it: anchors, merge keys, keys twice, tabs, huge numbers, bombs, circles."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ANCHORS = st.sampled_from("abc")
_WORDS = r"""
yil-sonu sales meta 600_TRY {ilce} {{ { 2026-12-01 50% masa [a a] ' ~ 1e9999 0x10 -.inf 1_000 !!int_3 !x_y
"\ud83d\ude00" "\ud83d" "\x1b[31m" "\u202e" #_no -_x ?_y @z ` %TAG_!_x --- ...
"""
WORDS = st.sampled_from(
    [*(word.replace("_", " ") for word in _WORDS.split()), "9" * 50, "\ufeff", "\u2028", "\t", "\ta", "a\tb"]
)
_KEYS = r"""
campaign objective platforms flight audience ad_sets ad_set ads ad budget daily creative headlines from vars
for_each templates brand environments name x_unknown << ?=z "\ud800" *a &b=c null 1 1.0 meta google season
persona defaults
"""
KEYS = st.sampled_from([key.replace("=", " ") for key in _KEYS.split()])


@st.composite
def texts(draw: Any) -> str:
    """A text of lines whose keys, anchors and indentation Hypothesis chooses."""
    lines = draw(st.lists(st.tuples(st.integers(0, 6), _line()), min_size=1, max_size=25))
    indent = draw(st.sampled_from([" ", "  ", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\u0085"]))
    return str(
        draw(st.sampled_from(["", "\ufeff", "%YAML 1.1\n---\n"])) + end.join(indent * n + x for n, x in lines)
    )


def _line() -> st.SearchStrategy[str]:
    value = st.one_of(
        WORDS,
        ANCHORS.map(lambda name: f"*{name}"),
        st.tuples(ANCHORS, WORDS).map(lambda both: f"&{both[0]} {both[1]}"),
        ANCHORS.map(lambda name: f"&{name}"),
        st.lists(WORDS | ANCHORS.map(lambda name: f"*{name}"), max_size=4).map(
            lambda all: f"[{', '.join(all)}]"
        ),
        st.tuples(KEYS, WORDS).map(lambda both: f"{{{both[0]}: {both[1]}}}"),
        st.sampled_from(["|", ">-", "|2", ">+9", "", "&a", "'"]),
    )
    entry = st.tuples(st.sampled_from(["", "- "]), KEYS, value)
    return entry.map(lambda parts: f"{parts[0]}{parts[1]}: {parts[2]}") | value.map(lambda text: f"- {text}")


def bomb(levels: int, width: int) -> str:
    """`width` to the power of `levels` values in a few lines."""
    lines = ["a0: &a0 [x, x]"]
    for level in range(1, levels + 1):
        inner = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{inner}]")
    return "\n".join(lines) + "\n"


def deep(levels: int, style: str) -> str:
    """A value so many levels down, in lists, in mappings or in lines."""
    if style == "lines":
        return "\n".join(" " * level + "a:" for level in range(levels)) + "\n"
    first, last = ("[", "]") if style == "lists" else ("{a: ", "}")
    return "a: " + first * levels + "x" + last * levels + "\n"


NAMES = ["bir", "iki", "uc"]
# Templates that may use each other and themselves, in any circle, through lists, variables and loops.
TEMPLATES = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        st.fixed_dictionaries({"from": st.sampled_from([*NAMES, "{t}", "yok"])}),
        lambda inner: (
            st.fixed_dictionaries({"ads": st.lists(inner, min_size=1, max_size=3)})
            | st.fixed_dictionaries({"creative": inner, "vars": st.just({"t": "iki"})})
            | st.fixed_dictionaries(
                {"ads": st.lists(inner.map(lambda each: {"for_each": {"t": NAMES}, **each}))}
            )
        ),
        max_leaves=6,
    ),
    min_size=1,
)
