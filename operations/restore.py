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
from journal.records import AFTER
from journal.store import Journal
from operations.memory import RESTORED
from operations.site import JOURNAL, Site, claim, journal_url


def restore(site: Site, file: Path, actor: str) -> tuple[str, Path | None]:
    """The journal as it was in the backup `file`: (which journal, where what stood there is kept, if any).

    Raises Locked while somebody applies, JournalUnavailable for a damaged backup, KampanyaError for another
    brand's or environment's; then nothing was changed.
    """
    now = datetime.now(UTC)
    with _opened(site, file) as copy:
        claim(copy, site.scope)
        _unsay(copy, actor, site.now_or_ours())
        url = journal_url()
        if not url:
            target = site.state / JOURNAL
            with exclusive(target, actor, "journal restore", now):
                return str(target), restore_file(copy.path or file, target)
        kept = site.state / f"journal.before-restore-{now:%Y%m%dT%H%M%S%f}.db"
        with Journal.open(url) as journal, journal.exclusive(actor, "journal restore", now):
            journal.restore(copy, kept)
        return "the journal on its server", kept


def _unsay(copy: Journal, actor: str, clock: datetime) -> None:
    """What was said and done after the backup is forgotten: a no, a pause, a raise. So no yes of before it
    stands any more, and the journal tells that it does not know.
    """
    now = datetime.now(UTC)
    for digest in {each.digest for each in copy.approvals() if each.stands(now)}:
        copy.revoke(digest, f"{actor} (journal restore)", now)
    detail = {"clock": clock.isoformat(), AFTER: copy.last_intent()}
    copy.event(RESTORED, now, actor, detail)


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
