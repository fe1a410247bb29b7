"""The house rule: a layer imports only what stands to its right."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RIGHT_OF = {
    "kampanya": {"flows", "tasks", "operations", "connectors", "warehouse", "journal", "engine", "schemas"},
    "flows": {"tasks", "operations", "connectors", "warehouse", "journal", "engine", "schemas"},
    "tasks": {"operations", "connectors", "warehouse", "journal", "engine", "schemas"},
    "operations": {"connectors", "warehouse", "journal", "engine", "schemas"},
    "connectors": {"engine", "schemas"},
    "warehouse": {"engine", "schemas"},
    "journal": {"engine", "schemas"},
    "engine": {"schemas"},
    "schemas": set(),
    "sandbox": set(),
}
FILES = [path for layer in RIGHT_OF for path in sorted((ROOT / layer).rglob("*.py"))]
NEVER = {
    "engine": {
        "prefect",
        "duckdb",
        "sqlalchemy",
        "requests",
        "facebook_business",
        "google",
        "random",
        "time",
    },
    "sandbox": {"facebook_business", "google.ads.googleads.client"},
    "operations": {"prefect", "facebook_business", "google"},
    "schemas": {"prefect", "duckdb", "sqlalchemy", "requests", "numpy", "scipy"},
}


def imported(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path}: relative import"
            modules.add(node.module)
    return modules


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_layers_to_its_right(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    modules = imported(path)
    foreign = {module.split(".")[0] for module in modules} & RIGHT_OF.keys()
    assert foreign <= RIGHT_OF[layer] | {layer}
    banned = {
        name
        for name in NEVER.get(layer, ())
        for module in modules
        if module == name or module.startswith(f"{name}.")
    }
    assert not banned


def test_every_layer_has_files() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == RIGHT_OF.keys()
