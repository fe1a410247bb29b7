"""audience sync, status, forget."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace, tell

if TYPE_CHECKING:
    from operations.members import Synced


@click.group()
def audience() -> None:
    """Lists of customers to the platforms and out of them; how large all audiences are."""


@audience.command()
@in_workspace
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
def status(root: Path, environment: str, as_json: bool) -> None:
    """Say how many people are in each declared audience, and whether ads can be aimed at them."""
    from operations.audiences import people
    from operations.audiences import status as look
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        found = look(site, journal, tell)
    if as_json:
        rows = [
            {
                "key": each.key,
                "platform": each.platform,
                "id": each.id,
                **asdict(each.size),
                "uploaded": each.uploaded,
            }
            for each in found
        ]
        click.echo(json.dumps({"version": 1, "audiences": rows}, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("No audience is declared.")
    for each in found:
        click.secho("✓ " if each.size.ready else "· ", fg="green" if each.size.ready else None, nl=False)
        click.echo(f"{each.platform:<8} {each.key}  {people(each.size) if each.id else 'not built'}")
        if each.size.note:
            click.secho(f"    {each.size.note}", dim=True)
        if each.uploaded:
            click.secho(f"    {each.uploaded}", dim=True)


@audience.command()
@click.argument("keys", nargs=-1, metavar="[KEY…]")
@in_workspace
@click.option("--by", help="Who says yes to uploading lists that are new or say something else now.")
@click.option("--code", default="", help="Their one-time code.")
@click.option("--shrink", is_flag=True, help="Let a list become less than half of what it was.")
@click.option("--dry-run", "dry", is_flag=True, help="Read and count, send nothing.")
def sync(
    keys: tuple[str, ...], root: Path, environment: str, by: str | None, code: str, shrink: bool, dry: bool
) -> int:
    """Make the people of each list of customers, or of each KEY, those that its source has now.

    Exit 0 when all is uploaded or there is nothing to do, 1 when anything is not; with --dry-run 2 when there
    is something to upload.
    """
    from operations.apply import actor
    from operations.members import Wish, Yes
    from operations.members import sync as run
    from operations.site import open_site

    site = open_site(root, environment)
    wish = Wish(keys, Yes(by, code) if by else None, dry, shrink)
    with site.journal() as journal:
        found = run(site, journal, wish, actor=actor(), tell=tell)
    if not found:
        click.echo("No list of customers is declared.")
    for each in found:
        _tell_synced(each)
    if not all(each.fine for each in found):
        return 1
    return 2 if any(each.done == "would upload" for each in found) else 0


def _tell_synced(each: Synced) -> None:
    from operations.members import counted

    click.secho("✓ " if each.fine else "✗ ", fg="green" if each.fine else "red", nl=False)
    click.echo(f"{each.platform:<8} {each.key}  {each.done}")
    for line in (*counted(each), *([each.why] if each.why else [])):
        click.secho(f"    {line}", dim=True)


@audience.command()
@in_workspace
@click.option(
    "--file",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who: a CSV or Parquet file with columns email, phone, first_name, …",
)
@click.option("--country", default="", help="Where they live whose row does not say so: TR.")
def forget(root: Path, environment: str, file: Path, country: str) -> int:
    """Take people out of every list of customers on every platform: a data subject's request.

    Exit 1 when a platform did not do it, or when a source still has them: the next sync brings them back.
    """
    from operations.apply import actor
    from operations.forget import forget as run
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        forgotten, remaining = run(site, journal, file, country.upper(), actor=actor(), tell=tell)
    if not forgotten:
        click.echo("No list of customers was ever uploaded.")
    for each in forgotten:
        click.secho("✓ " if each.fine else "✗ ", fg="green" if each.fine else "red", nl=False)
        click.echo(f"{each.platform:<8} {each.people} people out of {', '.join(each.lists)}")
        for line in (*(each.receipt.requests if each.receipt else ()), *([each.why] if each.why else [])):
            click.secho(f"    {line}", dim=True)
    for one in remaining:
        click.secho("✗ ", fg="red", nl=False)
        click.echo(
            f"{one.people} of them are still in the source of {one.key}: the next sync brings them back"
        )
    return 1 if remaining or not all(each.fine for each in forgotten) else 0
