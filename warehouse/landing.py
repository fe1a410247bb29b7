"""Raw pages on disk as they came, with a manifest: a load reads only these, so it can be repeated offline.

landing/platform=meta/account=1/report=ad_day/run=2026-12-15T06/{000.ndjson.gz, …, manifest.json}
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import orjson

from engine.report import Page
from schemas.private import private_folder
from warehouse.errors import LandingDamaged

FILE_BYTES = (
    16 * 1024 * 1024
)  # raw bytes a file: DuckDB reads one gzip file with one thread, several in parallel
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An ad account; the currency is the one its spend is in."""

    platform: str
    id: str
    name: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the platform was asked for; account-local days, both ends included.

    `at` is the moment of asking (aware) and `today` the account's day then: which days are final, and up to
    when spend is known, is judged by them, at a replay too.
    """

    account: AccountRow
    report: str
    attribution: str
    since: date
    until: date
    today: date
    at: datetime


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One gzip NDJSON file; the checksum is of the compressed bytes."""

    path: Path
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Landing:
    """All of one answer to one question, complete; `landed_ns` (machine clock) only orders replays."""

    asked: Asked
    run: str
    files: tuple[LandedFile, ...]
    manifest: Path
    api_version: str
    landed_ns: int

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def verify(self) -> None:
        """Raises LandingDamaged if a file is missing or not the one that was landed."""
        for file in self.files:
            if not file.path.exists() or _sha256(file.path) != file.sha256:
                raise LandingDamaged(
                    "A landed file is not what was landed",
                    f"{file.path}: its SHA-256 differs from {self.manifest.name}, or it is gone",
                    "Fetch the window again: `kampanya load --since … --until …`.",
                )


def land(folder: Path, pages: Iterable[Page], run: str, asked: Asked) -> Landing:
    """Write `pages` under `folder` and return them as one landing; holds one page in memory at a time.

    Complete or absent: the folder gets its name when everything is on disk. A run that lands the same report
    again (a retry) gets `run=…~2`; nothing landed is ever changed. Raises LandingDamaged for a page of
    another account, report or platform, and for one whose row count is not its number of lines.
    """
    home = folder / _partition(asked)
    private_folder(folder)
    private_folder(home)
    for stale in home.glob(f".{_safe(run)}.*"):
        shutil.rmtree(stale)
    draft = home / f".{_safe(run)}.{os.getpid()}"
    draft.mkdir(mode=0o700)
    writer = _Writer(draft)
    try:
        for page in pages:
            writer.add(_checked(page, asked))
        landing = Landing(asked, run, writer.close(), draft / MANIFEST, writer.api_version, time.time_ns())
        _write(draft / MANIFEST, orjson.dumps(_to_json(landing), option=orjson.OPT_INDENT_2))
        final = _place(draft, home / f"run={_safe(run)}")
    except BaseException:
        writer.abandon()
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return _read(final / MANIFEST)


def landings(folder: Path) -> list[Landing]:
    """Every complete landing below `folder`, oldest first: loading them in this order replays history."""
    found = [_read(manifest) for manifest in folder.glob(f"platform=*/account=*/report=*/run=*/{MANIFEST}")]
    return sorted(found, key=lambda landing: landing.landed_ns)


class _Writer:
    """Pages into numbered gzip files of about FILE_BYTES raw."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._out: tuple[gzip.GzipFile, BinaryIO] | None = None
        self._raw = self._rows = 0
        self._files: list[LandedFile] = []
        self.api_version = ""

    def add(self, page: Page) -> None:
        self.api_version = page.api_version or self.api_version
        if not page.rows:
            return
        if self._out is None:
            self._out = self._open()
        text = page.ndjson if page.ndjson.endswith(b"\n") else page.ndjson + b"\n"
        self._out[0].write(text)
        self._raw += len(text)
        self._rows += page.rows
        if self._raw >= FILE_BYTES:
            self._finish()

    def close(self) -> tuple[LandedFile, ...]:
        self._finish()
        return tuple(self._files)

    def abandon(self) -> None:
        for stream in self._out or ():
            stream.close()

    def _path(self) -> Path:
        return self._folder / f"{len(self._files):03d}.ndjson.gz"

    def _open(self) -> tuple[gzip.GzipFile, BinaryIO]:
        file = os.fdopen(os.open(self._path(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        return gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0), file

    def _finish(self) -> None:
        if self._out is None:
            return
        self.abandon()
        _sync(self._path())
        self._files.append(LandedFile(self._path(), _sha256(self._path()), self._rows))
        self._out, self._raw, self._rows = None, 0, 0


def _checked(page: Page, asked: Asked) -> Page:
    lines = page.ndjson.count(b"\n") + (not page.ndjson.endswith(b"\n") and bool(page.ndjson))
    told = (page.platform, page.account, page.report)
    if told != (asked.account.platform, asked.account.id, asked.report):
        raise LandingDamaged("A page of another report", f"{told} while landing {asked}", "Report this.")
    if lines != page.rows:
        raise LandingDamaged(
            "A page is not whole",
            f"{asked.report} {page.since} … {page.until}: {page.rows} rows announced, {lines} lines given",
            "Load again; if it stays, report it.",
        )
    return page


def _place(draft: Path, wanted: Path) -> Path:
    attempt = 1
    while True:
        final = wanted if attempt == 1 else wanted.with_name(f"{wanted.name}~{attempt}")
        if not final.exists():
            os.rename(draft, final)
            _sync(final.parent)
            return final
        attempt += 1


def _partition(asked: Asked) -> Path:
    return Path(
        f"platform={_safe(asked.account.platform)}",
        f"account={_safe(asked.account.id)}",
        f"report={_safe(asked.report)}",
    )


def _safe(name: str) -> str:
    """A path part that is neither a separator nor a glob."""
    return quote(name, safe="").replace("~", "%7E").lstrip(".") or "%2E"


def _to_json(landing: Landing) -> dict[str, object]:
    files = [{"name": f.path.name, "sha256": f.sha256, "rows": f.rows} for f in landing.files]
    return {
        **asdict(landing.asked),
        "run": landing.run,
        "api_version": landing.api_version,
        "landed_ns": landing.landed_ns,
        "rows": landing.rows,
        "files": files,
    }


def _read(manifest: Path) -> Landing:
    data = orjson.loads(manifest.read_bytes())
    try:
        days = {name: date.fromisoformat(data[name]) for name in ("since", "until", "today")}
        at, account = datetime.fromisoformat(data["at"]), AccountRow(**data["account"])
        asked = Asked(account, data["report"], data["attribution"], **days, at=at)
    except (KeyError, TypeError) as error:
        raise LandingDamaged(
            "A manifest does not say all that a replay needs",
            f"{manifest}: {error}; another version of Kampanya wrote it",
            "Move its folder away, and load its days again: `kampanya load --since … --until …`.",
        ) from error
    files = tuple(LandedFile(manifest.parent / f["name"], f["sha256"], f["rows"]) for f in data["files"])
    return Landing(asked, data["run"], files, manifest, data["api_version"], data["landed_ns"])


def _write(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(text)
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
