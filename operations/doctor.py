"""What is wrong on this machine and with these accounts, each with its mend."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from operations.site import Site, open_site
from operations.validate import validate
from schemas.errors import InvalidDeclaration, KampanyaError

FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    well: bool
    detail: str
    fix: str = ""


def examine(root: Path, environment: str, tell: Callable[[str], None]) -> list[Finding]:
    """Look at everything; only a declaration that is wrong stops the rest."""
    findings = [_python(), _disk(root)]
    try:
        site = open_site(root, environment)
        validate(site)
    except InvalidDeclaration as error:
        return [*findings, Finding("declaration", False, str(error), "Run kampanya validate.")]
    except KampanyaError as error:
        return [*findings, _trouble("declaration", error)]
    findings.append(Finding("declaration", True, f"{len(site.workspace.campaigns)} campaigns"))
    findings.append(_private(site))
    tell("asking the accounts")
    return [*findings, *(_account(site, platform) for platform in site.platforms)]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), version, "")


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    well = free > FREE_BYTES
    return Finding("disk", well, f"{free / 1e9:.1f} GB free", "" if well else "Make room.")


def _private(site: Site) -> Finding:
    open_to_others = [str(each.relative_to(site.root)) for each in _readable(site.state)]
    well = not open_to_others
    detail = "readable by its owner only" if well else f"others can read {', '.join(open_to_others[:3])}"
    return Finding("state folder", well, detail, "" if well else f"chmod -R go-rwx {site.state.name}")


def _readable(folder: Path) -> Iterator[Path]:
    shared = stat.S_IRWXG | stat.S_IRWXO
    return (
        each
        for each in (folder, *folder.glob("*.db"), *folder.glob("*.duckdb"))
        if each.stat().st_mode & shared
    )


def _account(site: Site, platform: str) -> Finding:
    declared = site.accounts[platform]
    try:
        facts = site.connectors[platform].facts()
    except KampanyaError as error:
        return _trouble(f"{platform} account", error)
    same = (facts.currency, facts.time_zone) == (declared.currency, declared.time_zone)
    detail = f"{facts.name} ({facts.id}), {facts.currency}, {facts.time_zone}"
    if not same:
        return Finding(
            f"{platform} account",
            False,
            detail,
            f"kampanya.yaml says {declared.currency}, {declared.time_zone}.",
        )
    return Finding(
        f"{platform} account", facts.can_spend, detail, "" if facts.can_spend else "It may not spend."
    )


def _trouble(what: str, error: KampanyaError) -> Finding:
    problem = error.problem
    return Finding(what, False, f"{problem.summary}: {problem.detail}", problem.fix)
