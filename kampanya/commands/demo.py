"""demo: the whole loop on the example brand, narrated."""

from __future__ import annotations

from pathlib import Path

import click

EXAMPLE = Path(__file__).parents[2] / "brands" / "lezzet"


@click.command()
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 31), help="Days of delivery.")
def demo(days: int) -> int:
    """The whole loop on the example brand: plan, approve, apply, deliver, load; against the sandboxes.

    Starts afresh each time, keeps its state under brands/lezzet/.kampanya/, leaves no process behind.
    """
    from kampanya.demo import run

    return run(EXAMPLE, days)
