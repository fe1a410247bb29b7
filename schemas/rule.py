"""A guard rail of the brand's own: SQL over the plan that selects what is forbidden, in YAML or a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from schemas.errors import Problem, Where
from schemas.types import Model, Slug, Text, slugify

FOLDER = "rules"
_HEADER = re.compile(r"^--\s*(\w+):\s*(.*?)\s*$")
_SEVERITIES = ("refuse", "warn")


class BrandRule(Model):
    """A guard rail of the brand's own."""

    rule: Slug
    """The key."""
    sql: Text
    """One SELECT of what is forbidden; a row whose column `message` says why."""
    severity: Literal["refuse", "warn"] = "refuse"
    """`refuse` stops the plan, `warn` only says so."""
    says: Text | None = None
    """What is forbidden, said before each row."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule and its author's line."""

    rule: BrandRule
    where: Where | None


def read_rules(root: Path) -> tuple[list[Placed], list[Problem]]:
    """The rules in `rules/*.sql`: a file's name is the key; comments `-- says:` and `-- severity:` lead."""
    placed: list[Placed] = []
    problems: list[Problem] = []
    for path in sorted((root / FOLDER).glob("*.sql")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            problems.append(
                Problem("a rule that cannot be read", path.name, "save it as UTF-8", Where(path, 1, 1))
            )
            continue
        found = list(_problems(path, text))
        problems += found
        if not found:
            given = {name: value for name, value in _headers(text).items() if value}
            rule = BrandRule.model_validate({"rule": path.stem, "sql": text, **given})
            placed.append(Placed(rule, Where(path, 1, 1)))
    return placed, problems


def twice(rules: list[Placed]) -> list[Problem]:
    """Rules under a key that another has already."""
    seen: dict[str, Placed] = {}
    problems = []
    for each in rules:
        key = each.rule.rule
        if key in seen:
            problems.append(
                Problem("two rules with one key", f"`{key}`", "give each its own key", each.where)
            )
        seen.setdefault(key, each)
    return problems


def _headers(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header is None:
            break
        found[header[1]] = header[2]
    return found


def _problems(path: Path, text: str) -> list[Problem]:
    problems = []
    if slugify(path.stem) != path.stem:
        problems.append(
            Problem("a rule's file needs a key for its name", f"`{path.name}`",
                    f"call it `{slugify(path.stem)}.sql`", Where(path, 1, 1))
        )  # fmt: skip
    headers = _headers(text)
    for number, name in enumerate(headers, start=1):
        if name not in ("says", "severity"):
            problems.append(
                Problem(
                    "unknown header of a rule",
                    f"`{name}`",
                    "use `says` or `severity`",
                    Where(path, number, 1),
                )
            )
    if (severity := headers.get("severity", "refuse")) not in _SEVERITIES:
        problems.append(
            Problem("unknown severity", f"`{severity}`", f"use {' or '.join(_SEVERITIES)}", Where(path, 1, 1))
        )
    return problems
