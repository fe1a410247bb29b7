"""load, query, export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kampanya.cli import in_workspace, tell

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@in_workspace
@click.option("--since", type=DAY, help="First day, of each account; the restatement window if left out.")
@click.option("--until", type=DAY, help="Last day; yesterday's if left out.")
@click.option("--platform", help="Only this platform.")
@click.option("--from-landing", is_flag=True, help="Make all anew from what was landed; asks no platform.")
def load(
    root: Path,
    environment: str,
    since: date | None,
    until: date | None,
    platform: str | None,
    from_landing: bool,
) -> int:
    """Bring performance home to DuckDB, restating the window. Exits 1 where rows of it are missing."""
    if from_landing:
        if since or until or platform:
            raise click.UsageError("--from-landing makes everything anew: leave the other options out")
        return _load_again(root, environment)
    from operations.load import Window, missing
    from operations.load import load as bring
    from operations.site import open_site

    site = open_site(root, environment, platform)
    with site.journal() as journal:
        loaded = bring(site, journal, Window(as_day(since), as_day(until)), tell)
    for each in loaded:
        click.echo(
            f"{each.platform}.{each.report} {each.since} … {each.until}: {each.summary.rows} rows,"
            f" {each.summary.new} new, {each.summary.restated} restated, {each.summary.vanished} vanished"
        )
    if words := missing(loaded):
        click.echo(f"{words}: see above, and load again.", err=True)
        return 1
    return 0


def _load_again(root: Path, environment: str) -> int:
    from collections import Counter

    from operations.replay import load_again
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        done = load_again(site, journal, tell)
    reports = Counter((each.landing.asked.account.platform, each.landing.asked.report) for each in done)
    for (platform, report), count in reports.items():
        click.echo(f"{platform}.{report}: {count} landings")
    for each in done:
        if each.refused:
            click.echo(f"refused again: {each.landing.manifest.parent}: {each.refused}", err=True)
    return 0


def as_day(moment: date | None) -> date | None:
    """click gives midnights; days are meant."""
    return None if moment is None else date(moment.year, moment.month, moment.day)


@click.command()
@click.argument("sql")
@in_workspace
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
def query(sql: str, root: Path, environment: str, as_csv: bool) -> None:
    """Ask the published mart in SQL; reads only, and never gets in the way of a load."""
    from operations.load import ask
    from operations.site import open_site

    columns, rows = ask(open_site(root, environment), sql)
    if as_csv:
        import csv
        import sys

        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)
        return
    from kampanya.table import show

    show(columns, rows)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@in_workspace
def export(folder: Path, root: Path, environment: str) -> None:
    """Write the mart as Parquet files into FOLDER."""
    from operations.load import export as write
    from operations.site import open_site

    for path in write(open_site(root, environment), folder):
        click.echo(f"wrote {path}")
