"""Drafts of an import tried on a copy of the workspace: declared as written, compared with what is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.context import Context, Lifecycle
from engine.diff import matched
from engine.importing import Draft, Importer, Lost
from engine.resource import (
    Address,
    Fields,
    Observed,
    Ref,
    Resource,
    canonical_json,
    refs_in,
    resolve,
    same,
    to_json,
)  # fmt: skip
from operations.plan import Tell, lifecycles
from operations.shadow import Shadow
from operations.site import Site
from operations.validate import validate
from schemas.campaign import IGNORABLE, PLATFORM_FIELDS
from schemas.edit import assign
from schemas.errors import InvalidDeclaration, KampanyaError
from schemas.source import load_workspace

BRAND = "kampanya.yaml"
ROUNDS = 3
Ids = dict[Address, str]


@dataclass(slots=True)
class Trial:
    """`text` writes a draft's file; what cannot be declared, or comes out otherwise, the importer lists.

    `audiences` are those that are declared along, by what each would be declared as.
    """

    copy: Shadow
    site: Site
    observed: list[Observed]
    importer: Importer
    text: Callable[[Draft], str]
    audiences: Mapping[Address, Observed] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)

    def settle(self, drafts: Sequence[Draft], tell: Tell) -> list[Draft]:
        """The drafts that can be declared; a field that comes out otherwise is left to the platform."""
        for folder in ("campaigns", "experiments"):
            shutil.rmtree(self.copy.root / folder, ignore_errors=True)
        (self.copy.root / "campaigns").mkdir()
        self.share()
        kept = [each for each in drafts if self.declarable(each)]
        for each in kept:
            self.put(each)
        for _ in range(ROUNDS):
            if not kept or not self.leave(kept):
                return kept
        raise KampanyaError(
            "the import does not settle",
            f"{len(kept)} campaigns",
            "report it, with the account's kinds of objects",
        )

    def put_audiences(self, files: Iterable[tuple[str, str]]) -> None:
        """Declare on the copy whom campaigns aim at; what cannot be declared takes its campaigns along."""
        folder = self.copy.root / "audiences"
        folder.mkdir(exist_ok=True)
        for name, text in files:
            (folder / name).write_text(text, encoding="utf-8")
            try:
                load_workspace(self.copy.root, self.site.environment)
            except InvalidDeclaration as error:
                (folder / name).unlink()
                self.importer.lost.append(Lost(f"audience {name}", "all of it", _why(error)))

    def share(self) -> None:
        """Declare on the copy what campaigns share; what cannot be is told, and its campaigns with it."""
        path = self.copy.root / BRAND
        for place, value in list(self.importer.shared.items()):
            before = path.read_text(encoding="utf-8")
            path.unlink()  # it may be the author's own file under a second name
            path.write_text(assign(before, place, value, "brand"), encoding="utf-8")
            try:
                load_workspace(self.copy.root, self.site.environment)
            except InvalidDeclaration as error:
                path.write_text(before, encoding="utf-8")
                del self.importer.shared[place]
                self.importer.lost.append(Lost(" ".join(place), "all of it", _why(error)))

    def adoptable(self, drafts: Sequence[Draft]) -> tuple[list[Draft], Ids]:
        """The drafts of which a plan would change nothing but marks, and the ids of all that they declare.

        An ad, an ad set or a campaign that it would change otherwise is taken out, and told.
        """
        kept = list(drafts)
        while kept:
            desired, lives = self.desired()
            by_address = {each.address: each for top in kept for each in top.all()}
            ids = self.ids(desired, by_address)
            claims = {each.address: ids[each.address] for each in desired if each.address in ids}
            wrong = self.refused(desired, lives, claims)
            if not wrong:
                return kept, claims
            at_fault = {self.owner(at, desired, by_address).address: why for at, why in wrong.items()}
            for address, why in at_fault.items():
                self.importer.miss(by_address[address].seen, "adopting it", why)
            kept = [each for each in kept if self.pruned(each, at_fault)]
        return [], {}

    def refused(
        self, desired: Sequence[Resource], lives: Mapping[str, Lifecycle], claims: Ids
    ) -> dict[Address, str]:
        """What a plan would do more to than mark it, with the reason."""
        context = Context(self.site.supports, lifecycle=lives, claims=claims, adopting=True)
        matching = matched(desired, self.observed, context)
        lost = {each.address: f"nothing there is it: {each.address}" for each in desired}
        lost = {at: why for at, why in lost.items() if at not in claims}
        doubts = matching.quarantined.items()
        return lost | {at: f"{problem.summary}: {problem.detail}" for at, problem in doubts if at in claims}

    def pruned(self, draft: Draft, at_fault: Mapping[Address, str]) -> bool:
        """Take what is at fault out of a draft, and what is empty then; whether something is left."""
        path = self.copy.root / "campaigns" / f"{draft.address.key}.yaml"
        whole = draft.address in at_fault
        left = False if whole else _without(draft, at_fault)
        if left:
            self.put(draft)
        else:
            path.unlink(missing_ok=True)
        return left

    def declarable(self, draft: Draft) -> bool:
        """Alone on the copy, so that one bad campaign takes no other along."""
        path = self.put(draft)
        try:
            self.desired()
        except InvalidDeclaration as error:
            self.importer.miss(draft.seen, "all of it", _why(error))
            return False
        finally:
            path.unlink()
        return True

    def put(self, draft: Draft) -> Path:
        path = self.copy.root / "campaigns" / f"{draft.address.key}.yaml"
        path.write_text(self.text(draft), encoding="utf-8")
        return path

    def desired(self) -> tuple[list[Resource], Mapping[str, Lifecycle]]:
        site = replace(self.site, workspace=load_workspace(self.copy.root, self.site.environment))
        connector = site.offline(site.platforms[0])
        neutral = [each for each in validate(site) if each.address.platform == site.platforms[0]]
        return connector.canonical(neutral), lifecycles(site)

    def leave(self, drafts: Sequence[Draft]) -> bool:
        """Whether a field had to be left to the platform: each such is listed, and ignored from now on."""
        desired, lives = self.desired()
        by_address = {each.address: each for top in drafts for each in top.all()}
        left = False
        for address, name in list(self.differing(desired, lives, by_address)):
            if (str(address), name) in self.named:
                continue
            self.named.add((str(address), name))
            left = True
            own = address in by_address
            at = by_address[address] if own else self.owner(address, desired, by_address)
            kept = own and (name in IGNORABLE or name in PLATFORM_FIELDS)
            why = "it would come out otherwise" + ("; left as the platform has it" if kept else "")
            self.importer.miss(at.seen, name if own else f"{address.kind} {name}", why)
            if kept:
                ignored = at.body.setdefault("ignore_changes", [])
                ignored.append(name)
        for each in drafts:
            self.put(each)
        return left

    def owner(self, address: Address, desired: Sequence[Resource], drafts: Mapping[Address, Draft]) -> Draft:
        """Whose creative, keyword or picture it is."""
        if address in drafts:
            return drafts[address]
        users = [each for each in desired if address in each.refs]
        for each in users:
            if each.address in drafts:
                return drafts[each.address]
        if users:  # a picture of a creative, an asset behind a link
            return self.owner(users[0].address, desired, drafts)
        return next(each for at, each in reversed([*drafts.items()]) if address.key.startswith(f"{at.key}/"))

    def differing(
        self, desired: Sequence[Resource], lives: Mapping[str, Lifecycle], drafts: Mapping[Address, Draft]
    ) -> Iterator[tuple[Address, str]]:
        """Every field that a plan would change if all of this were owned, and whatever it would create."""
        seen = {(each.kind, each.id): each for each in self.observed}
        ids = self.ids(desired, drafts)
        context = Context(self.site.supports, lifecycle=lives)
        for each in desired:
            at = each.address
            if at not in ids:
                yield at, "all of it"
                continue
            there = seen[at.kind, ids[at]].fields
            ignored = context.life(at).ignore | context.kind(at).given
            for name, want in each.fields.items():
                if name not in ignored and not same(resolve(want, ids), there.get(name)):
                    yield at, name

    def ids(self, desired: Sequence[Resource], drafts: Mapping[Address, Draft]) -> Ids:
        """The platform's ids of what would be declared; what has no key is found by what it says."""
        seen = {(each.kind, each.id): each for each in self.observed}
        known = {at: each.seen.id for at, each in drafts.items() if at.kind == each.seen.kind}
        known |= {at: each.id for at, each in self.audiences.items()}
        for each in reversed(desired):  # an ad tells its creative, that its pictures
            if each.address in known:
                known = _linked(each, seen.get((each.address.kind, known[each.address]))) | known
        shelves = _Shelves(self.observed, self.site.supports)
        before = -1
        while before != len(known):  # what refers to something stands before or behind it
            before = len(known)
            for each in (one for one in desired if one.address not in known):
                if found := shelves.like(each, known):
                    known[each.address] = found
        return known


@dataclass(slots=True)
class _Shelves:
    """What was observed, by what it says: how an object without a key of its own is found."""

    observed: Sequence[Observed]
    supports: Mapping[str, Any]
    by_content: dict[tuple[str, tuple[str, ...]], dict[bytes, str]] = field(default_factory=dict)

    def like(self, wanted: Resource, ids: Mapping[Address, str]) -> str | None:
        """The id of what says the same as a keyword, a picture, a link; None where nothing does."""
        at = wanted.address
        if any(ref not in ids for ref in refs_in(wanted.fields)):
            return None
        skip = {"status"} | self.supports[at.platform].kinds[at.kind].given
        names = tuple(sorted(name for name in wanted.fields if name not in skip))
        if not names:
            return next((e.id for e in self.observed if e.kind == at.kind and e.mark == wanted.mark), None)
        shelf = self.by_content.get((at.kind, names))
        if shelf is None:
            here = [each for each in self.observed if each.kind == at.kind]
            shelf = {_said(names, each.fields): each.id for each in reversed(here)}
            self.by_content[at.kind, names] = shelf
        told: Fields = {name: resolve(wanted.fields[name], ids) for name in names}
        return shelf.get(_said(names, told))


def _said(names: Sequence[str], fields: Fields) -> bytes:
    return canonical_json([to_json(fields.get(name)) for name in names])


def _without(draft: Draft, at_fault: Mapping[Address, str]) -> bool:
    """Whether anything is left of a draft without what is at fault below it."""
    had = bool(draft.children)
    below = [each for each in draft.children if each.address not in at_fault]
    draft.children = [each for each in below if _without(each, at_fault)]
    return bool(draft.children) or not had


def _linked(resource: Resource, seen: Observed | None) -> Ids:
    """The ids of what the platform's object refers to where ours refers to an address."""
    return dict(_pairs(resource.fields, seen.fields)) if seen is not None else {}


def _pairs(ours: Any, theirs: Any) -> Iterator[tuple[Address, str]]:
    if isinstance(ours, Ref):
        if isinstance(theirs, str):
            yield ours.address, theirs
    elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name, value in ours.items():
            yield from _pairs(value, theirs.get(name))
    elif _is_list(ours) and _is_list(theirs) and not any(isinstance(each, Ref) for each in ours):
        for one, other in zip(ours, theirs, strict=False):
            yield from _pairs(one, other)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _why(error: InvalidDeclaration) -> str:
    return "; ".join(f"{each.summary} ({each.detail})" for each in error.problems[:3])
