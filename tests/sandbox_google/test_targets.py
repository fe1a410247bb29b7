"""Custom audiences, parameters of ads, exclusions of a whole account, and recommendations that never come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.conftest import CUSTOMER, ROOT
from tests.sandbox_google.test_userlists import made, operand, rule_based

WORD, PAGE = (
    {"member_type": "KEYWORD", "keyword": "eve yemek"},
    {"member_type": "URL", "url": "https://a.example"},
)


def audience(ads: Any, **fields: Any) -> str:
    given = {"name": "arayanlar", "type_": "SEARCH", "members": [WORD, PAGE]} | fields
    return str(ads.create("custom_audiences", **given))


def parameter(ads: Any, text: str = "$99.99", index: int = 1, **fields: Any) -> str:
    keyword = fields.pop("keyword", None) or ads.keyword(ads.ad_group(ads.campaign()), "eve yemek")
    return str(
        ads.create("ad_parameters", ad_group_criterion=keyword, parameter_index=index, insertion_text=text)
    )


def at_gender(ads: Any) -> str:
    group = ads.ad_group(ads.campaign())
    gender = ads.create("ad_group_criteria", ad_group=group, gender={"type_": "FEMALE"})
    return parameter(ads, keyword=gender)


CASES: list[tuple[Any, str, str]] = [
    (lambda ads: audience(ads, name=""), "field_error.REQUIRED", "name"),
    (lambda ads: audience(ads, type_="INTEREST"), "enum_error.ENUM_VALUE_NOT_PERMITTED", "type"),
    (
        lambda ads: audience(ads, members=[{"keyword": "x"}]),
        "custom_audience_error.INVALID_MEMBER_TYPE",
        "members",
    ),
    (
        lambda ads: audience(ads, members=[PAGE | {"member_type": "APP"}]),
        "custom_audience_error.MEMBER_TYPE_AND_VALUE_DOES_NOT_MATCH",
        "members",
    ),
    (
        lambda ads: audience(ads, members=[WORD, WORD]),
        "custom_audience_error.MEMBER_TYPE_AND_PARAMETER_ALREADY_EXISTED",
        "members",
    ),
    (
        lambda ads: [audience(ads), audience(ads)],
        "custom_audience_error.NAME_ALREADY_USED",
        "name",
    ),
    (at_gender, "ad_parameter_error.AD_GROUP_CRITERION_MUST_BE_KEYWORD", "ad_group_criterion"),
    (
        lambda ads: parameter(ads, "ucuz"),
        "ad_parameter_error.INVALID_INSERTION_TEXT_FORMAT",
        "insertion_text",
    ),
    (lambda ads: parameter(ads, index=3), "range_error.TOO_HIGH", "parameter_index"),
    (
        lambda ads: ads.create("customer_negative_criteria", placement={}),
        "field_error.REQUIRED",
        "placement.url",
    ),
    (
        lambda ads: ads.create("customer_negative_criteria", content_label={}),
        "field_error.REQUIRED",
        "content_label.type",
    ),
    (lambda ads: ads.create("customer_negative_criteria"), "criterion_error.CONCRETE_TYPE_REQUIRED", ""),
]


@pytest.mark.parametrize(("make", "code", "place"), CASES)
def test_what_breaks_a_rule_is_refused(ads: Any, make: Any, code: str, place: str) -> None:
    path = ".".join(filter(None, ["operations.create", place]))
    assert (code, path) in ads.refused(lambda: make(ads))


def test_the_type_of_a_custom_audience_stays(ads: Any) -> None:
    name = audience(ads)
    refused = ads.refused(lambda: ads.update("custom_audiences", name, ["type"], type_="AUTO"))
    assert refused == [("custom_audience_error.INVALID_TYPE_CHANGE", "operations.update.type")]
    ads.update("custom_audiences", name, ["members"], members=[WORD])
    row = ads.query("SELECT custom_audience.members, custom_audience.status FROM custom_audience")[0]
    assert [member.keyword for member in row.custom_audience.members] == ["eve yemek"]
    assert row.custom_audience.status.name == "ENABLED"


@pytest.mark.parametrize(
    "text", ["100", "$40", "1,000,000.00", "99.99USD", "EUR200", "1.0%", "4/1", "-10.99", "25+"]
)
def test_a_parameter_is_a_number_as_people_write_it(ads: Any, text: str) -> None:
    assert parameter(ads, text).endswith("~1")


def test_parameters_are_read_with_their_keyword(ads: Any) -> None:
    parameter(ads)
    columns = "ad_parameter.insertion_text, ad_group_criterion.keyword.text, campaign.name"
    row = ads.query(f"SELECT {columns} FROM ad_parameter")[0]
    assert (row.ad_parameter.insertion_text, row.ad_group_criterion.keyword.text) == ("$99.99", "eve yemek")


def test_an_account_leaves_out_placements_and_contents(ads: Any) -> None:
    name = ads.create("customer_negative_criteria", placement={"url": "http://a.example"})
    ads.create("customer_negative_criteria", content_label={"type_": "TRAGEDY"})
    rows = ads.query("SELECT customer_negative_criterion.type FROM customer_negative_criterion")
    assert [row.customer_negative_criterion.type_.name for row in rows] == ["PLACEMENT", "CONTENT_LABEL"]
    ads.mutate("customer_negative_criteria", {"remove": name})
    assert len(ads.query("SELECT customer_negative_criterion.id FROM customer_negative_criterion")) == 1


def test_there_are_no_recommendations(ads: Any) -> None:
    service = ads.service("RecommendationService")
    request = {
        "customer_id": CUSTOMER,
        "recommendation_types": ["CAMPAIGN_BUDGET"],
        "advertising_channel_type": "SEARCH",
    }
    assert not service.generate_recommendations(request=request).recommendations
    assert not ads.query("SELECT recommendation.type FROM recommendation")


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (
            lambda s: s.generate_recommendations(request={"customer_id": CUSTOMER}),
            "recommendation_error.RECOMMENDATION_TYPES_CANNOT_BE_EMPTY",
        ),
        (
            lambda s: s.apply_recommendation(request={"customer_id": CUSTOMER}),
            "recommendation_error.NO_OPERATIONS",
        ),
        (
            lambda s: s.dismiss_recommendation(
                request={
                    "customer_id": CUSTOMER,
                    "operations": [{"resource_name": f"{ROOT}/recommendations/1"}],
                }
            ),
            "mutate_error.RESOURCE_NOT_FOUND",
        ),
    ],
)
def test_a_recommendation_that_is_none_cannot_be_had(ads: Any, act: Any, code: str) -> None:
    assert ads.refused(lambda: act(ads.service("RecommendationService")))[0][0] == code


def test_a_rule_without_a_window_looks_back_as_far_as_it_goes(ads: Any) -> None:
    whole = operand()
    del whole["lookback_window_days"]
    assert made(ads, whole)
    assert ads.create(
        "user_lists", name="ikinci", rule_based_user_list=rule_based(operand(), exclude=(whole,))
    )
