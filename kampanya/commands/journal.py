"""log, unlock, journal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.records import LogRow
    from operations.site import Site


@click.command()
@in_workspace
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1), help="How many rows, newest last."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="From then on, UTC.")
@click.option("--key", default="", help="Only what is about this key and what is below it.")
@click.option("--actor", default="", help="Only what this person did.")
@click.option("--kind", default="", help="Only this: plan, approve, create, update, archive, pause, load, …")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for the client.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, version 1, with what was sent.")
def log(
    root: Path,
    environment: str,
    limit: int,
    since: datetime | None,
    key: str,
    actor: str,
    kind: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show the audit trail: who planned, approved, applied and paused what."""
    from journal import audit
    from journal.records import Wanted
    from operations.site import open_site

    if as_csv and as_json:
        raise click.UsageError("Give --csv or --json.")
    site = open_site(root, environment)
    with site.journal() as journal:
        moment = since.replace(tzinfo=UTC) if since else None
        rows = journal.log(moment, limit=limit, wanted=Wanted(key, actor, kind))
        if as_csv or as_json:
            click.echo(audit.as_csv(rows) if as_csv else audit.as_json(rows), nl=as_json)
            return
        click.echo("times are UTC")
        for row in rows:
            who, what = row.actor or "kampanya", " ".join((row.kind, str(row.address or "")))
            words = ", ".join(_words(row, site))
            click.echo(f"{row.at:%Y-%m-%d %H:%M:%S}  {who}  {what}  {words}".rstrip())


QUIET = frozenset({"payload", "phase", "run", "id", "shown"})  # told by --csv
LONGEST = 60


def _words(row: LogRow, site: Site) -> Iterator[str]:
    """What a line of the log says, for a person: money as money, digests short."""
    from engine.render import show
    from engine.resource import from_json

    payload = row.detail.get("payload")
    if row.address and isinstance(payload, dict) and row.address.platform in site.platforms:
        support, currency = site.supports[row.address.platform], site.accounts[row.address.platform].currency
        after, before = payload.get("after", {}), payload.get("before")
        if before is not None:
            for name, value in after.items():
                told = show(from_json(value), name, row.address, support, currency)
                yield f"{name} → {told if len(told) <= LONGEST else told[:LONGEST] + '…'}"
    for name, value in row.detail.items():
        if name not in QUIET and value not in ("", None, []):
            yield f"{name} {str(value)[:16] if name == 'digest' else _said(value)}"


def _said(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@click.command()
@in_workspace
def unlock(root: Path, environment: str) -> None:
    """Show who holds the lock; a lock whose owner is dead is taken over by the next command by itself."""
    from operations.site import open_site

    with open_site(root, environment).journal() as ledger:
        holder = ledger.lock_holder()
    click.echo(f"Held by {holder}." if holder else "Nobody holds the lock.")


@click.group()
def journal() -> None:
    """Back up, restore or upgrade the journal."""


@journal.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_workspace
def backup(file: Path, root: Path, environment: str) -> None:
    """Write a consistent copy to FILE, also while an apply runs."""
    from operations.site import open_site

    with open_site(root, environment).journal() as ledger:
        ledger.backup(file)
    click.echo(f"wrote {file}")


@journal.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@in_workspace
def restore(file: Path, root: Path, environment: str) -> None:
    """Bring a backup back; the journal that stood there is kept beside it."""
    from operations.apply import actor
    from operations.restore import restore as bring_back
    from operations.site import site_for_stopping

    target, kept = bring_back(site_for_stopping(root, environment), file, actor())
    click.echo(f"restored {target}" + (f"; what stood there is {kept}" if kept else ""))


@journal.command()
@in_workspace
def upgrade(root: Path, environment: str) -> None:
    """Bring the journal to this version's schema; every command does so by itself, with a backup first."""
    from operations.site import open_site

    with open_site(root, environment).journal() as ledger:
        was = ledger.upgraded_from
        click.echo(f"version {ledger.schema_version}" + (f", upgraded from {was}" if was else ", as it was"))
