"""What is wrong on this machine and with these accounts, each with its mend."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from connectors.versions import LIFETIMES
from engine.change import Create
from engine.effort import takes
from operations.load import spending
from operations.quota import access
from operations.site import Site, open_site, sandbox_endpoints
from operations.validate import validate
from schemas.errors import InvalidDeclaration, KampanyaError

FREE_BYTES = 1_000_000_000
SLOW_CLOCK = timedelta(seconds=30)  # a one-time code lasts as long (RFC 6238); approvals expire by this clock
SECONDS = 10
GRAPH = "https://graph.facebook.com"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    well: bool
    detail: str
    fix: str = ""


def examine(root: Path, environment: str, tell: Callable[[str], None]) -> list[Finding]:
    """Look at everything; only a declaration that is wrong stops the rest."""
    findings = [_python(), _disk(root), _prefect()]
    try:
        site = open_site(root, environment)
    except InvalidDeclaration as error:
        return [*findings, Finding("declaration", False, str(error), "Run kampanya validate.")]
    except KampanyaError as error:
        return [*findings, _trouble("declaration", error)]
    return [*findings, *examine_site(site, tell)]


def examine_site(site: Site, tell: Callable[[str], None] = lambda _: None) -> Iterator[Finding]:
    """What is wrong with one brand in one environment. Changes nothing anywhere."""
    try:
        neutral = validate(site)
    except InvalidDeclaration as error:
        yield Finding("declaration", False, str(error), "Run kampanya validate.")
        return
    yield Finding("declaration", True, f"{len(site.workspace.campaigns)} campaigns, {len(neutral)} objects")
    yield from (_private(site), _rails(site))
    if not site.live:
        try:
            site.now()
            sandbox_endpoints(site.state)
        except KampanyaError as error:
            yield _trouble("sandbox", error)
            return
    yield _journal(site)
    yield _clock(site)
    tell("asking the accounts")
    for platform in site.platforms:
        yield _version(site, platform)
        yield _account(site, platform)
        yield _access(site, platform)
        yield _quota(site, platform)
    yield _spend(site)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), version, "")


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    well = free > FREE_BYTES
    return Finding("disk", well, f"{free / 1e9:.1f} GB free", "" if well else "Make room.")


def _prefect() -> Finding:
    """Commands need no server; where one is named, flows do."""
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        return Finding("prefect", True, "no server named; commands need none, `kampanya up` starts one")
    import requests

    try:
        requests.get(f"{url}/health", timeout=SECONDS).raise_for_status()
    except requests.RequestException as error:
        fix = "Start it (`kampanya up`), or correct PREFECT_API_URL."
        return Finding("prefect", False, f"{url} does not answer: {type(error).__name__}", fix)
    return Finding("prefect", True, f"{url} answers")


def _private(site: Site) -> Finding:
    open_to_others = [str(each.relative_to(site.root)) for each in _readable(site.state)]
    well = not open_to_others
    detail = "readable by its owner only" if well else f"others can read {', '.join(open_to_others[:3])}"
    return Finding("state folder", well, detail, "" if well else f"chmod -R go-rwx {site.state}")


def _readable(folder: Path) -> Iterator[Path]:
    shared = stat.S_IRWXG | stat.S_IRWXO
    return (
        each
        for each in (folder, *folder.glob("*.db"), *folder.glob("*.duckdb"))
        if each.stat().st_mode & shared
    )


def _rails(site: Site) -> Finding:
    """Without both ceilings every plan that spends is refused (money rule 5)."""
    rails = site.workspace.brand.guard_rails
    missing = [name for name in ("daily", "monthly") if getattr(rails, name) is None]
    if missing:
        fix = "Write `guard_rails: {daily: …, monthly: …}` in kampanya.yaml."
        return Finding("guard rails", False, f"no ceiling: {', '.join(missing)}", fix)
    detail = f"{rails.daily} a day, {rails.monthly} a month, {len(site.workspace.rules)} own rules"
    return Finding("guard rails", True, detail)


def _journal(site: Site) -> Finding:
    try:
        with site.journal() as journal:
            left = len(journal.open_intents())
            version = journal.schema_version
    except KampanyaError as error:
        return _trouble("journal", error)
    if left:
        fix = "Run `kampanya apply` again with the plan that was interrupted: it looks for them first."
        return Finding("journal", False, f"{left} intents without a known outcome", fix)
    return Finding("journal", True, f"schema version {version}, nothing open")


def _clock(site: Site) -> Finding:
    """Against a platform's: approvals, one-time codes and the 36 hours of loaded spend go by this clock."""
    url = GRAPH if site.live else str(sandbox_endpoints(site.state)["graph"]["url"])
    told = _told_by(url)
    if told is None:
        return Finding("clock", True, "not compared: nobody told the time")
    apart = abs(datetime.now(UTC) - told)
    well = apart <= SLOW_CLOCK
    detail = f"{apart.total_seconds():.0f} seconds from {url}"
    return Finding("clock", well, detail, "" if well else "Set it by NTP: `timedatectl set-ntp true`.")


def _told_by(url: str) -> datetime | None:
    """The time in a server's answer, whatever else it answers."""
    import requests

    try:
        header = requests.head(url, timeout=SECONDS).headers.get("Date")
    except requests.RequestException:
        return None
    return parsedate_to_datetime(header).astimezone(UTC) if header else None


def _version(site: Site, platform: str) -> Finding:
    lifetime = LIFETIMES.get(platform)
    if lifetime is None:
        return Finding(f"{platform} api", True, "no version")
    today = site.now().date()
    how = "ends" if lifetime.announced else "is expected to end not before"
    detail = f"{lifetime.version} {how} {lifetime.ends}, in {lifetime.left(today)} days ({lifetime.source})"
    near = lifetime.near(today)
    return Finding(f"{platform} api", not near, detail, "Upgrade Kampanya before then." if near else "")


def _account(site: Site, platform: str) -> Finding:
    """Access, currency, time zone, whether it may spend; Google: declarations on political advertising."""
    declared, what = site.accounts[platform], f"{platform} account"
    try:
        facts = site.connectors[platform].facts()
        ours = site.connectors[platform].read()
    except KampanyaError as error:
        return _trouble(what, error)
    detail = f"{facts.name} ({facts.id}), {facts.currency}, {facts.time_zone}; {len(ours)} objects of ours"
    if (facts.currency, facts.time_zone) != (declared.currency, declared.time_zone):
        fix = f"kampanya.yaml says {declared.currency}, {declared.time_zone}: correct it."
        return Finding(what, False, detail, fix)
    fix = "" if facts.can_spend else "It may not spend: see its billing and its status there."
    return Finding(what, facts.can_spend, detail, fix)


def _access(site: Site, platform: str) -> Finding:
    """Whether the credentials may build and report, asked without changing anything."""
    what = f"{platform} access"
    try:
        lacking = site.connectors[platform].lacks()
    except KampanyaError as error:
        return _trouble(what, error)
    if lacking:
        return Finding(what, False, f"lacks {', '.join(lacking)}", "Have the account's owner grant it.")
    return Finding(what, True, "may read, build and report")


def _quota(site: Site, platform: str) -> Finding:
    """Whether all that is declared could be built in one day."""
    support = site.supports[platform]
    mine = [each for each in validate(site) if each.address.platform == platform]
    desired = site.offline(platform).canonical(mine)
    needed = sum(takes(Create(each), site.supports) for each in desired)
    level = access(site)[platform]
    of = support.access.get(level)
    detail = f"building everything takes about {needed:,} operations" + (
        f" of {of:,} a day ({level} access)" if of else ""
    )
    well = of is None or needed <= of
    fix = (
        ""
        if well
        else "Apply by `--target` over several days, or ask the platform for a higher access level."
    )
    return Finding(f"{platform} quota", well, detail, fix)


def _spend(site: Site) -> Finding:
    """Nothing live is let go while this is older than 36 hours (money rule 5)."""
    known, now = spending(site).loaded_at, site.now()
    if known is None:
        return Finding("spend", not site.live, "never loaded for every platform in use", "Run kampanya load.")
    hours = (now - known).total_seconds() / 3600
    well = hours <= 36
    return Finding("spend", well, f"known up to {hours:.0f} hours ago", "" if well else "Run kampanya load.")


def _trouble(what: str, error: KampanyaError) -> Finding:
    problem = error.problem
    return Finding(what, False, f"{problem.summary}: {problem.detail}", problem.fix)
