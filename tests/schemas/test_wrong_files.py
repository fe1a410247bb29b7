"""Every wrong file says exactly what its golden text says. UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from schemas.errors import InvalidDeclaration
from schemas.source import load_workspace

HERE = Path(__file__).parent
BASE = HERE / "fixtures/base"
FILES = sorted((HERE / "wrong").glob("*.yaml"))
FOLDERS = {kind: f"{kind}s" for kind in ("creative", "campaign", "audience", "experiment")}


def place(root: Path, wrong: Path) -> Path:
    """A copy of the base workspace with the wrong file in it, by the kind its name says."""
    shutil.copytree(BASE, root)
    kind = wrong.name.split("-")[1]
    target = root / "kampanya.yaml" if kind == "brand" else root / FOLDERS[kind] / "wrong.yaml"
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(wrong, target)
    return root


@pytest.mark.parametrize("wrong", FILES, ids=lambda path: path.stem)
def test_a_wrong_file_says_what_is_wrong_where_and_how_to_mend_it(
    wrong: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place(tmp_path / "brand", wrong))
    with pytest.raises(InvalidDeclaration) as caught:
        load_workspace(Path("."))
    said = str(caught.value) + "\n"
    golden = wrong.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_there_are_many_wrong_files_of_every_kind() -> None:
    assert len(FILES) >= 150
    assert {path.name.split("-")[1] for path in FILES} == {"brand", *FOLDERS}


def test_no_golden_text_shows_a_secret() -> None:
    secrets = [
        path for path in (HERE / "wrong").glob("*.txt") if "SECRET" in path.read_text(encoding="utf-8")
    ]
    assert secrets == []


def test_the_base_workspace_itself_is_right() -> None:
    assert load_workspace(BASE).brand.brand == "lezzet"


def test_every_problem_names_a_place_and_a_mend(tmp_path: Path) -> None:
    for index, wrong in enumerate(FILES):
        with pytest.raises(InvalidDeclaration) as caught:
            load_workspace(place(tmp_path / str(index), wrong))
        assert all(problem.where and problem.fix for problem in caught.value.problems), wrong.name
