"""What can go wrong with the ledger, by what its reader should do.

JournalError
├── JournalUnavailable   cannot be opened, read or written: disk, permissions, another writer, a damaged file
├── NewerSchema          written by a newer Kampanya: upgrade this one
├── UnknownRecord        a plan, run, intent or object that the ledger does not hold
├── LedgerConflict       contradicts what is written: settled otherwise, address taken, create still open
└── Locked               somebody else is applying
"""

from __future__ import annotations

from schemas.errors import KampanyaError


class JournalError(KampanyaError):
    """Anything the ledger refuses or cannot do; nothing was written by the refused call."""


class JournalUnavailable(JournalError):
    """The file or the server cannot be opened, read or written."""


class NewerSchema(JournalError):
    """The journal was written by a newer version of Kampanya."""


class UnknownRecord(JournalError):
    """The ledger holds no such plan, run, intent or object."""


class LedgerConflict(JournalError):
    """What is to be written contradicts what is written."""


class Locked(JournalError):
    """Another process holds the lock; the detail says who, where and since when."""
