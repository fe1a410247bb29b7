"""`pytest -m live tests/live -s`: the contract walk on a real account, once somebody has named one."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from operations.site import open_site
from tests.live.walking import Wanted, walk


@pytest.mark.live
def test_a_real_account_is_walked_through_all_states_with_everything_paused(tmp_path: Path) -> None:
    wanted = Wanted.of(os.environ)
    if wanted is None:
        pytest.skip("no account is named in KAMPANYA_LIVE_…; docs/going-live.md says how")
    site = open_site(wanted.workspace, wanted.environment)
    account = site.accounts[wanted.platform]
    wanted.demand(account.id)
    start = date.today() + timedelta(days=30)
    connector = site.connectors[wanted.platform]
    left = walk(connector, wanted.platform, account, tmp_path, wanted.budget, start, print)
    assert left == []
