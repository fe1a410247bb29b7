"""audience status."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kampanya.cli import in_workspace, tell


@click.group()
def audience() -> None:
    """Say how large the brand's audiences are on the platforms."""


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
            {"key": each.key, "platform": each.platform, "id": each.id, **asdict(each.size)} for each in found
        ]
        click.echo(json.dumps({"version": 1, "audiences": rows}, ensure_ascii=False, indent=1))
        return
    for each in found:
        click.secho("✓ " if each.size.ready else "· ", fg="green" if each.size.ready else None, nl=False)
        click.echo(f"{each.platform:<8} {each.key}  {people(each.size) if each.id else 'not built'}")
        if each.size.note:
            click.secho(f"    {each.size.note}", dim=True)
