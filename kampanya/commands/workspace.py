"""init, validate, fmt, schema, doctor."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kampanya.cli import in_workspace, tell


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="The brand's name; the folder's, if left out.")
@click.option("--platforms", help="Where it advertises: meta, google, or both with a comma. [meta]")
@click.option("--currency", help="The currency of its accounts. [TRY]")
@click.option("--time-zone", help="The time zone of its accounts. [Europe/Istanbul]")
@click.option("--ceiling", help="The most that may be set to spend a day: 1000 TRY.")
def init(
    folder: Path,
    name: str | None,
    platforms: str | None,
    currency: str | None,
    time_zone: str | None,
    ceiling: str | None,
) -> None:
    """Write a new brand into FOLDER, and what its repository needs; never overwrites.

    What is not given as an option is asked for on a terminal. In FOLDER = REPOSITORY/brands/NAME the
    deployments go to REPOSITORY, else to FOLDER itself.
    """
    from kampanya.questions import asked, choices
    from schemas.repository import furnish
    from schemas.scaffold import key_of, scaffold

    name = asked("The brand's name", name, folder.resolve().name)
    chosen = choices(
        asked("Platforms (meta, google)", platforms, "meta"),
        asked("Currency of its accounts", currency, "TRY"),
        asked("Time zone of its accounts", time_zone, "Europe/Istanbul"),
        ceiling,
    )
    for path in scaffold(folder, name, chosen):
        click.echo(f"wrote {path}")
    made = furnish(folder, key_of(name), chosen.platforms, chosen.time_zone)
    for path in made.written:
        click.echo(f"wrote {path}")
    for path, what in made.left:
        click.secho(f"left {path} as it is: {what}", fg="yellow")
    click.echo(f"Next: kampanya validate -C {folder}; kampanya up -C {made.folder}")


@click.command()
@in_workspace
def validate(root: Path, environment: str) -> None:
    """Check everything that can be known without a network; all errors at once."""
    from operations.validate import examine, warnings

    site, resources = examine(root, environment)
    kinds: dict[str, int] = {}
    for each in resources:
        name = f"{each.address.platform} {each.address.kind}"
        kinds[name] = kinds.get(name, 0) + 1
    for warning in warnings(site):
        click.secho(f"warning: {warning}", fg="yellow", err=True)
    click.secho("Valid: ", fg="green", nl=False)
    click.echo(", ".join(f"{count} {name}" for name, count in kinds.items()))


@click.command()
@in_workspace
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
def fmt(root: Path, environment: str, check: bool) -> int:
    """Lay out every YAML file alike: order of keys, indentation; comments and quotes are kept."""
    from schemas.edit import rewrite
    from schemas.errors import KampanyaError
    from schemas.format import files, formatted

    failed = changed = 0
    for path, kind in files(root):
        raw = path.read_bytes()
        try:
            text = formatted(raw.decode(), kind)
        except (KampanyaError, UnicodeDecodeError) as error:
            click.secho(f"{path}: {error}", fg="red", err=True)
            failed += 1
            continue
        if text.encode() != raw:
            changed += 1
            click.echo(f"{'would format' if check else 'formatted'} {path}")
            if not check:
                rewrite(path, raw, text)
    if not (failed or changed):
        click.echo("All files are in order.")
    return 1 if failed or (check and changed) else 0


@click.command()
@click.option(
    "-o", "output", type=click.Path(path_type=Path, file_okay=False), help="Write one file a kind here."
)
def schema(output: Path | None) -> None:
    """Write JSON Schemas for editor completion."""
    from schemas.jsonschema import FILES, write
    from schemas.jsonschema import schema as schema_of

    if output is None:
        click.echo(json.dumps({kind: schema_of(kind) for kind in FILES}, ensure_ascii=False, indent=1))
        return
    for path in write(output):
        click.echo(f"wrote {path}")


@click.command()
@in_workspace
def doctor(root: Path, environment: str) -> int:
    """Say what is wrong on this machine and with these accounts, and how to mend it."""
    from operations.doctor import examine

    findings = examine(root, environment, tell)
    for finding in findings:
        colour = "green" if finding.well else "red"
        click.secho("✓ " if finding.well else "✗ ", fg=colour, nl=False)
        click.echo(f"{finding.what}: {finding.detail}" + (f"\n  Fix: {finding.fix}" if finding.fix else ""))
    return 0 if all(each.well for each in findings) else 1
