"""A live account as YAML beside the workspace: read only, owned by nobody, checked to say what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connectors.base import RestReader
from engine.imported_audiences import Audiences, Written
from engine.importing import LEVELS, Draft, Importer, Lost
from engine.library import Handle, Library
from engine.readname import Reader
from engine.resource import Address, Fields, Observed
from engine.supports import Supports
from journal.store import Journal
from operations.claims import claimed
from operations.pictures import Pictures, gather
from operations.plan import Tell
from operations.shadow import shadow
from operations.site import Site, account
from operations.trial import BRAND, Trial
from schemas.apps import BrandApp, in_store
from schemas.edit import assign, rendered
from schemas.errors import KampanyaError
from schemas.format import formatted
from schemas.naming_checks import patterns
from schemas.types import slugify

# What campaigns share by a key of the brand: kind → its place in the platform's block of kampanya.yaml.
SHARED = {
    "negative_list": "negative_lists",
    "portfolio": "portfolios",
    "conversion_goal": "conversion_goals",
}
APART = """\
# Imported from {platform} {account}, and not owned by Kampanya: it plans nothing here.
# In campaigns/ a plan would build all of it a second time, beside what runs.
"""
ADOPTED = """\
# Imported from {platform} {account}: Kampanya's from when the plan that adopts it was applied.
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Files by name with their text, what they do not say, and how many objects were read.

    `audiences` are files too, of the folder of that name.

    `claims` are the ids of all that they declare, where a plan may adopt it; `shared` is what they need of
    the brand's own file, by its path there.
    """

    files: Mapping[str, str]
    lost: tuple[Lost, ...]
    objects: int
    claims: Mapping[Address, str] = field(default_factory=dict)
    shared: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=Pictures)
    audiences: Mapping[str, str] = field(default_factory=dict)


def survey(
    site: Site, journal: Journal, platform: str, tell: Tell = lambda _: None, *, adopt: bool = False
) -> Imported:
    """The account's campaigns that are not ours, as YAML that plans nothing where it is owned.

    With `adopt` only what a plan would change nothing of but its mark. Changes nothing anywhere. Raises
    ConnectorError, KampanyaError.
    """
    account(site.workspace, platform)  # says so where the environment has none
    site = replace(site, platforms=(platform,))  # type: ignore[arg-type]
    connector = site.connectors[platform]
    tell(f"reading {connector.supports.title}")
    observed = connector.read(connector.handles())
    strangers = _strangers(observed, _ours(site, journal, platform), connector.supports)

    def speak(kind: str, fields: Fields) -> tuple[Fields, frozenset[str]]:
        said = connector.spoken(kind, fields)
        return said.fields, said.unsaid

    taken = {each.campaign for each in site.workspace.campaigns}
    pictures = gather(connector, strangers, site.root)
    library = _library(site, journal, platform, pictures.files)
    importer = Importer(platform, connector.supports, speak, taken, library, _reader(site, platform))
    drafts = importer.campaigns(strangers)
    audiences = Audiences(importer, _audiences(journal, platform), {*site.workspace.audiences})
    for each in (one for top in drafts for one in top.all()):
        audiences.name(each)
    for top in drafts:
        name_app(top, site.workspace.brand.apps, importer)
    if isinstance(connector, RestReader):
        importer.lost += [
            Lost(f"{platform} {kind} {id}", "all of it", why) for kind, id, why in connector.rest()
        ]
    claims: Mapping[Address, str] = {}
    with shadow(site) as copy:
        pictures.put(copy.root)
        people = {each.address: each.seen for each in audiences.made.values()}
        trial = Trial(copy, site, strangers, importer, lambda draft: _text(draft, site, "", ()), people)
        trial.put_audiences(_audience_file(each, "") for each in audiences.made.values())
        kept = trial.settle(drafts, tell)
        if adopt:
            kept, claims = trial.adoptable(kept)
    shared = {at: value for at, value in importer.shared.items() if _used(at, kept)}
    head = (ADOPTED if adopt else APART).format(platform=platform, account=site.accounts[platform].id)
    files = {f"{each.address.key}.yaml": _text(each, site, head, importer.lost) for each in kept}
    if shared and not adopt:
        files[BRAND] = formatted(head + _nested(shared), "brand")
    told = "".join(files.values())
    new = {file: content for file, content in pictures.new.items() if file in told}
    people_files = dict(_audience_file(each, head) for each in audiences.used(kept))
    return Imported(
        files, tuple(importer.lost), len(strangers), claims, shared, Pictures(new=new), people_files
    )


def _audiences(journal: Journal, platform: str) -> dict[str, str]:
    """Id → key of the brand's own."""
    return {each.id: at.key for at, each in _known(journal, platform) if at.kind == "audience"}


def _audience_file(audience: Written, head: str) -> tuple[str, str]:
    """Its name and its text."""
    body = "".join(f"{name}: {rendered(value)}\n" for name, value in audience.body.items())
    told = f"# {audience.seen.platform} audience {audience.seen.id}\n"
    return f"{audience.address.key}.yaml", formatted(f"{head}{told}{body}", "audience")


def _nested(shared: Mapping[tuple[str, ...], Any]) -> str:
    """What campaigns share as a file of its own."""
    whole: dict[str, Any] = {}
    for (*above, last), value in shared.items():
        block = whole
        for each in above:
            block = block.setdefault(each, {})
        block[last] = value
    return "".join(f"{name}: {rendered(value)}\n" for name, value in whole.items())


def _reader(site: Site, platform: str) -> Reader:
    """Reads names as the brand makes them."""
    brand = site.workspace.brand
    fixed = {"brand": brand.brand, "environment": site.environment, "platform": platform}
    return Reader(patterns(brand), brand.naming.terms, fixed, brand.utm.model_dump(exclude_none=True))


def _known(journal: Journal, platform: str) -> list[tuple[Address, Any]]:
    return [(each.address, each) for each in journal.objects("live") if each.address.platform == platform]


def _library(site: Site, journal: Journal, platform: str, files: Mapping[Handle, str]) -> Library:
    """With the brand's keys for what is ours already, and no key twice."""
    known = {(at.kind, each.id): at.key for at, each in _known(journal, platform) if at.kind in SHARED}
    block = getattr(site.workspace.brand, platform, None)
    taken = {kind: set(getattr(block, name, {})) for kind, name in SHARED.items()}
    supports = site.connectors[platform].supports
    return Library(supports, dict(known), frozenset(known), files, taken)


def _used(place: tuple[str, ...], drafts: Sequence[Draft]) -> bool:
    """Whether one of the campaigns names what is shared."""
    *_, sort, key = place
    if sort == "apps":
        return any(each.body.get("app") == key for each in drafts)
    blocks = [each.body.get(place[0], {}) for each in drafts]
    return any(
        key in (each.get("portfolio"), each.get("conversion_goals"), *each.get("negative_lists", ()))
        for each in blocks
    )


def with_shared(text: str, shared: Mapping[tuple[str, ...], Any]) -> str:
    """The brand's file with what campaigns share."""
    for place, value in shared.items():
        text = assign(text, place, value, "brand")
    return text


def _ours(site: Site, journal: Journal, platform: str) -> set[tuple[str, str]]:
    """Kind and id of what is ours, or was imported already and waits to be."""
    declared = {each.campaign for each in site.workspace.campaigns}
    waiting = claimed(journal, site.accounts).items()
    imported = {(at.kind, id) for at, id in waiting if at.key.partition("/")[0] in declared}
    return imported | {(at.kind, each.id) for at, each in _known(journal, platform)}


def _strangers(
    observed: Sequence[Observed], ours: set[tuple[str, str]], supports: Supports
) -> list[Observed]:
    """What nobody's Kampanya has made. Library objects stay: strangers' ads may use what we uploaded."""
    return [
        each
        for each in observed
        if not each.archived
        and (not _in_a_tree(each, supports) or not (each.mark or (each.kind, each.id) in ours))
    ]


def _in_a_tree(seen: Observed, supports: Supports) -> bool:
    return seen.kind in LEVELS or supports.kinds[seen.kind].parent is not None


def name_app(draft: Draft, apps: Mapping[str, BrandApp], importer: Importer) -> None:
    """The app of a campaign by the brand's key for it, else by one of its own."""
    told = draft.body.get("app")
    if not isinstance(told, Mapping):
        return
    place = in_store(str(told["store"]))
    key = next((key for key, each in apps.items() if in_store(str(each.store)) == place), None)
    if key is None:
        key = slugify(".".join(place or ()))[:56].strip("-")
        importer.shared["apps", key] = {"store": told["store"]}
    draft.body["app"] = key
    for each in draft.all():
        if LEVELS[each.address.kind] == "ad":  # the platform leads it to the store, and says no address
            each.body["creative"].setdefault("url", told["store"])


def _text(draft: Draft, site: Site, head: str, lost: Sequence[Lost]) -> str:
    """The file, with what it does not say on top."""
    platform, whole = draft.address.platform, draft.whole()
    _reader(site, platform).shorten(whole)
    body = "\n".join(f"{key}: {rendered(value)}" for key, value in whole.items())
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
    files = {**imported.files, **{f"audiences/{name}": text for name, text in imported.audiences.items()}}
    paths = [folder / name for name in files]
    there = [str(each) for each in paths if each.exists()]
    if there:
        raise KampanyaError(
            "files that would be overwritten", ", ".join(there), "choose an empty folder: --out"
        )
    folder.mkdir(parents=True, exist_ok=True)
    imported.pictures.put(folder)
    for path, text in zip(paths, files.values(), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths
