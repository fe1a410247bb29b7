"""`audience sync` killed at every batch, before and after: the next one ends with everybody there."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.google import datamanager
from tests.soak.rig import Fate, Rig, copy_example, kill, tapped, told

LIST = """\
audience: musteriler
type: customer_list
file: crm.csv
columns: {email: posta}
consent: granted
terms: accepted
"""
PEOPLE = 21_000  # three batches
USED = "exclude: [son-30-gun-musterileri]"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The example brand with a list on both platforms, applied, and agreed to."""
    root = tmp_path_factory.mktemp("members") / "lezzet"
    copy_example(root)
    (root / "audiences" / "musteriler.yaml").write_text(LIST, encoding="utf-8")
    fill(root, "eski", 15_000)
    file = root / "campaigns" / "yil-sonu.yaml"
    text = file.read_text(encoding="utf-8")
    assert USED in text
    file.write_text(text.replace(USED, "exclude: [son-30-gun-musterileri, musteriler]"), encoding="utf-8")
    with tapped(Rig(root)) as made:
        for arguments, ends in (
            (("plan", "-o", str(root / "plan.json")), 2),
            (("approve", str(root / "plan.json"), "--by", "Ayşe Yılmaz"), 0),
            (("apply", str(root / "plan.json")), 0),
            (("audience", "sync", "--by", "Ayşe Yılmaz"), 0),
        ):
            done = made.run(*arguments)
            assert done.returncode == ends, told(done)
        yield made


def fill(root: Path, name: str, number: int) -> None:
    rows = "".join(f"{name}{n}@example.com\n" for n in range(number))
    (root / "crm.csv").write_text(f"posta\n{rows}", encoding="utf-8")


def on_meta(rig: Rig) -> int:
    assert rig.sandbox is not None
    nodes = rig.sandbox.meta.graph.store._nodes.values()
    return max(len(each.data.get("_members", ())) for each in nodes if each.kind == "customaudience")


def on_google(rig: Rig) -> int:
    """People, whether the platform knows them or not."""
    assert rig.sandbox is not None
    members: Any = rig.sandbox.platforms["google"].store.members  # type: ignore[attr-defined]
    return int(members._db.execute("SELECT count(DISTINCT person) FROM member").fetchone()[0])


def again(rig: Rig) -> None:
    rig.calm_down()
    done = rig.run("audience", "sync")
    assert done.returncode == 0, told(done)
    assert on_meta(rig) == PEOPLE
    status = rig.run("audience", "status", "--json")
    rows = json.loads(status.stdout)["audiences"]
    said = [each["uploaded"] for each in rows if each["key"] == "musteriler"]
    assert len(said) == 2
    assert all("21,000 people" in each and "cut short" not in each for each in said)


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(3))
@pytest.mark.parametrize("fate", ["dropped", "done"])
def test_killed_around_a_batch_of_meta_the_next_sync_ends_whole(rig: Rig, batch: int, fate: Fate) -> None:
    fill(rig.root, "yeni", PEOPLE)
    rig.calm_down()
    assert rig.sandbox is not None
    rig.sandbox.advance(1)
    process = rig.start("audience", "sync")

    def strike() -> Fate:
        threading.Thread(target=kill, args=(process,)).start()
        process.wait(60)
        return fate

    rig.taps["meta"].meet[batch] = strike
    process.wait(120)
    assert process.returncode == -9
    again(rig)


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(3))
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_a_batch_of_google_the_next_sync_ends_whole(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, batch: int, when: str
) -> None:
    fill(rig.root, "yeni", PEOPLE)
    rig.calm_down()
    assert rig.sandbox is not None
    rig.sandbox.advance(1)
    calls = 0
    ingest: Callable[..., Any] = datamanager.METHODS["IngestAudienceMembers"]
    process = rig.start("audience", "sync")

    def struck(account: Any, request: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls - 1 != batch:
            return ingest(account, request)
        if when == "before":
            kill(process)
        answer = ingest(account, request)
        kill(process)
        return answer

    monkeypatch.setitem(datamanager.METHODS, "IngestAudienceMembers", struck)
    process.wait(120)
    monkeypatch.undo()
    assert process.returncode == -9
    again(rig)
    assert on_google(rig) >= PEOPLE
