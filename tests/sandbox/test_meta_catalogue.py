"""The stand-in's product catalogue: read through the real SDK, and every refusal of what shows products."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.productcatalog import ProductCatalog
from facebook_business.adobjects.productset import ProductSet

ALL, VASES = "6100000000000001", "6100000000000002"
PROMOTED = {"pixel_id": "3000000000000001", "custom_event_type": "PURCHASE", "product_set_id": ALL}
TR = {"geo_locations": {"countries": ["TR"]}, "targeting_automation": {"advantage_audience": 0}}


def template(graph: Any, **changes: Any) -> dict[str, Any]:
    data = {"link": "https://lezzet.example/", "name": "{{product.name}}", "format_option": "single_image"}
    story = {"page_id": graph.world.meta.page, "template_data": data | changes}
    return {"name": "ürünler", "object_story_spec": story, "product_set_id": ALL}


def people(**changes: Any) -> dict[str, Any]:
    looked = {"retention_seconds": 1_209_600, "rule": {"event": {"eq": "ViewContent"}}}
    return {**TR, "product_audience_specs": [{"product_set_id": ALL, "inclusions": [looked]} | changes]}


def refused(graph: Any, path: str, **fields: Any) -> str:
    answer = graph.raw("POST", path, **fields)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == 100
    return str(error.get("error_user_msg") or error["message"])


def test_the_catalogue_its_sets_and_products_can_be_read(graph: Any, account: AdAccount) -> None:
    api = account.get_api_assured()
    [catalog] = Business(graph.world.meta.business, api=api).get_owned_product_catalogs(fields=["name"])
    sets = ProductCatalog(catalog["id"], api=api).get_product_sets(fields=["name", "product_count"])
    assert {each["id"]: (each["name"], each["product_count"]) for each in sets} == {
        ALL: ("all", 6), VASES: ("vazolar", 2),
    }  # fmt: skip
    vases = list(ProductSet(VASES, api=api).get_products(fields=["name", "product_type", "price"]))
    assert {each["product_type"] for each in vases} == {"vazolar"}
    assert {each["price"] for each in vases} == {"1450.00 TRY", "1650.00 TRY"}


def test_an_ad_of_products_is_built_and_says_what_meta_does_by_itself(graph: Any) -> None:
    adset = graph.adset(graph.campaign(), promoted_object=PROMOTED, targeting=people())
    creative = graph.creative(**template(graph))
    graph.ad(adset, creative)
    there = graph.get(creative, fields="product_set_id,degrees_of_freedom_spec,object_story_spec,link_url")
    assert there["product_set_id"] == ALL
    assert there["link_url"] == "https://lezzet.example/"
    features = there["degrees_of_freedom_spec"]["creative_features_spec"]
    assert features == {"media_type_automation": {"enroll_status": "OPT_IN"}}


def test_what_was_declined_stays_declined(graph: Any) -> None:
    no = {"creative_features_spec": {"media_type_automation": {"enroll_status": "OPT_OUT"}}}
    creative = graph.creative(**template(graph), degrees_of_freedom_spec=no)
    assert graph.get(creative, fields="degrees_of_freedom_spec")["degrees_of_freedom_spec"] == no


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"product_set_id": ""}, "product_set_id is required"),
        ({"product_set_id": "6199"}, "6199 is not a product set"),
        ({"degrees_of_freedom_spec": {"creative_features_spec": {"magic": {}}}}, "magic is not a key"),
        (
            {"degrees_of_freedom_spec": {"creative_features_spec": {"media_order": {"enroll_status": "ON"}}}},
            "OPT_IN",
        ),
    ],
)
def test_a_template_that_belongs_to_no_products_is_refused(changes: Any, said: str, graph: Any) -> None:
    path = f"{graph.account}/adcreatives"
    assert said in refused(graph, path, **template(graph) | changes)
    assert "single_image" in refused(graph, path, **template(graph, format_option="poster"))
    assert "http" in refused(graph, path, **template(graph, link="magaza"))


def test_products_and_their_ads_belong_together(graph: Any) -> None:
    plain, of_products = (
        graph.adset(graph.campaign(), **more) for more in ({}, {"promoted_object": PROMOTED})
    )
    creative = graph.creative(**template(graph))
    ads = f"{graph.account}/ads"
    assert "promotes one" in refused(graph, ads, name="a", adset_id=plain, creative={"creative_id": creative})
    others = [graph.creative(), graph.creative(**template(graph) | {"product_set_id": VASES})]
    for other in others:
        said = refused(graph, ads, name="a", adset_id=of_products, creative={"creative_id": other})
        assert f"promotes product set {ALL}" in said


def test_products_of_nobody_and_objectives_without_products_are_refused(graph: Any) -> None:
    sets = f"{graph.account}/adsets"
    fields = graph.adset_fields(graph.campaign())
    promoted = PROMOTED | {"product_set_id": "6199"}
    assert "6199 is not a product set" in refused(graph, sets, **fields | {"promoted_object": promoted})
    reach = {"optimization_goal": "REACH", "destination_type": "UNDEFINED"}
    seen = graph.adset_fields(graph.campaign(objective="OUTCOME_AWARENESS")) | reach
    promoted = {"page_id": graph.world.meta.page, "product_set_id": ALL}
    assert "OUTCOME_AWARENESS" in refused(graph, sets, **seen | {"promoted_object": promoted})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"product_set_id": "6199"}, "6199 is not a product set"),
        ({"inclusions": []}, "needs inclusions"),
        ({"inclusions": [{"retention_seconds": 0, "rule": {"event": {"eq": "ViewContent"}}}]}, "retention"),
        ({"inclusions": [{"retention_seconds": 60, "rule": {"event": {"eq": "Lead"}}}]}, "event that eq"),
    ],
)
def test_people_that_cannot_be_told_by_products_are_refused(changes: Any, said: str, graph: Any) -> None:
    fields = graph.adset_fields(graph.campaign()) | {"promoted_object": PROMOTED}
    assert said in refused(graph, f"{graph.account}/adsets", **fields | {"targeting": people(**changes)})


def test_ads_of_products_deliver_and_those_for_visitors_wait_for_visitors(graph: Any) -> None:
    campaign = graph.campaign(status="ACTIVE")
    broad, aimed = (
        graph.adset(campaign, name=name, promoted_object=PROMOTED, targeting=spec)
        for name, spec in (("geniş", TR), ("bakanlar", people()))
    )
    ads = {name: graph.ad(adset, graph.creative(**template(graph)), name=name)
           for name, adset in (("geniş", broad), ("bakanlar", aimed))}  # fmt: skip
    spent: list[set[str]] = []
    for days in (1, 3):
        graph.admin("POST", "advance", days=days)
        rows = graph.admin("GET", "ledger", platform="meta")["data"]
        spent.append({name for name, id in ads.items() if any(row["ad_id"] == id for row in rows)})
    assert spent == [{"geniş"}, {"geniş", "bakanlar"}]
