"""When a load is refused: answers that would make the numbers worse than they are."""

from __future__ import annotations

import duckdb

from warehouse.errors import LoadRefused
from warehouse.landing import AccountRow
from warehouse.stage import Staged
from warehouse.store import one
from warehouse.window import Window, major


def refuse(con: duckdb.DuckDBPyConnection, window: Window, staged: Staged, before: int) -> None:
    """Raise LoadRefused if this landing must not become the window; the stage is read already.

    `before` is the window's spend in micros over rows the platform last listed (vanished ones left out).
    """
    _refuse_another_question(window)
    _refuse_strangers(con, window)
    _refuse_currency(con, window.account)
    if staged.good:
        return
    if staged.bad:
        raise LoadRefused(
            "No row could be read",
            f"{staged.bad} rows of {window.spec.name}: {'; '.join(staged.reasons)}",
            "Has the platform's answer changed? Mend the ReportSpec, then load the landed files again.",
        )
    if before and not _account_says_nothing(con, window):
        raise LoadRefused(
            "An empty answer where there was spend",
            f"{window.spec.name} {window.since} … {window.until} of {window.account.id}:"
            f" {major(before)} {window.account.currency} loaded before, no row now",
            "Load again later. If the account's own report says zero too, load that first with the same run.",
        )


def _refuse_another_question(window: Window) -> None:
    """Rows of one report read as another's would vanish and come as others."""
    asked, spec = window.landing.asked, window.spec
    landed, wanted = (asked.account.platform, asked.report), (spec.platform, spec.name)
    if landed != wanted:
        raise LoadRefused(
            "The landing answers another question",
            f"landed {' '.join(map(str, landed))}; to load {' '.join(map(str, wanted))}",
            "Load a landing with its own report.",
        )


def _refuse_strangers(con: duckdb.DuckDBPyConnection, window: Window) -> None:
    row = con.execute(
        """select account_id, day, count(*) over () from stage
        where account_id <> $account or day not between $since and $until limit 1""",
        {name: window.scope[name] for name in ("account", "since", "until")},
    ).fetchone()
    if row:
        raise LoadRefused(
            "Rows that were not asked for",
            f"{row[2]} rows, such as {row[0]} on {row[1]}; asked: {window.account.id},"
            f" {window.since} … {window.until}",
            "Does the ReportSpec give the account's id as kampanya.yaml does? Otherwise report this.",
        )


def _refuse_currency(con: duckdb.DuckDBPyConnection, account: AccountRow) -> None:
    row = con.execute(
        "select currency from account where platform = ? and account_id = ?", [account.platform, account.id]
    ).fetchone()
    if row and row[0] != account.currency:
        raise LoadRefused(
            "The account's currency changed",
            f"{account.platform} {account.id}: {row[0]} before, {account.currency} now",
            "Spend of two currencies cannot be added: correct kampanya.yaml, or start a new state folder.",
        )


def _account_says_nothing(con: duckdb.DuckDBPyConnection, window: Window) -> bool:
    """The same run has loaded the account's own report of these days, and it holds no spend."""
    if window.level.name == "account":
        return False
    (said,) = one(
        con,
        """select exists (
            from load_log
            where platform = $platform and account_id = $account and level = 'account' and run = $run
                and since <= $since and until >= $until
        ) and 0 = (
            select coalesce(sum(spend_micros), 0) from fact_account_day
            where platform = $platform and account_id = $account and day between $since and $until
                and gone_at is null
        )""",
        window.scope | {"run": window.landing.run},
    )
    return bool(said)
