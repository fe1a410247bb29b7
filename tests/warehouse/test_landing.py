"""Landing: whole or absent, private, replayable in order."""

from __future__ import annotations

import gzip
import json
import stat
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import warehouse.landing as landing_module
from engine.report import Page
from warehouse.errors import LandingDamaged
from warehouse.landing import AccountRow, Asked, land, landings

SINCE, UNTIL = date(2026, 12, 1), date(2026, 12, 28)
ACCOUNT = AccountRow("meta", "act_1", "Lezzet", "TRY", "Europe/Istanbul")
ASKED = Asked(ACCOUNT, "ad_day", "7d_click", SINCE, UNTIL, UNTIL, datetime(2026, 12, 28, 6, tzinfo=UTC))


def page(lines: list[bytes], rows: int | None = None) -> Page:
    text = b"\n".join(lines)
    return Page("meta", "act_1", "ad_day", SINCE, UNTIL, text, len(lines) if rows is None else rows, "v26.0")


def test_pages_become_gzip_lines_and_a_manifest_below_their_partition(tmp_path: Path) -> None:
    landed = land(tmp_path, [page([b'{"a":1}', b'{"a":2}']), page([b'{"a":3}'])], "r1", ASKED)
    folder = tmp_path / "platform=meta" / "account=act_1" / "report=ad_day" / "run=r1"
    assert landed.manifest == folder / "manifest.json"
    assert gzip.decompress((folder / "000.ndjson.gz").read_bytes()) == b'{"a":1}\n{"a":2}\n{"a":3}\n'
    manifest = json.loads(landed.manifest.read_text())
    assert (manifest["rows"], manifest["since"], manifest["api_version"]) == (3, "2026-12-01", "v26.0")
    assert (manifest["attribution"], manifest["files"][0]["sha256"]) == ("7d_click", landed.files[0].sha256)


def test_everything_landed_is_private(tmp_path: Path) -> None:
    land(tmp_path / "landing", [page([b"{}"])], "r1", ASKED)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "landing").rglob("*")}
    assert len(modes) == 6
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())


def test_files_are_cut_at_their_size_and_memory_is_that_of_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_module, "FILE_BYTES", 2_000_000)

    def many() -> Iterator[Page]:
        for _ in range(40):
            yield page([b'{"text":"' + b"x" * 1000 + b'"}'] * 250)

    tracemalloc.start()
    landed = land(tmp_path, many(), "r1", ASKED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert landed.rows == 10_000
    assert len(landed.files) == 5
    assert peak < 3_000_000  # of 10 MB landed


def test_a_page_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Page]:
        yield page([b"{}"])
        raise ConnectionError("reset")

    with pytest.raises(ConnectionError):
        land(tmp_path, broken(), "r1", ASKED)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert landings(tmp_path) == []


def test_what_a_killed_run_left_is_no_landing_and_is_cleared_by_its_retry(tmp_path: Path) -> None:
    draft = tmp_path / "platform=meta" / "account=act_1" / "report=ad_day" / ".r1.4711"
    draft.mkdir(parents=True)
    (draft / "000.ndjson.gz").write_bytes(b"half")
    assert landings(tmp_path) == []
    land(tmp_path, [page([b"{}"])], "r1", ASKED)
    assert not draft.exists()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (page([b"{}", b"{}"], rows=3), "not whole"),
        (page([b"{}", b"{}"], rows=1), "not whole"),
        (replace(page([b"{}"]), account="act_2"), "another report"),
    ],
)
def test_a_page_that_is_not_what_it_says_is_refused(tmp_path: Path, bad: Page, says: str) -> None:
    with pytest.raises(LandingDamaged, match=says):
        land(tmp_path, [bad], "r1", ASKED)
    assert landings(tmp_path) == []


def test_a_retried_run_lands_beside_the_first_and_both_replay_in_order(tmp_path: Path) -> None:
    first = land(tmp_path, [page([b'{"a":1}'])], "z", ASKED)
    other = land(tmp_path, [page([b'{"a":2}'])], "a", ASKED)
    again = land(tmp_path, [page([b'{"a":3}'])], "z", ASKED)
    assert again.manifest.parent.name == "run=z~2"
    assert landings(tmp_path) == [first, other, again]


def test_an_answer_without_rows_is_a_landing_too(tmp_path: Path) -> None:
    landed = land(tmp_path, [page([])], "r1", ASKED)
    assert (landed.files, landed.rows, landed.api_version) == ((), 0, "v26.0")
    landed.verify()


def test_names_from_outside_cannot_leave_the_folder_or_act_as_globs(tmp_path: Path) -> None:
    asked = replace(ASKED, account=replace(ACCOUNT, id="../../*"))
    landed = land(tmp_path / "landing", [replace(page([b"{}"]), account="../../*")], "../r[1]", asked)
    assert (tmp_path / "landing") in landed.manifest.resolve().parents
    assert not set("*[?") & set(str(landed.manifest.relative_to(tmp_path)))
    assert landings(tmp_path / "landing") == [landed]


def test_verify_notices_a_changed_and_a_missing_file(tmp_path: Path) -> None:
    landed = land(tmp_path, [page([b"{}"])], "r1", ASKED)
    landed.verify()
    file = landed.files[0].path
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(LandingDamaged, match="not what was landed"):
        landed.verify()
    file.unlink()
    with pytest.raises(LandingDamaged, match="not what was landed"):
        landed.verify()
