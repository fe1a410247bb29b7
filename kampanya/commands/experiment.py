"""experiment size, read, conclude."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kampanya.cli import in_workspace

if TYPE_CHECKING:
    from operations.experiment import Reading

WORDS = click.option("--locale", type=click.Choice(["tr", "en"]), help="The brand's own, if left out.")


@click.group()
def experiment() -> None:
    """Size, read and conclude a declared experiment."""


@experiment.command()
@click.argument("key")
@in_workspace
@click.option("--cost", type=Decimal, help="What one result costs, in the account's currency.")
@WORDS
def size(key: str, root: Path, environment: str, cost: Decimal | None, locale: str | None) -> None:
    """Say whether the declared budgets and weeks can show the declared effect."""
    from operations.experiment import size as measure
    from operations.site import open_site

    site = open_site(root, environment)
    sized = measure(site, key, cost)
    click.echo(sized.sentence_tr if turkish(locale, site.workspace.brand.locale) else sized.sentence_en)


@experiment.command()
@click.argument("key")
@in_workspace
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, version 1.")
@click.option(
    "--chart",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the weekly intervals here (PNG or SVG).",
)
@WORDS
def read(
    key: str, root: Path, environment: str, as_json: bool, chart: Path | None, locale: str | None
) -> None:
    """Say what the loaded days allow to be said, in plain words."""
    from operations.experiment import read as look
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        reading = look(site, journal, key)
    if chart:
        from operations.chart import weekly_intervals

        weekly_intervals(reading.plan, reading.readout, chart)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "version": 1,
                    **asdict(reading.readout),
                    "through": reading.through,
                    "missing": reading.missing,
                },
                ensure_ascii=False,
                indent=1,
                default=str,
            )
        )
    else:
        tell_reading(reading, turkish(locale, site.workspace.brand.locale))


@experiment.command()
@click.argument("key")
@in_workspace
@WORDS
def conclude(key: str, root: Path, environment: str, locale: str | None) -> int:
    """Journal the verdict; write the decision that promotes a winner. Exit 2: it awaits its plan."""
    from operations.apply import actor
    from operations.experiment import conclude as decide
    from operations.site import open_site

    site = open_site(root, environment)
    with site.journal() as journal:
        reading, path = decide(site, journal, key, actor())
    tell_reading(reading, turkish(locale, site.workspace.brand.locale))
    if path is None:
        return 0
    click.echo(f"\nwrote {path}; it changes nothing until it is planned, approved and applied:")
    click.echo(f"kampanya plan -C {root} -e {environment} -o FILE")
    return 2


# What is still waited for is no failure.
SIGNS = {"passed": ("✓", "green"), "wait": ("…", "yellow"), "invalid": ("✗", "red")}


def tell_reading(reading: Reading, tr: bool) -> None:
    """The verdict with its checks, for a person."""
    readout = reading.readout
    click.secho(
        f"{readout.key}: {readout.status}" + (f", {readout.winner}" if readout.winner else ""), bold=True
    )
    click.echo(readout.sentence_tr if tr else readout.sentence_en)
    for check in readout.checks:
        sign, colour = SIGNS["passed" if check.passed else check.on_failure]
        click.secho(f"  {sign} ", fg=colour, nl=False)
        click.echo(check.detail_tr if tr else check.detail_en)
    if reading.gap:
        click.secho(f"  ! {reading.gap['tr' if tr else 'en']}", fg="yellow")
    click.secho(readout.scope_tr if tr else readout.scope_en, dim=True)


def turkish(asked: str | None, locale: str) -> bool:
    return (asked or locale).startswith("tr")
