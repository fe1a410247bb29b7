"""Bring a backup of the journal back, wherever the journal is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from journal.backup import copy_database
from journal.backup import restore as restore_file
from journal.errors import JournalUnavailable
from journal.locks import exclusive
from journal.store import Journal
from operations.site import JOURNAL, Site, claim, journal_url


def restore(site: Site, file: Path, actor: str) -> tuple[str, Path | None]:
    """The journal as it was in the backup `file`: (which journal, where what stood there is kept, if any).

    Raises Locked while somebody applies, JournalUnavailable for a damaged backup, KampanyaError for another
    brand's or environment's; then nothing was changed.
    """
    now = datetime.now(UTC)
    with _opened(site, file) as copy:
        claim(copy, site.scope)
        url = journal_url()
        if not url:
            target = site.state / JOURNAL
            with exclusive(target, actor, "journal restore", now):
                return str(target), restore_file(file, target)
        kept = site.state / f"journal.before-restore-{now:%Y%m%dT%H%M%S%f}.db"
        with Journal.open(url) as journal, journal.exclusive(actor, "journal restore", now):
            journal.restore(copy, kept)
        return "the journal on its server", kept


@contextmanager
def _opened(site: Site, file: Path) -> Iterator[Journal]:
    """The backup as a journal of the newest schema: a private copy, so that the backup stays as it is."""
    if not file.is_file():
        raise JournalUnavailable("There is no such backup", str(file), "Name a file that exists.")
    with TemporaryDirectory(dir=site.state, prefix="restore-") as folder:
        copy = Path(folder) / JOURNAL
        copy_database(file, copy)
        with Journal.open(copy) as opened:
            yield opened
