"""Accounts as people and other tools leave them: raw calls of both platforms, in shapes of their own too.

An account is plain data, a tuple of features for each campaign, so that Hypothesis can draw and show it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.contract.brand import png
from tests.properties.grounds import META, InSandbox
from tests.properties.strangers import RULE, Google, Meta, create, path

Op = dict[str, Any]
HOME = "https://rakip.example/"
LINKED = {
    "sitelink": ("SITELINK", {"final_urls": [HOME], "sitelink_asset": {"link_text": "Menü"}}),
    "described sitelink": (
        "SITELINK",
        {
            "final_urls": [f"{HOME}sube"],
            "name": "Şube bağlantısı",
            "sitelink_asset": {"link_text": "Şubeler", "description1": "Her yerde", "description2": "Açık"},
        },
    ),
    "callout": ("CALLOUT", {"callout_asset": {"callout_text": "Ücretsiz teslimat"}}),
    "snippet": (
        "STRUCTURED_SNIPPET",
        {"structured_snippet_asset": {"header": "Types", "values": ["Kebap", "Pide", "Çorba"]}},
    ),
    "call": ("CALL", {"call_asset": {"country_code": "TR", "phone_number": "0212 123 45 67"}}),
    "promotion": (
        "PROMOTION",
        {
            "final_urls": [HOME],
            "promotion_asset": {
                "promotion_target": "Paket servis",
                "language_code": "tr",
                "percent_off": 200_000,
            },
        },
    ),
    "price": (
        "PRICE",
        {
            "price_asset": {
                "type": "SERVICES",
                "language_code": "tr",
                "price_offerings": [
                    {
                        "header": header,
                        "description": "Kişi başı",
                        "final_url": HOME,
                        "price": {"amount_micros": 90_500_000, "currency_code": "TRY"},
                    }
                    for header in ("Çorba", "Pide", "Tatlı")
                ],
            }
        },
    ),
}
DAYTIME = {
    "day_of_week": "MONDAY",
    "start_hour": 9,
    "end_hour": 18,
    "start_minute": "ZERO",
    "end_minute": "THIRTY",
}
# Feature → the fields of the campaign that it sets.
ON_CAMPAIGN: dict[str, Op] = {
    "paused": {"status": "PAUSED"},
    "tracking": {
        "tracking_url_template": "{lpurl}?k=v",
        "url_custom_parameters": [{"key": "a", "value": "b"}],
    },
    "partners": {"network_settings": {"target_google_search": True, "target_search_network": True}},
    "interest": {"geo_target_type_setting": {"positive_geo_target_type": "PRESENCE_OR_INTEREST"}},
    "ending": {"end_date_time": "2026-12-31 23:59:59"},
    "ends at noon": {"end_date_time": "2026-12-31 12:00:00"},
}
BIDDING: dict[str, Op] = {
    "clicks": {"target_spend": {"cpc_bid_ceiling_micros": 9_500_000}},
    "conversions": {"maximize_conversions": {"target_cpa_micros": 80_000_000}},
    "value": {"maximize_conversion_value": {"target_roas": 2.5}},
}
# Feature → a criterion of the campaign.
CRITERIA: dict[str, Op] = {
    "hours": {"ad_schedule": DAYTIME, "bid_modifier": 1.25},
    "no tablets": {"device": {"type": "TABLET"}, "bid_modifier": 0.5},
    "circle": {
        "proximity": {
            "geo_point": {
                "latitude_in_micro_degrees": 41_008_200,
                "longitude_in_micro_degrees": 28_978_400,
            },
            "radius": 10,
            "radius_units": "KILOMETERS",
        }
    },
    "unwanted": {"keyword": {"text": "bedava yemek", "match_type": "PHRASE"}, "negative": True},
    "not there": {"location": {"geo_target_constant": "geoTargetConstants/2276"}, "negative": True},
}
# Feature → a criterion of the ad group.
GROUP_CRITERIA: dict[str, Op] = {
    "held keyword": {"keyword": {"text": "eski kelime", "match_type": "EXACT"}, "status": "PAUSED"},
    "group unwanted": {"keyword": {"text": "tarifi", "match_type": "BROAD"}, "negative": True},
    "no men": {"gender": {"type": "MALE"}, "negative": True},
    "adults": {"age_range": {"type": "AGE_RANGE_18_24"}, "negative": True},
    "odd ages": {"age_range": {"type": "AGE_RANGE_35_44"}, "negative": True},
    "rich": {"income_range": {"type": "INCOME_RANGE_0_50"}, "negative": True},
}
OTHERS = (
    "shared budget", "shared bidding", "shared list", "suffix", "odd suffix", "pinned", "no ads",
    "two groups", "on group", "display",
)  # fmt: skip
SEARCH = (*LINKED, *ON_CAMPAIGN, *BIDDING, *CRITERIA, *GROUP_CRITERIA, *OTHERS)
GOOGLE_ACCOUNTS = st.lists(st.lists(st.sampled_from(SEARCH), max_size=9, unique=True), max_size=3)


def image(width: int, height: int) -> Op:
    """The content of an image asset of theirs."""
    return {"data": base64.b64encode(png(width % 200, width, height)).decode()}


@dataclass
class GoogleAccount:
    """Search campaigns of somebody else, each of one atomic request."""

    ground: InSandbox
    number: int = -1
    made: list[str] = field(default_factory=list)

    def fresh(self) -> int:
        self.number -= 1
        return self.number

    def settle(self, campaigns: list[list[str]]) -> int:
        """How many the platform took."""
        return sum(bool(self.put(self.campaign(index, each))) for index, each in enumerate(campaigns))

    def put(self, operations: Iterable[Op]) -> list[str]:
        return Google(self.ground).mutate(*operations)

    def display(self, index: int) -> list[Op]:
        """A campaign of pictures, with an ad that Google puts together."""
        self.number = -1
        name, budget, group = (
            path(each, self.fresh()) for each in ("campaigns", "campaignBudgets", "adGroups")
        )
        shown = {"wide": (600, 314), "square": (300, 300)}
        pictures = {each: path("assets", self.fresh()) for each in shown}
        networks = {"target_content_network": True, "target_google_search": False}
        fields: Op = {
            "name": f"Rakip Görüntülü {index}",
            "status": "ENABLED",
            "campaign_budget": budget,
            "advertising_channel_type": "DISPLAY",
            "contains_eu_political_advertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
            "start_date_time": "2026-12-05 00:00:00",
            "network_settings": networks,
        }
        ad = {
            "headlines": [{"text": "Sıcak gelir"}],
            "long_headline": {"text": "Ustanın elinden kapına kadar sıcak gelir"},
            "descriptions": [{"text": "Siparişini şimdi ver."}],
            "business_name": "Rakip",
            "marketing_images": [{"asset": pictures["wide"]}],
            "square_marketing_images": [{"asset": pictures["square"]}],
        }
        content = {"final_urls": [f"{HOME}siparis"], "responsive_display_ad": ad}
        place = {"location": {"geo_target_constant": "geoTargetConstants/2792"}}
        return [
            create(
                "campaign_budget", resource_name=budget, amount_micros=90_500_000, explicitly_shared=False
            ),
            create("campaign", resource_name=name, **fields, maximize_conversions={}),
            create("campaign_criterion", campaign=name, **place),
            *(
                create(
                    "asset",
                    resource_name=asset,
                    name=f"rakip {each} {index}",
                    image_asset=image(*shown[each]),
                )
                for each, asset in pictures.items()
            ),
            create(
                "ad_group",
                resource_name=group,
                campaign=name,
                name="Grup",
                status="ENABLED",
                type="DISPLAY_STANDARD",
            ),
            create("ad_group_ad", ad_group=group, status="ENABLED", ad=content),
        ]

    def campaign(self, index: int, features: list[str]) -> list[Op]:
        if "display" in features:
            return self.display(index)
        self.number = -1
        name, budget = path("campaigns", self.fresh()), path("campaignBudgets", self.fresh())
        money = {"amount_micros": 120_500_000, "explicitly_shared": "shared budget" in features}
        named = {"name": f"Bütçe {index}"} if "shared budget" in features else {}
        bids = next((BIDDING[each] for each in features if each in BIDDING), {"manual_cpc": {}})
        operations = [create("campaign_budget", resource_name=budget, **money, **named)]
        if "shared bidding" in features:
            strategy = path("biddingStrategies", self.fresh())
            shared = {"name": f"Ortak Teklif {index}", "target_spend": {"cpc_bid_ceiling_micros": 7_000_000}}
            operations.append(create("bidding_strategy", resource_name=strategy, **shared))
            bids = {"bidding_strategy": strategy}
        fields: Op = {
            "name": f"Rakip Arama {index}",
            "status": "ENABLED",
            "campaign_budget": budget,
            "advertising_channel_type": "SEARCH",
            "contains_eu_political_advertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
            "start_date_time": "2026-12-05 00:00:00",
        }
        for each in features:
            fields |= ON_CAMPAIGN.get(each, {})
        operations.append(create("campaign", resource_name=name, **fields, **bids))
        where = {"location": {"geo_target_constant": "geoTargetConstants/2792"}}
        criteria = [where, *(CRITERIA[each] for each in features if each in CRITERIA)]
        operations += [create("campaign_criterion", campaign=name, **each) for each in criteria]
        groups = 2 if "two groups" in features else 1
        for number in range(groups):
            operations += self.group(name, f"Grup {number}", features)
        owner = ("ad_group_asset", "ad_group") if "on group" in features else ("campaign_asset", "campaign")
        bodies = [each.get("ad_group_operation", {}).get("create") for each in operations]
        first = next(str(each["resource_name"]) for each in bodies if each)
        for each in (one for one in features if one in LINKED):
            operations += self.asset(each, owner, first if "on group" in features else name)
        return operations + (self.shared_list(index, name) if "shared list" in features else [])

    def asset(self, feature: str, owner: tuple[str, str], target: str) -> list[Op]:
        role, fields = LINKED[feature]
        asset, (kind, above) = path("assets", self.fresh()), owner
        link = {above: target, "asset": asset, "field_type": role}
        return [create("asset", resource_name=asset, **fields), create(kind, **link)]

    def shared_list(self, index: int, campaign: str) -> list[Op]:
        made = path("sharedSets", self.fresh())
        word = {"keyword": {"text": "iş ilanı", "match_type": "EXACT"}}
        return [
            create("shared_set", resource_name=made, name=f"Markalar {index}", type="NEGATIVE_KEYWORDS"),
            create("shared_criterion", shared_set=made, **word),
            create("campaign_shared_set", campaign=campaign, shared_set=made),
        ]

    def group(self, campaign: str, title: str, features: list[str]) -> list[Op]:
        name = path("adGroups", self.fresh())
        fields = {"campaign": campaign, "name": title, "status": "ENABLED", "type": "SEARCH_STANDARD"}
        made = [create("ad_group", resource_name=name, **fields, cpc_bid_micros=3_000_000)]
        wanted = {"keyword": {"text": "eve yemek", "match_type": "PHRASE"}, "status": "ENABLED"}
        criteria = [wanted, *(GROUP_CRITERIA[each] for each in features if each in GROUP_CRITERIA)]
        made += [create("ad_group_criterion", ad_group=name, **each) for each in criteria]
        return made + ([] if "no ads" in features else [self.ad(name, features)])

    def ad(self, group: str, features: list[str]) -> Op:
        headlines: list[Op] = [{"text": each} for each in ("Sıcak gelir", "Yarım saatte", "Bugün açık")]
        if "pinned" in features:
            headlines[0]["pinned_field"] = "HEADLINE_1"
        texts = [{"text": each} for each in ("Ustanın elinden kapına.", "Siparişini şimdi ver.")]
        ad: Op = {
            "final_urls": [f"{HOME}siparis"],
            "responsive_search_ad": {"headlines": headlines, "descriptions": texts, "path1": "yemek"},
        }
        if "suffix" in features:
            ad["final_url_suffix"] = "utm_source=rakip&utm_term={keyword}"
        if "odd suffix" in features:
            ad["final_url_suffix"] = "kaynak=rakip"
        return create("ad_group_ad", ad_group=group, status="ENABLED", ad=ad)


# Feature → Graph's parameters of the campaign, of its ad set, of the ad's creative.
GRAPH_CAMPAIGN: dict[str, Op] = {
    "paused": {"status": "PAUSED"},
    "campaign budget": {"daily_budget": 100_050, "bid_strategy": "LOWEST_COST_WITHOUT_CAP"},
    "spend cap": {"spend_cap": 5_000_000},
    "traffic": {"objective": "OUTCOME_TRAFFIC"},
    "awareness": {"objective": "OUTCOME_AWARENESS"},
}
GRAPH_AD_SET: dict[str, Op] = {
    "held": {"status": "PAUSED"},
    "capped": {"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 950},
    "ending": {"end_time": "2026-12-31T23:59:59+0300"},
    "at noon": {"start_time": "2026-12-05T12:00:00+0300"},
    "eu": {"dsa_beneficiary": "Rakip A.Ş.", "dsa_payor": "Rakip A.Ş."},
}
AIM: dict[str, Op] = {
    "women": {"genders": [2], "age_min": 25, "age_max": 44},
    "feed": {"publisher_platforms": ["facebook"], "facebook_positions": ["feed"]},
    "phones": {"device_platforms": ["mobile"]},
    "two countries": {"geo_locations": {"countries": ["TR", "DE"]}},
}
LINKS: dict[str, Op] = {
    "described": {"description": "Kısa söz"},
    "nameless": {"name": ""},
    "button": {"call_to_action": {"type": "ORDER_NOW", "value": {"link": HOME}}},
    "odd button": {"call_to_action": {"type": "BUY_TICKETS", "value": {"link": HOME}}},
}
CREATIVES: dict[str, Op] = {
    "tags": {"url_tags": "utm_source=rakip&utm_campaign={{campaign.name}}"},
    "odd tags": {"url_tags": "kaynak=rakip"},
}
PICTURED = ("picture", "carousel", "several texts", "film", "post")
FILM = b"\0\0\0\x18ftypmp42" + bytes(500)
GRAPH_OTHERS = (*PICTURED, "same creative", "no ad", "their audience", "two ad sets")
GRAPH = (*GRAPH_CAMPAIGN, *GRAPH_AD_SET, *AIM, *LINKS, *CREATIVES, *GRAPH_OTHERS)
META_ACCOUNTS = st.lists(st.lists(st.sampled_from(GRAPH), max_size=7, unique=True), max_size=3)


@dataclass
class MetaAccount:
    """Campaigns of somebody else, each call a request of its own; what Graph refuses is not there."""

    ground: InSandbox

    def settle(self, campaigns: list[list[str]]) -> int:
        """How many ads the platform took."""
        self.graph = Meta(self.ground)
        return sum(self.campaign(index, each) for index, each in enumerate(campaigns))

    def campaign(self, index: int, features: list[str]) -> int:
        fields: Op = {"objective": "OUTCOME_SALES", "special_ad_categories": [], "status": "ACTIVE"}
        fields |= _of(GRAPH_CAMPAIGN, features)
        if "daily_budget" not in fields:
            fields["is_adset_budget_sharing_enabled"] = False
        top = self.graph.make("campaigns", name=f"Rakip Kampanya {index}", **fields)
        sets = range(2 if "two ad sets" in features else 1)
        made = [self.ad_set(str(top), number, features, fields) for number in sets]
        shared = self.creative(features) if "same creative" in features else None
        return sum(
            bool(self.ad(each, shared or self.creative(features)))
            for each in made
            if each and "no ad" not in features
        )

    def ad_set(self, campaign: str, number: int, features: list[str], above: Op) -> str | None:
        goal = {"OUTCOME_TRAFFIC": "LINK_CLICKS", "OUTCOME_AWARENESS": "REACH"}.get(above["objective"])
        fields: Op = {
            "optimization_goal": goal or "OFFSITE_CONVERSIONS",
            "billing_event": "IMPRESSIONS",
            "status": "ACTIVE",
            "start_time": "2026-12-05T00:00:00+0300",
            "targeting": self.aim(features),
        }
        if above["objective"] != "OUTCOME_AWARENESS":
            fields["destination_type"] = "WEBSITE"
        if goal is None:
            fields["promoted_object"] = {"pixel_id": META["pixel"], "custom_event_type": "PURCHASE"}
        if goal == "REACH":
            fields["promoted_object"] = {"page_id": META["page"]}
        if "daily_budget" not in above:
            fields |= {"daily_budget": 70_050, "bid_strategy": "LOWEST_COST_WITHOUT_CAP"}
        fields |= _of(GRAPH_AD_SET, features)
        if "daily_budget" in above:
            fields.pop("bid_strategy", None)
        return self.graph.make("adsets", name=f"Takım {number}", campaign_id=campaign, **fields)

    def aim(self, features: list[str]) -> Op:
        aim: Op = {
            "geo_locations": {"countries": ["TR"]},
            "targeting_automation": {"advantage_audience": 0},
            **_of(AIM, features),
        }
        if "their audience" in features:
            made = self.graph.make("customaudiences", name="Rakip Kitle", rule=RULE, prefill="true")
            aim["custom_audiences"] = [{"id": made}]
        return aim

    def creative(self, features: list[str]) -> str | None:
        link: Op = {"link": HOME, "message": "Merhaba", "name": "Sıcak gelir", **_of(LINKS, features)}
        story = {"page_id": META["page"], "link_data": {key: value for key, value in link.items() if value}}
        more = _of(CREATIVES, features)
        if "picture" in features:
            story["link_data"]["image_hash"] = self.picture(1)
        if "carousel" in features:
            story["link_data"] = {"link": HOME, "message": "Merhaba", "child_attachments": self.cards()}
        if "film" in features:
            button = {"type": "LEARN_MORE", "value": {"link": HOME}}
            shown = {"video_id": self.film(), "image_hash": self.picture(3), "call_to_action": button}
            del story["link_data"]
            story["video_data"] = {**shown, "title": "Sıcak gelir", "message": "Merhaba"}
        if "post" in features:
            return self.graph.make(
                "adcreatives", name="rakip gönderi", object_story_id=f"{META['page']}_1001"
            )
        if "several texts" in features:
            more |= {"asset_feed_spec": self.feed()}
            story = {"page_id": META["page"]}
        return self.graph.make("adcreatives", name="rakip içerik", object_story_spec=story, **more)

    def picture(self, shade: int) -> str:
        """The hash of an image of theirs."""
        content = base64.b64encode(png(shade * 40 + 7, 1080, 1080)).decode()
        images = self.graph.ask(f"{META['account']}/adimages", bytes=content)["images"]
        return str(images["bytes"]["hash"])

    def film(self) -> str:
        """The id of a video of theirs, once it can be shown."""
        ends = self.ground.sandbox.meta.endpoints()
        token = {"access_token": ends["token"]}
        files = {"source": ("film.mp4", FILM, "multipart/form-data")}
        edge = f"{ends['url']}/v26.0/{META['account']}/advideos"
        session = self.graph.session
        id = session.post(edge, data={**token, "title": "rakip film"}, files=files, timeout=30).json()["id"]
        for _ in range(3):  # it is processed while somebody looks
            session.get(f"{ends['url']}/v26.0/{id}", params={**token, "fields": "status"}, timeout=30)
        return str(id)

    def cards(self) -> list[Op]:
        return [
            {"link": f"{HOME}{each}", "name": f"Kart {each}", "image_hash": self.picture(each)}
            for each in (1, 2, 3)
        ]

    def feed(self) -> Op:
        return {
            "ad_formats": ["SINGLE_IMAGE"],
            "images": [{"hash": self.picture(2)}],
            "titles": [{"text": "Sıcak gelir"}, {"text": "Yarım saatte"}],
            "bodies": [{"text": "Ustanın elinden."}],
            "link_urls": [{"website_url": HOME}],
            "optimization_type": "DEGREES_OF_FREEDOM",
        }

    def ad(self, ad_set: str, creative: str | None) -> str | None:
        content = {"creative_id": creative}
        return self.graph.make("ads", name="Rakip Reklam", adset_id=ad_set, status="ACTIVE", creative=content)


def _of(table: dict[str, Op], features: list[str]) -> Op:
    return {name: value for each in features for name, value in table.get(each, {}).items()}
