"""up: one command to a working Prefect UI with the deployments and a worker."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the server listens.")
@click.option("--port", default=4200, show_default=True, type=click.IntRange(1, 65535), help="Its port.")
@click.option(
    "-C",
    "folder",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds prefect.yaml.",
)
def up(host: str, port: int, folder: Path) -> None:
    """A Prefect server, worker and deployments, and the brands' sandboxes; Ctrl-C stops everything."""
    from kampanya.up import run

    run(folder, host, port)
