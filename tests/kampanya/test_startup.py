"""What answers at once must not import what is heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.brand import write
from tests.kampanya.workspace import HOME

HEAVY = ("prefect", "google.ads", "facebook_business", "duckdb", "scipy", "altair", "grpc", "sqlalchemy")
PROBE = """
import json, sys
from kampanya.__main__ import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""


def modules(*arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=HOME, capture_output=True, text=True, check=True
    )
    code, names = json.loads(done.stdout.splitlines()[-1])
    return code, names


def heavy(names: list[str]) -> list[str]:
    return [each for each in HEAVY if each in names]


@pytest.mark.parametrize("command", [[], ["plan"], ["apply"], ["sandbox"], ["load"], ["demo"]], ids=str)
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    code, names = modules(*command, "--help")
    assert (code, heavy(names)) == (0, [])


def test_validate_imports_nothing_heavy(tmp_path: Path) -> None:
    code, names = modules("validate", "-C", str(write(tmp_path / "lezzet")))
    assert (code, heavy(names)) == (0, [])


def test_validate_of_a_new_workspace_is_valid(tmp_path: Path) -> None:
    assert modules("init", str(tmp_path / "yeni"))[0] == 0
    assert modules("validate", "-C", str(tmp_path / "yeni"))[0] == 0


def test_validate_makes_no_state(tmp_path: Path) -> None:
    root = write(tmp_path / "lezzet")
    before = sorted(root.rglob("*"))
    modules("validate", "-C", str(root))
    assert sorted(root.rglob("*")) == before
