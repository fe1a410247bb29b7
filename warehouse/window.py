"""The terms of one load: which report, account and days, as the parameters of its SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.report import ReportSpec
from warehouse.landing import AccountRow, Landing
from warehouse.levels import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Window:
    """The load's terms, as the SQL's parameters."""

    spec: ReportSpec
    landing: Landing
    load_id: int

    @property
    def account(self) -> AccountRow:
        return self.landing.asked.account

    @property
    def since(self) -> date:
        return self.landing.asked.since

    @property
    def until(self) -> date:
        return self.landing.asked.until

    @property
    def today(self) -> date:
        """The account's day when the platform was asked."""
        return self.landing.asked.today

    @property
    def level(self) -> Level:
        return LEVELS[self.spec.level]

    @property
    def scope(self) -> dict[str, object]:
        return {
            "platform": self.spec.platform,
            "account": self.account.id,
            "since": self.since,
            "until": self.until,
        }


def major(micros: int) -> Decimal:
    """Micros as an exact amount in major units."""
    return Decimal(micros).scaleb(-6)


def utc(moment: datetime) -> datetime:
    """A moment as the warehouse keeps it: UTC without saying so. `moment` must be aware."""
    return moment.astimezone(UTC).replace(tzinfo=None)
