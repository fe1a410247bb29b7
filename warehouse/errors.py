"""What stops a load or a reader, in words a person can act on.

KampanyaError
└── WarehouseError
    ├── WarehouseBusy    another process holds the file; `pid` names it when DuckDB said so
    ├── LandingDamaged   a landed file or page is not what its manifest says
    └── LoadRefused      loading this would make the numbers worse; nothing was written
"""

from __future__ import annotations

from schemas.errors import KampanyaError


class WarehouseError(KampanyaError):
    """Anything about the warehouse that stops a command."""


class WarehouseBusy(WarehouseError):
    """DuckDB lets one process write, and nobody else read meanwhile."""

    def __init__(self, file: str, pid: int | None) -> None:
        self.pid = pid
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            "The warehouse is in use",
            f"{holder} holds {file}",
            "Wait for that load to end, or read mart.duckdb, which is never locked by a load.",
        )


class LandingDamaged(WarehouseError):
    """Landed bytes and their manifest disagree."""


class LoadRefused(WarehouseError):
    """A guard of the load; the warehouse is as it was."""
