"""log, unlock, journal."""

from __future__ import annotations

from pathlib import Path

import click

from kampanya.cli import in_workspace


@click.command()
@in_workspace
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1), help="How many rows, newest last."
)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for the client.")
def log(root: Path, environment: str, limit: int, as_csv: bool) -> None:
    """Show the audit trail: who planned, approved, applied and paused what."""
    from operations.site import open_site

    with open_site(root, environment).journal() as journal:
        if as_csv:
            click.echo(journal.log_csv(), nl=False)
            return
        for row in journal.log(limit=limit):
            subject = f" {row.address}" if row.address else ""
            detail = " ".join(
                f"{name}={value}" for name, value in row.detail.items() if value not in ("", None)
            )
            click.echo(f"{row.at:%Y-%m-%d %H:%M:%S} {row.actor} {row.kind}{subject} {detail}".rstrip())


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
