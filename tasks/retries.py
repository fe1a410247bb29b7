"""When a task is tried again: only for what passes by itself, later each time, and not all at once."""

from __future__ import annotations

from typing import Any

from connectors.errors import RetryLater
from warehouse.errors import WarehouseBusy


def is_passing(_task: object, _run: object, state: object) -> bool:
    """Whether what failed a task run is worth another try: a busy platform, a warehouse somebody has open."""
    return isinstance(getattr(state, "data", None), RetryLater | WarehouseBusy)


# Options of a task that only reads, or that may be done twice; the jitter keeps twenty brands apart.
PATIENT: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": [10, 60, 300],
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_passing,
    "persist_result": False,
}
