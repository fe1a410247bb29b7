"""An edit changes the one value and not one other character's meaning; a file is replaced whole or not."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.cst import parse
from schemas.edit import assign, rendered, rewrite
from schemas.errors import KampanyaError
from tests.schemas.sloppy import WORDS, files
from tests.schemas.test_format import meant

VALUES = (
    WORDS | st.integers() | st.booleans() | st.lists(WORDS, max_size=3) | st.fixed_dictionaries({"k": WORDS})
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place that has a value, and for every mapping one that has none yet."""
    if isinstance(tree, dict):
        inner = [each for key, value in tree.items() for each in places(value, (*path, key))]
        return [*([path] if path else []), (*path, "new"), *inner]
    if isinstance(tree, list):
        return [path, *(each for i, value in enumerate(tree) for each in places(value, (*path, i)))]
    return [path]


def put(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    tree = copy.deepcopy(tree)
    spot = tree
    for part in path[:-1]:
        spot = spot[part]
    spot[path[-1]] = value
    return tree


def unbraced(value: Any) -> Any:
    """As the language reads doubled braces."""
    if isinstance(value, str):
        return value.replace("{{", "{").replace("}}", "}")
    if isinstance(value, list):
        return [unbraced(each) for each in value]
    return {key: unbraced(each) for key, each in value.items()} if isinstance(value, dict) else value


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(files(), VALUES, st.data())
def test_one_value_changes_and_every_comment_stays(
    tmp_path: Path, written: tuple[dict[str, Any], str, list[str]], value: Any, data: st.DataObject
) -> None:
    _, text, comments = written
    tree = meant(text, tmp_path)
    path = data.draw(st.sampled_from(places(tree)))
    try:
        made = assign(text, path, value)
    except KampanyaError:
        return
    assert unbraced(meant(made, tmp_path)) == unbraced(put(tree, path, value))
    left = iter(comments)
    kept = [each.text for each in parse(made).comments]
    assert all(each in left for each in kept), "in their order"
    assert kept == comments or isinstance(value, list), "only a removed item takes its comment along"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_read_back_as_it_was(tmp_path: Path, text: str) -> None:
    for style in ("", "'", '"'):
        assert meant(f"k: {rendered(text, style)}", tmp_path)["k"] == text.replace("{", "{{").replace(
            "}", "}}"
        )


BLOCK = """\
campaign: yil-sonu   # the key
ad_sets:
  - ad_set: eve        # first
    budget: {daily: 600 TRY}   # agreed

    # the goal
    optimize_for: purchases
    audience:
      locations:
        - TR-34   # Istanbul
        - TR-06   # Ankara
    ads: []
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("budget", "daily"), "900 TRY", "daily: 600 TRY}", "daily: 900 TRY}"),
        (("status",), "paused", "# first\n", "# first\n    status: paused\n"),
        (("audience", "age"), "25-54", "# Ankara\n", "# Ankara\n      age: 25-54\n"),
        (("audience", "locations"), ["TR-34"], "        - TR-06   # Ankara\n", ""),
        (("audience", "locations"), ["TR-34", "TR-06", "DE"], "# Ankara\n", "# Ankara\n        - DE\n"),
        (("meta", "spend_cap"), "9 TRY", "# Ankara\n", "# Ankara\n    meta: {spend_cap: 9 TRY}\n"),
    ],
)
def test_only_the_one_line_changes(path: tuple[str, ...], value: Any, old: str, new: str) -> None:
    made = assign(BLOCK, ("ad_sets", 0, *path), value)
    if "Ankara\n" in old and not new:  # a removed item takes its own comment along
        assert made == BLOCK.replace(old, new)
    else:
        assert made == BLOCK.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a: &x 1\nb: *x\n", ("a",), 2),
        ("a: [\n  1, # one\n  2]\n", ("a",), 3),
        ("a:\n  - 1\n  - 2\n", ("a",), [2, 1]),
        ("a: 1\n", ("a", "b"), 1),
    ],
)
def test_what_would_change_more_than_asked_is_refused(text: str, path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(KampanyaError, match="cannot be written into the YAML"):
        assign(text, path, value)


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"theirs: 1\n")
    with pytest.raises(KampanyaError, match="changed meanwhile"):
        rewrite(file, b"ours: 1\n", "new: 1\n")
    assert file.read_bytes() == b"theirs: 1\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_whose_replacement_fails_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old: 1\n")

    def full_disk(_: str, __: Path) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        rewrite(file, b"old: 1\n", "new: 1\n", full_disk)
    assert file.read_bytes() == b"old: 1\n"
    assert list(tmp_path.iterdir()) == [file]


def test_rights_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    file.write_bytes(b"old: 1\n")
    file.chmod(0o640)
    link.symlink_to(file)
    rewrite(link, b"old: 1\n", "new: 1\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"new: 1\n"
    assert os.stat(file).st_mode & 0o777 == 0o640
