"""Actions of a report row: the same conversions under several names, by attribution window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.market import BY_VIEW

if TYPE_CHECKING:
    from sandbox.meta.context import Graph
    from sandbox.meta.metrics import Numbers

# What the platform calls one thing; counting more than one of a row counts it twice.
NAMES = {
    "click": ("link_click", "post_engagement", "page_engagement"),
    "visit": ("landing_page_view", "omni_landing_page_view"),
    "cart": ("add_to_cart", "omni_add_to_cart", "offsite_conversion.fb_pixel_add_to_cart"),
    "purchase": ("purchase", "omni_purchase", "offsite_conversion.fb_pixel_purchase"),
    "lead": ("lead", "offsite_conversion.fb_pixel_lead"),
    "install": ("mobile_app_install", "omni_app_install"),
}
# Longest arrival in days that a window shows. The ledger's lag is when a conversion arrives; the default
# attribution (7-day click, 1-day view) sees all that have arrived. 7d_view and 28d_view are empty on the
# platform since 2026-01-12.
CLICK_WINDOWS = {"1d_click": 1, "7d_click": 28, "28d_click": 28}
VIEW_WINDOWS = {"1d_view": 1}
# What an action breakdown says of an action (Insights API, "Action breakdowns"). Every conversion here is the
# pixel's and every click leads from the page. Nobody reacts, watches with sound or swipes cards, so those say
# nothing, as on the platform of actions that are none of theirs; `action_device` and the rest are not known.
OFFSITE = frozenset(name for kind in ("visit", "cart", "purchase", "lead") for name in NAMES[kind])
SILENT = (
    "action_type", "action_reaction", "action_video_sound", "action_video_type", "action_carousel_card_id",
    "action_carousel_card_name",
)  # fmt: skip
BREAKDOWNS: dict[str, Callable[[Graph, str], str | None]] = {
    "action_target_id": lambda graph, name: (
        graph.world.meta.pixel if name in OFFSITE else graph.world.meta.page
    ),
    "action_destination": lambda graph, name: graph.world.meta.page_name,
    **dict.fromkeys(SILENT, lambda graph, name: None),
}
Count = tuple[int, dict[str, int]]  # in the default window, and by window asked for


def _counted(row: Numbers, windows: Sequence[str], value: bool) -> dict[str, Count]:
    counted: dict[str, Count] = {}
    if not value:
        fixed = {"click": row.sums.clicks, "visit": row.sums.visits, "cart": row.sums.carts}
        counted = {
            kind: (n, dict.fromkeys(_shown(windows, CLICK_WINDOWS), n)) for kind, n in fixed.items() if n
        }
    for action, lag, count, micros in row.conversions:
        amount = micros if value else count
        kind = action.removesuffix(BY_VIEW)
        longest = CLICK_WINDOWS if kind == action else VIEW_WINDOWS
        total, by_window = counted.get(kind, (0, {}))
        for window in _shown(windows, longest):
            by_window[window] = by_window.get(window, 0) + (amount if lag <= longest[window] else 0)
        counted[kind] = (total + amount, by_window)
    return {kind: one for kind, one in counted.items() if one[0]}


def _shown(windows: Sequence[str], known: Mapping[str, int]) -> list[str]:
    return [window for window in windows if window in known]


def _list(row: Numbers, counted: dict[str, Count], show: Callable[[int], str]) -> list[dict[str, Any]]:
    return [
        {"action_type": name, "value": show(total)} | {w: show(n) for w, n in by_window.items() if n}
        for kind, (total, by_window) in counted.items()
        for name in NAMES[kind]
    ]


def _actions(row: Numbers, windows: Sequence[str]) -> list[dict[str, Any]]:
    return _list(row, _counted(row, windows, value=False), str)


def _values(row: Numbers, windows: Sequence[str]) -> list[dict[str, Any]]:
    return _list(row, _counted(row, windows, value=True), row.money)


def _costs(row: Numbers, windows: Sequence[str]) -> list[dict[str, Any]]:
    spend = row.sums.spend_micros / 1e6
    return _list(row, _counted(row, windows, value=False), lambda count: f"{spend / count:.6f}")


def _roas(name: str) -> Callable[[Numbers, Sequence[str]], list[dict[str, Any]]]:
    def returns(row: Numbers, windows: Sequence[str]) -> list[dict[str, Any]]:
        spend = row.sums.spend_micros
        if not spend:
            return []
        rows = _list(row, _counted(row, windows, value=True), lambda value: f"{value / spend:.6f}")
        return [one for one in rows if one["action_type"] == name]

    return returns


LISTS: dict[str, Callable[[Numbers, Sequence[str]], list[dict[str, Any]]]] = {
    "actions": _actions,
    "action_values": _values,
    "cost_per_action_type": _costs,
    "purchase_roas": _roas("omni_purchase"),
    "website_purchase_roas": _roas("offsite_conversion.fb_pixel_purchase"),
}


def broken_down(graph: Graph, rows: list[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows with what each action breakdown says of them; the action's type always stands among it."""
    said = {name: BREAKDOWNS[name] for name in names}
    return [
        {name: text for name, tell in said.items() if (text := tell(graph, row["action_type"]))} | row
        for row in rows
    ]
