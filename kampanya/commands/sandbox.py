"""sandbox: the stand-in platforms of a brand, passed on to `python -m sandbox`."""

from __future__ import annotations

from pathlib import Path

import click

from kampanya.cli import in_workspace


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
@click.argument("action")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@in_workspace
def sandbox(action: str, arguments: tuple[str, ...], root: Path, environment: str) -> int:
    """ACTION is up, down, status, env, advance DAYS, effect, fault or reset.

    up [--clock now|DATE] starts both platforms and leaves them running; the `sandbox` environment says
    which accounts they hold and at which day their clock starts.
    """
    from kampanya.brand_sandbox import run

    if environment != "sandbox":
        raise click.UsageError("The sandbox belongs to the environment `sandbox`.")
    return run(root, action, arguments)
