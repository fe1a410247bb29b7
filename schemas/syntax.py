"""What the YAML parser complains of, in an author's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.errors import Problem, Where
from schemas.tree import Source, Unreadable


def events(source: Source, text: str) -> Iterator[tuple[str, Any]]:
    """(kind, event) pairs; the parser's own complaints come out in our words."""
    import ruamel.yaml  # as long to import as a small brand to read, and seldom needed
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        for event in ruamel.yaml.YAML(typ="safe", pure=True).parse(text):
            yield type(event).__name__.removesuffix("Event"), event
    except MarkedYAMLError as error:
        open_ended = any(sign in str(error.problem) for sign in ("end of stream", "',' or"))
        marks = (error.problem_mark, error.context_mark)
        mark = next(filter(None, reversed(marks) if open_ended else marks), None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        where = source.where(min(line, len(source.lines)), column)
        raise Unreadable(_syntax(str(error.problem or error.context), where, text)) from None
    except YAMLError:
        position = next((i for i, c in enumerate(text) if not (c.isprintable() or c in "\t\n\r\x85")), 0)
        line = text.count("\n", 0, position) + 1
        where = source.where(line, position - text.rfind("\n", 0, position))
        fix = "delete it; it may be invisible in the editor"
        raise Unreadable(Problem("a character that YAML does not allow", "", fix, where)) from None


# What the parser says → (what is likely wrong, how to mend it).
_SYNTAX = (
    ("cannot start any token", "a character that cannot begin a value", "put the value in quotes"),
    (
        "mapping values are not allowed",
        "a colon too many, or a wrong indentation",
        'put texts with ": " in quotes',
    ),
    (
        "expected ',' or ']'",
        "a list that is not closed",
        "close it with ]; put texts with braces or apostrophes in double quotes",
    ),
    (
        "expected ',' or '}'",
        "a mapping that is not closed",
        "close it with }; put texts with braces or apostrophes in double quotes",
    ),
    ("unexpected end of stream", "a quote that is not closed", "close it with the same sign"),
    (
        "could not find expected ':'",
        "a key without a colon",
        "write `key: value`, with a space after the colon, there or on the line before",
    ),
    (
        "expected '-' indicator",
        "a line that does not belong to the list above",
        "align it with the list's dashes",
    ),
    ("expected <block end>", "a line with another indentation than its neighbours", "align it with them"),
    ("unknown escape", "an unknown escape in a text in double quotes", "write \\\\ for a backslash"),
    ("found undefined tag", "a YAML tag", "leave it out; tags have no meaning here"),
    ("duplicate anchor", "the same anchor twice", "give each its own name"),
)


def _syntax(complaint: str, where: Where, text: str) -> Problem:
    line = text.split("\n")[where.line - 1] if where.line <= text.count("\n") + 1 else ""
    if "\t" in line[: where.column]:
        fix = "indent with spaces"
        return Problem("a tab where YAML wants spaces", "tabs cannot indent", fix, where)
    for sign, summary, fix in _SYNTAX:
        if sign in complaint:
            return Problem(summary, f"the YAML parser says: {complaint}", fix, where)
    return Problem(
        "not YAML", f"the YAML parser says: {complaint}", "compare with the lines around it", where
    )
