"""Ad studies through the SDK: cells, times and limits, what is refused, and whom each cell reaches."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adstudy import AdStudy
from facebook_business.adobjects.business import Business
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox

DAY = 86_400
NOW = 1_796_018_400  # 2026-11-30 09:00 in Istanbul


@pytest.fixture
def business(account: Any, graph: Any) -> Business:
    return Business(graph.world.meta.business, api=account.get_api())


@pytest.fixture
def sets(graph: Any) -> list[str]:
    """Four ad sets of a running campaign, one ad each."""
    top = graph.campaign(status="ACTIVE")
    creative = graph.creative()
    made = [graph.adset(top, name=f"set {n}") for n in range(4)]
    for one in made:
        graph.ad(one, creative)
    return made


def cells(
    *held: list[str], percents: tuple[int, ...] = (50, 50), edge: str = "adsets"
) -> list[dict[str, Any]]:
    return [
        {"name": f"cell {n}", "treatment_percentage": percent, edge: ids}
        for n, (ids, percent) in enumerate(zip(held, percents, strict=True))
    ]


def study(sets: list[str], **changes: Any) -> dict[str, Any]:
    given = {
        "name": "Menü mü müzik mi", "type": "SPLIT_TEST", "start_time": NOW + DAY, "end_time": NOW + 15 * DAY,
        "cells": cells(sets[:1], sets[1:2]),
    }  # fmt: skip
    return given | changes


def refused(act: Any) -> tuple[int, int | None, str]:
    with pytest.raises(FacebookRequestError) as met:
        act()
    body = met.value.body()["error"]
    return body["code"], body.get("error_subcode"), body.get("error_user_title", "")


def test_a_study_is_read_back_with_its_cells(business: Business, sets: list[str], box: Sandbox) -> None:
    made = business.create_ad_study(params=study(sets))
    found = AdStudy(made["id"], api=business.get_api()).api_get(
        fields=["name", "type", "start_time", "end_time"]
    )
    assert (found["type"], found["start_time"]) == ("SPLIT_TEST", "2026-12-01T09:00:00+0300")
    listed = list(found.get_cells(fields=["name", "treatment_percentage", "ad_entities_count"]))
    assert sorted((one["name"], one["treatment_percentage"]) for one in listed) == [
        ("cell 0", 50),
        ("cell 1", 50),
    ]
    assert [one["id"] for one in listed[-1].get_ad_sets()] == sets[:1]
    assert [one["id"] for one in AdSet(sets[0], api=business.get_api()).get_ad_studies()] == [made["id"]]
    assert list(AdSet(sets[2], api=business.get_api()).get_ad_studies()) == []


def test_a_cell_may_hold_campaigns(business: Business, graph: Any) -> None:
    held = [[graph.campaign()], [graph.campaign()]]
    made = business.create_ad_study(params=study([], cells=cells(*held, edge="campaigns")))
    last = list(AdStudy(made["id"], api=business.get_api()).get_cells())[-1]
    assert [one["id"] for one in last.get_campaigns()] == held[0]


def wrong(sets: list[str]) -> dict[str, tuple[dict[str, Any], str]]:
    a, b, c, _ = sets
    return {
        "study_type": ({"type": "LIFT"}, "Kind of study"),
        "study_cells: one": ({"cells": cells([a], percents=(50,))}, "Cells of a study"),
        "study_percent: above 100": ({"cells": cells([a], [b], percents=(60, 50))}, "Percentages of a study"),
        "study_percent: none": ({"cells": cells([a], [b], percents=(0, 50))}, "Percentages of a study"),
        "study_cell: empty": ({"cells": cells([], [b])}, "Cell of a study"),
        "study_cell: unknown": ({"cells": cells(["12"], [b])}, "Cell of a study"),
        "study_cell: a campaign as an ad set": (
            {"cells": cells([a], [b], edge="campaigns")},
            "Cell of a study",
        ),
        "study_cell: too many": ({"cells": cells([c] * 101, [b])}, "Cell of a study"),
        "study_twice": ({"cells": cells([a], [b, a])}, "One object in two cells"),
        "study_times: end first": ({"end_time": NOW + DAY}, "Times of a study"),
        "study_times: past": ({"start_time": NOW - 9 * DAY, "end_time": NOW - DAY}, "Times of a study"),
    }


@pytest.mark.parametrize("case", list(wrong(["", "", "", ""])))
def test_a_study_that_cannot_be_is_refused(case: str, business: Business, sets: list[str]) -> None:
    changes, title = wrong(sets)[case]
    assert refused(lambda: business.create_ad_study(params=study(sets, **changes))) == (100, None, title)
    assert list(business.get_ad_studies()) == []


def test_unknown_keys_of_a_cell_and_missing_words_are_refused(
    business: Business, graph: Any, sets: list[str]
) -> None:
    odd = [one | {"colour": "red"} for one in cells(sets[:1], sets[1:2])]
    assert refused(lambda: business.create_ad_study(params=study(sets, cells=odd)))[0] == 100
    for name in ("cells", "name", "start_time", "end_time"):
        given = {key: value for key, value in study(sets).items() if key != name}
        assert refused(lambda given=given: business.create_ad_study(params=given))[0] == 100


def test_an_object_is_in_one_running_study_at_a_time(business: Business, sets: list[str]) -> None:
    first = business.create_ad_study(params=study(sets))
    again = study(sets, cells=cells(sets[1:2], sets[2:3]))
    assert refused(lambda: business.create_ad_study(params=again))[2] == "One object in two cells"
    later = again | {"start_time": NOW + 15 * DAY, "end_time": NOW + 20 * DAY}
    assert business.create_ad_study(params=later)["id"]
    AdStudy(first["id"], api=business.get_api()).api_delete()
    assert business.create_ad_study(params=again | {"end_time": NOW + 14 * DAY})["id"]


def test_there_are_at_most_a_hundred_studies_at_a_time(business: Business, graph: Any, box: Sandbox) -> None:
    top = graph.campaign()
    some = [graph.adset(top, name=f"set {n}") for n in range(4)]
    store = box.meta.graph.store
    for _ in range(100):
        store.create("adstudy", {"start_time": NOW, "end_time": NOW + 99 * DAY}, NOW)
    store.commit()
    assert refused(lambda: business.create_ad_study(params=study(some)))[2] == "Too many studies"


def test_what_has_begun_keeps_its_start_and_cells_and_what_is_over_changes_no_more(
    business: Business, sets: list[str], box: Sandbox
) -> None:
    made = AdStudy(business.create_ad_study(params=study(sets))["id"], api=business.get_api())
    made.api_update(params={"cells": cells(sets[:1], sets[2:3], percents=(30, 70))})
    assert sorted(one["treatment_percentage"] for one in made.get_cells(fields=["treatment_percentage"])) == [
        30,
        70,
    ]
    cell = next(iter(made.get_cells(fields=["name"])))
    cell.api_update(params={"adsets": sets[3:]})
    assert refused(lambda: cell.api_update(params={"adsets": sets[:1]}))[2] == "One object in two cells"
    box.advance(2)
    assert refused(lambda: made.api_update(params={"start_time": NOW + 5 * DAY}))[2] == "The study has begun"
    assert (
        refused(lambda: made.api_update(params={"cells": cells(sets[:1], sets[1:2])}))[2]
        == "The study has begun"
    )
    assert refused(lambda: cell.api_update(params={"adsets": sets[:1]}))[2] == "The study has begun"
    made.api_update(params={"end_time": NOW + 4 * DAY, "name": "kısa"})
    assert made.api_get(fields=["end_time"])["end_time"] == "2026-12-04T09:00:00+0300"
    box.advance(3)
    assert refused(lambda: made.api_update(params={"name": "zu spät"}))[2] == "The study is over"
    assert refused(lambda: cell.api_update(params={"name": "zu spät"}))[2] == "The study is over"


def test_a_deleted_study_ends_and_can_still_be_read(
    business: Business, sets: list[str], box: Sandbox
) -> None:
    made = AdStudy(business.create_ad_study(params=study(sets))["id"], api=business.get_api())
    made.api_delete()
    assert made.api_get(fields=["canceled_time"])["canceled_time"] == "2026-11-30T09:00:00+0300"
    assert list(business.get_ad_studies()) == []
    assert refused(lambda: made.api_update(params={"name": "x"}))[2] == "The study is over"


def test_each_cell_reaches_its_part_of_the_people_while_the_study_runs(
    business: Business, sets: list[str], box: Sandbox
) -> None:
    def people(day: date = date(2026, 12, 5)) -> list[int]:
        found = {line.ad_set_id: line.audience_size for line in box.meta.lines(day)}
        return [found[one] for one in sets]

    (whole, *_) = people()
    halves = cells(sets[:1], sets[1:2], percents=(20, 60))
    made = AdStudy(business.create_ad_study(params=study(sets, cells=halves))["id"], api=business.get_api())
    assert people() == [whole * 20 // 100, whole * 60 // 100, whole, whole]
    for day in (date(2026, 11, 30), date(2026, 12, 16)):
        assert people(day) == [whole] * 4
    made.api_delete()
    assert people() == [whole] * 4


def test_a_smaller_part_of_the_people_is_dearer_to_reach(
    business: Business, graph: Any, sets: list[str], box: Sandbox
) -> None:
    split = cells(sets[:1], sets[1:2], percents=(1, 99))
    business.create_ad_study(params=study(sets, cells=split, start_time=NOW, end_time=NOW + 20 * DAY))
    box.advance(14)
    shown: dict[str, list[int]] = {}
    for row in graph.admin("GET", "ledger", platform="meta")["data"]:
        sums = shown.setdefault(row["ad_set_id"], [0, 0])
        sums[0] += row["spend_micros"]
        sums[1] += row["impressions"]
    few, many = (shown[one][0] / shown[one][1] for one in sets[:2])
    assert few > 1.08 * many
