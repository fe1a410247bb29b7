"""Runs the command line and turns every outcome into its exit code."""

from __future__ import annotations

import sys

import click

from kampanya.cli import cli
from schemas.errors import KampanyaError


def main() -> None:
    """Exit 0 done, 1 error or usage error, 2 changes or drift, 3 refused by a guard rail."""
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
