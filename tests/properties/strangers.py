"""What others keep in the accounts: put there through the platforms' own APIs, as a person or a tool would.

A stranger is plain data, so that Hypothesis can draw and show it; `settle` builds each after those it hangs
under, and leaves out what the platform itself refuses (a second campaign of one name on Google).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from google.ads.googleads.errors import GoogleAdsException
from hypothesis import strategies as st

from connectors.errors import ConnectorError
from engine.naming import Scope, label, signed
from engine.resource import Address
from tests.properties.grounds import GOOGLE, META, InSandbox

NAMES = ("lezzet_yil-sonu_sales", "lezzet_yil-sonu_sales | eve-siparis", "eve-siparis", "kadikoy", "Başka")
ABOVE = {"ad_set": "campaign", "ad": "ad_set", "keyword": "ad_set", "negative": "ad_set"}
KINDS = (
    "campaign",
    "ad_set",
    "ad",
    "keyword",
    "negative",
    "creative",
    "image",
    "audience",
    "label",
    "budget",
)
# Whose mark it carries: nobody's, another brand's, another environment's, or a copy of one of ours.
MARKS: dict[str, Scope | None] = {
    "none": None,
    "other brand": Scope("rakip", "sandbox"),
    "other environment": Scope("lezzet", "production"),
    "copy": Scope("lezzet", "sandbox"),
}
OURS = {
    "campaign": ("campaign", "yil-sonu"),
    "ad_set": ("ad_set", "yil-sonu/eve-siparis"),
    "ad": ("ad", "yil-sonu/eve-siparis/kadikoy"),
    "audience": ("audience", "son-30-gun"),
}


GOOGLES = {
    "campaign": ("campaign", "yil-sonu/eve-siparis"),
    "ad_set": ("ad_group", "yil-sonu/eve-siparis"),
}


@dataclass(frozen=True)
class Stranger:
    """One foreign object. `under_ours`: it hangs under a parent of ours, where that exists by then."""

    kind: str
    name: str
    mark: str
    live: bool
    gone: bool
    under_ours: bool

    def token(self, platform: str) -> str | None:
        scope = MARKS[self.mark]
        if scope is None or self.kind not in OURS:
            return None
        return scope.token(self.original(platform))

    def original(self, platform: str) -> Address:
        """What of ours its mark is of."""
        kind, key = OURS[self.kind]
        if platform == "google":  # its ad sets with budgets are campaigns there
            kind, key = GOOGLES.get(kind, (kind, key))
        return Address(platform, kind, key)


STRANGERS = st.lists(
    st.builds(
        Stranger,
        st.sampled_from(KINDS),
        st.sampled_from(NAMES),
        st.sampled_from(["none", "none", "other brand", "other environment"]),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
        st.booleans(),
    ),
    max_size=8,
)
LATER = st.lists(
    st.builds(
        Stranger,
        st.sampled_from(KINDS),
        st.sampled_from(NAMES),
        st.sampled_from(list(MARKS)),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
        st.booleans(),
    ),
    max_size=8,
)


@dataclass
class Meta:
    """A plain HTTP client of Graph."""

    ground: InSandbox
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, path: str, **params: Any) -> dict[str, Any]:
        ends = self.ground.sandbox.meta.endpoints()
        form = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()
        }
        url = f"{ends['url']}/v26.0/{path}"
        answer = self.session.post(url, data={**form, "access_token": ends["token"]}, timeout=30)
        found: dict[str, Any] = answer.json()
        return found

    def make(self, edge: str, **params: Any) -> str | None:
        return self.ask(f"{META['account']}/{edge}", **params).get("id")

    def labelled(self, token: str | None) -> dict[str, Any]:
        return {"adlabels": [{"name": label(token)}]} if token else {}

    def settle(self, each: Stranger, above: Callable[[str], str]) -> str | None:
        status = "ACTIVE" if each.live else "PAUSED"
        common = {"name": each.name, "status": status, **self.labelled(each.token("meta"))}
        match each.kind:
            case "campaign" | "budget":
                return self.make("campaigns", **self.campaign(), **common)
            case "ad_set":
                above_it = above("campaign")
                own = {} if self.has_budget(above_it) else {"daily_budget": 999900}
                return self.make("adsets", campaign_id=above_it, **own, **self.ad_set(), **common)
            case "ad":
                creative = {"creative_id": self.creative()}
                return self.make("ads", adset_id=above("ad_set"), creative=creative, **common)
            case "creative":
                return self.creative(each.name)
            case "audience":
                note = signed("Not", token) if (token := each.token("meta")) else "Not"
                return self.make(
                    "customaudiences", name=each.name, description=note, rule=RULE, prefill="true"
                )
            case "label":
                return self.make("adlabels", name=each.name)
        return None

    def has_budget(self, campaign: str) -> bool:
        node = self.ground.sandbox.meta.graph.store.get(campaign)
        return node is not None and bool(node.get("daily_budget"))

    def campaign(self) -> dict[str, Any]:
        return {"objective": "OUTCOME_SALES", "special_ad_categories": [], "daily_budget": 999900}

    def ad_set(self) -> dict[str, Any]:
        return {
            "optimization_goal": "LINK_CLICKS",
            "billing_event": "IMPRESSIONS",
            "destination_type": "WEBSITE",
            "promoted_object": {"pixel_id": META["pixel"], "custom_event_type": "PURCHASE"},
            "targeting": {
                "geo_locations": {"countries": ["TR"]},
                "targeting_automation": {"advantage_audience": 0},
            },
        }

    def creative(self, name: str = "x") -> str | None:
        link = {"link": "https://rakip.example/", "message": "Merhaba"}
        return self.make(
            "adcreatives", name=name, object_story_spec={"page_id": META["page"], "link_data": link}
        )

    def remove(self, kind: str, id: str) -> None:
        if kind in ("campaign", "ad_set", "ad", "budget"):
            self.ask(id, status="ARCHIVED")


RULE = {
    "inclusions": {
        "operator": "or",
        "rules": [
            {
                "event_sources": [{"id": META["pixel"], "type": "pixel"}],
                "retention_seconds": 86400,
                "filter": {
                    "operator": "and",
                    "filters": [{"field": "event", "operator": "eq", "value": "Purchase"}],
                },
            }
        ],
    }
}


@dataclass
class Google:
    """Mutates of the unchanged SDK, each stranger with its own temporary ids."""

    ground: InSandbox

    def mutate(self, *operations: dict[str, Any]) -> list[str]:
        """Resource names; empty where Google refuses."""
        try:
            found: list[str] = self.ground.connectors["google"].client.mutate(operations)  # type: ignore[attr-defined]
        except (ConnectorError, GoogleAdsException):
            return []
        return found

    def settle(self, each: Stranger, above: Callable[[str], str]) -> str | None:
        status = "ENABLED" if each.live else "PAUSED"
        made: list[dict[str, Any]]
        match each.kind:
            case "campaign":
                budget = {"resource_name": path("campaignBudgets", -1), "amount_micros": 999_900_000}
                made = [
                    create("campaign_budget", **budget, explicitly_shared=False),
                    self.campaign(each, status),
                ]
            case "budget":
                shared = {"amount_micros": 999_900_000, "explicitly_shared": True}
                made = [create("campaign_budget", name=each.name, **shared)]
            case "ad_set":
                fields = {"campaign": above("campaign"), "name": each.name, "status": status}
                made = [
                    create("ad_group", resource_name=path("adGroups", -2), type="SEARCH_STANDARD", **fields)
                ]
            case "ad":
                texts = {
                    "headlines": [{"text": t} for t in "ABC"],
                    "descriptions": [{"text": t} for t in "DE"],
                }
                ad = {"final_urls": ["https://rakip.example/"], "responsive_search_ad": texts}
                made = [create("ad_group_ad", ad_group=above("ad_set"), status=status, ad=ad)]
            case "keyword" | "negative":
                word: dict[str, Any] = {"keyword": {"text": f"yabanci {each.name}", "match_type": "BROAD"}}
                word |= {"negative": True} if each.kind == "negative" else {"status": status}
                made = [create("ad_group_criterion", ad_group=above("ad_set"), **word)]
            case "audience":
                made = [create("user_list", **self.user_list(each))]
            case "label":
                made = [create("label", name=f"etiket {each.name}")]
            case _:
                return None
        names = self.mutate(*made)
        if names and (token := each.token("google")) and each.kind in ("campaign", "ad_set", "ad"):
            self.mark(each.kind, names[-1], token)
        return names[-1] if names else None

    def campaign(self, each: Stranger, status: str) -> dict[str, Any]:
        return create(
            "campaign",
            resource_name=path("campaigns", -2),
            name=each.name,
            status=status,
            campaign_budget=path("campaignBudgets", -1),
            advertising_channel_type="SEARCH",
            manual_cpc={},
            contains_eu_political_advertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
        )

    def user_list(self, each: Stranger) -> dict[str, Any]:
        token = each.token("google")
        item = {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": "Purchase"}}
        rule = {"rule_item_groups": [{"rule_items": [item]}]}
        flexible = {
            "inclusive_rule_operator": "OR",
            "inclusive_operands": [{"rule": rule, "lookback_window_days": 7}],
        }
        return {
            "name": each.name,
            "description": signed("Not", token) if token else "Not",
            "rule_based_user_list": {"flexible_rule_user_list": flexible},
        }

    def mark(self, kind: str, name: str, token: str) -> None:
        """A label of that name, which may be there already, put on the object."""
        rows = self.ground.connectors["google"].client.rows(  # type: ignore[attr-defined]
            f"SELECT label.resource_name FROM label WHERE label.name = '{label(token)}'"
        )
        there = [row["label"]["resource_name"] for row in rows]
        bearer = {"campaign": "campaign", "ad_set": "ad_group", "ad": "ad_group_ad"}[kind]
        mark = (there or self.mutate(create("label", name=label(token))))[0]
        self.mutate(create(f"{bearer}_label", **{bearer: name, "label": mark}))

    def remove(self, kind: str, id: str) -> None:
        resource = {"ad_set": "ad_group", "ad": "ad_group_ad", "budget": "campaign_budget"}.get(kind, kind)
        resource = "ad_group_criterion" if kind in ("keyword", "negative") else resource
        if kind not in ("audience", "label"):
            self.mutate({f"{resource}_operation": {"remove": id}})


def create(resource: str, **fields: Any) -> dict[str, Any]:
    return {f"{resource}_operation": {"create": fields}}


def path(collection: str, number: int) -> str:
    return f"customers/{GOOGLE['customer']}/{collection}/{number}"


def settle(ground: InSandbox, strangers: list[Stranger]) -> int:
    """Put them into both accounts; how many the platforms took."""
    return sum(_settle(ground, platform, strangers) for platform in ("meta", "google"))


def _settle(ground: InSandbox, platform: str, strangers: list[Stranger]) -> int:
    side = Meta(ground) if platform == "meta" else Google(ground)
    made: list[str] = []
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    for each in sorted(strangers, key=lambda one: order[one.kind]):
        if _copy_of_nothing(ground, platform, each):
            continue

        def above(kind: str, each: Stranger = each) -> str:
            ours = _ours(ground, platform, kind) if each.under_ours else None
            return ours or _parent(side, kind, made)

        id = side.settle(each, above)
        if id is not None:
            made.append(id)
            if each.gone:
                side.remove(each.kind, id)
    return len(made)


def _copy_of_nothing(ground: InSandbox, platform: str, each: Stranger) -> bool:
    """A copy of what was never made, with nothing above it to tell by.

    Nobody can make one; what bears such a mark was made from another machine, and is rightly taken for ours.
    """
    if each.mark != "copy" or each.kind not in OURS or each.kind in ABOVE:
        return False
    return each.original(platform) not in ground.journal.ids()


def _parent(side: Meta | Google, kind: str, made: list[str]) -> str:
    """A foreign parent of its own."""
    name = f"Üst {kind} {len(made)}"
    plain = Stranger(kind, name, "none", True, False, False)
    made.append(side.settle(plain, lambda above: _parent(side, above, made)) or "")
    return made[-1]


def _ours(ground: InSandbox, platform: str, kind: str) -> str | None:
    kind = "ad_group" if (platform, kind) == ("google", "ad_set") else kind
    found = sorted(
        (str(at), id) for at, id in ground.journal.ids().items() if (at.platform, at.kind) == (platform, kind)
    )
    if not found:
        return None
    collection = {"campaign": "campaigns", "ad_group": "adGroups"}[kind] if platform == "google" else ""
    return f"customers/{GOOGLE['customer']}/{collection}/{found[0][1]}" if collection else found[0][1]
