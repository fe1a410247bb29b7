"""What tokens may do, the app's proof, and the terms of customer lists."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi, FacebookSession
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from sandbox.world import MetaWorld, World
from tests.sandbox.conftest import CAMPAIGN

SECRET = "f00dfeedf00dfeedf00dfeedf00dfeed"


def through_sdk(url: str, token: str, account: str, secret: str | None = None) -> AdAccount:
    session = FacebookSession(app_secret=secret, access_token=token, timeout=20)
    session.GRAPH = url
    session.requests.trust_env = False
    return AdAccount(account, api=FacebookAdsApi(session))


def refused(act: Any) -> tuple[int, int, int | None]:
    with pytest.raises(FacebookRequestError) as met:
        act()
    return met.value.http_status(), met.value.api_error_code(), met.value.api_error_subcode()


def reading(graph: Any, *scopes: str) -> AdAccount:
    token = graph.admin("POST", "tokens", scopes=list(scopes))["token"]
    return through_sdk(graph.url, token, graph.account)


def test_a_token_that_may_only_read_reads_and_its_writes_are_refused(graph: Any, box: Sandbox) -> None:
    campaign, *_ = graph.tree(ads=1)
    box.advance(2)
    reader = reading(graph, "ads_read")
    assert [one["id"] for one in reader.get_campaigns()] == [campaign]
    assert len(list(reader.get_insights(fields=["spend"]))) == 1
    assert reader.get_insights_async(fields=["spend"], params={})["report_run_id"]
    params = dict(CAMPAIGN)
    assert refused(lambda: reader.create_campaign(params=params)) == (403, 200, None)
    node = next(iter(reader.get_campaigns()))
    assert refused(lambda: node.api_update(params={"status": "PAUSED"})) == (403, 200, None)
    assert refused(node.api_delete) == (403, 200, None)
    assert graph.get(campaign, fields="status")["status"] == "ACTIVE"


def test_writes_in_a_batch_are_refused_each_by_itself(graph: Any) -> None:
    token = graph.admin("POST", "tokens", scopes=["ads_read"])["token"]
    batch = [
        {"method": "GET", "relative_url": graph.account},
        {"method": "POST", "relative_url": f"{graph.account}/adlabels", "body": "name=x"},
    ]
    done = graph.post("", batch=batch, access_token=token)
    assert [one["code"] for one in done] == [200, 403]
    assert graph.get(f"{graph.account}/adlabels")["data"] == []


def test_a_token_without_permissions_may_not_even_read(graph: Any) -> None:
    nobody = reading(graph)
    assert refused(lambda: list(nobody.get_campaigns())) == (403, 200, None)
    token = nobody.get_api()._session.access_token
    for path in (graph.world.meta.page, f"{graph.world.meta.business}/owned_ad_accounts"):
        answer = graph.raw("GET", path, access_token=token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 10)
    assert graph.get("me", access_token=token)["id"]
    assert graph.get("me/permissions", access_token=token)["data"] == []
    assert graph.get("search", type="adgeolocation", q="ist", access_token=token)["data"]


def test_a_page_is_written_to_with_its_own_permission(graph: Any) -> None:
    token = graph.admin("POST", "tokens", scopes=["ads_management"])["token"]
    page = graph.world.meta.page
    answer = graph.raw("POST", f"{page}/feed", message="Merhaba", access_token=token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 10)
    both = graph.admin("POST", "tokens", scopes=["ads_management", "pages_manage_ads"])["token"]
    assert graph.post(f"{page}/feed", message="Merhaba", access_token=both)["id"]


def test_granted_tokens_tell_their_permissions_are_kept_as_hashes_and_go_with_a_reset(
    graph: Any, box: Sandbox
) -> None:
    token = graph.admin("POST", "tokens", scopes=["ads_read"])["token"]
    assert graph.get("me/permissions", access_token=token)["data"] == [
        {"permission": "ads_read", "status": "granted"}
    ]
    for path in box.state_dir.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()
    assert "error" in graph.admin("POST", "tokens", scopes=["everything"])
    assert "error" in graph.admin("POST", "tokens", scopes="ads_read")
    box.reset()
    assert graph.raw("GET", "me", access_token=token).json()["error"]["code"] == 190


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Any]:
    """The endpoints of a sandbox whose app has a secret."""
    box = Sandbox(tmp_path / "state", World(meta=MetaWorld(app_secret=SECRET)), "2026-11-30", ["meta"])
    box.start()
    yield box.meta.endpoints()
    box.stop()


def test_an_app_with_a_secret_must_prove_each_request(strict: Any) -> None:
    right = through_sdk(strict["url"], strict["token"], strict["account"], SECRET)
    assert right.create_campaign(params=dict(CAMPAIGN))["id"]
    batch = right.get_api().new_batch()
    seen: list[Any] = []
    right.get_campaigns(batch=batch, success=seen.append, failure=seen.append)
    batch.execute()
    assert len(seen[0].json()["data"]) == 1
    for secret in (None, "another"):
        wrong = through_sdk(strict["url"], strict["token"], strict["account"], secret)
        assert refused(lambda wrong=wrong: list(wrong.get_campaigns())) == (400, 100, None)


def test_the_proof_of_an_app_without_a_secret_is_not_looked_at(graph: Any) -> None:
    proof = hmac.new(b"x", graph.token.encode(), hashlib.sha256).hexdigest()
    assert graph.get("me", appsecret_proof=proof)["id"]


def test_customer_lists_need_their_terms(graph: Any, account: AdAccount) -> None:
    graph.admin("POST", "switches", customer_terms=False)
    params = {"name": "liste", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    assert refused(lambda: account.create_custom_audience(params=dict(params))) == (403, 200, 1870034)
    graph.admin("POST", "switches", customer_terms=True)
    assert account.create_custom_audience(params=dict(params))["id"]
