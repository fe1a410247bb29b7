"""`vars`, `templates`, `from`, `for_each` and inheritance, worked out with types on the parsed tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice, product

from schemas.errors import Problem
from schemas.tree import (
    MAX_DEPTH,
    MAX_NODES,
    Entry,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    Unreadable,
    child,
    height,
    place_of,
    size,
)
from schemas.types import slugify

WORDS = ("from", "vars", "for_each")
_CONTEXTS = ("creative", "defaults")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[^\W\d]\w*(\.\w+)*")


@dataclass(frozen=True, eq=False)
class Scope:
    """Names that `{name}` may use here, the nearest first."""

    names: Names[str, Node] = field(default_factory=dict)
    outer: Scope | None = None
    used: set[str] = field(default_factory=set)

    def get(self, name: str) -> Node | None:
        if name in self.names:
            self.used.add(name)
            return self.names[name]
        return self.outer.get(name) if self.outer else None

    def known(self) -> Iterator[str]:
        yield from self.names
        yield from self.outer.known() if self.outer else ()


class Expander:
    """Expands one file's tree; what is wrong goes to `problems`, places already blamed to `blamed`.

    `creatives` are the brand's shared ones by key, None in the place of one that could not be read; `uses`
    becomes the names of the templates and creatives that the file used.
    """

    def __init__(
        self,
        templates: Names[str, Node],
        problems: list[Problem],
        creatives: Names[str, Mapping | None] | None = None,
    ) -> None:
        self.templates, self.problems, self.creatives = templates, problems, creatives
        self.blamed: set[tuple[str, int, int]] = set()
        self.uses: set[str] = set()
        self.count = 0
        self.chain: tuple[str, ...] = ()
        self.use = ""
        self.within: frozenset[str] = frozenset()  # which of _CONTEXTS stand above

    def file(self, root: Mapping, names: Names[str, Node]) -> Mapping | None:
        """The expanded tree, None when it would be too large or nested without end."""
        try:
            expanded = self.node(root, Scope(names), 0)
        except Unreadable as stop:
            self.problems.append(stop.problem)
            return None
        return expanded if isinstance(expanded, Mapping) else None

    def node(self, node: Node, scope: Scope, depth: int) -> Node:
        self.counted(node, 1, depth)
        if isinstance(node, Scalar):
            return self.scalar(node, scope, depth)
        if isinstance(node, Sequence):
            items = [made for item in node.items for made in self.item(item, scope, depth + 1)]
            return Sequence(items, self.placed(node.place))
        if "for_each" in node.entries:
            place, fix = node.entries["for_each"].place, "use it on an item of ad_sets or ads"
            self.blame(place, "`for_each` outside of a list", "one thing cannot become several here", fix)
        return self.mapping(node, scope, depth)

    def counted(self, node: Node, nodes: int, depth: int) -> None:
        self.count += nodes
        if self.count > MAX_NODES or depth > 2 * MAX_DEPTH:
            detail = f"more than {MAX_NODES} values, or {2 * MAX_DEPTH} levels, once expanded"
            where = node.place.where()
            raise Unreadable(Problem("the file expands to too much", detail, "split it", where))

    def placed(self, place: Place) -> Place:
        return Place(place.source, place.line, place.column, self.use) if self.use else place

    def blame(self, place: Place, summary: str, detail: str, fix: str) -> None:
        self.blamed.add((str(place.source.file), place.line, place.column))
        noted = f"{detail}; {self.use}" if self.use else detail
        self.problems.append(Problem(summary, noted, fix, place.where()))

    # Mappings: vars and from.

    def mapping(
        self, node: Mapping, scope: Scope, depth: int, loop: Names[str, Node] | None = None
    ) -> Mapping:
        own = node if node.entries.keys().isdisjoint(WORDS) else node.without(*WORDS)
        given = {**(loop or {}), **self.names(node, Scope(loop or {}, scope), depth)}
        if "from" not in node.entries:
            inner = Scope(given, scope) if given else scope
            return self.entries(own, inner, depth)
        base, inner = self.template(node, Scope(given, scope), depth)
        return merged(base, self.entries(own, inner, depth)) if base else self.entries(own, inner, depth)

    def entries(self, node: Mapping, scope: Scope, depth: int) -> Mapping:
        made = {}
        for key, entry in node.entries.items():
            if key in _CONTEXTS:
                within, self.within = self.within, self.within | {key}
                made[key] = Entry(key, self.placed(entry.place), self.node(entry.node, scope, depth + 1))
                self.within = within
            else:
                made[key] = Entry(key, self.placed(entry.place), self.node(entry.node, scope, depth + 1))
        named = made.get("creative")
        if named and isinstance(named.node, Scalar) and self.creatives is not None:
            made["creative"] = Entry("creative", named.place, self.creative(named.node, depth))
        return Mapping(made, self.placed(node.place))

    def creative(self, named: Scalar, depth: int) -> Node:
        """The shared creative that `creative: key` names; the name itself where there is none."""
        found = self.shared(named, depth)
        if found is None and named.value is not None:
            key = slugify(named.text)
            if key not in (self.creatives or {}):
                otherwise = "write its keys here, or share it as a file of creatives/"
                fix = nearest(key, self.creatives or {}, otherwise)
                self.blame(named.place, "unknown creative", f"found `{named.text}`", fix)
            self.blamed.add((str(named.place.source.file), named.place.line, named.place.column))
        return found or named

    def shared(self, named: Node, depth: int) -> Mapping | None:
        """A shared creative's keys as they stand in its own file, with a word on who uses them."""
        key = slugify(named.text) if isinstance(named, Scalar) else ""
        found = (self.creatives or {}).get(key)
        if found is None:
            return None
        self.uses.add(f"creative {key}")
        self.counted(named, size(found, MAX_NODES), depth + height(found))
        use = f"creative `{key}` used by {named.place.source.file}:{named.place.line}"
        made = {
            name: Entry(name, replace(entry.place, use=use), entry.node)
            for name, entry in found.entries.items()
        }
        return Mapping(made, self.placed(named.place))

    def names(self, node: Mapping, scope: Scope, depth: int) -> dict[str, Node]:
        """The mapping's own `vars`, their values expanded in the scope around them."""
        given = node.get("vars")
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            place = place_of(node, ("vars",), of_key=True)
            self.blame(place, "`vars` is not a mapping", "", "write vars: {name: value}")
            return {}
        return {name: self.node(entry.node, scope, depth + 1) for name, entry in given.entries.items()}

    def template(self, node: Mapping, scope: Scope, depth: int) -> tuple[Mapping | None, Scope]:
        """The template that `from` names, expanded for this use, and the scope of the use."""
        asked = node.entries["from"]
        named = self.node(asked.node, scope, depth)
        name = named.text if isinstance(named, Scalar) else ""
        if "creative" in self.within and name not in self.templates and (made := self.shared(named, depth)):
            return made, scope
        found = self.templates.get(name)
        if not isinstance(found, Mapping) or name in self.chain:
            self.refuse_template(name, asked.node.place)
            self.blamed.add((str(node.place.source.file), node.place.line, node.place.column))
            return None, scope
        self.uses.add(name)
        chain, use = self.chain, self.use
        place = asked.node.place
        defaults = self.names(found, scope, depth)
        inner = Scope({**defaults, **scope.names}, scope.outer)
        self.chain, before = (*chain, name), len(self.problems)
        self.use = f"template `{name}` used by {place.source.file}:{place.line}"
        try:
            body = self.mapping(found.without("vars"), inner, depth + 1)
        finally:
            self.chain, self.use = chain, use
        if len(self.problems) > before:
            self.blamed.add((str(node.place.source.file), node.place.line, node.place.column))
        self.refuse_unused(node, defaults, inner.used)
        return body, inner

    def refuse_template(self, name: str, place: Place) -> None:
        if name in self.chain:
            detail = " → ".join((*self.chain, name))
            self.blame(place, "templates that use each other in a circle", detail, "break the circle")
            return
        creatives, otherwise = self.creatives or {}, "write it under `templates` in kampanya.yaml"
        if slugify(name) in creatives and "creative" in self.within:
            return  # it could not be read, which is reported
        if slugify(name) in creatives:
            otherwise = "it is a creative: an ad names it by `creative`"
        elif self.creatives is None:
            otherwise = "begin with one of the brand's `templates`; a shared creative begins with no other"
        known = {*self.templates, *(creatives if "creative" in self.within else ())}
        fix = nearest(name, known, otherwise)
        self.blame(place, "unknown template", f"found `{name}`", fix)

    def refuse_unused(self, node: Mapping, defaults: Names[str, Node], used: set[str]) -> None:
        """A misspelt variable must not quietly leave a template at its default."""
        given = node.get("vars")
        for name in given.entries if isinstance(given, Mapping) else ():
            if name not in used and name not in defaults:
                place = place_of(node, ("vars", name), of_key=True)
                fix = nearest(name, defaults, "leave it out, or use it in the template")
                self.blame(place, "a variable that the template does not use", f"found `{name}`", fix)

    # Lists: for_each.

    def item(self, item: Node, scope: Scope, depth: int) -> Iterator[Node]:
        if not isinstance(item, Mapping) or "for_each" not in item.entries:
            yield self.node(item, scope, depth)
            return
        entry = item.entries["for_each"]
        lists = self.lists(entry, scope, depth)
        body, use = item.without("for_each"), self.use
        for values in islice(product(*lists.values()), MAX_NODES):
            self.counted(item, 1, depth)
            names = dict(zip(lists, values, strict=True))
            self.use = "; ".join(filter(None, (use, _loop(names))))
            yield self.mapping(body, scope, depth, names)
        self.use = use

    def lists(self, entry: Entry, scope: Scope, depth: int) -> dict[str, list[Node]]:
        named = self.node(entry.node, scope, depth)
        lists = {}
        for name, inner in named.entries.items() if isinstance(named, Mapping) else ():
            if isinstance(inner.node, Sequence) and inner.node.items:
                lists[name] = inner.node.items
            else:
                fix = f"write {name}: [first, second]"
                self.blame(inner.place, "`for_each` without a list", f"`{name}` has no values", fix)
        if not isinstance(named, Mapping) or not named.entries:
            fix = "write for_each: {ilce: [Kadıköy, Beşiktaş]}"
            self.blame(entry.place, "`for_each` without a name", "", fix)
        return lists

    # Scalars: {name}.

    def scalar(self, node: Scalar, scope: Scope, depth: int) -> Node:
        text = node.value
        if not isinstance(text, str) or ("{" not in text and "}" not in text):
            return node  # what holds it is placed
        whole = re.fullmatch(r"\{([^{}]+)\}", text)
        if whole:
            return self.whole(node, whole.group(1), scope, depth)
        pieces, end = [], 0
        for match in _PIECE.finditer(text):
            pieces += [text[end : match.start()], self.piece(node, match, scope)]
            end = match.end()
        made = "".join((*pieces, text[end:]))
        self.counted(node, len(made) // 1000, depth)
        return Scalar(made, made, self.placed(node.place))

    def whole(self, node: Scalar, name: str, scope: Scope, depth: int) -> Node:
        """A text that is exactly "{name}" becomes the value itself, with its type."""
        found = self.lookup(node, name, scope)
        if found is None:
            return replace(node, place=self.placed(node.place))
        if isinstance(found, Scalar):
            return Scalar(found.value, found.text, self.placed(node.place))
        self.counted(node, size(found, MAX_NODES), depth + height(found))
        return found

    def piece(self, node: Scalar, match: re.Match[str], scope: Scope) -> str:
        if match.group(0) in ("{{", "}}"):
            return match.group(0)[0]
        if match.group(1) is None:
            place = self.inside(node, match.group(0))
            self.blame(
                place,
                "an unpaired brace",
                "{name} stands for a variable",
                "write {{ or }} for the sign itself",
            )
            return ""
        found = self.lookup(node, match.group(1), scope)
        if isinstance(found, Scalar) and found.value is not None:
            return found.text
        if found is not None:
            place = self.inside(node, match.group(0))
            detail = f"`{match.group(1)}` is a list, a mapping or nothing"
            self.blame(place, "a variable that cannot stand within a text", detail, "use one of its values")
        return ""

    def lookup(self, node: Scalar, name: str, scope: Scope) -> Node | None:
        first, *rest = name.split(".")
        found = scope.get(first) if _NAME.fullmatch(name) else None
        for part in rest:
            found = child(found, part)
        if found is None:
            otherwise = "declare it under `vars` or `for_each`; write {{ for a brace itself"
            if "defaults" in self.within:
                otherwise = "a default is the same wherever it is taken; what differs belongs in a template"
            if first == "product":
                otherwise = f"declare it; Meta's own word is written {{{{{{{{{name}}}}}}}}}"
            fix = nearest(name, scope.known(), otherwise)
            self.blame(self.inside(node, f"{{{name}}}"), "unknown variable", f"found `{{{name}}}`", fix)
        return found

    def inside(self, node: Scalar, piece: str) -> Place:
        """The place of a piece of a text, when it stands in the text's first line."""
        place = self.placed(node.place)
        self.blamed.add((str(place.source.file), place.line, place.column))
        column = place.source.lines[place.line - 1].find(piece, place.column - 1) + 1
        return replace(place, column=column) if column else place


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about an unknown word: the one that was probably meant, or the other advice."""
    close = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else otherwise


def _loop(names: Names[str, Node]) -> str:
    texts = (f"{name} = {node.text}" for name, node in names.items() if isinstance(node, Scalar))
    return "with " + ", ".join(texts)


def merged(base: Node, own: Node) -> Mapping:
    """Mappings merged key by key; anything else of `own` replaces what stands in `base`."""
    assert isinstance(base, Mapping)
    assert isinstance(own, Mapping)
    entries = dict(base.entries)
    for key, entry in own.entries.items():
        under = base.get(key)
        if isinstance(under, Mapping) and isinstance(entry.node, Mapping):
            entry = Entry(entry.key, entry.place, merged(under, entry.node))
        entries[key] = entry
    return Mapping(entries, own.place)
