"""import: a live account as YAML, read only."""

from __future__ import annotations

from pathlib import Path

import click

from kampanya.cli import in_workspace, tell
from schemas.types import PLATFORMS


@click.command("import")
@in_workspace
@click.option("--platform", required=True, type=click.Choice(PLATFORMS), help="Whose account.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write it. [imported/PLATFORM]"
)
def import_(root: Path, environment: str, platform: str, out: Path | None) -> int:
    """Write what runs in a live account as YAML, read only. Exit 0: all of it, 2: some of it cannot be said.

    The files stand apart from campaigns/ and are owned by nobody: no plan touches what they describe.
    """
    from operations.importing import survey, write
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        found = survey(site, journal, platform, tell)
    for path in write(found, out or root / "imported" / platform, site):
        click.echo(f"wrote {path}")
    for each in found.lost:
        click.secho(_printable(f"! not said: {each.subject}: {each.what}: {each.why}"), fg="yellow")
    said = f"{len(found.files)} campaigns of {found.objects} objects that are not ours"
    click.echo(f"{said}; {len(found.lost)} things not said.")
    return 2 if found.lost else 0


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "�" for each in text)
