"""What a load writes beside the fact: the account, the entities' names, quarantine, drift and the log."""

from __future__ import annotations

import duckdb

from warehouse.landing import AccountRow
from warehouse.levels import kind_of
from warehouse.merge import Counts
from warehouse.stage import Staged
from warehouse.window import Window, utc


def put_account(con: duckdb.DuckDBPyConnection, account: AccountRow) -> None:
    values = [account.platform, account.id, account.name, account.currency, account.time_zone]
    con.execute(
        """merge into account t using (select $1 as platform, $2 as account_id) s
            on t.platform = s.platform and t.account_id = s.account_id
        when matched and (t.name, t.time_zone) is distinct from ($3, $5)
            then update set name = $3, time_zone = $5
        when not matched then insert values ($1, $2, $3, $4, $5)""",
        values,
    )


def put_entities(con: duckdb.DuckDBPyConnection, window: Window) -> None:
    """Names as of the latest day they were seen with: a replay of an old landing renames nothing."""
    for column, name in zip(window.level.ids, window.level.names, strict=True):
        con.execute(
            f"""merge into entity t using (
                select {column} as id, arg_max({name}, day) as name,
                    min(day) as first_day, max(day) as last_day
                from stage group by all
            ) s on t.platform = $platform and t.account_id = $account 
                and t.kind = $kind and t.entity_id = s.id
            when matched and s.last_day >= t.last_day and coalesce(s.name, t.name) is distinct from t.name
                then update set name = s.name, last_day = s.last_day,
                    first_day = least(t.first_day, s.first_day)
            when matched and (s.last_day > t.last_day or s.first_day < t.first_day)
                then update set last_day = greatest(t.last_day, s.last_day),
                    first_day = least(t.first_day, s.first_day)
            when not matched
                then insert values ($platform, $account, $kind, s.id, s.name, s.first_day, s.last_day)""",
            {"platform": window.spec.platform, "account": window.account.id, "kind": kind_of(column)},
        )


def put_bad(con: duckdb.DuckDBPyConnection, window: Window) -> None:
    """The quarantine holds what the latest load of a day could not read."""
    report = {"report": window.spec.name}
    con.execute(
        """delete from quarantine where platform = $platform and account_id = $account and report = $report
        and coalesce(day between $since and $until, true)""",
        window.scope | report,
    )
    con.execute(
        """insert into quarantine
        select $load_id, $platform, $account, $report, day, parse_filename(file), reason, raw from bad""",
        {"platform": window.spec.platform, "account": window.account.id, "load_id": window.load_id} | report,
    )


def put_drift(con: duckdb.DuckDBPyConnection, window: Window, keys: tuple[str, ...]) -> None:
    con.execute(
        """merge into schema_drift t using (select unnest($keys::varchar[]) as key) s
            on t.platform = $platform and t.account_id = $account and t.report = $report and t.key = s.key
        when matched then update set last_load_id = $load_id
        when not matched then insert values ($platform, $account, $report, s.key, $load_id, $load_id)""",
        {
            "platform": window.spec.platform,
            "account": window.account.id,
            "report": window.spec.name,
            "keys": list(keys),
            "load_id": window.load_id,
        },
    )


def put_log(
    con: duckdb.DuckDBPyConnection, window: Window, staged: Staged, counts: Counts, before: int, after: int
) -> None:
    spec = window.spec
    row = {
        "load_id": window.load_id,
        "run": window.landing.run,
        "platform": spec.platform,
        "account_id": window.account.id,
        "report": spec.name,
        "level": spec.level,
        "since": window.since,
        "until": window.until,
        "today": window.today,
        "window_days": spec.window_days,
        "attribution": spec.attribution,
        "api_version": window.landing.api_version,
        "loaded_at": utc(window.landing.asked.at),
        "rows": staged.good,
        "new": counts.new,
        "restated": counts.restated,
        "vanished": counts.vanished,
        "returned": counts.returned,
        "quarantined": staged.bad,
        "spend_micros_before": before,
        "spend_micros_after": after,
    }
    marks = ", ".join(f"${name}" for name in row)
    con.execute(f"insert into load_log ({', '.join(row)}) values ({marks})", row)
