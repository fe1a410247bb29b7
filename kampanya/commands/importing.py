"""import: a live account as YAML, read only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace, tell
from schemas.types import PLATFORMS

if TYPE_CHECKING:
    from operations.importing import Imported
    from operations.site import Site


@click.command("import")
@in_workspace
@click.option("--platform", required=True, type=click.Choice(PLATFORMS), help="Whose account.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write it. [imported/PLATFORM]"
)
@click.option("--adopt", is_flag=True, help="Write it into the workspace, and plan to make it ours.")
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save that plan here.")
@click.option("--json", "as_json", is_flag=True, help="Print that plan as JSON, version 1.")
def import_(
    root: Path,
    environment: str,
    platform: str,
    out: Path | None,
    adopt: bool,
    output: Path | None,
    as_json: bool,
) -> int:
    """Write what runs in a live account as YAML, read only. Exit 0: all of it, 2: some of it cannot be said.

    The files stand apart from campaigns/ and are owned by nobody: no plan touches what they describe. With
    --adopt they go into campaigns/, and a plan is saved that puts our mark on each object and changes nothing
    else; it is approved and applied like any other. Until then no plan touches or rebuilds them. Exit 0:
    nothing to adopt, 2: a plan is saved, or some of it cannot be said, 3: a guard rail refuses.
    """
    from operations.importing import survey, write
    from operations.site import open_site

    if (adopt and out) or ((output or as_json) and not adopt):
        raise click.UsageError("--out is for an import apart; -o and --json are for --adopt")
    site = open_site(root, environment)
    if adopt:
        return _adopt(site, platform, output, as_json)
    with site.journal() as journal:
        found = survey(site, journal, platform, tell)
    for path in write(found, out or root / "imported" / platform, site):
        click.echo(f"wrote {path}")
    return _told(found)


def _adopt(site: Site, platform: str, output: Path | None, as_json: bool) -> int:
    from kampanya.commands.stop import kept
    from operations.adopting import adopt
    from operations.apply import actor
    from operations.load import spending

    with site.journal() as journal:
        made = adopt(site, journal, platform, spending(site), actor=actor(), tell=tell)
    for path in made.paths:
        click.echo(f"wrote {path}", err=as_json)
    missing = _told(made.imported, err=as_json)
    return kept(made.plan, site, output, as_json) or missing


def _told(found: Imported, err: bool = False) -> int:
    """2 where something is not said."""
    for each in found.lost:
        text = _printable(f"! not said: {each.subject}: {each.what}: {each.why}")
        click.secho(text, fg="yellow", err=err)
    said = f"{len(found.files)} campaigns of {found.objects} objects that are not ours"
    click.echo(f"{said}; {len(found.lost)} things not said.", err=err)
    return 2 if found.lost else 0


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "�" for each in text)
