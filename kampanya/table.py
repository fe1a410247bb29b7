"""Rows of a query for a person: a table, or one record under the other where a table has no room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

Rows = Sequence[Sequence[object]]


def show(columns: Sequence[str], rows: Rows, console: Console | None = None) -> None:
    """Print `rows` under `columns`; nothing is ever cut off, and a name is never read as markup."""
    console = console or Console()
    table = _table(columns, rows)
    if Measurement.get(console, console.options.update(max_width=10**6), table).maximum <= console.width:
        console.print(table)
        return
    for number, row in enumerate(rows, start=1):
        console.print(Text(f"── {number}", style="dim"))
        console.print(_record(columns, row), soft_wrap=True)


def _table(columns: Sequence[str], rows: Rows) -> Table:
    table = Table(*(Column(Text(name)) for name in columns), box=HEAVY_HEAD)
    for row in rows:
        table.add_row(*map(_text, row))
    return table


def _record(columns: Sequence[str], row: Iterable[object]) -> Text:
    width = max(map(len, columns))
    return Text("\n").join(
        Text(f"{name:<{width}}  ").append(_text(value)) for name, value in zip(columns, row, strict=True)
    )


def _text(value: object) -> Text:
    return Text("" if value is None else str(value))
