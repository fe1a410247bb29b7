"""The one error type a person reads: a constant summary, the values, the mend, and the place.

KampanyaError
├── InvalidDeclaration   the YAML is wrong; carries every problem found, not only the first
└── (engine, operations and connectors derive theirs)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# What a terminal would obey, reorder or refuse to write: control characters, marks that turn the direction of
# reading (Unicode TR 36, 3.2), halves of characters.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text as it may be shown on any terminal; `\\x1b` and the like stand for what is not."""
    return _UNSAFE.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file the author wrote; line and column count from 1."""

    file: Path
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a constant `summary`, the values in `detail`, an instruction in `fix`.

    `path` is its place in the declaration (kind of file, key, keys and indices below), from which whoever has
    the files at hand makes a `where`.
    """

    summary: str
    detail: str = ""
    fix: str = ""
    where: Where | None = None
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        caret = ""
        if self.where and self.where.text:
            line = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", self.where.text)  # as wide, for the caret
            caret = f"\n    {line}\n    {' ' * (self.where.column - 1)}^"
        detail = f"\n  {self.detail}" if self.detail else ""
        fix = f"\n  Fix: {self.fix}" if self.fix else ""
        return printable(f"{place}{self.summary}{caret}{detail}{fix}")


class KampanyaError(Exception):
    """Anything that stops a command and that its reader can act on."""

    def __init__(self, summary: str, detail: str = "", fix: str = "", where: Where | None = None) -> None:
        self.problem = Problem(summary, detail, fix, where)
        super().__init__(str(self.problem))

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders, whatever their constructors ask for."""
        return _revived, (type(self), self.__dict__, self.args)


def _revived(kind: type[KampanyaError], state: dict[str, object], args: tuple[object, ...]) -> KampanyaError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = args
    return error


class InvalidDeclaration(KampanyaError):
    """The YAML cannot be used; `problems` holds all that was found, in file and line order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problem(s) in the declaration")

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)
