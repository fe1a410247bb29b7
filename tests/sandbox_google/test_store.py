from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.google.kinds import KINDS
from sandbox.google.store import Entry, Store

ROOT = "customers/1234567890"
LABEL = KINDS["label"]


def label(number: int, name: str) -> Entry:
    message = LABEL.new()
    message.resource_name, message.id, message.name = f"{ROOT}/labels/{number}", number, name
    return Entry(LABEL, message, "2026-12-01")


def put(store: Store, entry: Entry) -> None:
    store.put(entry.message.resource_name, entry)


def held(store: Store) -> dict[str, str]:
    return {name: entry.message.name for name, entry in store.of("label").items()}


def test_a_change_is_on_disk_when_it_ends(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    with store.change():
        put(store, label(store.new_id(), "bir"))
    again = Store(tmp_path / "a.db")
    assert held(again) == held(store)
    assert again.next_id == store.next_id


def test_an_exception_undoes_a_change(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    with store.change():
        put(store, label(1, "bir"))
    with pytest.raises(ValueError, match="no"):
        change_much_and_fail(store)
    assert held(store) == {f"{ROOT}/labels/1": "bir"}
    assert store.holder(("label", "bir")) == f"{ROOT}/labels/1"
    assert store.holder(("label", "iki")) is None


def change_much_and_fail(store: Store) -> None:
    with store.change():
        put(store, label(1, "iki"))
        put(store, label(store.new_id(), "üç"))
        store.drop(f"{ROOT}/labels/1")
        raise ValueError("no")


def test_nothing_is_written_outside_of_a_change(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        put(Store(tmp_path / "a.db"), label(1, "bir"))


Step = tuple[str, int, str]
steps = st.lists(
    st.tuples(st.sampled_from(["put", "drop"]), st.integers(1, 4), st.sampled_from(["a", "b", "c"])),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(first=steps, second=steps)
def test_a_rolled_back_change_leaves_every_index_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, first: list[Step], second: list[Step]
) -> None:
    store = Store(tmp_path_factory.mktemp("store") / "a.db")
    with store.change():
        carry_out(store, first)
    before = held(store), {name: store.holder(("label", name)) for name in "abc"}
    with store.change(keep=False):
        carry_out(store, second)
    after = held(store), {name: store.holder(("label", name)) for name in "abc"}
    assert after == before
    store.close()


def carry_out(store: Store, done: list[Step]) -> None:
    """Names stay unique, as the rules see to."""
    for what, number, name in done:
        holder = store.holder(("label", name))
        if what == "put" and holder in (None, f"{ROOT}/labels/{number}"):
            put(store, label(number, name))
        elif what == "drop" and f"{ROOT}/labels/{number}" in store.entries:
            store.drop(f"{ROOT}/labels/{number}")


CLIENT = """
import json, sys
from google.ads.googleads.client import GoogleAdsClient
load, *names = sys.argv[1:]
client = GoogleAdsClient.load_from_env() if load == "env" else GoogleAdsClient.load_from_storage(version=load)
labels = client.get_service("LabelService")
for name in names:
    labels.mutate_labels(customer_id="1234567890", operations=[{"create": {"name": name}}])
ads = client.get_service("GoogleAdsService")
rows = ads.search(customer_id="1234567890", query="SELECT label.id, label.name FROM label ORDER BY label.id")
print(json.dumps([[row.label.id, row.label.name] for row in rows]))
"""


@contextmanager
def serving(state: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = [sys.executable, "-m", "sandbox.google", "--state", str(state), "--clock", "2026-12-01"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def client(found: dict[str, str], load: str, *names: str, **variables: str) -> list[Any]:
    """An unchanged client in a process of its own; load is `env`, or a version to load from storage."""
    env = os.environ | {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": found["roots"]} | variables
    command = [sys.executable, "-c", CLIENT, load, *names]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.server
def test_unchanged_clients_find_it_by_environment_and_it_survives_being_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, found):
        file = {"GOOGLE_ADS_CONFIGURATION_FILE_PATH": found["configuration"]}
        first = client(found, "v24", "bir", "iki", **file)
        assert [name for _, name in first] == ["bir", "iki"]
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(tmp_path) as (_, again):
        assert again["endpoint"] == found["endpoint"]
        variables = {
            "GOOGLE_ADS_USE_PROTO_PLUS": "true",
            "GOOGLE_ADS_LOGIN_CUSTOMER_ID": again["login_customer"],
            "GOOGLE_ADS_ENDPOINT": again["endpoint"],
            "GOOGLE_ADS_JSON_KEY_FILE_PATH": again["service_account"],
        }
        second = client(again, "env", "üç", **variables)
    assert second == [*first, [first[-1][0] + 1, "üç"]]
