"""What only Google has, walked: each state is applied and plans empty, and a change changes just that."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engine.change import Archive, Create, Refused, Update
from engine.context import Context
from engine.diff import Diff, diff
from engine.resource import Address, Fields
from operations.verify import differences
from tests.contract.brand import png
from tests.contract.conftest import Endpoints
from tests.contract.states import KEYWORDS, State, ad, ad_set, campaign, write
from tests.contract.test_walk import walking
from tests.contract.walker import Walker

pytestmark = pytest.mark.server
Tree = Mapping[str, Any]
LINK = {"text": "Menü", "url": "https://lezzet.example/menu", "lines": ["Günün yemekleri", "Her gün taze"]}
OFFERS = [
    {"header": name, "description": "Kişi başı", "price": "90 TRY", "url": "https://lezzet.example/menu"}
    for name in ("Çorba", "Ana yemek", "Tatlı")
]
EVERYTHING = {
    "sitelinks": [LINK, {"text": "Şubeler", "url": "https://lezzet.example/subeler"}],
    "callouts": ["Ücretsiz teslimat", "Yarım saatte"],
    "snippets": [{"header": "types", "values": ["Kebap", "Pide", "Çorba"]}],
    "calls": [{"country": "TR", "number": "0212 123 45 67"}],
    "prices": [{"type": "services", "language": "tr", "qualifier": "from", "offers": OFFERS}],
    "promotions": [
        {
            "item": "Paket servis", "language": "tr", "percent": "20%", "up_to": True, "code": "YENI20",
            "start": "2026-12-01", "end": "2026-12-31", "url": "https://lezzet.example/siparis",
        }
    ],
    "images": ["assets/kutu.png"],
}  # fmt: skip


def tree(on_campaign: Tree | None = None, on_ad_set: Tree | None = None, **more: Any) -> Tree:
    """One ad set and one ad, with Google's blocks."""
    group = {**ad_set("eve", ad("kadikoy")), "google": {**KEYWORDS, **(on_ad_set or {})}}
    top = {**campaign("google", group), **more}
    return {**top, "google": on_campaign} if on_campaign else top


class Remembering(Walker):
    """Remembers what it set, as the journal does, so that it is unset once it is no longer declared."""

    applied: ClassVar[dict[Address, Fields]] = {}

    def diff(self) -> Diff:
        return diff(self.desired(), self.read(), Context(self.supports, self.known, applied=self.applied))

    def apply(self) -> None:
        super().apply()
        self.applied.update({each.address: each.fields for each in self.desired()})


class Story:
    """States one after the other on one empty account; `brand` is what kampanya.yaml says beside the rest."""

    def __init__(self, root: Path, sandbox: Endpoints) -> None:
        self.root, self.brand, self.audiences = root, dict[str, Any](), list[str]()
        walker, self.platform, self.account = walking("google", root, sandbox)
        self.walker = Remembering(walker.connector, walker.platform, walker.account, root)
        self.walker.applied.clear()

    def declare(self, *declared: Tree) -> Walker:
        write(self.root, self.account, self.platform, State("", declared, 1, 1))
        file = self.root / "kampanya.yaml"
        file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | self.brand), "utf-8")
        (self.root / "audiences").mkdir(exist_ok=True)
        for key in self.audiences:
            rule = {"event": "Purchase", "within": "30d", "url_contains": key}
            text = json.dumps({"audience": key, "type": "website", "include": [rule]})
            (self.root / "audiences" / f"{key}.yaml").write_text(text, "utf-8")
        return self.walker

    def step(self, *declared: Tree) -> Counter[tuple[str, str]]:
        """What the plan says, (verb, kind) each; it is applied, reads so, and the plan after is empty."""
        walker = self.declare(*declared)
        found = walker.diff()
        assert found.blocked == ()
        walker.apply()
        again = walker.diff()
        seen = {(each.kind, each.id): each for each in walker.read()}
        for each in found.changes:
            if isinstance(each, Update):
                shown = seen[each.address.kind, each.id]
                assert [*differences(each.after, shown, again.matching.ids)] == []
        assert (again.changes, again.held, again.blocked) == ((), (), ())
        assert again.matching.foreign == ()
        names = {Create: "create", Update: "update", Archive: "archive"}
        return Counter((names[type(each)], each.address.kind) for each in found.changes)


@pytest.fixture
def story(tmp_path: Path, sandbox: Endpoints) -> Story:
    return Story(tmp_path, sandbox)


def test_assets_of_every_sort_are_built_read_back_changed_and_unlinked(story: Story) -> None:
    first = story.step(tree({"assets": EVERYTHING}, {"assets": {"callouts": ["Yarım saatte"]}}))
    assert (first["create", "asset"], first["create", "campaign_asset"]) == (9, 9)  # shared: made once
    assert first["create", "ad_group_asset"] == 1
    changed = {**EVERYTHING, "sitelinks": [{**LINK, "text": "Yemekler"}, EVERYTHING["sitelinks"][1]]}
    assert story.step(tree({"assets": changed})) == {
        ("create", "asset"): 1,
        ("create", "campaign_asset"): 1,
        ("archive", "campaign_asset"): 1,
        ("archive", "ad_group_asset"): 1,
    }
    assert story.step(tree()) == {("archive", "campaign_asset"): 9}
    # What stays in the library is linked again, not made again.
    assert story.step(tree({"assets": {"calls": EVERYTHING["calls"]}})) == {("create", "campaign_asset"): 1}


LISTS = {"negative_lists": {"genel": {"broad": ["tarif", "bedava"], "exact": ["is ilani"]}}}


def test_negatives_are_built_at_every_level_and_a_shared_list_once(story: Story) -> None:
    story.brand = {"google": LISTS}
    used = {"negative": {"phrase": ["nasıl yapılır"]}, "negative_lists": ["genel"]}
    group = {"negative": {"exact": ["ekmek"]}}
    first = story.step(tree(used, group))
    assert (first["create", "campaign_negative_keyword"], first["create", "negative_keyword"]) == (1, 1)
    assert (first["create", "negative_list"], first["create", "campaign_negative_list"]) == (1, 1)
    assert first["create", "negative_list_keyword"] == 3
    story.brand = {
        "google": {"negative_lists": {"genel": {"broad": ["tarif", "ucuz"], "exact": ["is ilani"]}}}
    }
    assert story.step(tree(used, group)) == {
        ("create", "negative_list_keyword"): 1,
        ("archive", "negative_list_keyword"): 1,
    }
    assert story.step(tree({"negative": {"phrase": ["nasıl yapılır"]}}, group)) == {
        ("archive", "campaign_negative_list"): 1,
        ("archive", "negative_list_keyword"): 3,
    }


WHERE_AND_WHEN = {
    "locations": {
        "match": "interest",
        "exclude": ["TR-06"],
        "around": [{"latitude": 41.0082, "longitude": 28.9784, "km": 10}],
    },
    "schedule": [
        {"days": ["mon", "tue"], "start": "09:00", "end": "18:30", "bid": "20%"},
        {"days": ["sat"], "start": "10:00", "end": "24:00"},
    ],
    "devices": {"mobile": "15%", "tablet": "-100%"},
}


def test_places_hours_and_devices_are_set_changed_and_taken_back(story: Story) -> None:
    story.step(tree(WHERE_AND_WHEN))
    changed = {
        "locations": {"exclude": ["TR-35"], "around": [{"latitude": 40.9, "longitude": 29.1, "km": 5}]},
        "schedule": [{"days": ["mon", "wed"], "start": "09:00", "end": "18:30", "bid": "-10%"}],
        "devices": {"mobile": "-20%", "desktop": "10%"},
    }
    story.declare(tree(changed))
    (update,) = story.walker.diff().changes
    assert isinstance(update, Update)
    assert update.before["ad_schedule"] == {
        "MONDAY 09:00-18:30": 1.2, "TUESDAY 09:00-18:30": 1.2, "SATURDAY 10:00-24:00": 1.0,
    }  # fmt: skip
    assert update.after == {
        "geo_target_type_setting": {
            "positive_geo_target_type": "PRESENCE", "negative_geo_target_type": "PRESENCE",
        },
        "excluded_locations": ["TR-35"],
        "around": ["40.9,29.1 5km"],
        "ad_schedule": {"MONDAY 09:00-18:30": 0.9, "WEDNESDAY 09:00-18:30": 0.9},
        "devices": {"MOBILE": 0.8, "DESKTOP": 1.1},
    }  # fmt: skip
    assert story.step(tree(changed)) == {("update", "campaign"): 1}
    assert story.step(tree()) == {("update", "campaign"): 1}
    (campaign,) = (each for each in story.walker.read() if each.kind == "campaign")
    gone = {"excluded_locations": [], "around": [], "ad_schedule": {}, "devices": {}}
    assert {name: campaign.fields[name] for name in gone} == gone


def test_audiences_are_observed_or_aimed_at_and_people_chosen(story: Story) -> None:
    story.audiences = ["musteriler", "gezenler"]
    people = {"household_income": ["top_10", "top_20"], "parental_status": ["parents"]}
    story.step(tree(on_ad_set={"observe": ["musteriler"], **people}))
    (group,) = (each for each in story.walker.read() if each.kind == "ad_group")
    assert group.fields["income_ranges"] == ["INCOME_RANGE_90_UP", "INCOME_RANGE_80_90"]
    assert group.fields["parental_statuses"] == ["PARENT"]
    assert (len(group.fields["observed_lists"]), group.fields["user_lists"]) == (1, [])  # type: ignore[arg-type]
    assert story.step(
        tree(on_ad_set={"observe": ["musteriler", "gezenler"], "parental_status": ["parents"]})
    ) == {
        ("create", "audience"): 1,
        ("update", "ad_group"): 1,
    }
    aimed = tree()
    aimed["ad_sets"][0]["audience"] = {"include": ["gezenler"]}
    assert story.step(aimed) == {("update", "ad_group"): 1}
    (group,) = (each for each in story.walker.read() if each.kind == "ad_group")
    assert (group.fields["observed_lists"], len(group.fields["user_lists"])) == ([], 1)  # type: ignore[arg-type]
    assert len(group.fields["parental_statuses"]) == 3  # type: ignore[arg-type]


LONG = "Mevsimin sebzeleriyle ustanın elinden, yarım saatte kapında"
SHOWN = {
    "long_headlines": [LONG],
    "business_name": "Lezzet",
    "images": ["assets/kare.png"],
    "logos": ["assets/logo.png"],
}


def channel(name: str, shown: Tree = SHOWN, headline: str = "Sıcak gelir", **group: Any) -> Tree:
    """A campaign of a channel with one ad; the creative's own image is wide."""
    one = {**ad("kadikoy", headline), "google": shown}
    inner = {**ad_set("eve", one), "optimize_for": "purchases", "google": group}
    bidding = {"strategy": "maximize_conversions"}
    people = {"audience": {"locations": ["TR-34"], "languages": ["tr"]}}  # Performance Max takes no ages
    block = {"channel": name, "bidding": bidding}
    return {**campaign("google", inner), **people, "objective": "sales", "google": block}


@pytest.fixture
def pictured(story: Story) -> Story:
    (story.root / "assets").mkdir(exist_ok=True)
    for name, width, height in (("kare", 600, 600), ("logo", 200, 200), ("dik", 480, 600)):
        (story.root / "assets" / f"{name}.png").write_bytes(png(70, width, height))
    return story


def test_performance_max_is_an_asset_group_with_its_assets_and_search_themes(pictured: Story) -> None:
    themes = {"search_themes": ["eve yemek", "paket servis"]}
    first = pictured.step(channel("performance_max", **themes))
    assert first == {
        ("create", "campaign"): 1, ("create", "asset_group"): 1, ("create", "search_theme"): 2,
        ("create", "asset"): 10, ("create", "asset_group_asset"): 10,
    }  # fmt: skip
    assert pictured.step(channel("performance_max", headline="Çok sıcak", **themes)) == {
        ("create", "asset"): 1, ("create", "asset_group_asset"): 1, ("archive", "asset_group_asset"): 1,
    }  # fmt: skip
    more = {**SHOWN, "images": ["assets/kare.png", "assets/dik.png"], "videos": ["dQw4w9WgXcQ"]}
    assert pictured.step(channel("performance_max", more, "Çok sıcak", search_themes=["eve yemek"])) == {
        ("create", "asset"): 2, ("create", "asset_group_asset"): 2, ("archive", "search_theme"): 1,
    }  # fmt: skip
    paused = channel("performance_max", more, "Çok sıcak", search_themes=["eve yemek"])
    paused["ad_sets"][0]["status"] = "paused"
    assert pictured.step(paused)["update", "asset_group"] == 1


def test_google_makes_nothing_by_itself_that_nobody_declared(pictured: Story) -> None:
    def allowed() -> set[str]:
        (seen,) = (each for each in pictured.walker.read() if each.kind == "campaign")
        settings: Any = seen.fields["asset_automation_settings"]
        return {
            each["asset_automation_type"]
            for each in settings
            if each["asset_automation_status"] != "OPTED_OUT"
        }

    tree = channel("performance_max")
    pictured.step(tree)
    assert allowed() == set()
    tree["google"] = {**tree["google"], "automation": ["images", "videos"]}
    assert pictured.step(tree) == {("update", "campaign"): 1}
    assert allowed() == {"GENERATE_IMAGE_ENHANCEMENT", "GENERATE_ENHANCED_YOUTUBE_VIDEOS"}
    assert pictured.step(channel("performance_max")) == {("update", "campaign"): 1}
    assert allowed() == set()


def test_a_display_campaign_shows_responsive_display_ads(pictured: Story) -> None:
    first = pictured.step(channel("display"))
    assert first == {
        ("create", "campaign"): 1, ("create", "ad_group"): 1, ("create", "ad"): 1, ("create", "asset"): 3,
    }  # fmt: skip
    changed = {**SHOWN, "long_headlines": ["Kapında"], "business_name": "Lezzet Ev"}
    pictured.declare(channel("display", changed, "Çok sıcak"))
    (update,) = pictured.walker.diff().changes
    assert isinstance(update, Update)
    assert set(update.after) == {"headlines", "long_headline", "business_name"}
    assert pictured.step(channel("display", changed, "Çok sıcak")) == {("update", "ad"): 1}


def test_a_portfolio_strategy_is_made_once_and_changed_for_all_its_campaigns(story: Story) -> None:
    def brand(target: str) -> Tree:
        strategy = {"strategy": "maximize_conversions", "target_cpa": target}
        return {"google": {"portfolios": {"satis": strategy}}}

    story.brand = brand("40 TRY")
    group = {**ad_set("eve", ad("kadikoy")), "optimize_for": "purchases", "google": KEYWORDS}
    other = {**group, "ad_set": "ofis"}
    both = {**campaign("google", group, other), "objective": "sales", "google": {"portfolio": "satis"}}
    first = story.step(both)
    assert (first["create", "portfolio"], first["create", "campaign"]) == (1, 2)
    story.brand = brand("50 TRY")
    story.declare(both)
    (update,) = story.walker.diff().changes
    assert isinstance(update, Update)
    assert update.before["bidding"]["target_cpa_micros"] == 40_000_000  # type: ignore[index, call-overload]
    assert story.step(both) == {("update", "portfolio"): 1}
    own = {**both, "google": {"bidding": {"strategy": "maximize_conversions"}}}
    assert story.step(own) == {("update", "campaign"): 2}


def bids_for(story: Story) -> list[Any]:
    """What every campaign bids for, as it is read."""
    return [each.fields["conversion_goals"] for each in story.walker.read() if each.kind == "campaign"]


def test_a_campaign_bids_for_what_it_is_optimised_for_until_it_says_otherwise(story: Story) -> None:
    group = {**ad_set("eve", ad("kadikoy")), "google": KEYWORDS}
    bought = {**campaign("google", {**group, "optimize_for": "purchases"}), "objective": "sales"}
    story.step(bought)
    assert bids_for(story) == [["purchase/website"]]
    said = {"google": {"conversion_goals": ["submit_lead_form"]}}
    leads = {**campaign("google", {**group, "optimize_for": "leads"}), "objective": "leads", **said}
    story.step({**leads, "campaign": "basvuru"})
    assert sorted(bids_for(story)) == [["purchase/website"], ["submit_lead_form/website"]]


def test_conversion_goals_are_chosen_named_and_given_back_to_the_account(story: Story) -> None:
    group = {**ad_set("eve", ad("kadikoy")), "google": KEYWORDS}

    def declared(goals: Any) -> Tree:
        block = {"bidding": {"strategy": "maximize_conversions"}, "conversion_goals": goals}
        google = {name: value for name, value in block.items() if value}
        return {**campaign("google", group), "objective": "sales", "google": google}

    action = last_action(story)
    story.brand = {"google": {"conversion_goals": {"siparis": {"actions": [action]}}}}
    story.step(declared(["purchase", "submit_lead_form"]))
    assert bids_for(story) == [["purchase/website", "submit_lead_form/website"]]
    assert story.step(declared(["submit_lead_form"])) == {("update", "campaign"): 1}
    first = story.step(declared("siparis"))
    assert first == {("create", "conversion_goal"): 1, ("update", "campaign"): 1}
    (own,) = [each for each in story.walker.read() if each.kind == "conversion_goal"]
    assert bids_for(story) == [[own.id]]
    assert own.fields["actions"] == (action,)
    assert story.step(declared(["purchase"])) == {("update", "campaign"): 1}
    assert story.step(declared("account")) == {("update", "campaign"): 1}
    assert story.step(declared(["purchase"])) == {("update", "campaign"): 1}
    assert story.step(declared(None)) == {("update", "campaign"): 1}  # taken back once nobody says it
    assert bids_for(story) == [["account"]]


STORE = "https://play.google.com/store/apps/details?id=com.example.lezzet"


def of_app(story: Story, focus: str = "installs", **more: Any) -> Tree:
    """A campaign for the brand's app, its one ad with an image and a video."""
    story.brand = {"apps": {"lezzet": {"store": STORE}}, **story.brand}
    one = ad("kadikoy")
    shown = {"videos": ["dQw4w9WgXcQ"]}
    group = {**ad_set("eve", {**one, "google": shown}), "audience": more.pop("people", {})}
    del group["google"], group["optimize_for"]
    group |= more.pop("ad_set", {})
    google = {"channel": "app", "focus": focus, **more.pop("google", {})}
    top = {**campaign("google", group), "objective": "app_installs", "app": "lezzet", "google": google}
    return {**top, "audience": {"locations": ["TR-34"], "languages": ["tr"]}, **more}


def app_of(story: Story) -> tuple[Any, Any, Any]:
    """Sub type, goal and actions of the one campaign."""
    (found,) = [each.fields for each in story.walker.read() if each.kind == "campaign"]
    names = ("advertising_channel_sub_type", "app_goal", "selected_actions")
    sub_type, goal, actions = (found[name] for name in names)
    return sub_type, goal, actions


def test_an_app_campaign_is_built_and_bids_for_installs_then_actions_then_value(story: Story) -> None:
    first = story.step(of_app(story))
    assert (first["create", "campaign"], first["create", "ad_group"], first["create", "ad"]) == (1, 1, 1)
    assert first["create", "asset"] == 2  # the creative's image, and the video
    assert app_of(story) == ("APP_CAMPAIGN", "OPTIMIZE_INSTALLS_WITHOUT_TARGET_INSTALL_COST", ())
    aimed = {"bidding": {"strategy": "maximize_conversions", "target_cpa": "12 TRY"}}
    assert story.step(of_app(story, google=aimed)) == {("update", "campaign"): 1}
    assert app_of(story)[1] == "OPTIMIZE_INSTALLS_TARGET_INSTALL_COST"
    action = last_action(story)
    acts = of_app(
        story, ad_set={"optimize_for": "app_events", "conversion": {"google": action}}, google=aimed
    )
    assert story.step(acts) == {("update", "campaign"): 1}
    assert app_of(story)[1:] == ("OPTIMIZE_IN_APP_CONVERSIONS_TARGET_CONVERSION_COST", (action,))
    worth = {"bidding": {"strategy": "maximize_conversion_value", "target_roas": 2.5}}
    worthy = of_app(story, ad_set={"optimize_for": "value", "conversion": {"google": action}}, google=worth)
    assert story.step(worthy) == {("update", "campaign"): 1}
    assert app_of(story)[1] == "OPTIMIZE_RETURN_ON_ADVERTISING_SPEND"


def test_an_app_campaign_for_engagement_has_people_and_one_before_the_start_has_none(story: Story) -> None:
    story.audiences = ["musteriler"]
    action = last_action(story)
    story.brand = {"google": {"conversion_goals": {"siparis": {"actions": [action]}}}}
    google = {
        "conversion_goals": "siparis",
        "bidding": {"strategy": "maximize_conversions", "target_cpa": "20 TRY"},
    }
    first = story.step(
        of_app(story, "engagement", google=google, people={"include": ["musteriler"]}, objective="engagement")
    )
    assert first["create", "conversion_goal"] == 0  # its actions are the campaign's own selection
    assert app_of(story)[0] == "APP_CAMPAIGN_FOR_ENGAGEMENT"
    story.step({**of_app(story, "pre_registration"), "campaign": "erken"})
    found = [each.fields for each in story.walker.read() if each.kind == "campaign"]
    kinds = {each.get("advertising_channel_sub_type") for each in found}
    assert "APP_CAMPAIGN_FOR_PRE_REGISTRATION" in kinds


def last_action(story: Story) -> str:
    """The id of a conversion action that the account has from the start."""
    query = "SELECT conversion_action.resource_name FROM conversion_action"
    connector: Any = story.declare(tree()).connector
    rows = connector.client.rows(query)
    return str(rows[0]["conversion_action"]["resource_name"]).rsplit("/", 1)[-1]


def test_a_goal_that_the_account_does_not_count_stops_the_campaign_and_says_what_there_is(
    story: Story,
) -> None:
    group = {**ad_set("eve", ad("kadikoy")), "google": KEYWORDS}
    google = {"bidding": {"strategy": "maximize_conversions"}, "conversion_goals": ["store_sale/store"]}
    walker = story.declare({**campaign("google", group), "objective": "sales", "google": google})
    outcomes = walker.connector.apply(walker.diff().changes, {})
    (refused,) = [each for each in outcomes if each.address.kind == "campaign"]
    assert isinstance(refused, Refused)
    assert "store_sale/store" in refused.message
    assert "purchase/website, submit_lead_form/website" in refused.message
    assert not walker.read()


def test_tracking_is_set_at_both_levels_and_taken_back(story: Story) -> None:
    top = {
        "urls": {"tracking_template": "https://track.example/?u={{lpurl}}", "parameters": {"sube": "kadikoy"}}
    }
    group = {"urls": {"parameters": {"sube": "moda", "kanal": "arama"}}}
    story.step(tree(top, group))
    assert story.step(tree(top, {"urls": {"parameters": {"sube": "moda"}}})) == {("update", "ad_group"): 1}
    assert story.step(tree()) == {("update", "campaign"): 1, ("update", "ad_group"): 1}
    fields = [each.fields for each in story.walker.read() if each.kind in ("campaign", "ad_group")]
    assert all(not each["tracking_url_template"] and not each["url_custom_parameters"] for each in fields)
