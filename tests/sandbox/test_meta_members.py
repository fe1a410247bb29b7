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
        assert (answer["num_received"], str(answer["session_id"])) == (len(names), "7")
    assert members(graph, audience) == 3


@pytest.mark.parametrize(
    ("session", "blame"),
    [
        (None, "session"),
        ({"batch_seq": 1}, "session"),
        ({"session_id": 7}, "session"),
        ({"session_id": 7, "batch_seq": 0}, "session"),
        ({"session_id": "x", "batch_seq": 1}, "session"),
        ({"session_id": 7, "batch_seq": 2}, "session"),
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
