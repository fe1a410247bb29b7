"""plan, approve, apply, drift."""

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
    from operations.execution import Result
    from operations.site import Site
    from operations.tally import Tally

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
@click.option("--as-of", "as_of", metavar="PLAN", help="The way back to an applied plan: its file or digest.")
@click.option("--resume", "resumes", multiple=True, help="Let what was paused at this key run again.")
def plan(
    root: Path,
    environment: str,
    output: Path | None,
    page: Path | None,
    as_json: bool,
    platform: str | None,
    targets: tuple[str, ...],
    as_of: str | None,
    resumes: tuple[str, ...],
) -> int:
    """Show what would change and what it would cost. Exit 0: nothing, 2: changes, 3: a guard rail refuses."""
    from operations import history
    from operations import plan as plans
    from operations.load import spending
    from operations.validate import open_examined

    site = open_examined(root, environment, as_of or "")
    with site.journal() as journal:
        past = history.find(journal, as_of) if as_of else ""
        wish = plans.Wish(targets, frozenset(resumes), platform, past)
        made = plans.make(site, journal, wish, spending(site), tell)
    if output:
        plans.write(made, output)
    if page:
        from operations.page import html

        page.write_text(html(made, site), encoding="utf-8")
    show_as(made, site, as_json)
    return exit_code(made)


def as_text(document: object) -> str:
    """What `--json` prints."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def exit_code(made: Plan) -> int:
    """3 where a guard rail refuses, 1 where an object is blocked and nothing else is to do, 2 for changes."""
    if made.refusals:
        return 3
    if made.changes:
        return 2
    return 1 if made.blocked else 0


def show_as(made: Plan, site: Site, as_json: bool) -> None:
    """Print a plan, in words or as JSON."""
    from operations import plan as plans

    if as_json:
        click.echo(as_text(plans.document(made)))
    else:
        show(made, site.supports)


def show(made: Plan, supports: Mapping[str, Supports]) -> None:
    """Print a plan in colour."""
    from engine.render import lines

    for line in lines(made, supports):
        click.secho(line.text, fg=COLOURS.get(line.tone), bold=line.tone == "footer")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_workspace
@click.option("--by", required=True, help="Who says yes: one of the brand's approvers.")
@click.option("--expires", default="24h", show_default=True, help="For how long the yes holds: 24h, 3d.")
@click.option("--code", default="", help="Their one-time code; needed outside sandbox.")
@click.option("--evidence", default="", help="Where the client's yes can be found: a mail, a ticket.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
def approve(
    file: Path,
    root: Path,
    environment: str,
    by: str,
    expires: str,
    code: str,
    evidence: str,
    as_json: bool,
) -> None:
    """Say yes to exactly one plan."""
    from operations import answers
    from operations import approve as approvals
    from operations import plan as plans
    from operations.apply import actor
    from operations.site import open_site

    site = open_site(root, environment)
    made = plans.load(file)
    with site.journal() as journal:
        until = approvals.approve(
            site,
            journal,
            made,
            by=by,
            code=code,
            expires=duration(expires),
            evidence=evidence,
            typed_by=actor(),
        )
    if as_json:
        click.echo(as_text(answers.approved(made, by, until)))
        return
    for line in approvals.words(made, by, until):
        click.echo(line)


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
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON, version 1.")
def apply(
    file: Path | None, root: Path, environment: str, auto_approve: bool, platform: str | None, as_json: bool
) -> int:
    """Execute exactly an approved plan, or refuse. Run again, it goes on where it stopped."""
    from operations import answers
    from operations import apply as applies
    from operations import plan as plans
    from operations.load import spending
    from operations.tally import tally
    from operations.validate import open_examined

    if (file is None) == (not auto_approve):
        raise click.UsageError("Give a plan FILE, or --auto-approve in the sandbox.")
    made = plans.load(file) if file else None
    site = open_examined(root, environment, made.as_of if made else "")
    with site.journal() as journal:
        money = spending(site)
        if made is None:
            made = approved_at_once(site, journal, money, platform)
            if made.refusals or not as_json:
                show_as(made, site, as_json)
            if made.refusals:
                return 3
        result = applies.apply_plan(site, journal, made, spending=money, actor=applies.actor(), tell=tell)
        done = tally(journal, made.digest, site.supports)
    if as_json:
        click.echo(as_text(answers.applied(made, result, done)))
        return 0 if result.complete else 1
    return told(result, done)


def approved_at_once(site: Site, journal: Journal, money: Spending, platform: str | None) -> Plan:
    """A plan approved by its maker; the sandbox spends nobody's money."""
    from operations import plan as plans
    from operations.approve import approve_in_sandbox, demand_sandbox

    demand_sandbox(site)
    made = plans.make(site, journal, plans.Wish(platform=platform), money, tell)
    if not made.refusals:
        approve_in_sandbox(site, journal, made)
    return made


def told(result: Result, done: Tally) -> int:
    """Say what was done and what was not; 0 only if everything was."""
    click.echo(
        f"Of this plan: {done.created} created, {done.changed} changed, {done.archived} archived;"
        f" {done.let_go} let go."
    )
    click.echo(f"{len(result.failed)} failed, {len(result.waiting)} waiting.")
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
