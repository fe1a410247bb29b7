"""The schemas that editors read agree with what loading accepts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import jsonschema
from schemas.compose import read
from schemas.problems import models
from schemas.tree import plain

HERE = Path(__file__).parent
BRANDS = sorted(path.parent for path in (HERE.parents[1] / "brands").glob("*/kampanya.yaml"))
WORKSPACES = (*BRANDS, HERE / "fixtures/base", HERE / "fixtures/two-platforms")
GLOBS = {
    "brand": "kampanya.yaml",
    "creative": "creatives/*.yaml",
    "campaign": "campaigns/*.yaml",
    "audience": "audiences/*.yaml",
    "experiment": "experiments/*.yaml",
}


def written(path: Path) -> Any:
    tree = read(path, [])
    assert tree is not None
    return json.loads(
        json.dumps(plain(tree), default=lambda value: float(value) if isinstance(value, Decimal) else 0)
    )


@pytest.mark.parametrize("kind", GLOBS)
def test_every_example_is_valid_by_an_independent_validator(kind: str) -> None:
    schema = jsonschema.schema(kind)
    Draft202012Validator.check_schema(schema)
    files = [path for workspace in WORKSPACES for path in workspace.glob(GLOBS[kind])]
    assert files
    for path in files:
        errors = [error.message for error in Draft202012Validator(schema).iter_errors(written(path))]
        assert errors == [], path


@pytest.mark.parametrize(
    "name",
    ["unknown-objective", "misspelt-key", "key-nobody-knows", "yes-for-true", "location", "metric", "type"],
)
def test_an_editor_marks_what_loading_refuses(name: str) -> None:
    marked = [path for path in (HERE / "wrong").glob(f"*-{name}.yaml") if path.name.split("-")[1] in GLOBS]
    for path in marked:
        schema = jsonschema.schema(path.name.split("-")[1])
        assert not Draft202012Validator(schema).is_valid(written(path)), path


@pytest.mark.parametrize("brand", BRANDS, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", GLOBS)
def test_an_example_brand_carries_the_current_schemas(brand: Path, kind: str) -> None:
    there = json.loads((brand / jsonschema.FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    assert there == jsonschema.schema(kind), (
        f"write them anew: kampanya schema -o brands/{brand.name}/.schemas"
    )


@pytest.mark.parametrize("brand", BRANDS, ids=lambda path: path.name)
def test_every_file_of_an_example_brand_points_at_a_schema_that_is_there(brand: Path) -> None:
    for glob in GLOBS.values():
        for path in brand.glob(glob):
            first = path.read_text(encoding="utf-8").split("\n")[0]
            assert (path.parent / first.partition("$schema=")[2]).is_file(), path


def test_every_key_has_a_sentence() -> None:
    for annotation in jsonschema.FILES.values():
        for model in models(annotation):
            assert jsonschema.docs(model).keys() == model.model_fields.keys(), model.__name__
