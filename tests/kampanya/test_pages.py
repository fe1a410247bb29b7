"""The pages of plans on loopback: by their whole digest, and nothing else of the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from kampanya import pages

DIGEST = "a1" * 32


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv(pages.ADDRESS, raising=False)
    plans = tmp_path / "brands" / "lezzet" / ".kampanya" / "sandbox" / "plans"
    plans.mkdir(parents=True)
    (plans / f"{DIGEST}.html").write_text("<p>plan</p>", encoding="utf-8")
    (plans / f"{DIGEST[:16]}.json").write_text("{}", encoding="utf-8")
    (plans.parent / "journal.db").write_text("secret", encoding="utf-8")
    with pages.served(tmp_path) as found:
        yield found


def test_a_plans_page_is_shown_to_whoever_knows_its_digest_and_runs_nothing(address: str) -> None:
    with urlopen(f"{address}/lezzet/sandbox/{DIGEST}.html", timeout=10) as answer:
        assert answer.read() == b"<p>plan</p>"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/lezzet/sandbox/",
        f"/lezzet/sandbox/{DIGEST[:16]}.json",
        f"/lezzet/sandbox/{'b2' * 32}.html",
        "/lezzet/sandbox/../journal.db",
        f"/../lezzet/sandbox/{DIGEST}.html",
        f"/lezzet/sandbox/%2e%2e/{DIGEST}.html",
        f"/lezzet/sandbox/{DIGEST}.html/",
    ],
)
def test_nothing_else_is_shown(address: str, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(address + path, timeout=10)
    refused.value.close()
    assert refused.value.code == 404


def test_an_address_of_the_teams_own_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pages.ADDRESS, "https://plans.agency.example")
    with pages.served(tmp_path) as found:
        assert found == "https://plans.agency.example"
