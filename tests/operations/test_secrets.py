"""Secrets are fetched from where a reference says they are; what is missing is named, never shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from operations import secrets
from schemas.errors import KampanyaError

PRINTS = f"{sys.executable} -c \"import sys; print({{'agency/meta': 'EAABgizli'}}[sys.argv[1]])\" {{}}"


def test_a_variable_a_file_and_an_entry_of_the_store_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAMPANYA_TEST_TOKEN", "bir")
    monkeypatch.setenv(secrets.STORE, PRINTS)
    (tmp_path / "anahtar").write_text("iki\n", encoding="utf-8")
    references = {"a": "env:KAMPANYA_TEST_TOKEN", "b": "file:anahtar", "c": "store:agency/meta"}
    assert secrets.resolve(references, tmp_path) == {"a": "bir", "b": "iki", "c": "EAABgizli"}


@pytest.mark.parametrize("command", ["", PRINTS, "/no/such/program {}", "false {}"])
def test_what_the_store_does_not_hold_is_missing_by_its_name(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(secrets.STORE, command)
    with pytest.raises(KampanyaError, match="store:agency/google") as caught:
        secrets.resolve({"token": "store:agency/google"}, tmp_path)
    assert secrets.STORE in str(caught.value)
    assert "gizli" not in str(caught.value)


def test_a_name_is_never_read_by_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(secrets.STORE, "echo {}")
    found = secrets.resolve({"token": "store:a;touch$(x)"}, tmp_path)
    assert found == {"token": "a;touch$(x)"}
