"""GoogleAdsFieldService: what is said of every resource, attribute, segment and metric, and its queries."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.google import metadata, published
from sandbox.google.messages import newest, versions


@pytest.fixture
def service(ads: Any) -> Any:
    return ads.service("GoogleAdsFieldService")


def one(service: Any, name: str) -> Any:
    return service.get_google_ads_field(resource_name=f"googleAdsFields/{name}")


def names(service: Any, query: str) -> list[str]:
    return [each.name for each in service.search_google_ads_fields(query=query)]


def test_every_published_field_of_the_newest_version_is_described(service: Any) -> None:
    everything = {
        *(f"{name}.{field}" for name, each in published.resources().items() for field in each.fields),
        *(f"{head}.{name}" for head in ("metrics", "segments") for name in published.names(head)),
    }
    described = set(metadata.catalogue(newest()))
    assert len(everything) > 3000
    assert {each for each in everything - described if not each.startswith("all.")} == set()
    assert len(names(service, "SELECT name WHERE category = 'RESOURCE'")) > 180


@pytest.mark.parametrize(
    ("name", "category", "data_type", "sortable", "repeated"),
    [
        ("campaign", "RESOURCE", "MESSAGE", False, False),
        ("campaign.name", "ATTRIBUTE", "STRING", True, False),
        ("campaign.id", "ATTRIBUTE", "INT64", True, False),
        ("campaign.status", "ATTRIBUTE", "ENUM", True, False),
        ("campaign.campaign_budget", "ATTRIBUTE", "RESOURCE_NAME", True, False),
        ("campaign.resource_name", "ATTRIBUTE", "RESOURCE_NAME", True, False),
        ("campaign.labels", "ATTRIBUTE", "RESOURCE_NAME", False, True),
        ("campaign.network_settings.target_google_search", "ATTRIBUTE", "BOOLEAN", True, False),
        ("ad_group_ad.ad.responsive_search_ad.headlines", "ATTRIBUTE", "MESSAGE", False, True),
        ("ad_group_ad.ad.app_ad.images.asset", "ATTRIBUTE", "RESOURCE_NAME", False, True),
        ("segments.date", "SEGMENT", "DATE", True, False),
        ("segments.device", "SEGMENT", "ENUM", True, False),
        ("metrics.clicks", "METRIC", "INT64", True, False),
        ("metrics.ctr", "METRIC", "DOUBLE", True, False),
    ],
)
def test_a_field_tells_its_category_type_and_use(
    service: Any, name: str, category: str, data_type: str, sortable: bool, repeated: bool
) -> None:
    found = one(service, name)
    assert (found.name, found.resource_name) == (name, f"googleAdsFields/{name}")
    told = (found.category.name, found.data_type.name, found.sortable, found.is_repeated)
    assert told == (category, data_type, sortable, repeated)
    assert found.selectable is (category != "RESOURCE")
    assert found.filterable is (data_type != "MESSAGE")


def test_a_field_tells_what_it_stands_beside(service: Any) -> None:
    keyword_view = one(service, "keyword_view")
    assert "ad_group_criterion" in keyword_view.attribute_resources
    assert {"metrics.clicks", "segments.date", "campaign"} <= set(keyword_view.selectable_with)
    clicks = one(service, "metrics.clicks")
    assert {"campaign", "segments.date"} <= set(clicks.selectable_with)
    assert "label" not in clicks.selectable_with
    assert {"ad_group", "metrics.clicks"} <= set(one(service, "campaign.id").selectable_with)


def test_an_enum_tells_its_values(service: Any) -> None:
    found = one(service, "segments.device")
    assert {"MOBILE", "TABLET", "DESKTOP"} <= set(found.enum_values)
    assert found.type_url.endswith("DeviceEnum.Device")


@pytest.mark.parametrize(
    ("query", "some", "none"),
    [
        ("SELECT name WHERE name = 'campaign.id'", "campaign.id", "campaign.name"),
        ("SELECT name WHERE name LIKE 'asset_group.%' LIMIT 900", "asset_group.id", "asset.id"),
        ("SELECT name WHERE category IN ('METRIC')", "metrics.clicks", "segments.date"),
        ("SELECT name WHERE selectable = FALSE", "campaign", "campaign.id"),
        ("SELECT name WHERE is_repeated = true", "campaign.labels", "campaign.id"),
        ("SELECT name WHERE data_type = 'DATE'", "segments.date", "segments.hour"),
        ("SELECT name WHERE selectable_with CONTAINS ANY ('label')", "label.name", "metrics.clicks"),
        ("SELECT name WHERE metrics CONTAINS ANY ('metrics.clicks')", "campaign", "label"),
    ],
)
def test_fields_are_found_by_what_is_said_of_them(service: Any, query: str, some: str, none: str) -> None:
    found = names(service, query)
    assert some in found
    assert none not in found


def test_only_what_is_selected_is_told_in_the_order_asked_for(service: Any) -> None:
    query = "SELECT name, sortable WHERE name LIKE 'label.%' ORDER BY name DESC"
    found = list(service.search_google_ads_fields(query=query))
    assert [each.name for each in found] == sorted((each.name for each in found), reverse=True)
    assert found[0].sortable
    assert found[0].data_type.name == "UNSPECIFIED"


def test_fields_come_in_pages(ads: Any, service: Any) -> None:
    request = {"query": "SELECT name WHERE name LIKE 'campaign.%'", "page_size": 50}
    pages = list(service.search_google_ads_fields(request=request).pages)
    assert [len(page.results) for page in pages[:2]] == [50, 50]
    total = sum(len(page.results) for page in pages)
    assert pages[0].total_results_count == total == len(names(service, str(request["query"])))


@pytest.mark.parametrize(
    ("request_fields", "code"),
    [
        ({"query": "SELECT name FROM campaign"}, "query_error.UNEXPECTED_FROM_CLAUSE"),
        ({"query": "SELECT campaign.id"}, "query_error.UNRECOGNIZED_FIELD"),
        ({"query": "SELECT name WHERE colour = 'red'"}, "query_error.UNRECOGNIZED_FIELD"),
        ({"query": "SELECT name ORDER BY colour"}, "query_error.UNRECOGNIZED_FIELD"),
        ({"query": "SELECT name ORDER BY segments"}, "query_error.PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE"),
        ({"query": "SELECT name WHERE category = 'COLOUR'"}, "query_error.BAD_ENUM_CONSTANT"),
        ({"query": "SELECT name LIMIT 0"}, "query_error.LIMIT_VALUE_TOO_LOW"),
        ({"query": "SELECT name", "page_size": 10_001}, "request_error.INVALID_PAGE_SIZE"),
        ({"query": "SELECT name", "page_token": "x"}, "request_error.INVALID_PAGE_TOKEN"),
    ],
)
def test_a_query_for_fields_that_breaks_a_rule_is_refused(
    ads: Any, service: Any, request_fields: dict[str, Any], code: str
) -> None:
    assert ads.refused(lambda: service.search_google_ads_fields(request=request_fields))[0][0] == code


def test_a_field_that_nobody_has_is_not_found(ads: Any, service: Any) -> None:
    assert ads.refused(lambda: one(service, "campaign.colour"))[0][0] == "request_error.RESOURCE_NOT_FOUND"


def test_an_older_version_tells_of_its_own_fields() -> None:
    oldest = metadata.catalogue(versions()[0])
    assert 2500 < len(oldest) < len(metadata.catalogue(newest()))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (
            "SELECT ad_group_ad.ad.app_ad.mandatory_ad_text.text FROM ad_group_ad",
            "PROHIBITED_FIELD_IN_SELECT_CLAUSE",
        ),
        (
            "SELECT ad_group_ad.status FROM ad_group_ad"
            " WHERE ad_group_ad.ad.app_ad.mandatory_ad_text.text = 'x'",
            "PROHIBITED_FIELD_IN_WHERE_CLAUSE",
        ),
    ],
)
def test_what_the_field_service_does_not_list_cannot_be_queried(ads: Any, query: str, code: str) -> None:
    assert ads.refused(lambda: ads.query(query))[0][0] == f"query_error.{code}"
