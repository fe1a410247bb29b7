"""One window of one report into its fact, in one transaction: new, restated, vanished, returned; or refused.

landed files ─▸ stage ─┬─▸ bad ─▸ quarantine
                       └─▸ delta against the fact's window ─▸ restatement (what it said), MERGE, load_log
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from engine.report import ReportSpec
from warehouse.coverage import of_report
from warehouse.guards import refuse
from warehouse.landing import Landing
from warehouse.levels import LEVELS
from warehouse.merge import apply_delta, find_delta
from warehouse.reconcile import disagreements
from warehouse.record import put_account, put_bad, put_drift, put_entities, put_log
from warehouse.stage import Staged, stage
from warehouse.store import one, transaction
from warehouse.window import Window, major, utc


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did. Spend is in account currency, major units, of the whole window with vanished rows."""

    load_id: int
    rows: int
    new: int
    restated: int
    vanished: int
    returned: int
    quarantined: int
    drift_keys: tuple[str, ...]
    spend_before: Decimal
    spend_after: Decimal
    warnings: tuple[str, ...]
    short: bool = False  # a day's rows add up to less than the account's own report says

    @property
    def incomplete(self) -> bool:
        """Rows of the window are not in the fact: unreadable ones, or ones that never came."""
        return self.short or self.quarantined > 0

    @property
    def changed(self) -> int:
        return self.new + self.restated + self.vanished + self.returned


def due_window(
    con: duckdb.DuckDBPyConnection, spec: ReportSpec, account: str, today: date, start: date | None = None
) -> tuple[date, date]:
    """The days to ask for, both included: `window_days` back, and further back whatever is not yet final.

    Further back too where a day is missing, as far as the platform remembers: after an outage, or behind a
    load that asked for less. Days count from the first that was ever loaded, the first of the month (its
    ceiling is on all of it) and `start`, the first day of interest.
    """
    oldest = today - timedelta(days=spec.retention_days)
    (unsettled,) = one(
        con,
        f"""select min(day) from {LEVELS[spec.level].fact}
        where platform = $1 and account_id = $2 and not is_final and gone_at is null and day >= $3""",
        [spec.platform, account, oldest],
    )
    loaded = of_report(con, spec.platform, account, spec.name)
    first = min(day for day in (start, loaded.first, today.replace(day=1)) if day is not None)
    candidates = [today - timedelta(days=spec.window_days), unsettled, loaded.gap(max(first, oldest))]
    since = min(day for day in candidates if isinstance(day, date))
    return max(since, oldest), today


def load_window(
    con: duckdb.DuckDBPyConnection,
    spec: ReportSpec,
    landing: Landing,
) -> LoadSummary:
    """Make the fact of `spec.level` say what the landing says of the days it was asked for.

    Days at least `window_days` older than the account's day when the platform was asked are final; what is
    known is known as of that moment, so that a replay says the same. One transaction; the load before it or
    this one is seen, never a mixture. Raises LoadRefused, LandingDamaged; then nothing was written.
    """
    landing.verify()
    staged = stage(con, spec, landing)  # temporary tables only, and a failed read would end the transaction
    with transaction(con):
        (number,) = one(con, "select coalesce(max(load_id), 0) + 1 from load_log")
        window = Window(spec, landing, int(str(number)))
        summary = _load(con, window, staged)
    with suppress(duckdb.TransactionException):  # another thread is writing: a later load will do it
        con.execute("checkpoint")
    return summary


def _load(con: duckdb.DuckDBPyConnection, window: Window, staged: Staged) -> LoadSummary:
    before = _spend(con, window)
    refuse(con, window, staged, _spend(con, window, "gone_at is null"))
    put_account(con, window.account)
    put_entities(con, window)
    counts = find_delta(con, window.level, window.scope, window.spec, window.today, not staged.unreadable_key)
    apply_delta(con, window.level, window.scope, window.load_id, utc(window.landing.asked.at))
    after = _spend(con, window)
    put_bad(con, window)
    put_drift(con, window, staged.drift_keys)
    put_log(con, window, staged, counts, before, after)
    levels = disagreements(con, window.level, window.scope)
    return LoadSummary(
        window.load_id,
        staged.good,
        counts.new,
        counts.restated,
        counts.vanished,
        counts.returned,
        staged.bad,
        staged.drift_keys,
        major(before),
        major(after),
        (*_warnings(staged), *levels.told),
        levels.short,
    )


def _warnings(staged: Staged) -> list[str]:
    told = []
    if staged.bad:
        told.append(f"{staged.bad} rows set aside in quarantine: {'; '.join(staged.reasons)}")
    if staged.drift_keys:
        told.append(f"the platform sent columns we do not know: {', '.join(staged.drift_keys)}")
    return told


def _spend(con: duckdb.DuckDBPyConnection, window: Window, which: str = "true") -> int:
    (micros,) = one(
        con,
        f"""select coalesce(sum(spend_micros), 0)::bigint from {window.level.fact}
        where platform = $platform and account_id = $account and day between $since and $until
            and {which}""",
        window.scope,
    )
    return int(str(micros))
