"""What is said of a file can be written on any terminal, whatever stands in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import InvalidDeclaration, Problem, Where, printable
from schemas.source import load_workspace
from schemas.workspace import Workspace

Load = Callable[..., Workspace]


def test_a_problem_shows_no_sign_that_a_terminal_obeys_and_keeps_its_caret() -> None:
    line = "name: \x1b[31m\ud83d\u202eabc"
    said = str(Problem("wrong", f"found {line}", "mend\tit", Where(Path("a\udcff.yaml"), 1, 10, line)))
    said.encode()
    assert said.split("\n")[1:3] == ["    name: \ufffd[31m\ufffd\ufffdabc", "             ^"]
    assert r"found name: \x1b[31m\ud83d\u202eabc" in said
    assert r"a\udcff.yaml:1:10" in said


@pytest.mark.parametrize("text", ["Kadıköy'de ₺20 indirim", "👩‍👧 aile", "satır\nsonu", "שלום"])
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_half_of_a_character_is_refused_at_its_place(load: Load, root: Path) -> None:
    path = root / "campaigns/yil-sonu.yaml"
    path.write_text('campaign: a\nname: "\\ud83d"\n', encoding="utf-8")
    with pytest.raises(InvalidDeclaration) as caught:
        load()
    said = str(caught.value)
    assert "yil-sonu.yaml:2:7: half of a character" in said
    assert r"\ud83d alone is no character" in said


def test_a_character_in_two_halves_as_json_writes_it_is_one(root: Path) -> None:
    path = root / "campaigns/yil-sonu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text('name: "\\ud83d\\ude00"\n' + text, encoding="utf-8")
    assert load_workspace(root).campaigns[-1].name == "😀"


def test_a_line_break_that_no_editor_shows_is_refused_where_it_stands(load: Load, root: Path) -> None:
    path = root / "campaigns/yil-sonu.yaml"
    path.write_text("campaign: a\r\nname: b\u2028c\r\nx: 1\n", encoding="utf-8")
    with pytest.raises(InvalidDeclaration, match=r"yil-sonu.yaml:2:8: a line break that editors do not show"):
        load()
