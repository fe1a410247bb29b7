"""The files of a workspace below kampanya.yaml: read, expanded, filled with defaults, made into models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from schemas.audience import Audience
from schemas.brand import Brand
from schemas.campaign import Campaign
from schemas.compose import read
from schemas.creative import SharedCreative
from schemas.defaults import Layer, expanded, filled
from schemas.errors import Problem
from schemas.expand import Expander
from schemas.experiment import Experiment
from schemas.inherit import Strategy, inherited
from schemas.problems import Finding, noted, point, validate
from schemas.problems import Path as TreePath
from schemas.strategy_checks import Found
from schemas.tree import Mapping as Tree
from schemas.tree import Node, Scalar, Sequence, find
from schemas.types import slugify
from schemas.workspace import Asset

# Kind → its folder and the annotation a file of it is validated by. Creatives first: campaigns name them.
KINDS: Mapping[str, tuple[str, Any]] = {
    "creative": ("creatives", SharedCreative),
    "campaign": ("campaigns", Campaign),
    "audience": ("audiences", Audience),
    "experiment": ("experiments", Experiment),
}


@cache
def adapter(kind: str) -> TypeAdapter[Any]:
    """What validates a file of a kind."""
    return TypeAdapter(Brand if kind == "brand" else KINDS[kind][1])


@dataclass(frozen=True, slots=True)
class File:
    """One file that was read; `bad` are the paths at which something was wrong already."""

    kind: str
    key: str
    tree: Tree
    model: Any
    bad: tuple[TreePath, ...] = ()


@dataclass
class Loading:
    """The state of one load: everything found so far."""

    root: Path
    environment: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    faulty: set[int] = field(default_factory=set)  # ids of files with a problem

    def add(self, file: File, found: Found) -> None:
        """Problems of a check, without those that only follow from what was wrong in the file already."""
        for path, problem in found:
            if not any(path[: len(bad)] == bad or bad[: len(path)] == path for bad in file.bad):
                self.problems.append(noted(problem, point(file.tree, path)))
                self.faulty.add(id(file))


def files(loading: Loading, brand: Tree) -> list[File]:
    """All files but kampanya.yaml, whose tree is given; what is wrong or unused goes to `loading`."""
    reading = _Reading(loading, brand)
    found = [file for kind in KINDS for file in reading.kind(kind)]
    loading.warnings.extend(reading.unused(brand, found))
    return found


def paths(folder: Path) -> list[Path]:
    """The YAML files below a folder, in order."""
    found = (path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    return sorted(path for path in found if not path.name.startswith(".") and path.is_file())


class _Reading:
    """What the files of one brand have in common, and what of it they used."""

    def __init__(self, loading: Loading, brand: Tree) -> None:
        self.loading, self.problems = loading, loading.problems
        self.templates, self.strategy = _entries(brand.get("templates")), Strategy.of(brand)
        self.creatives: dict[str, Tree | None] = {}
        self.names = _names(loading, brand)
        self.declared, self.defaults = brand.get("defaults"), Layer()
        self.used: set[str] = set()
        self.layers: list[Layer] = []
        self.blamed: set[tuple[str, int, int]] = set()  # in the brand's defaults

    def kind(self, kind: str) -> Iterator[File]:
        """The files of one kind; a key that stands twice is reported."""
        first: dict[str, Path] = {}
        if kind == "campaign":
            expander = self.expander(kind)
            self.defaults = expanded(self.declared, expander, self.names)
            self.take(self.defaults, expander)
            self.blamed = expander.blamed
        for path in paths(self.loading.root / KINDS[kind][0]):
            before = len(self.problems)
            file = self.file(kind, path)
            if file is None:
                continue
            if len(self.problems) > before:
                self.loading.faulty.add(id(file))
            if file.key in first:
                detail = f"`{file.key}` is the key of {first[file.key]} already"
                problem = Problem(f"two {kind}s with one key", detail, "give each its own key")
                self.loading.add(file, iter([((kind,), problem)]))
            first.setdefault(file.key, path)
            yield file

    def expander(self, kind: str) -> Expander:
        return Expander(self.templates, self.problems, self.creatives if kind == "campaign" else None)

    def take(self, layer: Layer, expander: Expander) -> None:
        """A layer of defaults, with what was used to write it."""
        self.used |= expander.uses
        self.layers.append(layer)
        fresh = [problem for problem in layer.problems() if _spot(problem) not in expander.blamed]
        self.problems.extend(fresh)
        expander.blamed.update(map(_spot, fresh))

    def file(self, kind: str, path: Path) -> File | None:
        expander = self.expander(kind)
        raw = read(path, self.problems)
        tree = expander.file(raw, self.names) if raw else None
        self.used |= expander.uses
        if tree is None:
            if kind == "creative":
                self.creatives.setdefault(slugify(path.stem))
            return None
        if kind == "campaign":
            tree = self.campaign(tree, expander)
        validated = validate(adapter(kind), KINDS[kind][1], tree)
        fresh = [found for found in validated.findings if not _spots(found, tree) & expander.blamed]
        self.problems.extend(noted(finding.problem, finding.place) for finding in fresh)
        doubtful = _paths(tree, expander.blamed) if expander.blamed else ()
        bad = (*(finding.path for finding in validated.findings), *doubtful)
        key = find(tree, (kind,))
        slug = slugify(key.text) if isinstance(key, Scalar) else ""
        file = File(kind, slug, tree, validated.model, bad)
        if kind == "creative":
            self.share(file)
        return file

    def campaign(self, tree: Tree, expander: Expander) -> Tree:
        """The campaign with its defaults, the brand's, and what its ad sets take from it."""
        layers = [self.defaults]
        expander.blamed |= self.blamed
        if "defaults" in tree.entries:
            own = Layer.read(tree.get("defaults"), "the campaign")
            self.take(own, expander)
            layers.insert(0, own)
        if any(layer.levels for layer in layers):
            tree = filled(tree, layers, self.strategy)
        return inherited(tree, self.strategy)

    def share(self, file: File) -> None:
        """A creative that campaigns may name from here on."""
        self.creatives.setdefault(file.key, file.tree.without("creative"))
        if file.key in map(slugify, self.templates):
            detail = f"`{file.key}`: `from` could mean either"
            problem = Problem("a creative and a template with one name", detail, "rename one of them")
            self.loading.add(file, iter([(("creative",), problem)]))

    def unused(self, brand: Tree, found: list[File]) -> Iterator[Problem]:
        """Warnings of what is declared and has no effect."""
        for name in self.templates.keys() - self.used:
            problem = Problem("a template that nobody uses", f"`{name}`", "delete it, or use it by `from`")
            yield noted(problem, point(brand, ("templates", name)))
        for file in found:
            if file.kind == "creative" and f"creative {file.key}" not in self.used:
                fix = "delete it, or name it in an ad: `creative: key`"
                problem = Problem("a creative that no ad shows", f"`{file.key}`", fix)
                yield noted(problem, point(file.tree, ("creative",)))
        for layer in self.layers:
            yield from layer.untaken()


def _entries(node: Node | None) -> dict[str, Node]:
    return {key: entry.node for key, entry in node.entries.items()} if isinstance(node, Tree) else {}


def _names(loading: Loading, brand: Tree) -> dict[str, Node]:
    """What every file may use: the brand's vars, `{brand}` and `{environment}`."""
    environment = Scalar(loading.environment, loading.environment, brand.place)
    key = brand.get("brand")
    given = {"brand": key} if isinstance(key, Scalar) else {}
    return {**given, "environment": environment, **_entries(brand.get("vars"))}


def _spot(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (str(where.file), where.line, where.column) if where else ("", 0, 0)


def _paths(node: Node, spots: set[tuple[str, int, int]], path: TreePath = ()) -> Iterator[TreePath]:
    """The paths of what stands at the spots."""
    place = node.place
    if (str(place.source.file), place.line, place.column) in spots:
        yield path
    elif isinstance(node, Tree):
        for key, entry in node.entries.items():
            yield from _paths(entry.node, spots, (*path, key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _paths(item, spots, (*path, index))


def _spots(finding: Finding, tree: Tree) -> set[tuple[str, int, int]]:
    """Where a finding stands: its caret, and the mapping that lacks a key."""
    parent = find(tree, finding.path[:-1])
    lacks = parent is not None and find(tree, finding.path) is None
    places = [finding.place, *([parent.place] if parent is not None and lacks else [])]
    return {(str(place.source.file), place.line, place.column) for place in places}
