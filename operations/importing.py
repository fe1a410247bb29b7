"""A live account as YAML beside the workspace: read only, owned by nobody, checked to say what is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.context import Context, Lifecycle
from engine.importing import LEVELS, Draft, Importer, Lost
from engine.readname import Reader
from engine.resource import Address, Fields, Observed, Ref, Resource, refs_in, resolve, same
from journal.store import Journal
from operations.plan import Tell, lifecycles
from operations.shadow import Shadow, shadow
from operations.site import Site, account
from operations.validate import validate
from schemas.campaign import IGNORABLE, PLATFORM_FIELDS
from schemas.edit import rendered
from schemas.errors import InvalidDeclaration, KampanyaError
from schemas.format import formatted
from schemas.naming_checks import patterns
from schemas.source import load_workspace

OURS_ALONE = {
    "creative": frozenset({"name"}),
    "image": frozenset({"name"}),
    "video": frozenset({"title"}),
}  # content names, never an author's
ROUNDS = 3
HEAD = """\
# Imported from {platform} {account}, and not owned by Kampanya: it plans nothing here.
# In campaigns/ a plan would build all of it a second time, beside what runs.
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Files by name with their text, what they do not say, and how many objects were read."""

    files: Mapping[str, str]
    lost: tuple[Lost, ...]
    objects: int


def survey(site: Site, journal: Journal, platform: str, tell: Tell = lambda _: None) -> Imported:
    """The account's campaigns that are not ours, as YAML that plans nothing where it is owned.

    Changes nothing anywhere. Raises ConnectorError, KampanyaError.
    """
    account(site.workspace, platform)  # says so where the environment has none
    site = replace(site, platforms=(platform,))  # type: ignore[arg-type]
    connector = site.connectors[platform]
    tell(f"reading {connector.supports.title}")
    observed = connector.read(connector.handles())
    strangers = _strangers(observed, journal, platform)

    def speak(kind: str, fields: Fields) -> tuple[Fields, frozenset[str]]:
        said = connector.spoken(kind, fields)
        return said.fields, said.unsaid

    taken = {each.campaign for each in site.workspace.campaigns}
    importer = Importer(platform, connector.supports, speak, taken, _reader(site, platform))
    drafts = importer.campaigns(strangers)
    audiences = {each.id: at.key for at, each in _known(journal, platform) if at.kind == "audience"}
    for each in (one for top in drafts for one in top.all()):
        _name_audiences(each, audiences, importer)
    with shadow(site) as copy:
        kept = _Check(copy, site, strangers, importer).settle(drafts, tell)
    files = {f"{each.address.key}.yaml": _text(each, site, importer.lost) for each in kept}
    return Imported(files, tuple(importer.lost), len(strangers))


def _reader(site: Site, platform: str) -> Reader:
    """Reads names as the brand makes them."""
    brand = site.workspace.brand
    fixed = {"brand": brand.brand, "environment": site.environment, "platform": platform}
    return Reader(patterns(brand), brand.naming.terms, fixed)


def _known(journal: Journal, platform: str) -> list[tuple[Address, Any]]:
    return [(each.address, each) for each in journal.objects("live") if each.address.platform == platform]


def _strangers(observed: Sequence[Observed], journal: Journal, platform: str) -> list[Observed]:
    """What nobody's Kampanya has made. Library objects stay: strangers' ads may use what we uploaded."""
    ours = {(at.kind, each.id) for at, each in _known(journal, platform)}
    return [
        each
        for each in observed
        if not each.archived and (each.kind not in _TREE or not (each.mark or (each.kind, each.id) in ours))
    ]


_TREE = frozenset(LEVELS) | {"keyword", "negative_keyword", "campaign_negative_keyword"}


def _name_audiences(draft: Draft, keys: Mapping[str, str], importer: Importer) -> None:
    """Audiences by their keys; one that the brand does not declare cannot be named."""
    audience = draft.body.get("audience", {})
    for name in ("include", "exclude"):
        ids = audience.pop(name, [])
        for each in (id for id in ids if id not in keys):
            importer.miss(draft.seen, f"audience.{name} {each}", "the brand declares no such audience")
        if found := [keys[id] for id in ids if id in keys]:
            audience[name] = found
    if "audience" in draft.body and not audience:
        del draft.body["audience"]


@dataclass(slots=True)
class _Check:
    """Declares the drafts on a copy and compares them with what is there, until nothing is left to plan."""

    copy: Shadow
    site: Site
    observed: list[Observed]
    importer: Importer
    named: set[tuple[str, str]] = field(default_factory=set)

    def settle(self, drafts: Sequence[Draft], tell: Tell) -> list[Draft]:
        """The drafts that can be declared; a field that comes out otherwise is left to the platform."""
        for folder in ("campaigns", "experiments"):
            shutil.rmtree(self.copy.root / folder, ignore_errors=True)
        (self.copy.root / "campaigns").mkdir()
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

    def declarable(self, draft: Draft) -> bool:
        """Alone on the copy, so that one bad campaign takes no other along."""
        path = self.put(draft)
        try:
            self.desired()
        except InvalidDeclaration as error:
            self.importer.miss(
                draft.seen, "all of it", "; ".join(_brief(each) for each in error.problems[:3])
            )
            return False
        finally:
            path.unlink()
        return True

    def put(self, draft: Draft) -> Path:
        path = self.copy.root / "campaigns" / f"{draft.address.key}.yaml"
        path.write_text(_text(draft, self.site, ()), encoding="utf-8")
        return path

    def desired(self) -> tuple[list[Resource], Mapping[str, Lifecycle]]:
        site = replace(self.site, workspace=load_workspace(self.copy.root, self.site.environment))
        connector = site.offline(site.platforms[0])
        return connector.canonical(validate(site)), lifecycles(site)

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
        for each in desired:
            if address in each.refs and each.address in drafts:
                return drafts[each.address]
        return next(each for at, each in drafts.items() if address.key.startswith(f"{at.key}/"))

    def differing(
        self, desired: Sequence[Resource], lives: Mapping[str, Lifecycle], drafts: Mapping[Address, Draft]
    ) -> Iterator[tuple[Address, str]]:
        """Every field that a plan would change if all of this were owned, and whatever it would create."""
        seen = {(each.kind, each.id): each for each in self.observed}
        ids = self.ids(desired, drafts, seen)
        context = Context(self.site.supports, lifecycle=lives)
        for each in desired:
            at = each.address
            if at not in ids:
                yield at, "all of it"
                continue
            there = seen[at.kind, ids[at]].fields
            ignored = context.life(at).ignore | OURS_ALONE.get(at.kind, frozenset())
            for name, want in each.fields.items():
                if name not in ignored and not same(resolve(want, ids), there.get(name)):
                    yield at, name

    def ids(
        self,
        desired: Sequence[Resource],
        drafts: Mapping[Address, Draft],
        seen: Mapping[tuple[str, str], Observed],
    ) -> dict[Address, str]:
        """The platform's ids of what would be declared; what has no key is found by what it says."""
        known = {at: each.seen.id for at, each in drafts.items()}
        for each in desired:
            if each.address in known:
                known |= _linked(each, seen.get((each.address.kind, known[each.address])))
        for each in (one for one in desired if one.address not in known):
            same_one = next((one for one in self.observed if _is(each, one, known)), None)
            known |= {each.address: same_one.id} if same_one else {}
        return known


def _linked(resource: Resource, seen: Observed | None) -> dict[Address, str]:
    """The ids of what the platform's object refers to where ours refers to an address."""
    if seen is None:
        return {}
    pairs = _pairs(resource.fields, seen.fields)
    return {at: id for at, id in pairs if at.kind == "creative"}


def _pairs(ours: Any, theirs: Any) -> Iterator[tuple[Address, str]]:
    if isinstance(ours, Ref):
        yield ours.address, str(theirs)
    elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name, value in ours.items():
            yield from _pairs(value, theirs.get(name))


def _is(wanted: Resource, seen: Observed, ids: Mapping[Address, str]) -> bool:
    """Whether an object without a key of its own (a keyword, a picture) is this one: it says the same."""
    if seen.kind != wanted.address.kind or any(at not in ids for at in refs_in(wanted.fields)):
        return False
    if wanted.mark and wanted.mark == seen.mark:
        return True
    skip = {"status"} | OURS_ALONE.get(seen.kind, frozenset())
    told = {name: value for name, value in wanted.fields.items() if name not in skip}
    return bool(told) and all(
        same(resolve(value, ids), seen.fields.get(name)) for name, value in told.items()
    )


def _brief(problem: Any) -> str:
    return f"{problem.summary} ({problem.detail})"


def _text(draft: Draft, site: Site, lost: Sequence[Lost]) -> str:
    """The file, with what it does not say on top."""
    platform, whole = draft.address.platform, draft.whole()
    _reader(site, platform).shorten(whole)
    body = "\n".join(f"{key}: {rendered(value)}" for key, value in whole.items())
    head = HEAD.format(platform=platform, account=site.accounts[platform].id)
    mine = {f"{each.seen.kind} {each.seen.id}" for each in draft.all()}
    notes = [each for each in lost if " ".join(each.subject.split()[1:3]) in mine]
    said = "".join(f"# Not said: {_one_line(each)}\n" for each in notes)
    return formatted(f"{head}{said}{body}\n", "campaign")


def _one_line(lost: Lost) -> str:
    text = f"{lost.subject}: {lost.what}: {lost.why}"
    return "".join(each if each.isprintable() else " " for each in text)


def write(imported: Imported, folder: Path, site: Site) -> list[Path]:
    """Write the files into a folder that no plan reads. Raises KampanyaError; never overwrites."""
    inside = [site.root.resolve() / each for each in ("campaigns", "audiences", "experiments")]
    target = folder.resolve()
    if any(target == each or each in target.parents for each in inside):
        detail = f"{folder} is read by every plan, which would build all of it a second time"
        raise KampanyaError("an import must stand apart", detail, "choose a folder beside campaigns/")
    paths = [folder / name for name in imported.files]
    there = [str(each) for each in paths if each.exists()]
    if there:
        raise KampanyaError(
            "files that would be overwritten", ", ".join(there), "choose an empty folder: --out"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, imported.files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths
