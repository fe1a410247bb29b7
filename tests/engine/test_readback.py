"""When a field reads as it was sent, though the platform shows it otherwise."""

from __future__ import annotations

import pytest

from engine.readback import reads_as
from engine.resource import Value


@pytest.mark.parametrize("shown", [{}, [], (), "", None])
def test_what_was_taken_away_may_read_as_empty(shown: Value) -> None:
    assert reads_as(None, shown)
    assert reads_as([], shown) == (shown in ([], ()))


@pytest.mark.parametrize("shown", [0, False, ["TR-35"], {"TABLET": 0.5}])
def test_what_is_still_there_was_not_taken_away(shown: Value) -> None:
    assert not reads_as(None, shown)
