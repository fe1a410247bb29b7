"""What a platform will refuse is known before anything is sent, all at once, at the author's line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.memory import SUPPORTS
from engine.compile import Compiler
from engine.rules import Declared, check, measure
from engine.supports import Supports, TextLimit
from schemas.errors import Problem
from schemas.source import load_workspace
from tests.contract.states import State, ad, ad_set, campaign, write
from tests.contract.walker import SCOPE

ACCOUNT = {"account": "act_1", "currency": "TRY", "time_zone": "Europe/Istanbul", "page": "2", "pixel": "3"}
STRICT = replace(
    SUPPORTS,
    title="Strict",
    goals={"traffic": frozenset({"link_clicks"}), "sales": frozenset({"purchases"})},
    age_bounds=(frozenset({18, 25, 35}), frozenset({24, 34, 44, 65})),
    texts={"feed": {"headlines": TextLimit(1, 3, 30), "texts": TextLimit(0, 2, 40)}},
    campaign_settings=frozenset({"locations"}),
)
Tree = Mapping[str, Any]


def problems(root: Path, declared: Tree, supports: Supports = STRICT) -> list[Problem]:
    workspace = load_workspace(write(root, ACCOUNT, "meta", State("", (declared,), 0, 0)))
    compiler = Compiler(workspace.brand, SCOPE, "meta", "act_1", workspace.assets)
    return check(Declared(compiler.compile(workspace.campaigns), supports, workspace.where))


def aged(age: str, **fields: Any) -> Tree:
    return {
        **campaign("meta", ad_set("eve", ad("a"))),
        "audience": {"locations": ["TR"], "age": age},
        **fields,
    }


def test_what_fits_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, aged("18-44")) == []


def test_all_problems_come_at_once_each_at_its_own_line(tmp_path: Path) -> None:
    found = problems(tmp_path, aged("19-44", objective="sales"))
    assert {each.summary for each in found} == {
        "This goal does not fit the objective",
        "Ages must fall on the platform's ranges",
    }
    assert all(each.where is not None and each.where.file.name == "yil-sonu.yaml" for each in found)
    assert all(each.fix and "Strict" in each.detail for each in found)


def test_an_objective_the_platform_does_not_have_names_the_others(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, aged("18-44", objective="engagement"))
    assert "sales" in found.fix or "traffic" in found.fix


@pytest.mark.parametrize(
    ("age", "fits"),
    [("18-24", True), ("25-34", True), ("18+", True), ("20-24", False), ("18-40", False)],
)
def test_ages_that_cut_a_range_are_refused(tmp_path: Path, age: str, fits: bool) -> None:
    assert (problems(tmp_path, aged(age)) == []) is fits


@pytest.mark.parametrize(("length", "fits"), [(30, True), (31, False)])
def test_a_headline_may_be_as_long_as_the_format_allows_and_no_longer(
    tmp_path: Path, length: int, fits: bool
) -> None:
    declared = campaign("meta", ad_set("eve", ad("a", "ş" * length)))
    assert (problems(tmp_path, declared) == []) is fits


def test_too_many_texts_are_counted(tmp_path: Path) -> None:
    plain = ad("a")
    many = {**plain, "creative": {**plain["creative"], "headlines": ["a", "b", "c", "d"]}}
    (found,) = problems(tmp_path, campaign("meta", ad_set("eve", many)))
    assert "4 given, 1 to 3" in found.detail


def under_one_budget(*locations: str) -> Tree:
    sets = [
        {**ad_set(f"s{place}", ad("a")), "audience": {"locations": [place]}, "budget": None}
        for place in locations
    ]
    sets = [{name: value for name, value in each.items() if value is not None} for each in sets]
    return {**campaign("meta"), "budget": {"daily": "100 TRY"}, "ad_sets": sets}


def slugged(declared: Tree) -> Tree:
    sets = [{**each, "ad_set": each["ad_set"].lower()} for each in declared["ad_sets"]]
    return {**declared, "ad_sets": sets}


def test_settings_kept_on_the_campaign_may_not_differ_under_one_budget(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, slugged(under_one_budget("TR-34", "TR-06")))
    assert "locations" in found.summary
    assert "move the budget" in found.fix
    assert "give all ad sets the same" in found.fix


def test_settings_that_agree_or_have_budgets_of_their_own_pass(tmp_path: Path) -> None:
    own = campaign(
        "meta",
        {**ad_set("bir", ad("a")), "audience": {"locations": ["TR-34"]}},
        {**ad_set("iki", ad("a")), "audience": {"locations": ["TR-06"]}},
    )
    assert problems(tmp_path, own) == []


@given(st.text(max_size=40))
@example("\u07b2")  # unassigned, and "F" to unicodedata of Python 3.11
def test_a_wide_character_counts_twice_where_the_platform_counts_so_and_never_less_than_once(
    words: str,
) -> None:
    plain, double = TextLimit(0, 9, 99), TextLimit(0, 9, 99, "double_width")
    assert measure(words, plain) == len(words) <= measure(words, double) <= 2 * len(words)
    assert measure("界" + words, double) == 2 + measure(words, double)


OWN = replace(STRICT, texts={"feed": {"texts": TextLimit(2, 3, 40, own="descriptions")}})


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (["Sıcak", "Taze"], []),
        (["Sıcak"], ["Strict: 1 given, 2 to 3 are taken"]),
        (["Sıcak", "ş" * 41], [f"Strict: “{'ş' * 41}” has 41 characters, 40 are allowed"]),
    ],
)
def test_an_ads_own_descriptions_count_in_place_of_its_creatives_texts(
    tmp_path: Path, own: list[str], told: list[str]
) -> None:
    """The creative has one text, which would be too few."""
    plain = ad("a")
    declared = campaign(
        "google",
        {
            **ad_set("eve", {**plain, "google": {"descriptions": own}}),
            "google": {"keywords": {"phrase": ["yemek"]}},
        },
    )
    account = {"customer": "1234567890", "currency": "TRY", "time_zone": "Europe/Istanbul"}
    workspace = load_workspace(write(tmp_path, account, "google", State("", (declared,), 0, 0)))
    compiler = Compiler(workspace.brand, SCOPE, "google", "1", workspace.assets)
    resources = compiler.compile(workspace.campaigns)
    found = check(Declared(resources, replace(OWN, platform="google", goals={}), workspace.where))
    assert [each.detail for each in found] == told
    assert all("descriptions" in each.summary for each in found)
