"""The SDK's own example programs against the sandbox, where META_SDK_EXAMPLES names their folder.

What is in them stays as it is, but for the placeholders that a user fills in. All but a few are written for
Python 2 and so cannot run at all; of those the `print` statement at the end is read as an expression.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from facebook_business.api import Cursor, FacebookAdsApi, FacebookSession
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from sandbox.world import MetaWorld, World
from tests.sandbox.conftest import Client

FOLDER = os.environ.get("META_SDK_EXAMPLES", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="META_SDK_EXAMPLES does not name the examples' folder")
OUTCOMES = Path(__file__).with_name("meta_examples.txt")
LIBRARIES = {"__init__", "ad_creation_utils", "batch_utils", "custom_audience_utils"}
SITE = "https://lezzet.example/"
SITES = (
    "url",
    "link",
    "imageURL",
    "imageURLFR",
    "appLink",
    "deepLinkURL",
    "canvasURI",
    "canvasURIFR",
    "PAGE_LINK",
)
FILM = b"\0\0\0\x18ftypmp42" + bytes(64)


def programs() -> list[str]:
    return (
        sorted(path.stem for path in Path(FOLDER).glob("*.py") if path.stem not in LIBRARIES)
        if FOLDER
        else []
    )


def expected() -> dict[str, str]:
    lines = OUTCOMES.read_text(encoding="utf-8").splitlines()
    return dict(line.split(None, 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def american(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The programs name amounts as if they were dollars, and take times from the machine's clock."""
    world = World(meta=MetaWorld(currency="USD", timezone="America/New_York"))
    sandbox = Sandbox(tmp_path_factory.mktemp("american") / "state", world, "now", ["meta"])
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def graph(american: Sandbox) -> Iterator[Client]:
    american.reset()
    found = american.meta.endpoints()
    client = Client(american, found["url"], found["token"], american.world)
    yield client
    client.http.close()


@pytest.fixture
def places(graph: Client, tmp_path: Path) -> dict[str, str]:
    """What a user would write in place of each placeholder."""
    world = graph.world.meta
    plain = {"status": "PAUSED", "objective": "OUTCOME_TRAFFIC"}
    traffic = graph.campaign(**plain)
    adset = graph.adset(
        traffic, optimization_goal="LINK_CLICKS", destination_type="WEBSITE", promoted_object={}
    )
    creative, image = graph.creative(), graph.image()
    ad = graph.ad(adset, creative)
    audience = graph.post(
        f"{graph.account}/customaudiences",
        name="liste", subtype="CUSTOM", customer_file_source="USER_PROVIDED_ONLY",
    )["id"]  # fmt: skip
    valued = graph.post(
        f"{graph.account}/customaudiences", name="değerli", subtype="CUSTOM", is_value_based=True,
        customer_file_source="USER_PROVIDED_ONLY",
    )["id"]  # fmt: skip
    video = graph.post(f"{graph.account}/advideos", files={"source": ("a.mp4", FILM, "video/mp4")})["id"]
    interest = graph.get("search", type="adinterest", q="a")["data"][0]
    label = graph.post(f"{graph.account}/adlabels", name="öncelik")["id"]
    post = graph.get(f"{world.page}/feed")["data"][0]["id"]
    for _ in range(2):  # a film is ready at the second look
        graph.get(video, fields="status")
    ids = {
        "AD_ACCOUNT_ID": world.account, "ACCOUNT_ID": world.account.removeprefix("act_"),
        "adAccountID": world.account.removeprefix("act_"), "PAGE_ID": world.page, "pageID": world.page,
        "pageID2": world.page, "PAGE_POST_ID": post, "postID": post.split("_")[1],
        "PIXEL_ID": world.pixel, "pixelID": world.pixel, "ADS_PIXEL_ID": world.pixel,
        "sourceID": world.pixel, "BUSINESS_ID": world.business, "businessID": world.business,
        "USER_ID": world.user, "APP_SCOPED_USER_ID": world.user, "AD_SET_ID": adset, "adSetID": adset,
        "AD_CAMPAIGN_ID": traffic, "adCampaignLinkClicksID": traffic, "ADGROUP_ID": ad, "AD_GROUP_ID": ad,
        "AD_CREATIVE_ID": creative, "adCreativeID": creative, "CUSTOM_AUDIENCE_ID": audience,
        "valueBasedCustomAudienceID": valued, "imageHash": image, "IMAGE_HASH": image,
        "adLabelID": label, "videoID": video, "videoIDFR": video, "VIDEO_ID": video,
        "adsInterestID": interest["id"], "adsInterestName": interest["name"],
        "adCampaignAppInstallsID": graph.campaign(objective="OUTCOME_APP_PROMOTION"),
        "adCampaignConversionsID": graph.campaign(objective="OUTCOME_SALES"),
        "productItemID": graph.get(f"{world.catalog}/products")["data"][0]["id"],
        "PRODUCT_CATALOG_ID": world.catalog, "productSetID": next(iter(world.product_sets)),
        "adFormat": "DESKTOP_FEED_STANDARD", "adCreativeSpec": f'{{"creative_id": "{creative}"}}',
    }  # fmt: skip
    ids |= dict.fromkeys(SITES, SITE)
    film = tmp_path / "film.mp4"
    film.write_bytes(FILM)
    return ids | {"videoPath": str(film), "ACCESS_TOKEN": graph.token, "YOUR_ACCESS_TOKEN": graph.token,
        "access_token": graph.token, "pixel_id": world.pixel,
    }  # fmt: skip


@pytest.fixture
def sdk(graph: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK's globals as a program of its own would find them, on the sandbox's address."""
    monkeypatch.setattr(FacebookSession, "GRAPH", graph.url)
    monkeypatch.setattr(FacebookAdsApi, "_default_api", None)
    monkeypatch.setattr(FacebookAdsApi, "_default_account_id", None)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome(name: str, places: dict[str, str], folder: Path) -> str:
    """`ok`, `refused CODE/SUBCODE …`, or `broken …`, with what was said."""
    text = (folder / f"{name}.py").read_text(encoding="utf-8")
    text = re.sub(r"^print (?!\()", "answer = ", text, flags=re.MULTILINE)
    text = re.sub(r"<(\w+)>", lambda found: places.get(found[1], found[0]), text)
    for variable in ("access_token", "pixel_id"):
        text = re.sub(rf"^{variable} = None$", f"{variable} = {places[variable]!r}", text, flags=re.MULTILINE)
    space: dict[str, Any] = {
        "__name__": "__main__", "__file__": str(folder / f"{name}.py"), "__package__": "examples"
    }  # fmt: skip
    try:
        exec(compile(text, name, "exec"), space)
        if isinstance(space.get("answer"), Cursor):
            list(space["answer"])
    except FacebookRequestError as error:
        told = error.body()["error"]
        words = told.get("error_user_title") or told["message"]
        return f"refused {told['code']}/{told.get('error_subcode', '-')} {words}"
    except Exception as error:
        return f"broken {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return "ok"


@pytest.mark.parametrize("name", programs())
def test_each_program_does_what_is_known_of_it(
    name: str, places: dict[str, str], sdk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "examples"
    shutil.copytree(FOLDER, folder)
    config = {
        "app_id": "1",
        "app_secret": "x",
        "access_token": places["access_token"],
        "act_id": places["AD_ACCOUNT_ID"],
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in [each for each in sys.modules if each.split(".")[0] == "examples"]:
        monkeypatch.delitem(sys.modules, module)
    found = re.sub(r"\d{15,}|/[\w.@-]+/\S*", "…", outcome(name, places, folder))[:150].rstrip()
    if "META_SDK_OUTCOMES" in os.environ:
        with open(os.environ["META_SDK_OUTCOMES"], "a", encoding="utf-8") as file:
            file.write(f"{name} {found}\n")
    assert found == expected().get(name, "not known")


def test_all_programs_are_there() -> None:
    assert programs() == sorted(expected())
