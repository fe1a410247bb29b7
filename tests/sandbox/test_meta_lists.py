"""Lists, cursors, filters, labels, fields, images, search."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adimage import AdImage

from sandbox.meta.places import PLACES


@dataclass
class Met:
    """A Graph error."""

    error: dict[str, Any]

    @property
    def code(self) -> tuple[int, int | None]:
        return self.error["code"], self.error.get("error_subcode")


def refused(graph: Any, method: str, path: str, **params: Any) -> Met:
    answer = graph.raw(method, path, **params)
    assert answer.status_code >= 400, answer.text
    return Met(answer.json()["error"])


def test_the_sdk_reads_every_page_newest_first(account: AdAccount, graph: Any) -> None:
    made = [graph.campaign(name=f"c{n}") for n in range(61)]
    read = [one["id"] for one in account.get_campaigns(params={"limit": 25})]
    assert read == made[::-1]


def test_pages_have_cursors_both_ways_and_links_only_where_there_is_more(graph: Any) -> None:
    made = [graph.campaign(name=f"c{n}") for n in range(5)][::-1]
    edge = f"{graph.account}/campaigns"
    first = graph.get(edge, limit=2)
    assert "previous" not in first["paging"]
    second = graph.get(edge, limit=2, after=first["paging"]["cursors"]["after"])
    last = graph.http.get(second["paging"]["next"], timeout=5).json()
    assert [one["id"] for page in (first, second, last) for one in page["data"]] == made
    assert "next" not in last["paging"]
    back = graph.get(edge, limit=2, before=last["paging"]["cursors"]["before"])
    assert [one["id"] for one in back["data"]] == made[2:4]


def test_a_page_is_stable_while_objects_are_made(graph: Any) -> None:
    made = [graph.campaign(name=f"c{n}") for n in range(4)][::-1]
    edge = f"{graph.account}/campaigns"
    first = graph.get(edge, limit=2)
    graph.campaign(name="later")
    second = graph.get(edge, limit=2, after=first["paging"]["cursors"]["after"])
    assert [one["id"] for one in first["data"] + second["data"]] == made


def test_a_summary_counts_what_the_list_holds(graph: Any, account: AdAccount) -> None:
    for n in range(3):
        graph.campaign(name=f"c{n}")
    answer = graph.get(f"{graph.account}/campaigns", limit=1, summary="true")
    assert answer["summary"] == {"total_count": 3}
    assert account.get_campaigns(params={"limit": 1}).total() == 3


def test_an_empty_list_has_no_paging(graph: Any) -> None:
    assert graph.get(f"{graph.account}/ads") == {"data": []}


@pytest.mark.parametrize(
    ("field", "operator", "value", "found"),
    [
        ("name", "CONTAIN", "MENU", {"menu 1", "menu 2"}),
        ("name", "NOT_CONTAIN", "menu", {"müzik"}),
        ("name", "EQUAL", "menu 1", {"menu 1"}),
        ("name", "IN", ["menu 1", "müzik"], {"menu 1", "müzik"}),
        ("name", "STARTS_WITH", "menu", {"menu 1", "menu 2"}),
        ("adset.name", "NOT_EQUAL", "menu 1", {"menu 2", "müzik"}),
        ("campaign.name", "EQUAL", "Yıl sonu", {"menu 1", "menu 2", "müzik"}),
        ("campaign.effective_status", "IN", ["ACTIVE"], set()),
        ("created_time", "GREATER_THAN", "2026-12-01T00:00:00+0300", set()),
        ("updated_time", "GREATER_THAN", 1700000000, {"menu 1", "menu 2", "müzik"}),
    ],
)
def test_filters_compare_own_fields_and_the_parents(
    graph: Any, field: str, operator: str, value: Any, found: set[str]
) -> None:
    campaign = graph.campaign()
    for name in ("menu 1", "menu 2", "müzik"):
        graph.adset(campaign, name=name)
    rule = [{"field": field, "operator": operator, "value": value}]
    answer = graph.get(f"{graph.account}/adsets", fields="name", filtering=rule)
    assert {one["name"] for one in answer["data"]} == found


def test_reading_by_ids_works_by_filter_and_no_longer_at_the_root(graph: Any, account: AdAccount) -> None:
    one, two, _ = (graph.campaign(name=name) for name in "abc")
    rule = [{"field": "id", "operator": "IN", "value": [one, two]}]
    assert len(graph.get(f"{graph.account}/campaigns", filtering=rule)["data"]) == 2
    assert refused(graph, "GET", "", ids=one).code == (100, None)


@pytest.mark.parametrize(
    "params",
    [
        {"filtering": [{"field": "colour", "operator": "EQUAL", "value": "red"}]},
        {"filtering": [{"field": "name", "operator": "LIKE", "value": "a"}]},
        {"filtering": ["name"]},
        {"effective_status": ["ASLEEP"]},
        {"after": "nonsense"},
        {"limit": "many"},
        {"colour": "red"},
        {"date_format": "U"},
    ],
)
def test_a_list_refuses_parameters_it_does_not_know(graph: Any, params: dict[str, Any]) -> None:
    assert refused(graph, "GET", f"{graph.account}/campaigns", **params).code == (100, None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [("colour", 100), ("name,adset{colour}", 100), ("name,{", 2500), ("name{", 2500), ("a b", 2500)],
)
def test_fields_that_do_not_exist_or_do_not_parse_are_refused(graph: Any, fields: str, code: int) -> None:
    _, _, (ad,) = graph.tree(ads=1)
    met = refused(graph, "GET", ad, fields=fields)
    assert met.code[0] == code
    if code == 100:
        assert "nonexisting field (colour)" in met.error["message"]


def test_objects_that_do_not_exist_and_paths_that_lead_nowhere_say_so(graph: Any) -> None:
    missing = refused(graph, "GET", "120000000000000001")
    assert missing.code == (100, 33)
    assert missing.error["type"] == "GraphMethodException"
    assert refused(graph, "POST", "120000000000000001", name="x").code == (100, 33)
    assert refused(graph, "GET", f"{graph.account}/dreams").code == (2500, None)
    assert refused(graph, "DELETE", f"{graph.account}/campaigns").code == (100, None)


def test_older_versions_answer_and_dead_ones_are_refused(graph: Any) -> None:
    for version, status in (("v24.0", 200), ("v25.0", 200), ("v26.0", 200), ("v23.0", 400), ("v27.0", 400)):
        url = f"{graph.url}/{version}/{graph.account}"
        answer = graph.http.get(url, params={"access_token": graph.token}, timeout=5)
        assert answer.status_code == status, version
    assert answer.json()["error"]["code"] == 2635


def test_a_report_run_tells_why_it_failed_since_version_25(graph: Any) -> None:
    graph.admin("POST", "faults", route="POST */insights", kind="report_failed", times=1)
    run = graph.post(f"{graph.account}/insights", level="ad")["report_run_id"]
    told = {}
    for version in ["v26.0"] * 4 + ["v25.0", "v24.0"]:
        url = f"{graph.url}/{version}/{run}"
        told[version] = graph.http.get(url, params={"access_token": graph.token}, timeout=5).json()
        asked = {"access_token": graph.token, "fields": "error_code"}
        status = graph.http.get(url, params=asked, timeout=5).status_code
        assert status == (400 if version == "v24.0" else 200)
    assert {version: "error_code" in run for version, run in told.items()} == {
        "v26.0": True, "v25.0": True, "v24.0": False,
    }  # fmt: skip


# -- labels


def test_labels_are_made_on_the_fly_once_and_found_by_any_or_all(graph: Any, account: AdAccount) -> None:
    one = graph.campaign(adlabels=[{"name": "kampanya:a"}, {"name": "agency"}])
    two = graph.campaign(adlabels=[{"name": "kampanya:b"}, {"name": "agency"}])
    labels = {one["name"]: one["id"] for one in graph.get(f"{graph.account}/adlabels", fields="name")["data"]}
    assert sorted(labels) == ["agency", "kampanya:a", "kampanya:b"]

    def holders(operator: str, *names: str) -> set[str]:
        ids = [labels[name] for name in names]
        found = account.get_campaigns_by_labels(params={"ad_label_ids": ids, "operator": operator})
        return {campaign["id"] for campaign in found}

    assert holders("ANY", "kampanya:a", "kampanya:b") == {one, two}
    assert holders("ALL", "agency", "kampanya:b") == {two}
    assert holders("ALL", "kampanya:a", "kampanya:b") == set()


def test_every_kind_carries_labels(graph: Any) -> None:
    label = graph.post(f"{graph.account}/adlabels", name="kampanya:x")["id"]
    assert graph.post(f"{graph.account}/adlabels", name="kampanya:x")["id"] == label
    mark = {"adlabels": [{"id": label}]}
    campaign = graph.campaign(**mark)
    adset = graph.adset(campaign, **mark)
    creative = graph.creative(**mark)
    made = {
        "campaigns": campaign,
        "adsets": adset,
        "adcreatives": creative,
        "ads": graph.ad(adset, creative, **mark),
    }
    for plural, id_ in made.items():
        found = graph.get(f"{graph.account}/{plural}bylabels", ad_label_ids=[label], fields="adlabels{name}")
        assert [one["id"] for one in found["data"]] == [id_]
        assert found["data"][0]["adlabels"] == [{"name": "kampanya:x", "id": label}]
        assert [one["id"] for one in graph.get(f"{label}/{plural}")["data"]] == [id_]


def test_labels_are_added_replaced_and_removed(graph: Any) -> None:
    campaign = graph.campaign(adlabels=[{"name": "a"}])

    def names() -> list[str]:
        return [one["name"] for one in graph.get(campaign, fields="adlabels{name}").get("adlabels", [])]

    graph.post(f"{campaign}/adlabels", adlabels=[{"name": "b"}])
    assert names() == ["a", "b"]
    graph.post(campaign, adlabels=[{"name": "c"}])
    assert names() == ["c"]
    graph.call("DELETE", f"{campaign}/adlabels", adlabels=[{"name": "c"}])
    assert names() == []


def test_bylabels_hides_archived_holders_unless_asked(graph: Any) -> None:
    campaign = graph.campaign(adlabels=[{"name": "a"}])
    label = graph.get(f"{graph.account}/adlabels")["data"][0]["id"]
    graph.post(campaign, status="ARCHIVED")
    edge = f"{graph.account}/campaignsbylabels"
    assert graph.get(edge, ad_label_ids=[label])["data"] == []
    assert len(graph.get(edge, ad_label_ids=[label], effective_status=["ARCHIVED"])["data"]) == 1


def test_a_deleted_label_leaves_its_holders(graph: Any) -> None:
    campaign = graph.campaign(adlabels=[{"name": "a"}])
    label = graph.get(f"{graph.account}/adlabels")["data"][0]["id"]
    graph.call("DELETE", label)
    assert "adlabels" not in graph.get(campaign, fields="adlabels")


# -- images


def test_an_image_is_its_bytes_by_file_and_by_base64(account: AdAccount, graph: Any, tmp_path: Path) -> None:
    content = graph.png(40, 30)
    path = tmp_path / "kutu şef.png"
    path.write_bytes(content)
    made = account.create_ad_image(params={"filename": str(path)})
    assert made["hash"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    again = graph.post(f"{graph.account}/adimages", bytes=base64.b64encode(content).decode())
    assert again["images"]["bytes"]["hash"] == made["hash"]
    (one,) = graph.get(f"{graph.account}/adimages", fields="name,hash,width,height,id")["data"]
    assert (one["name"], one["width"], one["height"]) == ("kutu şef.png", 40, 30)
    assert one["id"] == f"1000000000000001:{made['hash']}"
    assert graph.get(one["id"], fields="hash")["hash"] == made["hash"]


def test_images_are_found_by_hash_and_name_and_deleted_by_hash(graph: Any, account: AdAccount) -> None:
    one, two = graph.image(1), graph.image(2)
    assert len(graph.get(f"{graph.account}/adimages")["data"]) == 2
    found = account.get_ad_images(fields=[AdImage.Field.hash], params={"hashes": [one]})
    assert [image["hash"] for image in found] == [one]
    assert graph.get(f"{graph.account}/adimages", name="nothing")["data"] == []
    graph.call("DELETE", f"{graph.account}/adimages", hash=two)
    assert len(graph.get(f"{graph.account}/adimages")["data"]) == 1


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0\x00"])
def test_what_is_no_image_is_refused(graph: Any, content: bytes) -> None:
    met = refused(graph, "POST", f"{graph.account}/adimages", files={"a": ("a.png", content, "image/png")})
    assert met.code == (100, None)


def test_jpeg_and_gif_sizes_are_read_from_their_headers() -> None:
    from sandbox.meta.media import dimensions

    jpeg = bytes.fromhex("ffd8 ffe0 0004 0000 ffc0 0011 08 0010 0020 03 000000")
    assert dimensions(jpeg) == (32, 16)
    assert dimensions(b"GIF89a" + bytes([5, 0, 7, 0]) + b"\0" * 4) == (5, 7)


def test_a_video_part_of_type_multipart_is_not_nested(graph: Any) -> None:
    files = {"source": ("film.mp4", b"\0\0\0\x18ftyp--frame--\r\n\r\nbytes", "multipart/form-data")}
    video = graph.post(f"{graph.account}/advideos", title="Film", files=files)["id"]
    looks = [graph.get(video, fields="title,status")["status"]["video_status"] for _ in range(2)]
    assert looks == ["processing", "ready"]


# -- search


def test_all_provinces_are_found_with_and_without_turkish_letters(graph: Any) -> None:
    provinces = [place for place in PLACES.values() if place.type == "region" and place.country == "TR"]
    assert len(provinces) == 81
    for query in ("İstanbul", "Istanbul", "istanbul"):
        found = graph.get(
            "search", type="adgeolocation", q=query, location_types=["region"], country_code="TR"
        )
        assert found["data"][0] | {"key": ""} == {
            "key": "", "name": "İstanbul", "type": "region", "country_code": "TR", "country_name": "Türkiye",
            "supports_region": True, "supports_city": True,
        }  # fmt: skip


def test_districts_interests_and_locales_are_found(graph: Any) -> None:
    (city,) = graph.get("search", type="adgeolocation", q="kadikoy", location_types=["city"])["data"]
    assert (city["name"], city["region"]) == ("Kadıköy", "İstanbul")
    assert graph.get("search", type="adinterest", q="pizza")["data"][0]["id"] == "6003668857118"
    valid = graph.get("search", type="adinterestvalid", interest_list=["Pizza", "Börekli"])["data"]
    assert [one["valid"] for one in valid] == [True, False]
    moved = graph.get("search", type="adTargetingCategory", **{"class": "demographics"})["data"]
    assert {row["type"] for row in moved} == {"life_events", "industries", "income", "family_statuses"}
    travel = graph.get("search", type="adTargetingCategory", q="travel", **{"class": "behaviors"})["data"]
    assert {row["type"] for row in travel} == {"behaviors"}
    (zip_code,) = graph.get(
        "search", type="adgeolocation", q="34710", location_types=["zip"], country_code="TR"
    )["data"]
    assert (zip_code["key"], zip_code["country_code"]) == ("TR:34710", "TR")
    assert (
        graph.get("search", type="adgeolocation", q="99999", location_types=["zip"], country_code="TR")[
            "data"
        ]
        == []
    )
    assert refused(graph, "GET", "search", type="adTargetingCategory").code == (100, None)
    assert refused(graph, "GET", "search", type="adTargetingCategory", **{"class": "dreams"}).code == (
        100,
        None,
    )
    assert graph.get("search", type="adlocale", q="turk")["data"] == [{"key": 19, "name": "Turkish"}]
    assert graph.get("search", type="adcountry", q="tür")["data"][0]["key"] == "TR"
    assert refused(graph, "GET", "search", type="addream", q="x").code == (100, None)


def test_a_delivery_estimate_grows_with_the_place(graph: Any) -> None:
    def size(**geo: Any) -> int:
        spec = {"geo_locations": geo}
        found = graph.get(
            f"{graph.account}/delivery_estimate", targeting_spec=spec, optimization_goal="REACH"
        )
        return found["data"][0]["estimate_mau_upper_bound"]

    assert size(cities=[{"key": "2603423"}]) < size(regions=[{"key": "3834"}]) < size(countries=["TR"])


# -- audiences and pixels


def test_a_customer_list_counts_members_and_keeps_none_of_them(graph: Any) -> None:
    audience = graph.post(
        f"{graph.account}/customaudiences", name="Müşteriler", subtype="CUSTOM",
        customer_file_source="USER_PROVIDED_ONLY",
    )["id"]  # fmt: skip
    rows = [[hashlib.sha256(f"{n}@lezzet.example".encode()).hexdigest()] for n in range(1200)]
    payload = {"schema": ["EMAIL"], "data": [*rows, ["plain@lezzet.example"]]}
    session = {"session_id": 7, "batch_seq": 1, "last_batch_flag": True}
    answer = graph.post(f"{audience}/users", payload=payload, session=session)
    assert (answer["num_received"], answer["num_invalid_entries"], answer["session_id"]) == (1201, 1, "7")
    read = graph.get(audience, fields="approximate_count_lower_bound,approximate_count_upper_bound,subtype")
    assert read["approximate_count_lower_bound"] <= 1200 <= read["approximate_count_upper_bound"]
    graph.call("DELETE", f"{audience}/users", payload={"schema": ["EMAIL"], "data": rows[:400]})
    assert (
        graph.get(audience, fields="approximate_count_lower_bound")["approximate_count_lower_bound"] == 1000
    )
    state = b"".join(path.read_bytes() for path in graph.sandbox.state_dir.iterdir() if path.is_file())
    assert b"plain@lezzet.example" not in state
    assert rows[0][0].encode() not in state


def test_a_website_audience_needs_a_rule_of_the_accounts_pixel(graph: Any) -> None:
    def rule(pixel: str, days: int) -> dict[str, Any]:
        one = {"event_sources": [{"id": pixel, "type": "pixel"}], "retention_seconds": days * 86400}
        return {"inclusions": {"operator": "or", "rules": [one]}}

    edge = f"{graph.account}/customaudiences"
    assert graph.post(edge, name="Sepet", rule=rule(graph.world.meta.pixel, 14))["id"]
    assert refused(graph, "POST", edge, name="Sepet", rule=rule("1", 14)).code == (100, None)
    assert refused(graph, "POST", edge, name="Sepet", rule=rule(graph.world.meta.pixel, 400)).code == (
        100,
        None,
    )
    assert refused(graph, "POST", edge, name="Sepet", rule={}).code == (100, None)


def test_pixel_events_are_checked_and_counted(graph: Any) -> None:
    event = {"event_name": "Purchase", "event_time": 1796000000, "action_source": "website"}
    event["user_data"] = {"em": ["x"]}
    edge = f"{graph.world.meta.pixel}/events"
    assert graph.post(edge, data=[event])["events_received"] == 1
    assert refused(graph, "POST", edge, data=[event | {"event_time": 1700000000}]).code == (100, 2804050)
    assert refused(graph, "POST", edge, data=[event | {"action_source": "dream"}]).code == (100, 2804050)
    assert refused(graph, "POST", f"{graph.account}/adspixels", name="b").code == (6200, None)
