"""What runs in an account becomes ours: files in the workspace, ids in the journal, a plan of marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.assemble import Spending
from engine.plan import Plan
from journal.store import Journal
from operations import plan as plans
from operations.claims import claim
from operations.importing import Imported, survey, with_shared
from operations.shadow import shadow
from operations.site import Site
from operations.trial import BRAND
from operations.validate import validate
from schemas.edit import rewrite
from schemas.errors import KampanyaError
from schemas.source import load_workspace


@dataclass(frozen=True, slots=True)
class Adoption:
    """What was imported into the workspace now, where it was written, and the plan that makes it ours."""

    imported: Imported
    paths: tuple[Path, ...]
    plan: Plan


def adopt(
    site: Site,
    journal: Journal,
    platform: str,
    spending: Spending,
    *,
    actor: str,
    tell: plans.Tell = lambda _: None,
) -> Adoption:
    """Import what a plan would only mark, and plan its marks, with those of what was imported before.

    The journal binds keys to ids before there is a file: what is declared is never built a second time.
    Raises ConnectorError, InvalidDeclaration, KampanyaError: then nothing was written.
    """
    found = survey(site, journal, platform, tell, adopt=True)
    there = tuple(dict.fromkeys((*site.platforms, platform)))
    site = replace(site, platforms=there)  # type: ignore[arg-type]
    paths = {site.root / "campaigns" / name: text for name, text in found.files.items()}
    paths |= {site.root / "audiences" / name: text for name, text in found.audiences.items()}
    if paths:
        _demand_room(paths)
        brand = site.root / BRAND
        raw = brand.read_bytes()
        whole = with_shared(raw.decode("utf-8"), found.shared)
        _demand_valid(site, {**paths, brand: whole}, found)
        now, account = datetime.now(UTC), site.accounts[platform].id
        claim(journal, found.claims, account, now, actor, site.now())
        found.pictures.put(site.root)
        if found.shared:
            rewrite(brand, raw, whole)
        for path, text in paths.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    site = replace(site, workspace=load_workspace(site.root, site.environment))
    made = plans.make(site, journal, plans.Wish(platform=platform, adopt=True), spending, tell)
    return Adoption(found, tuple(paths), made)


def _demand_room(paths: Mapping[Path, str]) -> None:
    if there := [str(each) for each in paths if each.exists()]:
        fix = "rename them, or what they declare"
        raise KampanyaError("files that would be overwritten", ", ".join(there), fix)


def _demand_valid(site: Site, paths: Mapping[Path, str], found: Imported) -> None:
    """Together with all that is declared already. Raises InvalidDeclaration."""
    with shadow(site) as copy:
        found.pictures.put(copy.root)
        for path, text in paths.items():
            place = copy.root / path.relative_to(site.root)
            place.parent.mkdir(exist_ok=True)
            place.unlink(missing_ok=True)  # it may be the author's own file under a second name
            place.write_text(text, encoding="utf-8")
        validate(replace(site, workspace=load_workspace(copy.root, site.environment)))
