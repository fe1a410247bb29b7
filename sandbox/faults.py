"""Faults on demand: what goes wrong with which requests, how often."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sandbox.clock import write_private

KINDS = {
    "error": "answers a Graph error: code, subcode, http, message, transient",
    "http502": "answers an HTML page with status 502; applied only with --applied",
    "http500": "answers JSON without `error` and status 500; applied only with --applied",
    "lost_response": "does the work, then closes the connection without an answer",
    "dropped_request": "closes the connection before doing anything",
    "null": "a null sub-response in a batch; the work is done only with --applied",
    "throttle": "answers 80004, 17, 613 or 4 with usage headers at 100 %",
    "delay": "waits `seconds`, then goes on",
    "empty_200": "answers 200 with an empty body; applied only with --applied",
    "expired_token": "answers 190/463: the session has expired",
    "edited": "somebody changes the object first: `change`, of `target` or of the request's own object",
    "empty_page": "an empty page of a list; its rows come with the `next` one",
    "too_much_data": "a report is refused as too big: 1/99 with HTTP 500, or 100/1487534 with `--code 100`",
    "requests_stuck": "a set of asynchronous requests gets no further when it is looked at",
    "requests_failed": "what such a set does at that look fails with a transient error",
    "report_failed": "a report run ends as Job Failed, with the reason in its error fields",
    "report_skipped": "a report run ends as Job Skipped",
    "report_stuck": "a report run stays at Job Running, 100 %",
    "report_waiting": "a report run stays at Job Not Started",
    "report_expired": "a report run is completed, and gone when its rows are asked for",
}
SIZED = ("too_much_data", "report_failed", "report_skipped", "report_stuck")  # may depend on `rows`
MAX_DELAY = 120.0


class FaultError(ValueError):
    """The fault cannot be set so."""


@dataclass
class Fault:
    """One rule. `route` is "METHOD /path" with globs, such as "POST */adsets"; the path has no version."""

    id: int
    route: str
    kind: str
    times: int | None = None  # how often it strikes; None: until cleared
    rate: float = 1.0  # probability, drawn from the world's seed
    skip: int = 0  # matching requests left alone first
    applied: bool = False
    code: int = 1
    subcode: int | None = None
    http: int = 400
    message: str = ""
    transient: bool = False
    seconds: float = 0.0
    change: dict[str, Any] = field(default_factory=dict)  # what somebody else writes
    target: str = ""  # the id of what they write to; else the object of the request
    rows: int = 0  # only requests for more rows of a report than this
    struck: int = 0
    seen: int = 0

    def matches(self, method: str, path: str) -> bool:
        wanted, _, pattern = self.route.partition(" ")
        return fnmatchcase(method, wanted.upper()) and fnmatchcase(path, pattern or "*")


@dataclass
class Faults:
    """The rules in force, kept in `faults.json`; the first that strikes wins."""

    state_dir: Path
    seed: int = 1
    rules: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        if self._path.exists():
            self.rules = [Fault(**raw) for raw in json.loads(self._path.read_text(encoding="utf-8"))]

    @property
    def _path(self) -> Path:
        return self.state_dir / "faults.json"

    def add(self, raw: dict[str, Any]) -> Fault:
        """Raises FaultError for an unknown key, kind or route."""
        known = {one.name for one in fields(Fault)} - {"id", "struck", "seen"}
        for key in raw:
            if key not in known:
                raise FaultError(f"{key}: unknown; known are {', '.join(sorted(known))}")
        if raw.get("kind") not in KINDS:
            raise FaultError(f"kind: must be one of {', '.join(KINDS)}")
        if not re.fullmatch(r"[A-Za-z*]+ \S+", str(raw.get("route", ""))):
            raise FaultError('route: must be "METHOD /path", for example "POST */adsets"')
        if raw.get("rows") and raw["kind"] not in SIZED:
            raise FaultError(f"rows: only for {', '.join(SIZED)}")
        if bool(raw.get("change")) != (raw["kind"] == "edited"):
            raise FaultError("change: an object of fields, for edited and only for it")
        if not 0 <= float(raw.get("seconds", 0)) <= MAX_DELAY:
            raise FaultError(f"seconds: must be 0 to {MAX_DELAY:g}")
        fault = Fault(id=max((one.id for one in self.rules), default=0) + 1, **raw)
        self.rules.append(fault)
        self._save()
        return fault

    def clear(self) -> None:
        self.rules.clear()
        self._random = random.Random(self.seed)
        self._save()

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.rules]

    def strike(
        self, method: str, path: str, in_batch: bool = False, size: Callable[[], int] = lambda: 0
    ) -> Fault | None:
        """The fault that hits this request, counted; null sub-responses only exist in batches.

        `size` says how many rows a report would have; it is asked only where a fault depends on it.
        """
        for fault in self.rules:
            if not fault.matches(method, path) or (fault.kind == "null" and not in_batch):
                continue
            if fault.rows and size() <= fault.rows:
                continue
            fault.seen += 1
            if self._hits(fault):
                fault.struck += 1
                self._save()
                return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        if fault.seen <= fault.skip or (fault.times is not None and fault.struck >= fault.times):
            return False
        return fault.rate >= 1.0 or self._random.random() < fault.rate

    def _save(self) -> None:
        write_private(self._path, json.dumps([asdict(one) for one in self.rules]))
