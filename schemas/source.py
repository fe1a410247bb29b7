"""From a folder of YAML to a Workspace, with every error of every file at its own line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from schemas import assets, google_images, meta_images
from schemas.audience_checks import audience_problems
from schemas.brand import Brand
from schemas.brand_checks import brand_problems, plan_problems
from schemas.checks import campaign_problems
from schemas.compose import read
from schemas.errors import InvalidDeclaration, Problem
from schemas.expand import merged, nearest
from schemas.experiment_checks import experiment_problems
from schemas.files import KINDS, File, Loading, adapter
from schemas.files import files as files_of
from schemas.known import Known
from schemas.mask import hidden
from schemas.problems import Path as TreePath
from schemas.problems import noted, point, validate
from schemas.rule import Placed, read_rules, twice
from schemas.strategy import Look
from schemas.tree import Entry, Node, Scalar, child
from schemas.tree import Mapping as Tree
from schemas.types import REFERENCE
from schemas.workspace import Asset, Workspace


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
    loading = Loading(root, environment)
    brand = _brand(loading)
    if brand is None:
        return None, ordered(loading.problems)
    files = files_of(loading, brand.tree)
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


def _brand(loading: Loading) -> File | None:
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
    validated = validate(adapter("brand"), Brand, tree)
    loading.problems.extend(noted(finding.problem, finding.place) for finding in validated.findings)
    bad = tuple(finding.path for finding in validated.findings)
    key = validated.model.brand if validated.model else ""
    file = File("brand", key, tree, validated.model, bad)
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


def _overlaid(loading: Loading, tree: Tree) -> Tree:
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


# What several files have to agree on


def _check(loading: Loading, brand: File, files: list[File]) -> None:
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
        elif file.kind == "experiment":
            loading.add(file, experiment_problems(file.model, known))


def _logo(loading: Loading, brand: File) -> None:
    logo = brand.model.look.logo if brand.model else None
    found = assets.image(loading.root, logo) if logo else None
    if isinstance(found, Problem):
        loading.add(brand, iter([(("look", "logo"), found)]))


def _assets(loading: Loading, files: list[File], look: Look) -> None:
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


def _declared(files: list[File]) -> Iterator[tuple[File, TreePath, str, str]]:
    """Every image and video that a creative or a platform's block names."""
    for file in (file for file in files if file.kind == "campaign" and file.model):
        for path, name, _ in google_images.declared(file.model):
            yield file, path, "image", name
        for i, ad_set in enumerate(file.model.ad_sets):
            for j, ad in enumerate(ad_set.ads):
                for part, key, name in ad.creative.files():
                    yield file, ("ad_sets", i, "ads", j, "creative", *part), key, name


def _rules(loading: Loading, brand: File) -> list[Placed]:
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
