"""plan, approve, apply, pause, drift."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace, tell
from schemas.errors import KampanyaError
from schemas.types import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.assemble import Spending
    from engine.plan import Plan
    from engine.resource import Address
    from engine.supports import Supports
    from journal.store import Journal
    from operations.apply import Result
    from operations.site import Site

COLOURS = {
    "create": "green",
    "update": "yellow",
    "archive": "red",
    "hazard": "magenta",
    "refusal": "red",
    "note": "cyan",
}


@click.command()
@in_workspace
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write it for the client."
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, version 1.")
@click.option("--platform", help="Only this platform.")
@click.option("--target", "targets", multiple=True, help="Only this key and what is below it. Repeatable.")
@click.option("--resume", "resumes", multiple=True, help="Let what was paused at this key run again.")
def plan(
    root: Path,
    environment: str,
    output: Path | None,
    page: Path | None,
    as_json: bool,
    platform: str | None,
    targets: tuple[str, ...],
    resumes: tuple[str, ...],
) -> int:
    """Show what would change and what it would cost. Exit 0: nothing, 2: changes, 3: a guard rail refuses."""
    from operations import plan as plans
    from operations.load import spending
    from operations.site import open_site

    site = open_site(root, environment)
    wish = plans.Wish(targets, frozenset(resumes), platform)
    with site.journal() as journal:
        made = plans.make(site, journal, wish, spending(site), tell)
    if output:
        plans.write(made, output)
    if page:
        from operations.page import html

        page.write_text(html(made, site.supports, site.workspace.brand.locale), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(plans.document(made), ensure_ascii=False, indent=1))
    else:
        show(made, site.supports)
    if made.refusals:
        return 3
    return exit_code(made)


def exit_code(made: Plan) -> int:
    """1 where an object is blocked and nothing else is to do, 2 for changes, 0 for none."""
    if made.changes:
        return 2
    return 1 if made.blocked else 0


def show(made: Plan, supports: Mapping[str, Supports]) -> None:
    """Print a plan in colour."""
    from engine.render import lines

    for line in lines(made, supports):
        click.secho(line.text, fg=COLOURS.get(line.tone), bold=line.tone == "footer")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_workspace
@click.option("--by", required=True, help="Who says yes; outside sandbox one of the brand's approvers.")
@click.option("--expires", default="24h", show_default=True, help="For how long the yes holds: 24h, 3d.")
@click.option("--evidence", default="", help="Where the client's yes can be found: a mail, a ticket.")
def approve(file: Path, root: Path, environment: str, by: str, expires: str, evidence: str) -> None:
    """Say yes to exactly one plan."""
    from operations import approve as approvals
    from operations import plan as plans
    from operations.site import open_site

    site = open_site(root, environment)
    made = plans.load(file)
    with site.journal() as journal:
        until = approvals.approve(site, journal, made, by=by, expires=duration(expires), evidence=evidence)
    click.echo(f"{by} approved {made.digest[:16]} until {until:%Y-%m-%d %H:%M} UTC.")


def duration(text: str) -> timedelta:
    """`24h` or `3d`. Raises KampanyaError."""
    try:
        return Duration.parse(text).timedelta
    except ValueError:
        raise KampanyaError("Not a duration", text, "Write hours, days or weeks: 36h, 14d, 2w.") from None


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_workspace
@click.option("--auto-approve", is_flag=True, help="Plan, approve and apply in one go. In sandbox only.")
@click.option("--platform", help="With --auto-approve: only this platform.")
def apply(file: Path | None, root: Path, environment: str, auto_approve: bool, platform: str | None) -> int:
    """Execute exactly an approved plan, or refuse. Run again, it goes on where it stopped."""
    from operations import apply as applies
    from operations import plan as plans
    from operations.load import spending
    from operations.site import open_site

    if (file is None) == (not auto_approve):
        raise click.UsageError("Give a plan FILE, or --auto-approve in the sandbox.")
    made = plans.load(file) if file else None
    site = open_site(root, environment)
    with site.journal() as journal:
        money = spending(site)
        if made is None:
            made = approved_at_once(site, journal, money, platform)
            if made.refusals:
                return 3
        result = applies.apply_plan(site, journal, made, spending=money, actor=applies.actor(), tell=tell)
    return told(result)


def approved_at_once(site: Site, journal: Journal, money: Spending, platform: str | None) -> Plan:
    """A plan approved by its maker; the sandbox spends nobody's money."""
    from operations import approve as approvals
    from operations import plan as plans

    if site.live:
        raise KampanyaError(
            "--auto-approve is for the sandbox only",
            f"{site.environment} spends real money",
            "kampanya plan -o FILE; kampanya approve FILE --by NAME; kampanya apply FILE",
        )
    made = plans.make(site, journal, plans.Wish(platform=platform), money, tell)
    show(made, site.supports)
    if not made.refusals:
        approvals.approve(site, journal, made, by="auto-approve (sandbox)")
    return made


def told(result: Result) -> int:
    """Say what was done and what was not; 0 only if everything was."""
    click.echo(f"{len(result.applied)} done, {len(result.failed)} failed, {len(result.waiting)} waiting.")
    report(result.failed, "failed")
    report(result.waiting, "waiting")
    for each in result.blocked:
        click.secho(f"  blocked: {each}", fg="red", err=True)
    if result.complete:
        click.secho("Complete: everything declared is there, and read back.", fg="green")
        return 0
    click.secho(
        "NOT complete. Mend what failed and run apply again: it goes on from here.", fg="red", err=True
    )
    return 1


def report(reasons: Mapping[Address, str], word: str) -> None:
    for address, reason in reasons.items():
        click.secho(f"  {word}: {address}: {reason}", fg="red", err=True)


@click.command()
@click.argument("keys", nargs=-1)
@in_workspace
@click.option("--all", "everything", is_flag=True, help="Everything of the brand.")
def pause(keys: tuple[str, ...], root: Path, environment: str, everything: bool) -> int:
    """Stop delivery now: no plan, no approval, no guard rail, no Prefect."""
    from operations.apply import actor
    from operations.pause import pause as stop
    from operations.site import site_for_stopping

    if bool(keys) == everything:
        raise click.UsageError("Give KEYs, or --all.")
    site = site_for_stopping(root, environment)
    with site.journal() as journal:
        stopped = stop(site, journal, keys, actor=actor(), tell=tell)
    click.echo(f"{len(stopped.paused)} paused: {', '.join(each.key for each in stopped.paused) or 'none'}")
    report(stopped.failed, "NOT paused")
    return 1 if stopped.failed else 0


@click.command()
@in_workspace
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
def drift(root: Path, environment: str, as_json: bool) -> int:
    """Show what changed on the platforms behind our back. Exit 0: nothing, 2: drift."""
    from engine.resource import to_json
    from operations.drift import drift as find
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        found = find(site, journal, tell)
    if as_json:
        rows = [
            {
                "sort": each.sort,
                "subject": each.subject,
                "field": each.field,
                "ours": to_json(each.ours),
                "theirs": to_json(each.theirs),
            }
            for each in found
        ]
        click.echo(json.dumps({"version": 1, "drift": rows}, ensure_ascii=False, indent=1))
    else:
        for each in found:
            values = f" {each.field}: {each.shown[0]} → {each.shown[1]}" if each.field else ""
            click.secho(f"! {each.sort}: {each.subject}{values}", fg="yellow")
        noun = "difference" if len(found) == 1 else "differences"
        click.echo(f"{len(found)} {noun} since Kampanya last wrote." if found else "No drift.")
    return 2 if found else 0
