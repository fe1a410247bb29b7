"""What the platform has, written into the YAML: tried on a copy first, for one key, and nothing beside it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.assemble import Sides, Spending
from engine.authoring import Setting, settings
from engine.diff import diff
from engine.resource import MARK, Address, Observed, resolve, same, to_json
from journal.records import AFTER
from journal.store import Journal
from operations.drift import Drift, differences
from operations.memory import ABSORBED
from operations.overlays import demand_left_alone
from operations.plan import Tell, Wish, look
from operations.shadow import Declared, Shadow, shadow
from operations.site import Site
from schemas.campaign import Ad, AdSet, Campaign
from schemas.cst import Document, Written, parse
from schemas.edit import Path_, assign, rewrite
from schemas.errors import InvalidDeclaration, KampanyaError, Problem
from schemas.tree import Mapping as Tree
from schemas.tree import find, place_of, plain

CANNOT = "this cannot be absorbed"
FieldOf = tuple[Address, str]


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A file before and after, and the differences that are none any more."""

    file: Path
    before: str
    after: str
    drifts: tuple[Drift, ...]

    @property
    def lines(self) -> list[str]:
        """The file's change as a unified diff."""
        name = str(self.file)
        before, after = self.before.splitlines(), self.after.splitlines()
        return list(difflib.unified_diff(before, after, name, name, lineterm="", n=1))


@dataclass(slots=True)
class Wanted:
    """One value for the YAML: where it could be written, and the platform's fields that follow from it."""

    ways: list[Setting]
    fields: set[FieldOf] = field(default_factory=set)


@dataclass(slots=True)
class Spot:
    """Where a key is declared: the author's file, the way to it in there, and what it says."""

    file: Path
    raw: Path_
    tree: Tree
    path: Path_
    declared: Campaign | AdSet | Ad
    campaign: Campaign


def absorb(
    site: Site,
    journal: Journal,
    key: str,
    fields: Collection[str] = (),
    *,
    actor: str,
    dry: bool = False,
    tell: Tell = lambda _: None,
) -> Absorbed | None:
    """Write what changed at exactly `key`, or only these of its fields, into the YAML.

    None if nothing changed there. Raises KampanyaError, with the file as it was, for anything that could
    not be written without changing something else too, and when the file changed meanwhile.
    """
    spot = locate(site, key)
    raw = spot.file.read_bytes()
    text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    sides = look(site, journal, Wish(), Spending(), tell)
    drifts = _asked((each for each in differences(sides) if each.field != MARK), key, fields)
    if not drifts:
        return None
    with shadow(site) as copy:
        if copy.digest(spot.file, text) != site.workspace.digest():
            raise KampanyaError("the file changed meanwhile", str(spot.file), "run the command again")
        made = _Trial(copy, spot, sides, text).run(drifts)
        demand_left_alone(copy, spot.file, text, made)
    result = Absorbed(spot.file, text, made, tuple(drifts))
    if not dry:
        _write(spot.file, raw, made)
        _note(journal, result, actor, sides.now)
    return result


def _write(file: Path, raw: bytes, text: str) -> None:
    """With the line ends and the mark that the author's editor uses."""
    if b"\r\n" in raw:
        text = text.replace("\n", "\r\n")
    rewrite(file, raw, ("\ufeff" if raw.startswith(b"\xef\xbb\xbf") else "") + text)


def _note(journal: Journal, result: Absorbed, actor: str, clock: datetime) -> None:
    """From now on the platform's value is the one last set: it was declared, by this person, now."""
    now = datetime.now(UTC)
    for each in result.drifts:
        taken = {
            "fields": {each.field: to_json(each.theirs)},
            "clock": clock.isoformat(),
            AFTER: journal.last_intent(),
        }
        journal.event(ABSORBED, now, actor, taken, each.address)


def _asked(found: Iterator[Drift], key: str, fields: Collection[str]) -> list[Drift]:
    here = [each for each in found if each.key == key and each.sort != "left"]
    lost = [each for each in here if each.sort in ("gone", "archived")]
    if lost:
        detail = ", ".join(f"{each.subject} is {each.sort}" for each in lost)
        fix = "delete the key from the YAML, or let a plan build it anew: kampanya plan --target KEY"
        raise KampanyaError(CANNOT, detail, fix)
    unknown = sorted(set(fields) - {each.field for each in here})
    if unknown:
        known = ", ".join(each.field for each in here) or "nothing"
        raise KampanyaError("no such drift", f"{', '.join(unknown)}; changed is {known}", "kampanya drift")
    return [each for each in here if not fields or each.field in fields]


@dataclass(slots=True)
class _Trial:
    """Edits tried one after another on a copy; each must change its own fields and no other."""

    copy: Shadow
    spot: Spot
    sides: Sides
    text: str

    def run(self, drifts: Sequence[Drift]) -> str:
        """The file's new text. Raises KampanyaError with everything that cannot be written."""
        problems: list[Problem] = []
        now, base = self.text, self.copy.declared(self.spot.file, self.text)
        for wanted in self.wanted(drifts, problems):
            way = self.first(now, base, wanted)
            if isinstance(way, Problem):
                problems.append(way)
            else:
                now, base = way, self.copy.declared(self.spot.file, way)
        if problems:
            raise InvalidDeclaration(problems)
        return now

    def wanted(self, drifts: Sequence[Drift], problems: list[Problem]) -> list[Wanted]:
        """What the drifts come to; those of several platforms that say the same are one."""
        found: dict[str, Wanted] = {}
        for each in drifts:
            assert each.address is not None
            said = list(self.said(each, each.address))
            if not said:
                problems.append(self.wordless(each))
            for name, value in said:
                spot = self.spot
                platform = each.address.platform
                ways = list(settings(name, value, platform, spot.declared, spot.campaign))
                wanted = found.setdefault(repr(ways), Wanted(ways))
                wanted.fields.add((each.address, each.field))
        return list(found.values())

    def said(self, each: Drift, address: Address) -> Iterator[tuple[str, Any]]:
        """The neutral fields in which the platform's value differs from ours."""
        site, seen = self.copy.site, self.observed(address)
        connector = site.offline(address.platform)
        ids = {at: known.id for at, known in self.sides.context.known.items()}
        desired = next(one for one in self.sides.desired if one.address == address)
        ours = resolve(desired.fields.get(each.field), ids)
        theirs = connector.spoken(address.kind, seen.fields)
        before = connector.spoken(address.kind, {**seen.fields, each.field: ours})
        if each.field in theirs.unsaid:
            return
        for name, value in theirs.fields.items():
            if not same(value, before.fields.get(name)):
                yield name, self.keyed(name, value)

    def keyed(self, name: str, value: Any) -> Any:
        """Audiences by their keys; one that is not ours has none, and keeps its id, which no YAML takes."""
        if name not in ("audience.include", "audience.exclude"):
            return value
        known = self.sides.context.known.items()
        keys = {each.id: at.key for at, each in known if at.kind == "audience"}
        return [keys.get(str(each), str(each)) for each in value]

    def observed(self, address: Address) -> Observed:
        found = diff(self.sides.desired, self.sides.observed, self.sides.context).matching.found
        return found[address]

    def wordless(self, each: Drift) -> Problem:
        detail = f"{each.subject}: the language has no word for {each.field}"
        fix = (
            "set it back on the platform or by `kampanya drift revert`, or write `ignore_changes` on the key"
        )
        return Problem(CANNOT, f"{detail} {each.leaves[0].after if each.leaves else ''}".strip(), fix)

    def first(self, now: str, base: Declared, wanted: Wanted) -> str | Problem:
        """The first way of writing it that does what it should; else why none does."""
        reasons: dict[str, None] = {}
        for setting in wanted.ways:
            for path, value in _widening(setting, self.spot):
                for root in self.roots(setting):
                    try:
                        made = assign(now, (*root, *path), value)
                        after = self.copy.declared(self.spot.file, made)
                    except KampanyaError as error:
                        reasons[_reason(error)] = None
                        continue
                    wrong = list(self.wrong(base, after, wanted.fields))
                    if not wrong:
                        return made
                    reasons |= dict.fromkeys(wrong)
        return self.refused(wanted, list(reasons))

    def roots(self, setting: Setting) -> list[Path_]:
        """The key itself, then its campaign: Google's own settings may be said only there."""
        return [self.spot.raw, ()] if self.spot.raw and setting.path[0] in _SHARED else [self.spot.raw]

    def wrong(self, base: Declared, after: Declared, own: Collection[FieldOf]) -> Iterator[str]:
        """Whatever would change beside the fields asked for, and these where they would not be right."""
        for address in {**base, **after}:
            before, now = base.get(address), after.get(address)
            if before is None or now is None:
                yield f"it would {'add' if before is None else 'remove'} {address}"
                continue
            for name in {**before.fields, **now.fields}:
                moved = not same(before.fields.get(name), now.fields.get(name))
                if moved and (address, name) not in own:
                    yield f"it would change {name} of {address} too"
        ids = {at: known.id for at, known in self.sides.context.known.items()}
        for address, name in own:
            have = self.observed(address).fields.get(name)
            if address in after and not same(resolve(after[address].fields.get(name), ids), have):
                yield f"{name} of {address} would still not be what the platform has"

    def refused(self, wanted: Wanted, reasons: list[str]) -> Problem:
        setting = wanted.ways[0]
        place = place_of(self.spot.tree, (*self.spot.path, *setting.path))
        where = place.where()
        use = f" ({place.use})" if place.use else ""
        detail = f"{'.'.join(setting.path)} = {setting.value}{use}: {'; '.join(reasons[:3])}"
        fix = "edit the line by hand, or set the value back: kampanya drift revert KEY"
        return Problem(CANNOT, detail, fix, where)


_SHARED = ("google", "meta", "audience", "flight", "bid", "optimize_for", "conversion")


def _widening(setting: Setting, spot: Spot) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The value at its place; then the mapping around it, where that is written as one variable."""
    yield setting.path, setting.value
    value = setting.value
    for depth in range(len(setting.path) - 1, 0, -1):
        around = find(spot.tree, (*spot.path, *setting.path[:depth]))
        base = plain(around) if isinstance(around, Tree) else {}
        value = {**base, setting.path[depth]: value}
        yield setting.path[:depth], value


def _reason(error: KampanyaError) -> str:
    problems = error.problems if isinstance(error, InvalidDeclaration) else (error.problem,)
    return f"{problems[0].summary}: {problems[0].detail}"


# Where a key is declared.


def locate(site: Site, key: str) -> Spot:
    """The author's own lines of a key. Raises KampanyaError where they make several things, or are shared."""
    parts = key.split("/")
    tree = site.workspace.trees.get(("campaign", parts[0]))
    campaign = next((each for each in site.workspace.campaigns if each.campaign == parts[0]), None)
    if tree is None or campaign is None or len(parts) > 3:
        raise KampanyaError(
            "nothing is declared at this key", key, "give a campaign, campaign/ad_set or …/ad"
        )
    path, declared = _descend(campaign, parts[1:], key)
    node = find(tree, path)
    assert isinstance(node, Tree)
    file = tree.place.source.file
    document = parse(file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    where = node.place
    raw = None if where.source.file != file else _written(document, where.line - 1, where.column - 1)
    if raw is None:
        raise KampanyaError(
            CANNOT, f"{key} is written in {where.where()}: {where.use}", _BY_HAND, where.where()
        )
    if any(_at(document, raw[:depth]).get("for_each") for depth in range(1, len(raw) + 1)):
        raise KampanyaError(CANNOT, f"{key} is one of several made by `for_each`", _BY_HAND, where.where())
    return Spot(file, raw, tree, path, declared, campaign)


_BY_HAND = "write this one out by itself, or edit the line by hand: it stands for others too"


def _descend(campaign: Campaign, keys: Sequence[str], key: str) -> tuple[Path_, Campaign | AdSet | Ad]:
    path: Path_ = ()
    declared: Campaign | AdSet | Ad = campaign
    for name, word in zip(("ad_sets", "ads"), keys, strict=False):
        children: Sequence[AdSet | Ad] = getattr(declared, name)
        index = next((i for i, each in enumerate(children) if _key(each) == word), None)
        if index is None:
            raise KampanyaError("nothing is declared at this key", key, "kampanya drift shows the keys")
        path, declared = (*path, name, index), children[index]
    return path, declared


def _key(each: AdSet | Ad) -> str:
    return each.ad_set if isinstance(each, AdSet) else each.ad


def _written(document: Document, line: int, column: int) -> Path_ | None:
    """The way to the mapping that begins at a place of the file (counted from 0)."""
    todo: list[tuple[Path_, Written]] = [((), document.root)]
    while todo:
        path, node = todo.pop()
        if node.sort == "map" and (document.line(node.start), document.column(node.start)) == (line, column):
            return path
        for index, each in enumerate(node.entries):
            todo.append(((*path, each.name if each.name is not None else index), each.node))
    return None


def _at(document: Document, path: Path_) -> Written:
    node = document.root
    for part in path:
        found = node.get(part)
        assert found is not None
        node = found
    return node
