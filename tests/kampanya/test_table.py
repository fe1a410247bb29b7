"""What a query found is shown whole, whatever it is and however narrow the terminal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from kampanya.table import show

ROW = (date(2026, 12, 1), "Kadıköy [k:abcdefghij]", Decimal("12.50"), None)
COLUMNS = ("date_day", "ad_name", "spend", "ad_key")


def shown(columns: tuple[str, ...], rows: list[tuple[object, ...]], width: int) -> str:
    out = StringIO()
    show(columns, rows, Console(file=out, width=width))
    return out.getvalue()


def test_what_has_room_is_a_table() -> None:
    text = shown(COLUMNS, [ROW], 80)
    assert len([line for line in text.splitlines() if "12.50" in line and "2026-12-01" in line]) == 1


def test_what_has_no_room_is_one_record_under_the_other() -> None:
    assert shown(COLUMNS, [ROW, ROW], 30).splitlines() == [
        "── 1",
        "date_day  2026-12-01",
        "ad_name   Kadıköy [k:abcdefghij]",
        "spend     12.50",
        "ad_key    ",
        "── 2",
        "date_day  2026-12-01",
        "ad_name   Kadıköy [k:abcdefghij]",
        "spend     12.50",
        "ad_key    ",
    ]


PLAIN = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["Cc", "Cf"]), min_size=1
)


@given(st.lists(PLAIN, min_size=1, max_size=9), st.integers(10, 200))
def test_nothing_is_cut_off_nor_read_as_markup(values: list[str], width: int) -> None:
    text = shown(tuple(f"column{number}" for number in range(len(values))), [tuple(values)], width)
    for value in values:
        assert value in text
