"""What `kampanya audience` says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kampanya.commands.audience import status
from tests.contract.brand import on_memory


def test_a_brand_without_audiences_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brand = on_memory(tmp_path / "lezzet")
    monkeypatch.setattr("operations.site.open_site", lambda *_: brand.site)
    brand.journal.close()
    assert CliRunner().invoke(status, ["-C", str(brand.root)]).output == "No audience is declared.\n"
