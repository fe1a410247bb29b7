"""What lies beside a brand is its owner's alone, whatever folder had to be made for it."""

from __future__ import annotations

from pathlib import Path

from schemas.private import private_folder


def test_every_folder_made_on_the_way_is_the_owners_alone(tmp_path: Path) -> None:
    deep = private_folder(tmp_path / "a" / "b" / "c")
    assert [each.stat().st_mode & 0o777 for each in (deep, deep.parent, deep.parent.parent)] == [0o700] * 3


def test_a_folder_that_is_there_is_closed_and_those_above_it_are_left(tmp_path: Path) -> None:
    folder = tmp_path / "open" / "inner"
    folder.mkdir(parents=True)
    tmp_path.joinpath("open").chmod(0o755)
    folder.chmod(0o755)
    private_folder(folder)
    assert (folder.stat().st_mode & 0o777, folder.parent.stat().st_mode & 0o777) == (0o700, 0o755)
