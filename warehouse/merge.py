"""The difference between a stage and its window of the fact, and its application by MERGE.

in stage  in fact    metrics     what
yes       no                     new
yes       yes        differ      restated
yes       gone                   returned
yes       yes        equal       marked, if only finality or attribution changed; otherwise nothing is written
no        yes                    vanished: flagged, its spend kept (a deleted ad is still billed)
no        gone                   nothing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from engine.report import ReportSpec
from warehouse.levels import METRICS, Level

_VALUES = (*METRICS, "attribution", "is_final")
_LOGGED_IDS = ("campaign_id", "ad_group_id", "ad_id")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what happened to them."""

    new: int = 0
    restated: int = 0
    vanished: int = 0
    returned: int = 0


def find_delta(
    con: duckdb.DuckDBPyConnection,
    level: Level,
    scope: Mapping[str, object],
    spec: ReportSpec,
    today: date,
    may_vanish: bool,
) -> Counts:
    """Table `delta`: the rows to write, the fact's own values beside them as `was_…`.

    A row that is in quarantine is neither new nor vanished: the fact keeps what it had. With `may_vanish`
    False (some quarantined row cannot be told from any other) nothing vanishes.
    """
    key, ids = ", ".join(level.key), {"final_until": today - timedelta(days=spec.window_days)}
    metrics = ", ".join(METRICS)
    was = ", ".join(f"t.{name} as was_{name}" for name in METRICS)
    con.execute(
        f"""create or replace temp table delta as
        with s as (
            select {key}, {metrics}, $attribution as attribution, day <= $final_until as is_final,
                true as in_stage
            from stage
        ), t as (
            select *, true as in_fact from {level.fact}
            where platform = $platform and account_id = $account and day between $since and $until
        )
        select {key}, {", ".join(f"s.{name}" for name in _VALUES)}, {was},
            case when in_fact is null then 'new'
                 when in_stage is null then 'vanished'
                 when gone_at is not null then 'returned'
                 when ({_of("s", METRICS)}) is distinct from ({_of("t", METRICS)}) then 'restated'
                 else 'marked' end as what
        from t full join s using ({key})
        where case when in_stage is null
                then $may_vanish and gone_at is null
                    and not exists (from bad where {_same("bad", "t", level.key)})
            else in_fact is null or gone_at is not null
                or ({_of("s", _VALUES)}) is distinct from ({_of("t", _VALUES)})
            end""",
        {**scope, **ids, "attribution": spec.attribution, "may_vanish": may_vanish},
    )
    counted: dict[str, int] = dict(con.execute("select what, count(*) from delta group by what").fetchall())
    return Counts(**{what: counted.get(what, 0) for what in Counts.__slots__})


def apply_delta(
    con: duckdb.DuckDBPyConnection,
    level: Level,
    scope: Mapping[str, object],
    load_id: int,
    loaded_at: datetime,
) -> None:
    """Write `delta`: first what the fact said before into `restatement`, then the fact itself."""
    names = {"platform": scope["platform"], "account": scope["account"], "load_id": load_id}
    con.execute(
        f"""insert into restatement
        select $load_id, what, '{level.name}', $platform, $account,
            {", ".join(name if name in level.ids else "null" for name in _LOGGED_IDS)}, day,
            {", ".join(f"was_{name}" for name in METRICS)}
        from delta where what in ('restated', 'vanished', 'returned') order by all""",
        names,
    )
    key, values = ", ".join(level.key), ", ".join(_VALUES)
    con.execute(
        f"""merge into {level.fact} t using (from delta order by {key}) s
            on t.platform = $platform and t.account_id = $account and {_same("t", "s", level.key)}
        when matched and s.what = 'vanished' then update set gone_at = $loaded_at, load_id = $load_id
        when matched then update set {", ".join(f"{name} = s.{name}" for name in _VALUES)},
            gone_at = null, load_id = $load_id
        when not matched then insert (platform, account_id, {key}, {values}, gone_at, load_id)
            values ($platform, $account, {_of("s", level.key)}, {_of("s", _VALUES)}, null, $load_id)""",
        {**names, "loaded_at": loaded_at},
    )


def _of(table: str, columns: Mapping[str, str] | tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


def _same(left: str, right: str, columns: tuple[str, ...]) -> str:
    return " and ".join(f"{left}.{column} = {right}.{column}" for column in columns)
