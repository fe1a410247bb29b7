"""Do the levels agree? Each is a report of its own; here their daily sums are held against the account's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from warehouse.levels import Level

SHARE = 0.01  # a hundredth of the account's spend: Meta and Google both round per row
ROUNDING_MICROS = 10_000  # a hundredth of a currency unit for every row added up


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What to say of the days on which a level differs from the account; `short` if rows are missing."""

    told: tuple[str, ...] = ()
    short: bool = False


def disagreements(con: duckdb.DuckDBPyConnection, level: Level, scope: Mapping[str, object]) -> Disagreement:
    """One sentence a day on which a lower level's spend differs from the account's, at most five.

    Vanished rows count: their money was spent, and the account's report still holds it. Campaigns of kinds
    that have no ads to report (local services on Google) never stand at the lower level, though others do:
    that is told, and nothing is missing by it.
    """
    if level.name == "account":
        return Disagreement()
    below = f"(select campaign_id from {level.fact} where platform = $platform and account_id = $account)"
    rows = con.execute(
        f"""with account_day as (
            select day, spend_micros from fact_account_day
            where platform = $platform and account_id = $account and day between $since and $until
                and gone_at is null
        ), level_day as (
            select day, sum(spend_micros) as spend_micros, count(*) as rows
            from {level.fact}
            where platform = $platform and account_id = $account and day between $since and $until
            group by day
        ), adless_day as (
            select day, sum(spend_micros) as spend_micros from fact_campaign_day
            where platform = $platform and account_id = $account and day between $since and $until
                and gone_at is null
                and campaign_id not in {below} and exists {below}
            group by day
        ), differing as (
            select day, coalesce(l.spend_micros, 0) as low, a.spend_micros as high,
                low + coalesce(n.spend_micros, 0)
                    < high - greatest({SHARE} * high, {ROUNDING_MICROS} * coalesce(l.rows, 1)) as short
            from account_day a left join level_day l using (day) left join adless_day n using (day)
            where abs(coalesce(l.spend_micros, 0) - a.spend_micros)
                > greatest({SHARE} * a.spend_micros, {ROUNDING_MICROS} * coalesce(l.rows, 1))
        )
        select day, low / 1e6, high / 1e6, count(*) over () as days, bool_or(short) over () as short
        from differing order by day limit 5""",
        dict(scope),
    ).fetchall()
    if not rows:
        return Disagreement()
    more = f" (and {rows[0][3] - len(rows)} more days)" if rows[0][3] > len(rows) else ""
    told = [
        f"{day}: {level.name} rows add up to {low:.2f}, the account says {high:.2f}"
        for day, low, high, _, _ in rows
    ]
    return Disagreement((*told[:-1], told[-1] + more), bool(rows[0][4]))
