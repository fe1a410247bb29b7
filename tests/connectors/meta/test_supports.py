from __future__ import annotations

import pytest

from connectors.meta import convert, goals, read, wire
from connectors.meta.supports import SUPPORTS
from schemas import meta_goals


def test_every_goal_and_objective_of_the_table_can_be_written() -> None:
    assert SUPPORTS.goals.keys() == goals.OBJECTIVES.keys() == meta_goals.DEFAULT_GOAL.keys()
    for objective, allowed in SUPPORTS.goals.items():
        assert allowed <= goals.GOALS.keys()
        assert meta_goals.DEFAULT_GOAL[objective] in allowed


@pytest.mark.parametrize(("currency", "units"), [("TRY", 100), ("JPY", 1), ("HUF", 1), ("BHD", 100)])
def test_money_units_are_metas_and_not_isos(currency: str, units: int) -> None:
    assert SUPPORTS.units(currency) == units


def test_kinds_are_the_same_everywhere() -> None:
    kinds = SUPPORTS.kinds.keys()
    assert kinds == wire.RECEIVE.keys() == wire.READ_FIELDS.keys() == read.EDGES.keys()
    assert kinds == set(convert.KIND_ORDER) == convert.OPTIONS.keys()


def test_fields_with_rules_are_fields_that_are_read() -> None:
    for name, kind in SUPPORTS.kinds.items():
        ruled = kind.immutable | kind.learning | kind.review | kind.budgets.keys()
        assert {wire.INSIDE.get(each, each) for each in ruled} <= set(wire.READ_FIELDS[name])
        assert kind.parent is None or kind.parent in wire.READ_FIELDS[name]


def test_the_sdk_has_every_field_and_button_that_is_used() -> None:
    from facebook_business.adobjects.ad import Ad
    from facebook_business.adobjects.adcreative import AdCreative
    from facebook_business.adobjects.adpromotedobject import AdPromotedObject
    from facebook_business.adobjects.adset import AdSet
    from facebook_business.adobjects.campaign import Campaign

    for kind, node in {"campaign": Campaign, "ad_set": AdSet, "ad": Ad, "creative": AdCreative}.items():
        assert {*wire.READ_FIELDS[kind], "adlabels"} <= set(vars(node.Field).values())
    assert set(goals.CALLS_TO_ACTION.values()) <= set(vars(AdCreative.CallToActionType).values())
    assert set(goals.OBJECTIVES.values()) <= set(vars(Campaign.Objective).values())
    assert {each.optimization for each in goals.GOALS.values()} <= set(vars(AdSet.OptimizationGoal).values())
    assert set(goals.BID_STRATEGIES.values()) <= set(vars(AdSet.BidStrategy).values())
    events = {each.event for each in goals.GOALS.values()} - {""}
    assert events <= set(vars(AdPromotedObject.CustomEventType).values())
