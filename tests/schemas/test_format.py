"""`kampanya fmt`: one layout, every comment, the same meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.compose import read
from schemas.cst import parse
from schemas.errors import KampanyaError
from schemas.format import formatted
from schemas.tree import plain
from tests.schemas.sloppy import files

ROOT = Path(__file__).parents[2]
KINDS = ["brand", "creative", "campaign", "audience", "experiment"]


def meant(text: str, folder: Path) -> Any:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    problems: list[Any] = []
    tree = read(path, problems)
    assert tree is not None, problems
    return plain(tree)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(files(), st.sampled_from(KINDS))
def test_the_meaning_and_the_comments_stay_and_a_second_time_changes_nothing(
    tmp_path: Path, written: tuple[dict[str, Any], str, list[str]], kind: str
) -> None:
    _, text, comments = written
    made = formatted(text, kind)
    assert meant(made, tmp_path) == meant(text, tmp_path)
    assert sorted(each.text for each in parse(made).comments) == sorted(comments)
    assert formatted(made, kind) == made


UNTIDY = """\
ad_sets:
# the one that earns
- ads:
  - {creative: {url: https://lezzet.example/, headlines: [A]}, ad: x}   # one
  budget:
      daily:   600 TRY   # a day
  ad_set:   eve
# goes on top
objective: traffic
platforms: [ meta,google ]


flight:
    end: 2026-12-31
    start: 2026-12-01
campaign: yil-sonu
# the end
"""
TIDY = """\
campaign: yil-sonu
# goes on top
objective: traffic
platforms: [meta, google]

flight:
  start: 2026-12-01
  end: 2026-12-31
ad_sets:
  # the one that earns
  - ad_set: eve
    budget:
      daily: 600 TRY  # a day
    ads:
      - {ad: x, creative: {headlines: [A], url: https://lezzet.example/}}  # one
# the end
"""


def test_keys_come_in_the_order_of_the_language_with_their_comments() -> None:
    assert formatted(UNTIDY, "campaign") == TIDY


def test_what_does_not_fit_a_line_becomes_a_block_and_stays_one() -> None:
    text = "vars: {a: " + "x" * 60 + ", b: " + "y" * 60 + "}\n"
    made = formatted(text, "brand")
    assert made.splitlines() == ["vars:", f"  a: {'x' * 60}", f"  b: {'y' * 60}"]
    assert formatted(made, "brand") == made


def test_an_alias_stays_behind_its_anchor() -> None:
    text = "objective: &o sales\ncampaign: *o\n"
    assert formatted(text, "campaign") == text


TEXTS = """\
vars:
      a: |2
           deep
         less
      b: >-
        one
        two
      c: "x
        y"
"""


def test_texts_of_several_lines_keep_every_line(tmp_path: Path) -> None:
    made = formatted(TEXTS, "brand")
    assert meant(made, tmp_path) == {"vars": {"a": "   deep\n less\n", "b": "one two", "c": "x y"}}
    assert made.splitlines()[1:4] == ["  a: |2", "       deep", "     less"]
    assert formatted(made, "brand") == made


@pytest.mark.parametrize("text", ["[a]", "a: b: c", "a: !t x\n", "a: 1\n---\nb: 2\n", ""])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(KampanyaError, match="cannot be rewritten"):
        formatted(text, "brand")


def test_every_key_of_every_example_stays(tmp_path: Path) -> None:
    for path in sorted((ROOT / "brands").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kind = {"campaigns": "campaign", "audiences": "audience"}.get(path.parent.name, "brand")
        assert meant(formatted(text, kind), tmp_path) == meant(text, tmp_path), path
