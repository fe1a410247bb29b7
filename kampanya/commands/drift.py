"""drift: what changed behind our back; `absorb` takes it into the YAML, `revert` plans it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace, tell

if TYPE_CHECKING:
    from operations.drift import Drift

WHOSE = {"ours": "ours", "human": "a person's", "platform": "not declared"}


@click.group(invoke_without_command=True)
@in_workspace
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
@click.option("--all", "everything", is_flag=True, help="Also the fields that are somebody else's.")
@click.pass_context
def drift(ctx: click.Context, root: Path, environment: str, as_json: bool, everything: bool) -> int:
    """Show what changed on the platforms behind our back. Exit 0: nothing, 2: drift.

    absorb writes it into the YAML; revert plans it back.
    """
    if ctx.invoked_subcommand is not None:
        given = {"root": root, "environment": environment}
        ctx.default_map = {ctx.invoked_subcommand: given}
        return 0
    from operations.drift import document
    from operations.drift import drift as find
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        found = find(site, journal, tell, everything=everything)
    counted = [each for each in found if each.sort != "left"]
    if as_json:
        click.echo(json.dumps(document(found), ensure_ascii=False, indent=1))
    else:
        show(found)
        noun = "difference" if len(counted) == 1 else "differences"
        click.echo(f"{len(counted)} {noun} since Kampanya last wrote." if counted else "No drift.")
    return 2 if counted else 0


def show(found: list[Drift]) -> None:
    """Each object once, its fields below it: whose they are, before → after."""
    subject = ""
    for each in found:
        if each.subject != subject:
            subject = each.subject
            click.secho(f"! {subject}" if each.field else f"! {each.sort}: {subject}", fg="yellow")
        for leaf in each.leaves:
            note = f"  ({each.sort}; {WHOSE[each.owner]})"
            click.echo(_one_line(f"    {leaf.field}: {leaf.before} → {leaf.after}{note}"))


def _one_line(text: str) -> str:
    """What somebody wrote on a platform cannot steer a terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


@drift.command()
@click.argument("key")
@click.argument("fields", nargs=-1)
@in_workspace
@click.option("--dry-run", is_flag=True, help="Show the change of the file and write nothing.")
def absorb(key: str, fields: tuple[str, ...], root: Path, environment: str, dry_run: bool) -> int:
    """Write what the platform has at KEY into the YAML: all that drifted there, or only these FIELDS."""
    from operations.absorb import absorb as take
    from operations.apply import actor
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        taken = take(site, journal, key, fields, actor=actor(), dry=dry_run, tell=tell)
    if taken is None:
        click.echo(f"No drift at {key}.")
        return 0
    for line in taken.lines:
        click.secho(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1]))
    verb = "Would absorb" if dry_run else "Absorbed"
    click.echo(f"{verb} {len(taken.drifts)} of {key} into {taken.file}. Look at it, and commit it.")
    return 0


@drift.command()
@click.argument("keys", nargs=-1, required=True)
@in_workspace
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here, to approve."
)
def revert(keys: tuple[str, ...], root: Path, environment: str, output: Path | None) -> int:
    """Plan what was changed at exactly these KEYS back. Exit 0: nothing, 2: changes, 3: a rail refuses."""
    from kampanya.commands.plan import exit_code, show
    from operations import plan as plans
    from operations.load import spending
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        made = plans.make(site, journal, plans.Wish(revert=keys), spending(site), tell)
    if output:
        plans.write(made, output)
    show(made, site.supports)
    if made.changes and output is None:
        click.echo("Nothing is saved. To approve and apply it, save it with -o FILE.")
    return 3 if made.refusals else exit_code(made)
