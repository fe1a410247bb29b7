"""approver add, list."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kampanya.cli import in_workspace
from schemas.errors import KampanyaError


@click.group()
def approver() -> None:
    """Give an approver the secret behind their one-time codes."""


@approver.command()
@click.argument("name")
@in_workspace
@click.option("--replace", is_flag=True, help="Make an earlier secret worthless: a lost or stolen phone.")
@click.option("--plain", is_flag=True, help="Only the otpauth:// address, for a password manager's input.")
def add(name: str, root: Path, environment: str, replace: bool, plain: bool) -> None:
    """Make a secret for NAME, listed in kampanya.yaml, and show it once, to be scanned.

    Each environment has secrets of its own: a code typed for the sandbox is worth nothing elsewhere.
    """
    from operations.apply import actor
    from operations.approvers import enrol
    from operations.site import open_site

    if not plain and not sys.stdout.isatty():
        raise KampanyaError(
            "A secret is not shown where it may be kept",
            "the output is not a terminal",
            "Run it in a terminal, or add --plain and pipe it into a password manager.",
        )
    site = open_site(root, environment)
    with site.journal() as journal:
        made = enrol(site, journal, name, replace=replace, actor=actor())
    if plain:
        click.echo(made.address)
        return
    _draw(made.address)
    click.echo(f"\n{made.approver} scans this now with an authenticator app; it is not shown again.")
    click.echo(f"To type instead: {' '.join(made.secret[i : i + 4] for i in range(0, len(made.secret), 4))}")


def _draw(address: str) -> None:
    import segno

    segno.make(address, error="m").terminal(compact=True)


@approver.command(name="list")
@in_workspace
def show(root: Path, environment: str) -> None:
    """Say who may approve, and who has a code in this environment."""
    from operations.approvers import roll
    from operations.site import open_site

    found = roll(open_site(root, environment))
    for name, enrolled in found:
        click.echo(f"{name}  {'has a code' if enrolled else 'no code yet'}")
    if not found:
        click.echo("Nobody: list `approvers` in kampanya.yaml.")
