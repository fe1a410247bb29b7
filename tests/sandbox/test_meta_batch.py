"""Batches as the SDK and other clients send them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from facebook_business.adobjects.adaccount import AdAccount


def body(**fields: Any) -> str:
    return urlencode({name: v if isinstance(v, str | int) else json.dumps(v) for name, v in fields.items()})


def campaign_body(name: str = "a") -> str:
    return body(
        name=name, objective="OUTCOME_SALES", status="PAUSED", special_ad_categories=[],
        is_adset_budget_sharing_enabled="false",
    )  # fmt: skip


def post(edge: str, text: str, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "relative_url": f"v26.0/{edge}", "body": text, **more}


def send(graph: Any, *requests: dict[str, Any], **more: Any) -> list[Any]:
    answers = graph.post("", batch=list(requests), **more)
    return [answer and answer | {"json": json.loads(answer["body"])} for answer in answers]


def test_fifty_creates_through_the_sdk_all_succeed(account: AdAccount, graph: Any) -> None:
    batch = account.get_api().new_batch()
    made, failed = [], []
    for n in range(50):
        params = {
            "name": f"c{n}", "objective": "OUTCOME_SALES", "status": "PAUSED", "special_ad_categories": [],
        }  # fmt: skip
        if n != 7:
            params["is_adset_budget_sharing_enabled"] = False
        account.create_campaign(
            params=params,
            batch=batch,
            success=lambda r: made.append(r.json()),
            failure=lambda r: failed.append(r),
        )
    assert batch.execute() is None
    assert (len(made), len(failed)) == (49, 1)
    assert failed[0].error().api_error_subcode() == 4834011
    assert len(graph.get(f"{graph.account}/campaigns", limit=100)["data"]) == 49


def test_a_whole_tree_is_made_in_one_batch_with_references(graph: Any) -> None:
    adset = graph.adset_fields("{result=camp:$.id}")
    ad = {"name": "a", "adset_id": "{result=set:$.id}", "creative": {"creative_id": "{result=cre:$.id}"}}
    account = graph.account
    answers = send(
        graph,
        post(f"{account}/campaigns", campaign_body(), name="camp", omit_response_on_success=False),
        post(f"{account}/adsets", body(**adset), name="set", omit_response_on_success=False),
        post(
            f"{account}/adcreatives",
            body(object_story_spec=graph.story()),
            name="cre",
            omit_response_on_success=False,
        ),
        post(f"{account}/ads", body(**ad)),
        {"method": "GET", "relative_url": "{result=camp:$.id}?fields=name,adsets{id}"},
    )
    assert [answer["code"] for answer in answers] == [200] * 5
    assert answers[4]["json"]["adsets"]["data"][0]["id"] == answers[1]["json"]["id"]
    assert {header["name"] for header in answers[0]["headers"]} >= {"Content-Type", "x-app-usage"}


def test_successes_that_others_depend_on_are_omitted_unless_switched_off(graph: Any) -> None:
    first = post(f"{graph.account}/campaigns", campaign_body(), name="camp")
    read = {"method": "GET", "relative_url": "{result=camp:$.id}"}
    assert [bool(one) for one in send(graph, first, read)] == [False, True]
    assert [bool(one) for one in send(graph, first | {"omit_response_on_success": False}, read)] == [
        True,
        True,
    ]
    assert [bool(one) for one in send(graph, first)] == [True]
    assert [bool(one) for one in send(graph, first | {"omit_response_on_success": True})] == [False]


def test_what_depends_on_a_failure_is_null_and_not_done(graph: Any) -> None:
    answers = send(
        graph,
        post(f"{graph.account}/campaigns", body(name="a"), name="camp"),
        post(f"{graph.account}/campaigns", campaign_body("b"), depends_on="camp"),
        post(f"{graph.account}/campaigns", campaign_body("c")),
    )
    assert [one and one["code"] for one in answers] == [400, None, 200]
    assert [one["name"] for one in graph.get(f"{graph.account}/campaigns", fields="name")["data"]] == ["c"]


def test_a_reference_to_nothing_fails_alone(graph: Any) -> None:
    answers = send(
        graph,
        {"method": "GET", "relative_url": "{result=ghost:$.id}"},
        {"method": "GET", "relative_url": "me"},
    )
    assert [answer["code"] for answer in answers] == [400, 200]


def test_results_are_selected_by_path(graph: Any) -> None:
    ids = [graph.campaign(name=f"c{n}") for n in range(3)][::-1]
    rule = '[{"field":"id","operator":"IN","value":["{result=all:$.data.1.id}"]}]'
    answers = send(
        graph,
        {"method": "GET", "relative_url": f"{graph.account}/campaigns", "name": "all"},
        {"method": "GET", "relative_url": f"{graph.account}/campaigns?" + urlencode({"filtering": rule})},
    )
    assert answers[0] is None
    assert [one["id"] for one in answers[1]["json"]["data"]] == [ids[1]]


def test_several_ad_sets_of_one_campaign_in_a_batch_are_refused_unless_switched_off(graph: Any) -> None:
    campaign, other = graph.campaign(), graph.campaign(name="b")
    wanted = [
        post(f"{graph.account}/adsets", body(**graph.adset_fields(parent)))
        for parent in (campaign, campaign, other)
    ]
    assert [answer["code"] for answer in send(graph, *wanted)] == [200, 400, 200]
    graph.admin("POST", "switches", batch_adsets=False)
    assert [answer["code"] for answer in send(graph, *wanted)] == [200, 200, 200]


def test_more_than_fifty_and_malformed_batches_are_refused_whole(graph: Any) -> None:
    read = {"method": "GET", "relative_url": "me"}
    for requests in ([read] * 51, [], [{"method": "GET"}], [read | {"colour": "red"}], "me"):
        answer = graph.raw("POST", "", batch=requests)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_files_are_attached_by_name(graph: Any) -> None:
    request = {"method": "POST", "relative_url": f"{graph.account}/adimages", "attached_files": "one"}
    (answer,) = send(graph, request, files={"one": ("kutu.png", graph.png(), "image/png")})
    assert list(answer["json"]["images"]) == ["kutu.png"]


def test_a_batch_with_a_wrong_token_is_refused(graph: Any) -> None:
    answer = graph.raw("POST", "", batch=[{"method": "GET", "relative_url": "me"}], access_token="wrong")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 190)


def test_headers_can_be_left_out(graph: Any) -> None:
    (answer,) = send(graph, {"method": "GET", "relative_url": "me"}, include_headers="false")
    assert "headers" not in answer
