"""The walk of a real account runs only for somebody who names it in full."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.live.walking import NAMES, PREFIX, NotAccepted, Wanted

SAID = {
    "WORKSPACE": "brands/lezzet", "ENVIRONMENT": "production", "PLATFORM": "meta", "BUDGET": "50",
    "ACCEPT": "act_1",
}  # fmt: skip


def environ(**changes: str) -> dict[str, str]:
    return {PREFIX + name: value for name, value in {**SAID, **changes}.items() if value}


def test_by_default_no_account_is_named() -> None:
    assert Wanted.of({"HOME": "/root"}) is None


@pytest.mark.parametrize("missing", NAMES)
def test_a_name_too_few_is_refused_and_told(missing: str) -> None:
    with pytest.raises(NotAccepted, match=PREFIX + missing):
        Wanted.of(environ(**{missing: ""}))


def test_an_unknown_platform_is_refused() -> None:
    with pytest.raises(NotAccepted, match="one of meta, google"):
        Wanted.of(environ(PLATFORM="tiktok"))


def test_only_the_accounts_own_id_accepts_it() -> None:
    wanted = Wanted.of(environ())
    assert wanted == Wanted(Path("brands/lezzet"), "production", "meta", Decimal(50), "act_1")
    wanted.demand("act_1")
    with pytest.raises(NotAccepted, match="act_2"):
        wanted.demand("act_2")
