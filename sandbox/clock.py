"""The sandbox's own clock: fixed (stands still between advances) or the machine's, moved on by days."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

MORNING = time(9, 0)


class ClockError(ValueError):
    """The clock cannot be set so."""


def write_private(path: Path, text: str) -> None:
    """Replace a file's content at once, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


class Clock:
    """Time as the platforms see it, kept in `clock.json` of the state folder; thread-safe."""

    def __init__(self, state_dir: Path | str) -> None:
        self._path = Path(state_dir) / "clock.json"
        self._lock = threading.Lock()
        self._begin: str | None = None  # the text it was started with: "now" or an ISO date
        self._start: datetime | None = None  # fixed clocks: where they began
        self._moved = timedelta()  # what advances have added
        if self._path.exists():
            self._read()

    @property
    def started(self) -> bool:
        """Whether the clock was ever set; an unset one follows the machine's."""
        return self._begin is not None

    @property
    def fixed(self) -> bool:
        return self._start is not None

    def start(self, begin: str, zone: ZoneInfo) -> None:
        """Set the clock for the first time: `now`, or a date, which means 09:00 of that day in `zone`.

        Starting again with the same text changes nothing, so a server may be restarted with its first
        options; another text raises ClockError, since objects and delivery stand at the old time.
        """
        if self._begin is not None:
            if self._begin != begin:
                raise ClockError(
                    f"this sandbox's clock began at {self._begin}; reset it before starting it at {begin}"
                )
            return
        self._set(begin, zone)

    def restart(self, zone: ZoneInfo, begin: str | None = None) -> None:
        """Back to the start, or to another start."""
        self._set(begin or self._begin or "now", zone)

    def now(self) -> datetime:
        """Aware UTC datetime; on a fixed clock the same until the next advance."""
        with self._lock:
            base = self._start or datetime.now(UTC)
            return base + self._moved

    def today(self, zone: ZoneInfo) -> date:
        """The wall date of an account in that zone."""
        return self.now().astimezone(zone).date()

    def advance(self, days: int) -> None:
        """Move on by whole days of 24 hours."""
        if days < 0:
            raise ClockError("a sandbox's clock does not run backwards; reset it")
        with self._lock:
            self._moved += timedelta(days=days)
            self._write()

    def _set(self, begin: str, zone: ZoneInfo) -> None:
        start = None if begin == "now" else _morning(begin, zone)
        with self._lock:
            self._begin, self._start, self._moved = begin, start, timedelta()
            self._write()

    def _read(self) -> None:
        raw = json.loads(self._path.read_text(encoding="utf-8"))
        self._begin = raw["begin"]
        self._start = datetime.fromisoformat(raw["start"]) if raw["start"] else None
        self._moved = timedelta(seconds=raw["moved_seconds"])

    def _write(self) -> None:
        start = self._start.isoformat() if self._start else None
        state = {"begin": self._begin, "start": start, "moved_seconds": self._moved.total_seconds()}
        write_private(self._path, json.dumps(state))


def _morning(text: str, zone: ZoneInfo) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ClockError(f"{text!r} is neither `now` nor a date such as 2026-11-30") from None
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
