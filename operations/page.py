"""A plan as one HTML page a client can read, print and keep: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.footer import footer
from engine.plan import Plan
from engine.render import lines
from engine.supports import Supports

if TYPE_CHECKING:
    from engine.wording import Locale

CHANGES = frozenset({"create", "update", "archive"})
WORDS = {
    "tr": {"title": "değişiklik planı", "nothing": "Değişiklik yok."},
    "en": {"title": "plan", "nothing": "No changes."},
}


@dataclass
class Shown:
    """One change as the page shows it."""

    tone: str
    heading: str
    fields: list[str] = field(default_factory=list)
    hazards: list[str] = field(default_factory=list)


def html(plan: Plan, supports: Mapping[str, Supports], locale: str) -> str:
    """The page: its own words and the money in Turkish where `locale` is, the changes as on the terminal."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    lang: Locale = "tr" if locale.startswith("tr") else "en"
    template = environment.get_template("plan.html.j2")
    return template.render(
        plan=plan, footer=list(footer(plan, lang)), changes=_changes(plan, supports), lang=lang, **WORDS[lang]
    )


def _changes(plan: Plan, supports: Mapping[str, Supports]) -> list[Shown]:
    shown: list[Shown] = []
    for line in lines(plan, supports):
        if line.tone in CHANGES:
            shown.append(Shown(line.tone, line.text))
        elif line.tone == "field" and shown:
            shown[-1].fields.append(line.text.strip())
        elif line.tone == "hazard" and shown:
            shown[-1].hazards.append(line.text.strip())
    return shown
