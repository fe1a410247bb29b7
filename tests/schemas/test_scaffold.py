"""What `kampanya init` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import KampanyaError
from schemas.scaffold import scaffold
from schemas.source import load_workspace


@pytest.mark.parametrize("name", ["Lezzet", 'Ocakbaşı "Usta": 7/24', "no", "123", "a\\b\nc"])
def test_a_new_brand_is_valid_at_once(tmp_path: Path, name: str) -> None:
    written = scaffold(tmp_path / "brand", name)
    workspace = load_workspace(tmp_path / "brand")
    assert workspace.brand.name == "".join(c for c in name if c.isprintable())
    assert workspace.warnings == ()
    assert all(path.is_file() for path in written)
    assert ".kampanya/" in (tmp_path / "brand/.gitignore").read_text(encoding="utf-8").split()


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    mine = tmp_path / "campaigns/ilk-kampanya.yaml"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(KampanyaError, match="overwritten"):
        scaffold(tmp_path, "Lezzet")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_name_without_letters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KampanyaError, match="without a key"):
        scaffold(tmp_path / "new", "***")
    assert not (tmp_path / "new").exists()
