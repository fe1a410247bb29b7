"""The text limits in docs/language.md are the connectors' own data. KAMPANYA_UPDATE_GOLDEN=1 writes them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import connectors
from engine.supports import TextLimit
from schemas.types import PLATFORMS

DOCUMENT = Path(__file__).parents[1] / "docs" / "language.md"
BLOCK = re.compile(r"(?<=<!-- limits -->\n).*?(?=<!-- /limits -->)", re.S)
HEAD = """\
| platform | format | texts | how many | characters each | shown in full up to |
|---|---|---|---|---|---|
"""


def rows() -> Iterator[str]:
    for platform in PLATFORMS:
        supports = connectors.supports(platform)
        for form, limits in supports.texts.items():
            for field, limit in limits.items():
                first = f"| {supports.title} | {form} | `{field}` | {many(limit)} | {length(limit)} |"
                yield f"{first} {limit.recommended or ''} |\n"


def many(limit: TextLimit) -> str:
    return str(limit.maximum) if limit.minimum == limit.maximum else f"{limit.minimum} to {limit.maximum}"


def length(limit: TextLimit) -> str:
    return f"{limit.length}, wide signs twice" if limit.counting == "double_width" else str(limit.length)


def test_the_document_shows_the_limits_that_are_checked() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = HEAD + "".join(rows())
    if os.environ.get("KAMPANYA_UPDATE_GOLDEN"):
        DOCUMENT.write_text(BLOCK.sub(lambda _: table, text), encoding="utf-8")
    found = BLOCK.search(DOCUMENT.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == table
