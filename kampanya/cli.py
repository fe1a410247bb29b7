"""The table of commands; each is imported only when it is asked for, so that `--help` answers at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

# command → (module, one line for --help). Read by `--help` without importing the module.
COMMANDS = {
    "init": ("workspace", "Write a new brand's workspace."),
    "validate": ("workspace", "Check everything that can be known without a network."),
    "fmt": ("workspace", "Lay out every YAML file alike, comments kept."),
    "schema": ("workspace", "Write JSON Schemas for editor completion."),
    "doctor": ("workspace", "Say what is wrong on this machine and with these accounts, and how to mend it."),
    "plan": ("plan", "Show what would change and what it would cost; change nothing."),
    "approve": ("plan", "Say yes to exactly one plan."),
    "approver": ("approver", "Give an approver the secret behind their one-time codes."),
    "apply": ("plan", "Execute exactly an approved plan, or refuse."),
    "pause": ("stop", "Stop delivery now."),
    "resume": ("stop", "Plan to let run again what was paused."),
    "release": ("stop", "Plan to give back what is ours: marks off, nothing else."),
    "destroy": ("stop", "Stop now, and plan to archive for good."),
    "drift": ("drift", "Show what changed behind our back; take it into the YAML, or back."),
    "import": ("importing", "Write what runs in a live account as YAML, read only."),
    "log": ("journal", "Show the audit trail."),
    "unlock": ("journal", "Show who holds the lock, and clear one left behind."),
    "journal": ("journal", "Back up, restore or upgrade the journal."),
    "load": ("data", "Bring performance home to DuckDB, restating the window."),
    "query": ("data", "Ask the published mart in SQL."),
    "export": ("data", "Write the mart as Parquet files."),
    "audience": (
        "audience",
        "Customers into the platforms' lists and out; how large all audiences are.",
    ),
    "experiment": ("experiment", "Size, read and conclude a declared experiment."),
    "sandbox": ("sandbox", "The stand-in platforms."),
    "demo": ("demo", "The whole loop on the example brand, against the sandboxes."),
    "up": ("up", "A Prefect server, worker and deployments, and the sandboxes."),
}
NAMES = {"import": "import_"}  # words of Python's own
Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A click group over the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"kampanya.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, NAMES.get(cmd_name, cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kampanya")
def cli() -> None:
    """Declare paid campaigns in YAML, see what would change and cost, apply exactly what was approved."""


def in_workspace(command: Command) -> Command:
    """The options that every command about a brand takes."""
    command = click.option(
        "-e", "--environment", default="sandbox", show_default=True, help="An environment of kampanya.yaml."
    )(command)
    return click.option(
        "-C",
        "root",
        default=".",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The brand's workspace.",
    )(command)


def tell(line: str) -> None:
    """One line of progress, apart from the output proper."""
    click.secho(f"· {line}", err=True, dim=True)
