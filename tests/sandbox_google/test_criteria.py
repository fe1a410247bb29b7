"""Rules of places, circles and people among the criteria, each with the platform's own code."""

from __future__ import annotations

from typing import Any

import pytest

POINT = {"latitude_in_micro_degrees": 41_008_200, "longitude_in_micro_degrees": 28_978_400}


def circle(radius: float = 10.0, **point: int) -> dict[str, Any]:
    return {"proximity": {"geo_point": POINT | point, "radius": radius, "radius_units": "KILOMETERS"}}


@pytest.mark.parametrize(
    ("criterion", "code", "path"),
    [
        (circle(801.0), "criterion_error.INVALID_PROXIMITY_RADIUS", "proximity.radius"),
        (circle(0.0), "criterion_error.INVALID_PROXIMITY_RADIUS", "proximity.radius"),
        (circle(latitude_in_micro_degrees=90_000_001), "criterion_error.INVALID_LATITUDE",
         "proximity.geo_point.latitude_in_micro_degrees"),
        (circle(longitude_in_micro_degrees=-180_000_001), "criterion_error.INVALID_LONGITUDE",
         "proximity.geo_point.longitude_in_micro_degrees"),
        ({"proximity": {"radius": 10.0}},
         "criterion_error.PROXIMITY_GEOPOINT_AND_ADDRESS_BOTH_CANNOT_BE_NULL", "proximity"),
        ({"device": {}}, "field_error.REQUIRED", "device.type"),
    ],
)  # fmt: skip
def test_what_a_campaigns_criterion_may_say(
    ads: Any, criterion: dict[str, Any], code: str, path: str
) -> None:
    campaign = ads.campaign()
    refused = ads.refused(lambda: ads.create("campaign_criteria", campaign=campaign, **criterion))
    assert refused == [(code, f"operations.create.{path}")]


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [("income_range", "INCOME_RANGE_90_UP", 510006), ("parental_status", "NOT_A_PARENT", 301)],
)
def test_people_are_shut_out_under_the_ids_that_every_account_shares(
    ads: Any, name: str, value: str, id: int
) -> None:
    group = ads.ad_group(ads.campaign())
    made = ads.create("ad_group_criteria", ad_group=group, negative=True, **{name: {"type_": value}})
    assert made.endswith(f"~{id}")
    refused = ads.refused(
        lambda: ads.create("ad_group_criteria", ad_group=group, negative=True, **{name: {}})
    )
    assert refused == [("field_error.REQUIRED", f"operations.create.{name}.type")]


def test_a_place_is_left_out_and_aimed_at_not_both(ads: Any) -> None:
    campaign, place = ads.campaign(), {"geo_target_constant": "geoTargetConstants/2792"}
    ads.create("campaign_criteria", campaign=campaign, negative=True, location=place)
    refused = ads.refused(lambda: ads.create("campaign_criteria", campaign=campaign, location=place))
    assert refused == [("campaign_criterion_error.CANNOT_TARGET_AND_EXCLUDE", "operations.create.location")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"tracking_url_template": "https://track.example/"}, "MISSING_TRACKING_URL_TEMPLATE_TAG"),
        ({"tracking_url_template": "track.example/?u={lpurl}"}, "MISSING_PROTOCOL_IN_TRACKING_URL_TEMPLATE"),
        (
            {"url_custom_parameters": [{"key": f"k{n}", "value": "v"} for n in range(9)]},
            "URL_CUSTOM_PARAMETERS_COUNT_EXCEEDS_LIMIT",
        ),
        (
            {"url_custom_parameters": [{"key": "a b", "value": "v"}]},
            "INVALID_CHARACTERS_IN_URL_CUSTOM_PARAMETER_KEY",
        ),
    ],
)
def test_what_tracking_may_say(ads: Any, fields: dict[str, Any], code: str) -> None:
    assert ads.refused(lambda: ads.campaign(**fields))[0][0] == f"url_field_error.{code}"
