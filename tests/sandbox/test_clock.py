from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sandbox.clock import Clock, ClockError

ISTANBUL = ZoneInfo("Europe/Istanbul")


def test_a_date_means_nine_in_the_morning_of_the_accounts_zone_and_stands_still(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.start("2026-11-30", ISTANBUL)
    assert clock.now() == clock.now() == datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert clock.today(ISTANBUL) == date(2026, 11, 30)


def test_advances_survive_a_restart(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.start("2026-11-30", ISTANBUL)
    clock.advance(3)
    assert Clock(tmp_path).now() == datetime(2026, 12, 3, 6, tzinfo=UTC)


def test_now_follows_the_machine_plus_what_was_advanced(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.start("now", ISTANBUL)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.advance(2)
    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=2)) < timedelta(seconds=5)
    assert not clock.fixed


def test_starting_again_as_before_keeps_the_time_and_otherwise_refuses(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.start("2026-11-30", ISTANBUL)
    clock.advance(1)
    clock.start("2026-11-30", ISTANBUL)
    assert clock.today(ISTANBUL) == date(2026, 12, 1)
    with pytest.raises(ClockError, match="began at 2026-11-30"):
        clock.start("2027-01-01", ISTANBUL)


def test_a_restart_goes_back_to_the_start_or_to_another_one(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.start("2026-11-30", ISTANBUL)
    clock.advance(40)
    clock.restart(ISTANBUL)
    assert clock.today(ISTANBUL) == date(2026, 11, 30)
    clock.restart(ISTANBUL, "2027-02-01")
    assert Clock(tmp_path).today(ISTANBUL) == date(2027, 2, 1)


def test_the_clock_refuses_to_run_backwards_and_dates_that_are_none(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    with pytest.raises(ClockError, match="neither"):
        clock.start("tomorrow", ISTANBUL)
    clock.start("2026-11-30", ISTANBUL)
    with pytest.raises(ClockError, match="backwards"):
        clock.advance(-1)


def test_the_clock_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    Clock(tmp_path).start("2026-11-30", ISTANBUL)
    assert (tmp_path / "clock.json").stat().st_mode & 0o777 == 0o600
