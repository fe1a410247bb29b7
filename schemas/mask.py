"""Words of a file that may be secrets, hidden before anybody is shown its lines."""

from __future__ import annotations

import re

# Bounded repetitions: a line of a megabyte must not cost its square.
_SECRET_KEY = re.compile(
    r"""(?ix) (?:token|secret|password|passwd|private[_-]?key|api[_-]?key|service[_-]?account) [\w-]{0,40}
    ["']? \s{0,20} [:=] \s{0,20} (?=\S)"""
)
_WORD = re.compile(r"[A-Za-z0-9_-]{32,}")
_HARMLESS = re.compile(r"""["']?(?:env|file):|[{&*|>#]""")


def masked(line: str) -> str:
    """The line as it may be shown: what follows a key that smells of a secret is hidden."""
    line = line.replace("\t", " ")
    for match in _SECRET_KEY.finditer(line):
        if not _HARMLESS.match(line, match.end()):
            return line[: match.end()] + "********"
    return hidden(line)


def hidden(text: str) -> str:
    """The text without words that nobody writes by hand: long, with capitals and digits, as tokens are."""
    return _WORD.sub(lambda m: "********" if re.search(r"[0-9]", m[0]) and not m[0].islower() else m[0], text)
