"""Videos, carousels, posts and asset feeds: what can be made of them, and every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.advideo import AdVideo

from tests.sandbox.conftest import png

FILM = b"\0\0\0\x18ftypmp42" + bytes(5000)
LINK = "https://lezzet.example/"


def upload(graph: Any, content: bytes = FILM) -> str:
    files = {"source": ("film.mp4", content, "multipart/form-data")}
    return str(graph.post(f"{graph.account}/advideos", title="Film", files=files)["id"])


def ready(graph: Any) -> str:
    """A video that has been processed."""
    video = upload(graph)
    states = [graph.get(video, fields="status")["status"]["video_status"] for _ in range(3)]
    assert states[-1] == "ready"
    return video


def picture(graph: Any) -> str:
    files = {"filename": ("a.png", png(), "image/png")}
    images = graph.post(f"{graph.account}/adimages", files=files)["images"]
    return str(next(iter(images.values()))["hash"])


def refusal(graph: Any, edge: str, **fields: Any) -> tuple[int, int | None, str]:
    """Code, subcode and the blamed path of a POST that must fail."""
    answer = graph.raw("POST", f"{graph.account}/{edge}", **fields)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    data = error.get("error_data") or "{}"
    blamed = json.loads(data).get("blame_field_specs") if isinstance(data, str) else None
    return error["code"], error.get("error_subcode"), ".".join(blamed[0]) if blamed else ""


def story(graph: Any, **data: Any) -> dict[str, Any]:
    return {"name": "a", "object_story_spec": {"page_id": graph.world.meta.page, **data}}


def test_a_video_is_shown_at_its_source(graph: Any) -> None:
    source = graph.get(upload(graph), fields="source")["source"]
    with urlopen(source, timeout=10) as answer:
        assert answer.read() == FILM


def test_a_video_is_processed_before_an_ad_can_show_it(graph: Any) -> None:
    video, hash_ = upload(graph), picture(graph)
    spec = story(graph, video_data={"video_id": video, "image_hash": hash_})
    refused = refusal(graph, "adcreatives", **spec)
    assert refused == (100, 1885252, "object_story_spec.video_data.video_id")
    seen = [graph.get(video, fields="status")["status"]["video_status"] for _ in range(2)]
    assert seen == ["processing", "ready"]
    assert graph.post(f"{graph.account}/adcreatives", **spec)["id"]


def test_a_large_video_is_sent_in_chunks_and_is_none_before_the_last(
    graph: Any, tmp_path: Path, account: AdAccount
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(FILM + bytes(3 << 20))
    begun = graph.post(f"{graph.account}/advideos", upload_phase="start", file_size=film.stat().st_size)
    at, until, session = int(begun["start_offset"]), int(begun["end_offset"]), begun["upload_session_id"]
    parts = 0
    while at < until:
        part = film.read_bytes()[at:until]
        files = {"video_file_chunk": ("film.mp4", part, "multipart/form-data")}
        moved = graph.post(
            f"{graph.account}/advideos", upload_phase="transfer", upload_session_id=session, start_offset=at,
            files=files,
        )  # fmt: skip
        at, until, parts = int(moved["start_offset"]), int(moved["end_offset"]), parts + 1
    assert parts == 4
    assert graph.raw("GET", begun["video_id"]).status_code == 400
    graph.post(f"{graph.account}/advideos", upload_phase="finish", upload_session_id=session, title="Uzun")
    assert AdVideo(begun["video_id"], api=account.get_api()).api_get(fields=["title"])["title"] == "Uzun"


def test_a_chunk_at_another_offset_is_told_the_right_one(graph: Any) -> None:
    edge = f"{graph.account}/advideos"
    session = graph.post(edge, upload_phase="start", file_size=len(FILM))["upload_session_id"]
    files = {"video_file_chunk": ("film.mp4", FILM[10:], "multipart/form-data")}
    answer = graph.raw(
        "POST", edge, upload_phase="transfer", upload_session_id=session, start_offset=10, files=files
    )
    error = answer.json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 1363037)
    assert error["error_data"] == {"start_offset": "0", "end_offset": str(len(FILM))}
    early = graph.raw("POST", edge, upload_phase="finish", upload_session_id=session).json()["error"]
    assert early["error_subcode"] == 1363037


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (100, None, "source")),
        ({"upload_phase": "middle"}, (100, None, "upload_phase")),
        ({"upload_phase": "start"}, (100, None, "file_size")),
        ({"upload_phase": "start", "file_size": 5 << 30}, (100, None, "file_size")),
        (
            {"upload_phase": "transfer", "upload_session_id": "1", "start_offset": 0},
            (100, None, "upload_session_id"),
        ),
        ({"upload_phase": "finish", "upload_session_id": "1"}, (100, None, "upload_session_id")),
        ({"upload_phase": "cancel"}, (100, None, "upload_session_id")),
        ({"frobnicate": 1}, (100, None, "frobnicate")),
    ],
)  # fmt: skip
def test_an_upload_is_refused(fields: dict[str, Any], expected: tuple[Any, ...], graph: Any) -> None:
    assert refusal(graph, "advideos", **fields) == expected


def test_what_is_no_film_is_refused(graph: Any) -> None:
    files = {"source": ("film.mp4", b"this is no film", "multipart/form-data")}
    assert refusal(graph, "advideos", files=files) == (352, None, "source")


def test_an_upload_that_is_cancelled_leaves_nothing(graph: Any) -> None:
    edge = f"{graph.account}/advideos"
    session = graph.post(edge, upload_phase="start", file_size=9)["upload_session_id"]
    assert graph.post(edge, upload_phase="cancel", upload_session_id=session) == {"success": True}
    assert graph.get(edge)["data"] == []


def cards(graph: Any, *changes: dict[str, Any]) -> dict[str, Any]:
    hash_ = picture(graph)
    made = [{"link": LINK, "name": f"{n}", "image_hash": hash_, **change} for n, change in enumerate(changes)]
    made = [{name: each for name, each in card.items() if each is not None} for card in made]
    return story(graph, link_data={"link": LINK, "child_attachments": made, "multi_share_optimized": False})


def test_a_carousel_reads_back_in_its_order(graph: Any) -> None:
    made = graph.post(f"{graph.account}/adcreatives", **cards(graph, {}, {"video_id": ready(graph)}, {}))
    seen = graph.get(made["id"], fields="object_story_spec")["object_story_spec"]["link_data"]
    assert [card["name"] for card in seen["child_attachments"]] == ["0", "1", "2"]
    assert seen["multi_share_optimized"] is False


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{}], (None, "child_attachments")),
        ([{}] * 11, (None, "child_attachments")),
        ([{}, {"link": None}], (2446383, "child_attachments.link")),
        ([{}, {"image_hash": None}], (None, "child_attachments.image_hash")),
        ([{}, {"image_hash": "nothing"}], (None, "child_attachments.image_hash")),
        ([{}, {"video_id": "1"}], (None, "child_attachments.video_id")),
        ([{}, {"headline": "a"}], (None, "child_attachments.headline")),
        ([{}, {"call_to_action": {"type": "SEE_MENU"}}], (None, "child_attachments.call_to_action[type]")),
    ],
)
def test_a_carousel_is_refused(changes: list[dict[str, Any]], expected: tuple[Any, ...], graph: Any) -> None:
    code, subcode, blamed = refusal(graph, "adcreatives", **cards(graph, *changes))
    assert code == 100
    assert (subcode, blamed) == (expected[0], f"object_story_spec.link_data.{expected[1]}")


def test_a_post_of_the_page_can_be_boosted_and_another_cannot(graph: Any) -> None:
    page = graph.world.meta.page
    made = graph.post(f"{page}/feed", message="Bu akşam balık")["id"]
    there = [each["id"] for each in graph.get(f"{page}/posts", fields="id,message")["data"]]
    assert {made, f"{page}_1001"} <= set(there)
    for post in (made, f"{page}_1002"):
        creative = graph.post(f"{graph.account}/adcreatives", name="a", object_story_id=post)["id"]
        assert graph.get(creative, fields="object_story_id")["object_story_id"] == post
    unknown = refusal(graph, "adcreatives", name="a", object_story_id=f"{page}_9")
    assert unknown == (100, None, "object_story_id")
    foreign = refusal(graph, "adcreatives", name="a", object_story_id="5_1001")
    assert foreign == (100, 1885029, "object_story_id")


def test_a_post_needs_something_to_say(graph: Any) -> None:
    answer = graph.raw("POST", f"{graph.world.meta.page}/feed", published=True)
    assert answer.json()["error"]["code"] == 100


def feed(graph: Any, **changes: Any) -> dict[str, Any]:
    spec = {
        "ad_formats": ["SINGLE_IMAGE"], "images": [{"hash": picture(graph)}], "bodies": [{"text": "a"}],
        "titles": [{"text": "b"}], "link_urls": [{"website_url": LINK}], **changes,
    }  # fmt: skip
    return {**story(graph), "asset_feed_spec": spec}


@pytest.mark.parametrize(
    ("changes", "blamed"),
    [
        ({"bodies": [{"text": "a" * 1025}]}, "bodies"),
        ({"titles": [{"text": "a" * 256}]}, "titles"),
        ({"bodies": [{"text": f"{n}"} for n in range(6)]}, "bodies"),
        ({"images": []}, "images"),
        ({"ad_formats": ["SINGLE_VIDEO"]}, "videos"),
        ({"videos": [{"video_id": "1"}]}, "videos"),
    ],
)
def test_an_asset_feed_is_refused(changes: dict[str, Any], blamed: str, graph: Any) -> None:
    refused = refusal(graph, "adcreatives", **feed(graph, **changes))
    assert refused == (100, None, f"asset_feed_spec.{blamed}")


FORM = {"lead_gen_form_id": "5000000000000001"}
CHAT = {"app_destination": "MESSENGER"}
CALL = {"link": "tel:+902121234567"}
LEADING = {
    "ON_AD": ("OUTCOME_LEADS", "LEAD_GENERATION", {"type": "SIGN_UP", "value": FORM}),
    "PHONE_CALL": ("OUTCOME_LEADS", "QUALITY_CALL", {"type": "CALL_NOW", "value": CALL}),
    "MESSENGER": ("OUTCOME_TRAFFIC", "CONVERSATIONS", {"type": "MESSAGE_PAGE", "value": CHAT}),
    "WHATSAPP": ("OUTCOME_TRAFFIC", "CONVERSATIONS", {"type": "WHATSAPP_MESSAGE"}),
}


@pytest.mark.parametrize("destination", LEADING)
def test_an_ad_has_to_lead_where_its_ad_set_does(destination: str, graph: Any) -> None:
    objective, goal, button = LEADING[destination]
    promoted = {"page_id": graph.world.meta.page}
    top = graph.campaign(objective=objective)
    adset = graph.adset(top, optimization_goal=goal, destination_type=destination, promoted_object=promoted)
    shop = {"type": "SHOP_NOW", "value": {"link": LINK}}
    for action, allowed in ((shop, False), (None, False), (button, True)):
        link = {"link": LINK, "message": "a", **({"call_to_action": action} if action else {})}
        creative = graph.post(f"{graph.account}/adcreatives", **story(graph, link_data=link))["id"]
        fields = {"name": "a", "adset_id": adset, "creative": {"creative_id": creative}, "status": "PAUSED"}
        if allowed:
            assert graph.post(f"{graph.account}/ads", **fields)["id"]
        else:
            assert refusal(graph, "ads", **fields) == (100, None, "creative")


def test_a_form_that_the_page_does_not_have_is_refused(graph: Any) -> None:
    there = [each["id"] for each in graph.get(f"{graph.world.meta.page}/leadgen_forms")["data"]]
    assert "5000000000000001" in there
    action = {"type": "SIGN_UP", "value": {"lead_gen_form_id": "9"}}
    spec = story(graph, link_data={"link": LINK, "call_to_action": action})
    blamed = "object_story_spec.link_data.call_to_action.value.lead_gen_form_id"
    assert refusal(graph, "adcreatives", **spec) == (100, None, blamed)
