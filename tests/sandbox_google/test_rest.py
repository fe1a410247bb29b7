"""The JSON surface, met by a plain HTTP client as other people's clients send it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox_google.conftest import CUSTOMER, MANAGER, NO_POLITICS, ROOT


class Json:
    """Google's JSON over requests, with a token got by a refresh token."""

    def __init__(self, sandbox: Any) -> None:
        self.base = sandbox.endpoints()["rest"]
        self.user = json.loads(Path(sandbox.endpoints()["user"]).read_text())
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = self.grant().json()["access_token"]

    def grant(self, path: str = "/token", **changes: str) -> requests.Response:
        form = {name: text for name, text in self.user.items() if name != "type"}
        sent = {"grant_type": "refresh_token", **form, **changes}
        return self.http.post(self.base + path, data=sent, timeout=20)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        given = {"Authorization": f"Bearer {self.token}", "login-customer-id": MANAGER, **headers}
        return self.http.request(method, f"{self.base}/v25/{path}", json=body, headers=given, timeout=20)

    def post(self, path: str, body: Any) -> Any:
        answer = self.ask("POST", f"customers/{CUSTOMER}/{path}", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, answer: requests.Response) -> tuple[int, str, str]:
        """HTTP status, status name and first error code of a refusal."""
        error = answer.json()
        error = (error[0] if isinstance(error, list) else error)["error"]
        ((family, code),) = error["details"][0]["errors"][0]["errorCode"].items()
        assert error["code"] == answer.status_code
        return answer.status_code, error["status"], f"{family}.{code}"


@pytest.fixture
def web(ads: Any) -> Iterator[Json]:
    client = Json(ads.sandbox)
    yield client
    client.http.close()


BUDGET = {"name": "b", "amountMicros": "50000000", "explicitlyShared": False}
CAMPAIGN = {
    "name": "c", "status": "PAUSED", "advertisingChannelType": "SEARCH", "manualCpc": {},
    "containsEuPoliticalAdvertising": NO_POLITICS, "campaignBudget": f"{ROOT}/campaignBudgets/-1",
}  # fmt: skip


def made(web: Json) -> str:
    operations = [
        {"campaignBudgetOperation": {"create": {**BUDGET, "resourceName": f"{ROOT}/campaignBudgets/-1"}}},
        {"campaignOperation": {"create": CAMPAIGN}},
    ]
    answer = web.post("googleAds:mutate", {"mutateOperations": operations})
    return str(answer["mutateOperationResponses"][1]["campaignResult"]["resourceName"])


def test_what_json_made_grpc_reads_and_json_reads_alike(ads: Any, web: Json) -> None:
    campaign = made(web)
    query = "SELECT campaign.id, campaign.name, campaign_budget.amount_micros FROM campaign"
    (row,) = ads.query(query)
    assert (row.campaign.resource_name, row.campaign_budget.amount_micros) == (campaign, 50_000_000)
    (part,) = web.post("googleAds:searchStream", {"query": query})
    assert part["fieldMask"] == "campaign.id,campaign.name,campaignBudget.amountMicros"
    assert part["results"][0]["campaign"] == {
        "resourceName": campaign, "name": "c", "id": campaign.rpartition("/")[2],
    }  # fmt: skip
    assert part["results"][0]["campaignBudget"]["amountMicros"] == "50000000"
    page = web.post("googleAds:search", {"query": query, "searchSettings": {"returnTotalResultsCount": True}})
    assert (page["results"], page["totalResultsCount"]) == (part["results"], "1")


def test_a_collection_is_mutated_by_its_own_path_with_an_update_mask(ads: Any, web: Json) -> None:
    campaign = made(web)
    operation = {"update": {"resourceName": campaign, "name": "renamed"}, "updateMask": "name"}
    answer = web.post("campaigns:mutate", {"operations": [operation]})
    assert answer == {"results": [{"resourceName": campaign}]}
    assert [row.campaign.name for row in ads.query("SELECT campaign.name FROM campaign")] == ["renamed"]


def test_get_paths_answer(web: Json) -> None:
    names = web.ask("GET", "customers:listAccessibleCustomers").json()
    assert names == {"resourceNames": [f"customers/{MANAGER}"]}
    assert web.ask("GET", "googleAdsFields/campaign.name?prettyPrint=false").json()["dataType"] == "STRING"
    found = web.ask("POST", "googleAdsFields:search", {"query": "SELECT name WHERE name = 'campaign.id'"})
    assert [one["name"] for one in found.json()["results"]] == ["campaign.id"]


def test_a_refusal_is_a_failure_in_json_and_a_list_of_one_in_a_stream(web: Json) -> None:
    path = f"customers/{CUSTOMER}/googleAds:"
    bad = {"query": "SELECT campaign.colour FROM campaign"}
    expected = (400, "INVALID_ARGUMENT", "queryError.UNRECOGNIZED_FIELD")
    assert web.refused(web.ask("POST", f"{path}search", bad)) == expected
    streamed = web.ask("POST", f"{path}searchStream", bad)
    assert isinstance(streamed.json(), list)
    assert web.refused(streamed) == expected
    create = {"create": {key: text for key, text in CAMPAIGN.items() if key != "name"}}
    answer = web.ask("POST", f"customers/{CUSTOMER}/campaigns:mutate", {"operations": [create]})
    assert web.refused(answer)[2] == "fieldError.REQUIRED"
    where = answer.json()["error"]["details"][0]["errors"][0]["location"]["fieldPathElements"]
    assert where[0] == {"fieldName": "operations", "index": 0}


def test_who_may_not_is_told_so(web: Json) -> None:
    path, body = f"customers/{CUSTOMER}/googleAds:search", {"query": "SELECT customer.id FROM customer"}
    nobody = web.ask("POST", path, body, Authorization="Bearer x")
    assert web.refused(nobody)[:2] == (401, "UNAUTHENTICATED")
    stranger = web.ask("POST", path, body, **{"login-customer-id": CUSTOMER})
    assert web.refused(stranger) == (403, "PERMISSION_DENIED", "authorizationError.USER_PERMISSION_DENIED")


GOOD = {"query": "SELECT customer.id FROM customer"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"customers/{CUSTOMER}/googleAds:search?prettyPrint=false", GOOD, 200),
        ("POST", f"customers/{CUSTOMER}/campaigns:mutate", {"operations": [{"create": {"colour": 1}}]}, 400),
        ("POST", f"customers/{CUSTOMER}/googleAds:search?colour=1", GOOD, 400),
        ("POST", f"customers/{CUSTOMER}/googleAds:search", ["query"], 400),
        ("POST", f"customers/{CUSTOMER}/recommendations:mutate", {}, 501),
        ("POST", f"customers/{CUSTOMER}/campaigns:paint", {}, 404),
        ("GET", f"customers/{CUSTOMER}/googleAds:search", None, 404),
    ],
)
def test_what_is_not_in_the_contract_never_passes(
    web: Json, method: str, path: str, body: Any, status: int
) -> None:
    assert web.ask(method, path, body).status_code == status


def test_a_refresh_token_is_good_at_every_path_of_the_endpoint_and_a_wrong_one_nowhere(
    ads: Any, web: Json
) -> None:
    for path in ("/token", "/oauth2/v3/token", "/oauth2/v4/token", "/o/oauth2/token"):
        assert web.grant(path).json()["expires_in"] == 3600
    for name in ("client_id", "client_secret", "refresh_token"):
        refused = web.grant(**{name: "guess"})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert "guess" not in refused.text
    assert web.grant(grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert stat.S_IMODE(Path(ads.sandbox.endpoints()["user"]).stat().st_mode) == 0o600


def test_a_fault_strikes_json_as_it_strikes_grpc(ads: Any, web: Json) -> None:
    ads.sandbox.add_fault({"kind": "exhausted", "method": "GoogleAdsService.SearchStream", "times": 1})
    body = {"query": "SELECT customer.id FROM customer"}
    answer = web.ask("POST", f"customers/{CUSTOMER}/googleAds:searchStream", body)
    assert web.refused(answer) == (429, "RESOURCE_EXHAUSTED", "quotaError.RESOURCE_EXHAUSTED")
    ads.sandbox.add_fault({"kind": "unavailable", "method": "GoogleAdsService.SearchStream", "times": 1})
    assert web.ask("POST", f"customers/{CUSTOMER}/googleAds:searchStream", body).status_code == 503


def test_a_version_that_ended_is_refused_under_its_own_name(web: Json) -> None:
    headers = {"Authorization": f"Bearer {web.token}", "login-customer-id": MANAGER}
    url = f"{web.base}/v20/customers/{CUSTOMER}/googleAds:search"
    answer = web.http.post(
        url, json={"query": "SELECT customer.id FROM customer"}, headers=headers, timeout=20
    )
    assert web.refused(answer) == (400, "INVALID_ARGUMENT", "requestError.UNSUPPORTED_VERSION")
    failure = answer.json()["error"]["details"][0]
    assert failure["@type"] == "type.googleapis.com/google.ads.googleads.v20.errors.GoogleAdsFailure"
    text = "Version v20 is deprecated. Requests to this version will be blocked."
    assert failure["errors"][0]["message"] == text
