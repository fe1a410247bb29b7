"""The running sandbox: token, headers, log, admin API, restarts, the same numbers twice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.admin import answering
from sandbox.meta.store import Store
from sandbox.runtime import Sandbox
from sandbox.world import MetaWorld, World

START = "2026-11-30"
DAY = date(2026, 11, 30)


def started(state: Path, world: World | None = None) -> Sandbox:
    sandbox = Sandbox(state, world or World(), START, ["meta"])
    sandbox.meta.serve_admin(answering(sandbox))
    sandbox.start()
    return sandbox


def test_a_wrong_or_missing_token_is_refused_everywhere(graph: Any) -> None:
    wrong = graph.raw("GET", "me", access_token="EAAwrong")
    assert (wrong.status_code, wrong.json()["error"]["code"], wrong.json()["error"]["type"]) == (
        400, 190, "OAuthException",
    )  # fmt: skip
    missing = graph.http.get(f"{graph.url}/v26.0/me", timeout=5)
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, 2500)
    assert graph.http.post(f"{graph.url}/_sandbox/reset", json={}, timeout=5).status_code == 401


def test_the_token_may_travel_as_a_bearer(graph: Any) -> None:
    headers = {"Authorization": f"Bearer {graph.token}"}
    assert graph.http.get(f"{graph.url}/v26.0/me", headers=headers, timeout=5).status_code == 200


def test_every_answer_carries_the_usage_headers(graph: Any) -> None:
    for answer in (graph.raw("GET", "me"), graph.raw("GET", "nothing")):
        assert answer.headers["facebook-api-version"] == "v26.0"
        assert answer.headers["x-fb-trace-id"]
        assert json.loads(answer.headers["x-app-usage"])["call_count"] == 0
        assert "acc_id_util_pct" in json.loads(answer.headers["x-ad-account-usage"])
        assert "app_id_util_pct" in json.loads(answer.headers["x-fb-ads-insights-throttle"])
        (cases,) = json.loads(answer.headers["x-business-use-case-usage"]).values()
        assert all(case["ads_api_access_tier"] == "standard_access" for case in cases)


def test_the_token_is_in_one_private_file_and_in_no_log(graph: Any) -> None:
    graph.campaign()
    graph.raw("GET", "me", access_token="EAAwrong")
    graph.raw("POST", "", batch=[{"method": "GET", "relative_url": f"me?access_token={graph.token}"}])
    state = graph.sandbox.state_dir
    holders = [
        path.name for path in state.iterdir() if path.is_file() and graph.token.encode() in path.read_bytes()
    ]
    assert holders == ["endpoints.json"]
    assert state.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in state.iterdir()} == {0o600}
    log = (state / "access.log").read_text()
    assert f"POST /v26.0/{graph.account}/campaigns 200" in log
    assert "EAA" not in log


def test_the_answers_next_link_carries_the_token_as_the_platforms_does(graph: Any) -> None:
    for n in range(2):
        graph.campaign(name=f"c{n}")
    assert graph.token in graph.get(f"{graph.account}/campaigns", limit=1)["paging"]["next"]


def test_a_method_parameter_replaces_the_http_method(graph: Any) -> None:
    campaign = graph.campaign()
    graph.post(campaign, method="delete")
    assert graph.get(campaign, fields="status")["status"] == "DELETED"


def test_objects_ledger_token_and_port_survive_a_restart(tmp_path: Path) -> None:
    first = started(tmp_path / "s")
    endpoint = first.meta.endpoints()
    sent = {
        "access_token": endpoint["token"], "name": "Yıl sonu", "objective": "OUTCOME_SALES",
        "special_ad_categories": "[]", "is_adset_budget_sharing_enabled": "false",
        "adlabels": '[{"name":"x"}]',
    }  # fmt: skip
    with requests.Session() as http:
        made = http.post(
            f"{endpoint['url']}/v26.0/{endpoint['account']}/campaigns", data=sent, timeout=5
        ).json()["id"]
    first.advance(2)
    before = first.status()
    first.stop()
    second = started(tmp_path / "s")
    assert second.meta.endpoints() == endpoint
    assert second.status() == before
    with requests.Session() as http:
        params = {"access_token": endpoint["token"], "fields": "name,adlabels{name}"}
        read = http.get(f"{endpoint['url']}/v26.0/{made}", params=params, timeout=5).json()
    assert (read["name"], read["adlabels"][0]["name"]) == ("Yıl sonu", "x")
    second.stop()


def test_the_id_of_a_removed_object_never_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    label = store.create("adlabel", {"name": "a"}, 0)
    store.commit()
    store.remove(label)
    store.commit()
    store.close()
    again = Store(tmp_path)
    assert again.create("adlabel", {"name": "b"}, 0).id != label.id
    again.close()


def test_a_rollback_takes_everything_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = store.create("campaign", {"name": "kept", "adlabels": ["1"]}, 0)
    store.commit()
    store.update(kept, {"name": "changed", "adlabels": ["2"]}, 1)
    store.create("adset", {"name": "new", "campaign_id": kept.id}, 1)
    store.rollback()
    read = store.get(kept.id)
    assert read is not None
    assert read.data == {"name": "kept", "adlabels": ["1"]}
    assert (list(store.children(kept.id)), list(store.labelled("1").values())) == ([], [read])
    store.close()


def test_two_runs_give_the_same_numbers_though_ids_differ(graph: Any, box: Sandbox) -> None:
    def numbers() -> list[tuple[Any, ...]]:
        box.advance(10)
        rows = box.rows("meta", DAY, DAY + timedelta(days=20))
        names = {node.id: node.data["name"] for node in box.meta.graph.store.every("ad")}
        return sorted((row.day, names[row.ad_id], row.spend_micros, row.clicks, row.visits) for row in rows)

    graph.tree(ads=3)
    first = numbers()
    box.reset(START)
    graph.campaign(name="something before it")
    graph.tree(ads=3)
    assert numbers() == first
    assert len(first) == 30


def test_an_effect_set_over_the_admin_api_is_felt(graph: Any, box: Sandbox) -> None:
    campaign = graph.campaign(status="ACTIVE")
    for name in ("menu", "muzik"):
        graph.ad(graph.adset(campaign, name=name, daily_budget=6_000_000))
    assert graph.admin("POST", "effects", match="*/menu/*", ctr=2.0) == [
        {"match": "*/menu/*", "ctr": 2.0, "conversion_rate": 1.0, "cost": 1.0, "value": 1.0}
    ]
    box.advance(5)
    names = {node.id: node.data["name"] for node in box.meta.graph.store.every("adset")}
    clicks = dict.fromkeys(("menu", "muzik"), 0)
    for row in box.rows("meta", DAY, DAY + timedelta(days=10)):
        clicks[names[row.ad_set_id]] += row.clicks
    assert 1.7 < clicks["menu"] / clicks["muzik"] < 2.3
    assert graph.admin("DELETE", "effects") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "complaint"),
    [
        ("POST", "effects", {"match": "*", "colour": 2}, "an effect has match"),
        ("POST", "effects", {"match": "*", "ctr": 1000}, "factors must be"),
        ("POST", "advance", {"days": -1}, "days must be"),
        ("POST", "switches", {"gravity": False}, "switches are"),
        ("POST", "review", {"ad": "1", "status": "LOVED"}, "status must be"),
        ("GET", "ledger", {"platform": "myspace"}, "platform must be"),
        ("GET", "dreams", {}, "no GET dreams"),
    ],
)
def test_the_admin_api_explains_what_it_cannot_do(
    graph: Any, method: str, path: str, body: dict[str, Any], complaint: str
) -> None:
    assert complaint in graph.admin(method, path, **body)["error"]


def test_status_counts_objects_and_tells_the_accounts_time(graph: Any) -> None:
    graph.tree(ads=2)
    found = graph.admin("GET", "status")
    assert found["clock"] == "2026-11-30T09:00:00+03:00"
    assert found["meta"]["objects"] == {"ad": 2, "adcreative": 1, "adset": 1, "campaign": 1}


def test_a_reset_forgets_everything_but_the_switches(graph: Any, box: Sandbox) -> None:
    graph.tree()
    graph.admin("POST", "switches", mutation_rate=True)
    graph.admin("POST", "effects", match="*", ctr=2)
    graph.admin("POST", "faults", route="GET /nothing", kind="error")
    box.advance(3)
    found = graph.admin("POST", "reset")
    assert found["meta"]["objects"] == {}
    assert found["clock"].startswith(START)
    assert graph.admin("GET", "ledger")["data"] == []
    assert (graph.admin("GET", "effects"), graph.admin("GET", "faults")) == ([], [])
    assert graph.admin("GET", "switches")["mutation_rate"] is True


def test_sandboxes_run_side_by_side_with_their_own_worlds(tmp_path: Path) -> None:
    world = World(seed=9, meta=MetaWorld(account="act_77", currency="JPY", timezone="Asia/Tokyo"))
    one, two = started(tmp_path / "one"), started(tmp_path / "two", world)
    ends = [sandbox.meta.endpoints() for sandbox in (one, two)]
    assert ends[0]["url"] != ends[1]["url"]
    assert ends[0]["token"] != ends[1]["token"]
    with requests.Session() as http:
        params = {"access_token": ends[1]["token"], "fields": "currency,min_daily_budget"}
        read = http.get(f"{ends[1]['url']}/v26.0/act_77", params=params, timeout=5).json()
    assert (read["currency"], read["min_daily_budget"]) == ("JPY", 75)
    assert two.status()["clock"] == "2026-11-30T09:00:00+09:00"
    for sandbox in (one, two):
        sandbox.stop()
