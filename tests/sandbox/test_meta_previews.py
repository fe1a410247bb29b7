"""Previews of ads and creatives through the SDK: a frame in a known format, of what may exist."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative

FORMAT = {"ad_format": "DESKTOP_FEED_STANDARD"}


def test_a_preview_is_a_frame_of_the_size_asked_for(graph: Any, account: AdAccount) -> None:
    creative = graph.creative()
    ad = graph.ad(graph.adset(graph.campaign()), creative)
    api = account.get_api()
    params = FORMAT | {"width": 320, "height": 200}
    for found in (
        AdCreative(creative, api=api).get_previews(params=dict(params)),
        Ad(ad, api=api).get_previews(params=dict(params)),
        account.get_generate_previews(params=params | {"creative": {"creative_id": creative}}),
        account.get_generate_previews(params=params | {"creative": {"object_story_spec": graph.story()}}),
    ):
        (frame,) = found
        assert frame["body"].startswith("<iframe src=")
        assert 'width="320" height="200"' in frame["body"]
    assert len(graph.get(f"{graph.account}/adcreatives")["data"]) == 1


@pytest.mark.parametrize(
    "params",
    [
        {"creative": {"creative_id": "1"}},
        {"creative": {"object_story_spec": {"page_id": "1"}}},
        {"creative": "x"},
        {"ad_format": "CINEMA", "creative": {}},
        {"colour": "red"},
        {},
    ],
)
def test_a_preview_of_nothing_is_refused(params: dict[str, Any], graph: Any) -> None:
    answer = graph.raw("GET", f"{graph.account}/generatepreviews", **(FORMAT | params))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
    assert graph.raw("GET", f"{graph.creative()}/previews").status_code == 400
