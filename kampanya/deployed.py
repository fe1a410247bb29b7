"""The flows as an agency's deployments name them: `kampanya.deployed:launch` is `flows.launch:launch`, ours.

Prefect puts the folder it works in first on the path; there an agency may have a `flows/` of its own.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

HOME = str(Path(__file__).parents[1])


def __getattr__(name: str) -> Any:
    """The flow of that name. Raises AttributeError where there is none."""
    if name.startswith("_"):
        raise AttributeError(name)
    sys.path.insert(0, HOME)
    try:
        return getattr(import_module(f"flows.{name}"), name)
    except ModuleNotFoundError as error:
        raise AttributeError(name) from error
    finally:
        sys.path.remove(HOME)
