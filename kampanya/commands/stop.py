"""pause, resume, release, destroy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace, tell
from kampanya.commands.plan import as_text, exit_code, report, show_as

if TYPE_CHECKING:
    from engine.plan import Plan
    from operations.destroy import Destruction
    from operations.site import Site


@click.command()
@click.argument("keys", nargs=-1)
@in_workspace
@click.option("--all", "everything", is_flag=True, help="Everything of the brand.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
def pause(keys: tuple[str, ...], root: Path, environment: str, everything: bool, as_json: bool) -> int:
    """Stop delivery now: no plan, no approval, no guard rail, no Prefect."""
    from operations import answers
    from operations.apply import actor
    from operations.pause import pause as stop
    from operations.site import site_for_stopping

    one_or_all(keys, everything)
    site = site_for_stopping(root, environment)
    with site.journal() as journal:
        stopped = stop(site, journal, keys, actor=actor(), tell=tell)
    if as_json:
        click.echo(as_text(answers.paused(stopped)))
    else:
        click.echo(
            f"{len(stopped.paused)} paused: {', '.join(each.key for each in stopped.paused) or 'none'}"
        )
        report(stopped.failed, "NOT paused")
        for each in stopped.unsure:
            click.secho(f"  NOT known: {each}", fg="red", err=True)
    return 0 if stopped.complete else 1


@click.command()
@click.argument("keys", nargs=-1)
@in_workspace
@click.option("--all", "everything", is_flag=True, help="Everything of the brand.")
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, version 1.")
def resume(
    keys: tuple[str, ...], root: Path, environment: str, everything: bool, output: Path | None, as_json: bool
) -> int:
    """Plan to let run again what was paused, and nothing else. Approve and apply it like any other plan.

    Exit 0: nothing to let run, 2: changes, 3: a guard rail refuses.
    """
    from operations import plan as plans
    from operations.load import spending
    from operations.site import open_site

    one_or_all(keys, everything)
    site = open_site(root, environment)
    wish = plans.Wish(targets=keys, resume=frozenset(keys or [""]))
    with site.journal() as journal:
        made = plans.make(site, journal, wish, spending(site), tell)
    return kept(made, site, output, as_json)


@click.command()
@click.argument("key")
@in_workspace
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option("--with-foreign", is_flag=True, help="Also where objects of others end with it.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
def destroy(
    key: str, root: Path, environment: str, output: Path | None, with_foreign: bool, as_json: bool
) -> int:
    """Stop what is at KEY and below now, and plan to archive it for good, which awaits a yes of its own.

    The key must have left the YAML. What others have put under it is named, and stands in the way. Exit 0:
    nothing to do, 2: stopped, and the plan is saved, 1: refused, or not all was stopped.
    """
    from operations import answers
    from operations.apply import actor
    from operations.destroy import destroy as take_down
    from operations.load import spending
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        found = take_down(
            site,
            journal,
            key,
            spending=spending(site),
            actor=actor(),
            with_foreign=with_foreign,
            tell=tell,
        )
    file = saved(found.plan, site, output) if found.plan and found.plan.changes else None
    if as_json:
        click.echo(as_text(answers.destroyed(found, file)))
    else:
        told(found, site)
    if found.stopped.failed or (found.plan and (found.plan.refusals or found.plan.blocked)):
        return 1
    return 2 if found.plan else 0


@click.command()
@click.argument("key")
@in_workspace
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, version 1.")
def release(key: str, root: Path, environment: str, output: Path | None, as_json: bool) -> int:
    """Plan to give back what is at KEY and below: our marks off, and nothing else of it changed.

    It runs on, outside of ceilings, pauses and reports. The key must have left the YAML. Approve and apply it
    like any other plan. Exit 0: nothing to give back, 2: a plan is saved, 3: a guard rail refuses.
    """
    from operations.load import spending
    from operations.release import release as give_back
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        made = give_back(site, journal, key, spending=spending(site), tell=tell)
    return kept(made, site, output, as_json)


def told(found: Destruction, site: Site) -> None:
    """Say what was stopped, what is left to archive, and what stays on the platforms."""
    if found.plan:
        show_as(found.plan, site, as_json=False)
    click.echo(f"{len(found.stopped.paused)} paused at {found.key}.")
    report(found.stopped.failed, "NOT paused")
    for address, why in found.left.items():
        click.secho(f"  stays: {address}: {why}", fg="cyan")
    if not (found.plan or found.stopped.failed):
        click.echo(f"Nothing of ours is left to archive at {found.key}.")


def saved(made: Plan, site: Site, output: Path | None) -> Path:
    """Save a plan, and say how it goes on."""
    from operations import plan as plans

    if output:
        plans.write(made, output)
    file = output or plans.keep(made, site)
    then = f"kampanya approve {file} --by NAME; kampanya apply {file}"
    tell(f"saved as {file}" + ("" if made.refusals else f"; to go on: {then}"))
    return file


def kept(made: Plan, site: Site, output: Path | None, as_json: bool) -> int:
    """Show a plan, and save it where it has changes."""
    show_as(made, site, as_json)
    if made.changes:
        saved(made, site, output)
    return exit_code(made)


def one_or_all(keys: tuple[str, ...], everything: bool) -> None:
    """Raises UsageError unless there are keys or everything is meant, not both."""
    if bool(keys) == everything:
        raise click.UsageError("Give KEYs, or --all.")
