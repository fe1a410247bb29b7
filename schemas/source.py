"""From a folder of YAML to a Workspace, with every error of every file at its own line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from schemas import assets, google_images, meta_images
from schemas.audience import Audience
from schemas.audience_checks import audience_problems
from schemas.brand import Brand
from schemas.brand_checks import brand_problems, plan_problems
from schemas.campaign import Campaign
from schemas.checks import campaign_problems
from schemas.compose import read
from schemas.errors import InvalidDeclaration, Problem
from schemas.expand import Expander, merged, nearest
from schemas.experiment import Experiment
from schemas.experiment_checks import experiment_problems
from schemas.inherit import Strategy, inherited
from schemas.known import Known
from schemas.mask import hidden
from schemas.problems import Finding, noted, point, validate
from schemas.problems import Path as TreePath
from schemas.rule import Placed, read_rules, twice
from schemas.strategy import Look
from schemas.strategy_checks import Found
from schemas.tree import Entry, Node, Scalar, child, find
from schemas.tree import Mapping as Tree
from schemas.types import REFERENCE, slugify
from schemas.workspace import Asset, Workspace

# Kind → its folder and the annotation a file of it is validated by.
KINDS: Mapping[str, tuple[str, Any]] = {
    "campaign": ("campaigns", Campaign),
    "audience": ("audiences", Audience),
    "experiment": ("experiments", Experiment),
}


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(Brand if kind == "brand" else KINDS[kind][1])


@dataclass(frozen=True, slots=True)
class _File:
    """One file that was read; `bad` are the paths at which something was wrong already."""

    kind: str
    key: str
    tree: Tree
    model: Any
    bad: tuple[TreePath, ...] = ()


@dataclass
class _Loading:
    """The state of one load: everything found so far."""

    root: Path
    environment: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    faulty: set[int] = field(default_factory=set)  # ids of files with a problem

    def add(self, file: _File, found: Found) -> None:
        """Problems of a check, without those that only follow from what was wrong in the file already."""
        for path, problem in found:
            if not any(path[: len(bad)] == bad or bad[: len(path)] == path for bad in file.bad):
                self.problems.append(noted(problem, point(file.tree, path)))
                self.faulty.add(id(file))


def load_workspace(root: Path, environment: str = "sandbox") -> Workspace:
    """The workspace in a folder, for one environment.

    Raises InvalidDeclaration with every problem of every file, in file and line order.
    """
    workspace, problems = survey(root, environment)
    if problems or workspace is None:
        raise InvalidDeclaration(problems)
    return workspace


def survey(root: Path, environment: str = "sandbox") -> tuple[Workspace | None, list[Problem]]:
    """What of a workspace is right by itself, and all that is wrong, in file and line order.

    Files with a problem are left out, so that the others can be held against the platforms all the same;
    None where kampanya.yaml itself cannot be read as a brand, or has no such environment.
    """
    loading = _Loading(root, environment)
    brand = _brand(loading)
    if brand is None:
        return None, ordered(loading.problems)
    files = list(_files(loading, brand.tree))
    _check(loading, brand, files)
    _logo(loading, brand)
    _assets(loading, files, brand.model.look if brand.model else Look())
    rules = _rules(loading, brand)
    problems = ordered(loading.problems)
    if brand.model is None or brand.bad or environment not in brand.model.environments:
        return None, problems
    sound = [file for file in files if id(file) not in loading.faulty and file.model and not file.bad]
    made = {kind: {file.key: file.model for file in sound if file.kind == kind} for kind in KINDS}
    trees = {("brand", brand.key): brand.tree} | {(file.kind, file.key): file.tree for file in files}
    workspace = Workspace(
        root,
        environment,
        brand.model,
        tuple(made["campaign"].values()),
        made["audience"],
        made["experiment"],
        loading.assets,
        tuple(ordered(loading.warnings)),
        trees,
        tuple(rules),
    )
    return workspace, problems


# kampanya.yaml


def _brand(loading: _Loading) -> _File | None:
    path = loading.root / "kampanya.yaml"
    if not path.is_file():
        fix = "go to the brand's folder, name it with -C, or write one with `kampanya init DIR`"
        loading.problems.append(Problem("no kampanya.yaml here", f"looked for {path}", fix))
        return None
    tree = read(path, loading.problems)
    if tree is None:
        return None
    _hide_secrets(tree)
    tree = _overlaid(loading, tree)
    validated = validate(_adapter("brand"), Brand, tree)
    loading.problems.extend(noted(finding.problem, finding.place) for finding in validated.findings)
    bad = tuple(finding.path for finding in validated.findings)
    key = validated.model.brand if validated.model else ""
    file = _File("brand", key, tree, validated.model, bad)
    if validated.model:
        loading.add(file, brand_problems(validated.model, loading.environment))
    return file


def _hide_secrets(node: Node, inside: bool = False) -> None:
    """Before anything is said of this file: what stands where a reference should is not shown."""
    if isinstance(node, Scalar):
        if inside and node.text and not REFERENCE.fullmatch(node.text):
            node.place.source.hide(node.place, node.text)
    elif isinstance(node, Tree):
        for key, entry in node.entries.items():
            _hide_secrets(entry.node, inside or key == "credentials")
    else:
        for item in node.items:
            _hide_secrets(item, inside)


def _overlaid(loading: _Loading, tree: Tree) -> Tree:
    """The brand's tree with the environment's `vars` and `guard_rails` laid over its own."""
    stages = tree.get("environments")
    stage = child(stages, loading.environment)
    if isinstance(stages, Tree) and stage is None:
        fix = nearest(loading.environment, stages.entries, f"declared are {', '.join(stages.entries)}")
        place = point(tree, ("environments",))
        detail = f"`{loading.environment}` is not declared"
        loading.problems.append(noted(Problem("unknown environment", detail, fix), place))
    entries = dict(tree.entries)
    for key in ("vars", "guard_rails"):
        over, base = child(stage, key), tree.get(key)
        if isinstance(stage, Tree) and isinstance(over, Tree):
            node = merged(base, over) if isinstance(base, Tree) else over
            entries[key] = Entry(
                key, entries[key].place if key in entries else stage.entries[key].place, node
            )
    return replace(tree, entries=entries)


# The other files


def _files(loading: _Loading, brand: Tree) -> Iterator[_File]:
    templates = _entries(brand.get("templates"))
    names, strategy = _names(loading, brand), Strategy.of(brand)
    used: set[str] = set()
    for kind in KINDS:
        first: dict[str, Path] = {}
        for path in paths(loading.root / KINDS[kind][0]):
            expander, before = Expander(templates, loading.problems), len(loading.problems)
            file = _read(loading, kind, path, expander, names, strategy)
            used |= expander.uses
            if file is None:
                continue
            if len(loading.problems) > before:
                loading.faulty.add(id(file))
            if file.key in first:
                detail = f"`{file.key}` is the key of {first[file.key]} already"
                problem = Problem(f"two {kind}s with one key", detail, "give each its own key")
                loading.add(file, iter([((kind,), problem)]))
            first.setdefault(file.key, path)
            yield file
    for name in templates.keys() - used:
        problem = Problem("a template that nobody uses", f"`{name}`", "delete it, or use it by `from`")
        loading.warnings.append(noted(problem, point(brand, ("templates", name))))


def paths(folder: Path) -> list[Path]:
    """The YAML files below a folder, in order."""
    found = (path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    return sorted(path for path in found if not path.name.startswith(".") and path.is_file())


def _entries(node: Node | None) -> dict[str, Node]:
    return {key: entry.node for key, entry in node.entries.items()} if isinstance(node, Tree) else {}


def _names(loading: _Loading, brand: Tree) -> dict[str, Node]:
    """What every file may use: the brand's vars, `{brand}` and `{environment}`."""
    environment = Scalar(loading.environment, loading.environment, brand.place)
    key = brand.get("brand")
    given = {"brand": key} if isinstance(key, Scalar) else {}
    return {**given, "environment": environment, **_entries(brand.get("vars"))}


def _read(
    loading: _Loading,
    kind: str,
    path: Path,
    expander: Expander,
    names: Mapping[str, Node],
    strategy: Strategy,
) -> _File | None:
    raw = read(path, loading.problems)
    tree = expander.file(raw, names) if raw else None
    if tree is None:
        return None
    if kind == "campaign":
        tree = inherited(tree, strategy)
    validated = validate(_adapter(kind), KINDS[kind][1], tree)
    fresh = [finding for finding in validated.findings if not _spots(finding, tree) & expander.blamed]
    loading.problems.extend(noted(finding.problem, finding.place) for finding in fresh)
    bad = tuple(finding.path for finding in validated.findings)
    key = find(tree, (kind,))
    slug = slugify(key.text) if isinstance(key, Scalar) else ""
    return _File(kind, slug, tree, validated.model, bad)


def _spots(finding: Finding, tree: Tree) -> set[tuple[str, int, int]]:
    """Where a finding stands: its caret, and the mapping that lacks a key."""
    parent = find(tree, finding.path[:-1])
    lacks = parent is not None and find(tree, finding.path) is None
    places = [finding.place, *([parent.place] if parent is not None and lacks else [])]
    return {(str(place.source.file), place.line, place.column) for place in places}


def _check(loading: _Loading, brand: _File, files: list[_File]) -> None:
    """What several files have to agree on."""
    stage = brand.model.environments.get(loading.environment) if brand.model else None
    accounts = {name: account for name, account in stage.accounts if account} if stage else {}
    known = Known(
        {name: account.currency for name, account in accounts.items()},
        frozenset(file.key for file in files if file.kind == "audience"),
        {file.key: file.model for file in files if file.kind == "campaign" and file.model},
        frozenset(file.key for file in files if file.kind == "campaign" and not file.model),
        brand.model,
    )
    if brand.model:
        loading.add(brand, plan_problems(brand.model, {*known.campaigns, *known.unread}))
    for file in files:
        if file.model is None:
            continue
        if file.kind == "campaign":
            loading.add(file, campaign_problems(file.model, known, file.bad))
        elif file.kind == "audience":
            loading.add(file, audience_problems(file.model, known))
        else:
            loading.add(file, experiment_problems(file.model, known))


def _logo(loading: _Loading, brand: _File) -> None:
    logo = brand.model.look.logo if brand.model else None
    found = assets.image(loading.root, logo) if logo else None
    if isinstance(found, Problem):
        loading.add(brand, iter([(("look", "logo"), found)]))


def _assets(loading: _Loading, files: list[_File], look: Look) -> None:
    known: dict[tuple[str, str], Asset | Problem] = {}
    for file, path, key, name in _declared(files):
        if (key, name) not in known:
            looked = assets.image if key == "image" else assets.video
            known[key, name] = looked(loading.root, name)
        found = known[key, name]
        if isinstance(found, Problem):
            loading.add(file, iter([(path, found)]))
            continue
        loading.assets[name] = found
        if key == "image":
            loading.add(file, ((path, problem) for problem in assets.unlike(found, look.images)))
        if key == "image" and (warning := assets.small(found)):
            loading.warnings.append(noted(warning, point(file.tree, path)))
    for file in (file for file in files if file.kind == "campaign" and file.model):
        loading.add(file, google_images.misfits(file.model, loading.assets))
        loading.add(file, meta_images.problems(file.model, loading.assets))
        for path, warning in meta_images.warnings(file.model, loading.assets):
            loading.warnings.append(noted(warning, point(file.tree, path)))


def _declared(files: list[_File]) -> Iterator[tuple[_File, TreePath, str, str]]:
    """Every image and video that a creative or a platform's block names."""
    for file in (file for file in files if file.kind == "campaign" and file.model):
        for path, name, _ in google_images.declared(file.model):
            yield file, path, "image", name
        for i, ad_set in enumerate(file.model.ad_sets):
            for j, ad in enumerate(ad_set.ads):
                for part, key, name in ad.creative.files():
                    yield file, ("ad_sets", i, "ads", j, "creative", *part), key, name


def _rules(loading: _Loading, brand: _File) -> list[Placed]:
    """The brand's own rules: those in kampanya.yaml, then those in files."""
    declared = brand.model.guard_rails.rules if brand.model else ()
    placed = [
        Placed(rule, point(brand.tree, ("guard_rails", "rules", index)).where())
        for index, rule in enumerate(declared)
    ]
    found, problems = read_rules(loading.root)
    loading.problems += [*problems, *twice([*placed, *found])]
    return [*placed, *found]


def ordered(problems: list[Problem]) -> list[Problem]:
    """In file and line order; a line that expansion copied is wrong once."""
    once: dict[tuple[str, int, int, str], Problem] = {}
    for problem in problems:
        where = problem.where
        place = (str(where.file), where.line, where.column) if where else ("", 0, 0)
        once.setdefault((*place, problem.summary if where else str(problem)), problem)
    found = (once[key] for key in sorted(once))
    return [replace(one, detail=hidden(one.detail), fix=hidden(one.fix)) for one in found]
