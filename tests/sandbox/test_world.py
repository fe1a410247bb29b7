from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World, WorldError, load


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "world.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_no_file_is_the_default_world() -> None:
    assert load(None) == World()
    assert load(None).meta.currency == "TRY"


def test_given_keys_replace_the_defaults(tmp_path: Path) -> None:
    world = load(written(tmp_path, {"seed": 7, "meta": {"account": "act_42"}, "google": {"currency": "EUR"}}))
    assert (world.seed, world.meta.account, world.google.currency) == (7, "act_42", "EUR")
    assert world.meta.timezone == "Europe/Istanbul"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"sead": 1}, "sead: unknown key"),
        ({"meta": {"pxel": "1"}}, "meta.pxel: unknown key"),
        ({"seed": "1"}, "seed: must be a whole number"),
        ({"meta": {"page": 5}}, "meta.page: must be a text"),
        ({"meta": {"timezone": "Europe/Atlantis"}}, "not a time zone"),
        ({"meta": {"account": "42"}}, "must be act_"),
        ({"google": []}, "google: must be an object"),
        ("{", "cannot be read as JSON"),
        ([], "must be an object"),
    ],
)
def test_a_world_that_makes_no_sense_is_refused_by_key(tmp_path: Path, content: Any, complaint: str) -> None:
    with pytest.raises(WorldError, match=complaint):
        load(written(tmp_path, content))
