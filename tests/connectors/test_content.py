"""The workspace's files by their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from connectors import content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".kampanya").mkdir()
    (tmp_path / "deep").mkdir()
    return tmp_path


def test_a_file_is_found_by_what_is_in_it_wherever_it_lies(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "SPAN", 4)
    (root / "deep/kutu.PNG").write_bytes(b"picture of a box")
    sha = hashlib.sha256(b"picture of a box").hexdigest()[: content.DIGITS]
    assert content.by_content(root, (".png",)) == {sha: root / "deep/kutu.PNG"}


@pytest.mark.parametrize("name", [".kampanya/a.png", ".hidden.png", "a.txt"])
def test_what_is_hidden_or_of_another_sort_is_nobodys(root: Path, name: str) -> None:
    (root / name).write_bytes(b"x")
    assert content.by_content(root, (".png",)) == {}
