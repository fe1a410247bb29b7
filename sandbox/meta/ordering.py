"""The order of a report's rows: `sort=["spend_descending"]`, `["actions:link_click_ascending"]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.meta.errors import refuse
from sandbox.meta.shapes import FIELDS

# Insights API, parameter `sort`: a field, for lists of actions the type after a colon; the direction may
# follow, and without one it is ascending (a choice).
_SORT = re.compile(r"([a-z0-9_]+?)(?::([\w.]+?))?(?:_(ascending|descending))?")
Row = tuple[int, str, dict[str, Any]]  # bucket, cursor's key, what is shown


@dataclass(frozen=True)
class Order:
    """One field to sort by; of a list of actions, the count of one type."""

    field: str
    action: str
    descending: bool

    def value(self, row: dict[str, Any]) -> Any:
        """Comparable among rows of a report; None where the row says nothing."""
        found = row.get(self.field)
        if isinstance(found, list):
            found = next((one["value"] for one in found if one.get("action_type") == self.action), None)
        try:
            return None if found is None else (float(found), "")
        except (TypeError, ValueError):
            return (0.0, str(found))


def read(texts: Iterable[Any], breakdowns: Sequence[str]) -> list[Order]:
    """Raises GraphError for a field that no report has."""
    orders = []
    for text in texts:
        match = _SORT.fullmatch(str(text))
        if match is None or (match[1] not in FIELDS["insights"] and match[1] not in breakdowns):
            raise refuse("insights_value", "sort", name="sort", detail=f"cannot sort by {text!r}")
        orders.append(Order(match[1], match[2] or "", match[3] == "descending"))
    return orders


def ordered(rows: Iterable[Row], orders: Sequence[Order]) -> list[Row]:
    """By the first field, then the next; what a row does not say comes last, whichever way."""
    found = list(rows)
    for order in reversed(orders):
        said = [row for row in found if order.value(row[2]) is not None]
        silent = [row for row in found if order.value(row[2]) is None]
        found = sorted(said, key=lambda row: order.value(row[2]), reverse=order.descending) + silent
    return found
