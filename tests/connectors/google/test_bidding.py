"""What a goal, a bid and Google's own block become, and how they come back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google import bidding
from schemas.errors import Problem

SETTINGS = st.fixed_dictionaries(
    {
        "target_cpa_micros": st.none() | st.integers(1, 10**9),
        "target_roas": st.none() | st.floats(0.1, 20),
        "cpc_bid_ceiling_micros": st.none() | st.integers(1, 10**9),
        "enhanced_cpc_enabled": st.none(),
        "location": st.just("ANYWHERE_ON_PAGE"),
        "location_fraction_micros": st.integers(1, 10**6),
    }
)


def declared(objective: str = "sales", goal: str | None = None, bid: Any = None, option: Any = None) -> Any:
    return bidding.declared(objective, goal, bid, option, "TRY")


@pytest.mark.parametrize(
    ("objective", "goal", "strategy"),
    [
        ("sales", None, "MAXIMIZE_CONVERSIONS"),
        ("sales", "purchases", "MAXIMIZE_CONVERSIONS"),
        ("sales", "value", "MAXIMIZE_CONVERSION_VALUE"),
        ("leads", "leads", "MAXIMIZE_CONVERSIONS"),
        ("sales", "link_clicks", "TARGET_SPEND"),
        ("traffic", None, "TARGET_SPEND"),
    ],
)
def test_the_goal_chooses_the_strategy(objective: str, goal: str | None, strategy: str) -> None:
    assert declared(objective, goal)["strategy"] == strategy


def test_a_cap_on_the_cost_of_a_purchase_is_a_target_cpa_in_micros() -> None:
    made = declared(goal="purchases", bid={"strategy": "cost_cap", "amount": "85.50 TRY"})
    assert made == {"strategy": "MAXIMIZE_CONVERSIONS", "target_cpa_micros": 85_500_000}


def test_googles_own_block_wins_over_the_goal() -> None:
    made = declared(goal="purchases", option={"strategy": "maximize_clicks", "max_cpc": "4 TRY"})
    assert made == {"strategy": "TARGET_SPEND", "cpc_bid_ceiling_micros": 4_000_000}


@pytest.mark.parametrize(
    ("goal", "bid", "option", "words"),
    [
        ("link_clicks", {"strategy": "cost_cap", "amount": "4 TRY"}, None, "target_spend takes no cost_cap"),
        (
            "purchases",
            {"strategy": "bid_cap", "amount": "4 TRY"},
            None,
            "maximize_conversions takes no bid_cap",
        ),
        ("purchases", {"strategy": "cost_cap", "amount": "4 EUR"}, None, "not in the account's currency"),
        ("purchases", {"strategy": "cost_cap"}, None, "says no amount"),
        ("impressions", None, None, "bids whatever a place costs"),
        (None, None, {"strategy": "manual_cpc", "target_roas": 2}, "manual_cpc takes no target_roas"),
    ],
)
def test_what_google_cannot_do_says_so(goal: str | None, bid: Any, option: Any, words: str) -> None:
    found = declared(goal=goal, bid=bid, option=option)
    assert isinstance(found, Problem)
    assert words in found.detail
    assert found.fix


@given(st.sampled_from(sorted(bidding.STRATEGIES)), SETTINGS)
def test_what_is_sent_reads_back_as_what_was_declared(strategy: str, settings: dict[str, Any]) -> None:
    wanted = bidding.blank(strategy) | {
        name: settings[name] for name in bidding.STRATEGIES[strategy][1] if settings[name] is not None
    }
    sent, mask = bidding.message(wanted)
    as_json = {name: _texts(value) for name, value in sent.items()}
    assert bidding.observed({"bidding_strategy_type": strategy, **as_json}) == wanted
    assert {path.partition(".")[0] for path in mask} == sent.keys()


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(item) if name.endswith("micros") else item for name, item in values.items()}


def test_an_older_accounts_target_cpa_is_todays_setting() -> None:
    row = {"bidding_strategy_type": "TARGET_CPA", "target_cpa": {"target_cpa_micros": "5000000"}}
    assert bidding.observed(row) == {"strategy": "MAXIMIZE_CONVERSIONS", "target_cpa_micros": 5_000_000}


def test_a_portfolio_or_an_unknown_strategy_differs_from_anything_declared() -> None:
    row = {"bidding_strategy_type": "TARGET_SPEND", "bidding_strategy": "customers/1/biddingStrategies/2"}
    assert bidding.observed(row) != bidding.blank("TARGET_SPEND")
    assert bidding.observed({"bidding_strategy_type": "MANUAL_CPM"}) == {"strategy": "MANUAL_CPM"}
