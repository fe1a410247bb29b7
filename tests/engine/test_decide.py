"""Decisions laid over a declaration: one platform, exactly the ad sets named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.decide import decide
from schemas.decision import Decision
from schemas.errors import KampanyaError
from tests.engine.trees import ad_set, campaign


def decision(day: int = 20, **ad_sets: Any) -> Decision:
    keys = {f"c/{key}": value for key, value in ad_sets.items()}
    return Decision.model_validate(
        {
            "decision": f"test-{day}",
            "platform": "meta",
            "winner": "b",
            "decided": date(2026, 12, day),
            "because": "B daha ucuz.",
            "ad_sets": keys,
        }
    )


RESOURCES = [campaign(), ad_set("c/a", status="active"), ad_set("c/b", status="active")]


def fields(decisions: list[Decision], platform: str = "meta") -> dict[str, Any]:
    decided = decide(RESOURCES, decisions, platform, "TRY")
    return {each.address.key: (each.fields["status"], each.fields.get("budget")) for each in decided[1:]}


def test_the_winner_gets_its_budget_and_the_loser_is_paused() -> None:
    money = {"period": "day", "amount": "300", "currency": "TRY"}
    assert fields([decision(a={"status": "paused"}, b={"daily": "300 TRY"})]) == {
        "c/a": ("paused", None),
        "c/b": ("active", money),
    }


def test_another_platform_keeps_what_is_declared() -> None:
    untouched = {"c/a": ("active", None), "c/b": ("active", None)}
    assert fields([decision(a={"status": "paused"})], "google") == untouched


def test_a_later_decision_wins() -> None:
    taken = [decision(20, a={"status": "paused"}), decision(21, a={"status": "active"})]
    assert fields(taken)["c/a"] == ("active", None)


def test_a_decision_on_what_is_gone_says_so() -> None:
    with pytest.raises(KampanyaError, match="c/gone"):
        fields([decision(gone={"status": "paused"})])
