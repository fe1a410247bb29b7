"""Customer lists that are replaced as a whole, batch by batch of one session."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.customaudience import CustomAudience


def hashed(*names: str) -> list[list[str]]:
    return [[hashlib.sha256(f"{name}@lezzet.example".encode()).hexdigest()] for name in names]


def payload(*names: str) -> dict[str, Any]:
    return {"schema": ["EMAIL_SHA256"], "data": hashed(*names)}


@pytest.fixture
def audience(graph: Any) -> str:
    made = graph.post(
        f"{graph.account}/customaudiences", name="Müşteriler", subtype="CUSTOM",
        customer_file_source="USER_PROVIDED_ONLY",
    )  # fmt: skip
    graph.post(f"{made['id']}/users", payload=payload("eski", "ayse"))
    return str(made["id"])


def members(graph: Any, audience: str) -> int:
    return len(graph.sandbox.meta.graph.store.get(audience).get("_members"))


def test_members_change_only_when_the_last_batch_is_there(
    graph: Any, account: AdAccount, audience: str
) -> None:
    list_ = CustomAudience(audience, api=account.get_api())
    for batch, names in ((1, ("ayse", "veli")), (2, ("can",))):
        session = {
            "session_id": 7,
            "batch_seq": batch,
            "last_batch_flag": batch == 2,
            "estimated_num_total": 3,
        }
        assert members(graph, audience) == 2
        answer = list_.create_users_replace(params={"payload": payload(*names), "session": session})
        received = 2 if batch == 1 else 3  # in the session so far
        assert (answer["num_received"], str(answer["session_id"])) == (received, "7")
    assert members(graph, audience) == 3


@pytest.mark.parametrize(
    ("session", "blame"),
    [
        (None, "session"),
        ({"batch_seq": 1}, "session"),
        ({"session_id": 7}, "session"),
        ({"session_id": 7, "batch_seq": 0}, "session"),
        ({"session_id": "x", "batch_seq": 1}, "session"),
        ({"session_id": 7, "batch_seq": 1, "mood": "good"}, "session"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(
    session: Any, blame: str, graph: Any, audience: str
) -> None:
    given = {"session": session} if session else {}
    answer = graph.raw("POST", f"{audience}/usersreplace", payload=payload("a"), **given)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, 100)
    assert blame in error["error_data"]
    assert members(graph, audience) == 2


def send(graph: Any, audience: str, number: int, batch: int, *names: str, last: bool = False) -> Any:
    session = {"session_id": number, "batch_seq": batch, "last_batch_flag": last}
    return graph.raw("POST", f"{audience}/usersreplace", payload=payload(*names), session=session)


def subcode(answer: Any) -> tuple[int, int]:
    error = answer.json()["error"]
    return error["code"], error["error_subcode"]


def status(graph: Any, audience: str) -> int:
    return int(graph.get(audience, fields="operation_status")["operation_status"]["code"])


def test_a_list_says_that_it_is_being_replaced(graph: Any, audience: str) -> None:
    assert status(graph, audience) == 200
    send(graph, audience, 7, 1, "ayse")
    assert status(graph, audience) == 414
    send(graph, audience, 7, 2, "can", last=True)
    assert status(graph, audience) == 200


def test_batches_after_the_first_may_come_twice_and_in_any_order(graph: Any, audience: str) -> None:
    for batch, names in ((1, ("ayse",)), (9, ("can",)), (9, ("can",)), (3, ("ada",))):
        assert send(graph, audience, 7, batch, *names).status_code == 200
    send(graph, audience, 7, 4, "ece", last=True)
    assert members(graph, audience) == 4


def test_a_session_that_nobody_ends_leaves_the_list_half_after_ninety_minutes(
    graph: Any, audience: str
) -> None:
    send(graph, audience, 7, 1, "yeni")
    graph.sandbox.advance(1)
    assert status(graph, audience) == 200
    bounds = graph.get(audience, fields="approximate_count_upper_bound")
    assert bounds["approximate_count_upper_bound"] == 1000
    assert subcode(send(graph, audience, 7, 2, "can")) == (2650, 1870158)
    assert send(graph, audience, 8, 1, "ayse", "can", last=True).status_code == 200
    assert members(graph, audience) == 2


@pytest.mark.parametrize("edge", ["POST", "DELETE"])
def test_nobody_comes_or_goes_while_all_are_replaced(edge: str, graph: Any, audience: str) -> None:
    send(graph, audience, 7, 1, "yeni")
    answer = graph.raw("POST", f"{audience}/users", method=edge, payload=payload("can"))
    assert subcode(answer) == (2650, 1870145)
