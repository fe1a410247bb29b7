"""Runs the command line and turns every outcome into its exit code."""

from __future__ import annotations

import gc
import sys

import click

from kampanya.cli import cli
from schemas.errors import KampanyaError

# A command keeps most of what it makes until it ends: the collector's usual 700 new objects between two looks
# at all of it cost a large brand two fifths of its time.
COLLECT_AFTER = (100_000, 50, 1000)


def main() -> None:
    """Exit 0 done, 1 error or usage error, 2 changes or drift, 3 refused by a guard rail."""
    gc.set_threshold(*COLLECT_AFTER)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """One command; returns its exit code."""
    try:
        code = cli.main(arguments, prog_name="kampanya", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
    except KampanyaError as error:
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(error), err=True)
    return 1


if __name__ == "__main__":
    main()
