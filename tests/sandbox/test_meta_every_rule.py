"""Every rule of the table of refusals has one request here that breaks just it; a rule without one fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import sandbox.meta
from sandbox.meta.errors import REFUSALS
from sandbox.meta.quotas import HOURLY
from sandbox.runtime import Sandbox
from sandbox.world import MetaWorld, World
from tests.sandbox.conftest import CAMPAIGN, Client
from tests.sandbox.test_meta_engagement import rule as people_of
from tests.sandbox.test_meta_rules import APP, DE, GONE, TR, targeting
from tests.sandbox.test_meta_studies import NOW, cells, study

DAY = 86_400
Case = Callable[[Client], Any]  # → the answer, or the error of a part of one
FILM = b"\0\0\0\x18ftypmp42" + bytes(64)
CASES: dict[str, Case] = {}


def case(rule: str) -> Callable[[Case], Case]:
    def keep(made: Case) -> Case:
        CASES[rule] = made
        return made

    return keep


def post(graph: Client, path: str, fields: dict[str, Any]) -> Any:
    return graph.raw("POST", path, **{name: value for name, value in fields.items() if value is not GONE})


def made_list(graph: Client, **changes: Any) -> str:
    given = {"name": "liste", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    return str(graph.post(f"{graph.account}/customaudiences", **(given | changes))["id"])


def page(graph: Client) -> str:
    return graph.world.meta.page


# -- rules that one field of an otherwise right object breaks

CAMPAIGNS: dict[str, dict[str, Any]] = {
    "gone_parameter": {"date_format": "U"},
    "parameter": {"frobnicate": "1"},
    "required": {"objective": GONE},
    "type": {"daily_budget": "600.5"},
    "one_of": {"buying_type": "BARTER"},
    "length": {"name": "x" * 401},
    "objective": {"objective": "CONVERSIONS"},
    "smart_promotion": {"smart_promotion_type": "AUTOMATED_SHOPPING_ADS"},
    "credit_category": {"special_ad_categories": ["CREDIT"]},
    "category_country": {"special_ad_categories": ["HOUSING"]},
    "sharing_missing": {"is_adset_budget_sharing_enabled": GONE},
    "sharing_with_campaign_budget": {"is_adset_budget_sharing_enabled": "true", "daily_budget": 60000},
    "sharing_without_strategy": {"is_adset_budget_sharing_enabled": "true"},
    "two_budgets": {"daily_budget": 60000, "lifetime_budget": 600000},
    "lifetime_high": {"lifetime_budget": 4_200_000_001},
    "spend_cap_low": {"spend_cap": 1000},
    "strategy_level": {"bid_strategy": "COST_CAP"},
    "status": {"status": "ARCHIVED"},
    "label_missing": {"adlabels": [{"id": "1"}]},
    "option_alone": {"execution_options": ["include_recommendations"]},
    "not_reproduced": {"iterative_split_test_configs": []},
    "label_count": {"adlabels": [{"name": str(n)} for n in range(51)]},
}
AD_SETS: dict[str, dict[str, Any]] = {
    "nested": {"promoted_object": {"pixel": "3000000000000001"}},
    "budget_missing": {"daily_budget": GONE},
    "budget_low": {"daily_budget": 2000},
    "bid_amount": {"bid_strategy": "COST_CAP"},
    "bid_unwanted": {"bid_strategy": "LOWEST_COST_WITHOUT_CAP", "bid_amount": 500},
    "roas_floor": {"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"},
    "goal": {"optimization_goal": "POST_ENGAGEMENT"},
    "billing": {"billing_event": "LINK_CLICKS"},
    "destination": {"destination_type": "ON_PAGE"},
    "promoted_object": {"promoted_object": GONE},
    "promoted_foreign": {"promoted_object": {"pixel_id": "9", "custom_event_type": "PURCHASE"}},
    "custom_event": {"promoted_object": {"pixel_id": "3000000000000001", "custom_event_type": "BUY"}},
    "attribution": {"attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 28}]},
    "campaign_missing": {"campaign_id": "1"},
    "end_past": {"start_time": "2026-10-01T00:00:00+0300", "end_time": "2026-11-01T00:00:00+0300"},
    "end_before_start": {"start_time": "2026-12-02T00:00:00+0300", "end_time": "2026-12-01T00:00:00+0300"},
    "too_short": {"start_time": "2026-12-02T00:00:00+0300", "end_time": "2026-12-02T12:00:00+0300"},
    "end_missing": {"daily_budget": GONE, "lifetime_budget": 600000},
    "geo_missing": targeting(geo_locations=GONE),
    "geo_unknown": targeting(geo_locations={"regions": [{"key": "1"}]}),
    "interest_unknown": targeting(flexible_spec=[{"interests": [{"id": "1"}]}]),
    "location_types": targeting(geo_locations={"countries": ["TR"], "location_types": ["home"]}),
    "advantage_flag": targeting(targeting_automation=GONE),
    "targeting_value": targeting(age_min=12),
    "placement_gone": targeting(instagram_positions=["explore"]),
    "dsa_beneficiary": {"targeting": DE},
    "dsa_payor": {"targeting": DE, "dsa_beneficiary": "Lezzet"},
    "product_set_missing": {"promoted_object": {"product_set_id": "1"}},
}
CREATIVES: dict[str, dict[str, Any]] = {
    "page": {"object_story_id": "1_2"},
    "creative_kind": {"name": "a"},
    "post_missing": {"object_story_id": "2000000000000001_1"},
    "video_missing": {"object_story_spec": {"page_id": "2000000000000001", "video_data": {"video_id": "1"}}},
}
LINKS: dict[str, dict[str, Any]] = {
    "creative_link": {"link": "lezzet.example"},
    "image_missing": {"image_hash": "0" * 32},
    "nested_value": {"child_attachments": [{"link": "https://a.example"}]},
    "form_missing": {"call_to_action": {"type": "SIGN_UP", "value": {"lead_gen_form_id": "1"}}},
}
ADS: dict[str, dict[str, Any]] = {
    "adset_missing": {"adset_id": "1"},
    "ad_creative": {"creative": {}},
    "creative_missing": {"creative": {"creative_id": "1"}},
}
REPORTS: dict[str, dict[str, Any]] = {
    "insights_range": {"time_range": {"since": "2023-01-01", "until": "2026-12-01"}},
    "insights_value": {"time_increment": 91},
    "breakdown_pair": {"breakdowns": ["age", "country"]},
}
STUDIES: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "study_type": lambda sets: {"type": "LIFT"},
    "study_cells": lambda sets: {"cells": cells(sets[:1], percents=(50,))},
    "study_cell": lambda sets: {"cells": cells([], sets[:1])},
    "study_percent": lambda sets: {"cells": cells(sets[:1], sets[1:2], percents=(60, 50))},
    "study_twice": lambda sets: {"cells": cells(sets[:1], sets[:1])},
    "study_times": lambda sets: {"end_time": NOW},
}
PEOPLE: dict[str, dict[str, Any]] = {
    "audience_source": {"id_": "12"},
    "audience_event": {"event": "page_burnt"},
    "audience_days": {"days": 731},
}


def _campaign(changes: dict[str, Any]) -> Case:
    has_budget = {"daily_budget", "lifetime_budget"} & changes.keys()
    sharing = {"is_adset_budget_sharing_enabled": GONE} if has_budget else {}
    return lambda graph: post(graph, f"{graph.account}/campaigns", CAMPAIGN | sharing | changes)


def _ad_set(changes: dict[str, Any]) -> Case:
    return lambda graph: post(
        graph, f"{graph.account}/adsets", graph.adset_fields(graph.campaign()) | changes
    )


def _creative(fields: dict[str, Any]) -> Case:
    return lambda graph: post(graph, f"{graph.account}/adcreatives", fields)


def _link(link: dict[str, Any]) -> Case:
    return lambda graph: post(
        graph, f"{graph.account}/adcreatives", {"object_story_spec": graph.story(**link)}
    )


def _ad(changes: dict[str, Any]) -> Case:
    def act(graph: Client) -> Any:
        fields = {"name": "a", "adset_id": graph.adset(graph.campaign())}
        return post(
            graph, f"{graph.account}/ads", fields | {"creative": {"creative_id": graph.creative()}} | changes
        )

    return act


def _report(params: dict[str, Any]) -> Case:
    return lambda graph: graph.raw("GET", f"{graph.account}/insights", **params)


def _study(changes: Callable[[list[str]], dict[str, Any]]) -> Case:
    def act(graph: Client) -> Any:
        sets = some_sets(graph)
        return post(graph, f"{graph.world.meta.business}/ad_studies", study(sets, **changes(sets)))

    return act


def _people(changes: dict[str, Any]) -> Case:
    def act(graph: Client) -> Any:
        given = people_of(**({"id_": page(graph)} | changes))
        return post(graph, f"{graph.account}/customaudiences", {"name": "x", "rule": given})

    return act


def some_sets(graph: Client) -> list[str]:
    top = graph.campaign()
    return [graph.adset(top, name=f"set {n}") for n in range(4)]


for table, make in (
    (CAMPAIGNS, _campaign), (AD_SETS, _ad_set), (CREATIVES, _creative), (LINKS, _link), (ADS, _ad),
    (REPORTS, _report), (PEOPLE, _people),
):  # fmt: skip
    CASES |= {name: make(given) for name, given in table.items()}
CASES |= {name: _study(changes) for name, changes in STUDIES.items()}


# -- rules of paths, tokens and batches

CASES |= {
    "token": lambda graph: graph.raw("GET", "me", access_token="x"),
    "no_token": lambda graph: graph.http.get(f"{graph.url}/v26.0/me"),
    "missing_object": lambda graph: graph.raw("GET", "123"),
    "path": lambda graph: graph.raw("GET", f"{graph.account}/dreams"),
    "version": lambda graph: graph.http.get(f"{graph.url}/v20.0/me", params={"access_token": graph.token}),
    "root_ids": lambda graph: graph.raw("GET", "", ids="1,2"),
    "method": lambda graph: graph.raw("DELETE", f"{graph.account}/campaigns"),
    "field": lambda graph: graph.raw("GET", graph.account, fields="colour"),
    "subfields": lambda graph: graph.raw("GET", graph.account, fields="name{first}"),
    "modifier": lambda graph: graph.raw("GET", graph.account, fields="name.colour(red)"),
    "syntax": lambda graph: graph.raw("GET", graph.account, fields="name{"),
    "cursor": lambda graph: graph.raw("GET", f"{graph.account}/campaigns", after="%%%"),
    "batch_shape": lambda graph: graph.raw("POST", "", batch=[{"method": "GET"}]),
    "batch_size": lambda graph: graph.raw(
        "POST", "", batch=[{"method": "GET", "relative_url": "me"}] * 51
    ),
    "audience_name": lambda graph: post(
        graph, f"{graph.account}/customaudiences", {"name": "x", "rule": {"inclusions": {}}}
    ),
    "audience_rows": lambda graph: post(
        graph, f"{made_list(graph)}/users", {"payload": {"schema": ["EMAIL"], "data": [["0" * 64]] * 10_001}}
    ),
    "pixel_exists": lambda graph: post(graph, f"{graph.account}/adspixels", {"name": "b"}),
    "event": lambda graph: post(
        graph, f"{graph.world.meta.pixel}/events", {"data": [{"event_name": "Purchase"}]}
    ),
    "async_shape": lambda graph: post(
        graph, f"{graph.account}/async_batch_requests", {"name": "x", "adbatch": [{"name": "x"}]}
    ),
    "async_size": lambda graph: post(
        graph, f"{graph.account}/async_batch_requests",
        {"name": "x", "adbatch": [{"name": str(n), "relative_url": "me"} for n in range(1001)]},
    ),
}  # fmt: skip


def part(graph: Client, *requests: dict[str, Any]) -> Any:
    """The last part of a batch."""
    return graph.post("", batch=list(requests))[-1]


@case("batch_adsets")
def _(graph: Client) -> Any:
    fields = graph.adset_fields(graph.campaign())
    body = "&".join(f"{k}={v if isinstance(v, str | int) else json.dumps(v)}" for k, v in fields.items())
    one = {"method": "POST", "relative_url": f"{graph.account}/adsets", "body": body}
    return part(graph, one, one)


@case("batch_dependency")
def _(graph: Client) -> Any:
    return part(graph, {"method": "GET", "relative_url": "{result=nobody:$.id}"})


# -- rules of what is there already


@case("sharing_on")
def _(graph: Client) -> Any:
    return post(graph, graph.campaign(), {"is_adset_budget_sharing_enabled": "true"})


@case("sharing_strategy_change")
def _(graph: Client) -> Any:
    shared = {"is_adset_budget_sharing_enabled": "true", "bid_strategy": "LOWEST_COST_WITHOUT_CAP"}
    return post(graph, graph.campaign(**shared), {"bid_strategy": "COST_CAP"})


@case("budget_both_levels")
def _(graph: Client) -> Any:
    top = graph.campaign()
    graph.adset(top)
    return post(graph, top, {"daily_budget": 60000})


def under_a_budget(**share: int) -> Case:
    """An ad set that asks for shares of its campaign's daily budget."""

    def act(graph: Client) -> Any:
        top = graph.post(
            f"{graph.account}/campaigns", name="a", objective="OUTCOME_SALES", special_ad_categories=[],
            daily_budget=60000,
        )["id"]  # fmt: skip
        return post(
            graph, f"{graph.account}/adsets", graph.adset_fields(top) | {"daily_budget": GONE} | share
        )

    return act


CASES |= {
    "limit_high": under_a_budget(daily_spend_cap=70000),
    "limit_order": under_a_budget(daily_min_spend_target=50000, daily_spend_cap=40000),
    "limit_without_budget": _ad_set({"daily_spend_cap": 50000}),
}


@case("budget_switch")
def _(graph: Client) -> Any:
    return post(graph, graph.adset(graph.campaign()), {"lifetime_budget": 900000})


@case("budget_low_change")
def _(graph: Client) -> Any:
    return post(graph, graph.adset(graph.campaign()), {"daily_budget": 100})


@case("budget_rate")
def _(graph: Client) -> Any:
    adset = graph.adset(graph.campaign())
    for n in range(4):
        graph.post(adset, daily_budget=61000 + n)
    return post(graph, adset, {"daily_budget": 70000})


@case("account_cap_rate")
def _(graph: Client) -> Any:
    for n in range(10):
        graph.post(graph.account, spend_cap=5000 + n)
    return post(graph, graph.account, {"spend_cap": 9000})


@case("app_store")
def _(graph: Client) -> Any:
    fields = graph.adset_fields(graph.campaign(objective="OUTCOME_APP_PROMOTION"))
    asked = {"optimization_goal": "APP_INSTALLS", "destination_type": "APP", "promoted_object": APP}
    return post(graph, f"{graph.account}/adsets", fields | asked | {"targeting": TR | {"user_os": ["iOS"]}})


@case("parent_gone")
def _(graph: Client) -> Any:
    adset = graph.adset(graph.campaign())
    graph.post(adset, status="ARCHIVED")
    fields = {"name": "a", "adset_id": adset, "creative": {"creative_id": graph.creative()}}
    return post(graph, f"{graph.account}/ads", fields)


@case("edit_gone")
def _(graph: Client) -> Any:
    adset = graph.adset(graph.campaign())
    graph.post(adset, status="ARCHIVED")
    return post(graph, adset, {"daily_budget": 70000})


@case("immutable")
def _(graph: Client) -> Any:
    return post(graph, graph.campaign(), {"objective": "OUTCOME_TRAFFIC"})


@case("published")
def _(graph: Client) -> Any:
    return post(graph, graph.adset(graph.campaign()), {"optimization_goal": "REACH"})


@case("label_name")
def _(graph: Client) -> Any:
    graph.post(f"{graph.account}/adlabels", name="a")
    other = graph.post(f"{graph.account}/adlabels", name="b")["id"]
    return post(graph, other, {"name": "a"})


# -- rules of pictures and films


@case("image_unreadable")
def _(graph: Client) -> Any:
    return graph.raw("POST", f"{graph.account}/adimages", files={"a.png": ("a.png", b"no", "image/png")})


@case("video_format")
def _(graph: Client) -> Any:
    files = {"source": ("film.mp4", b"this is no film", "multipart/form-data")}
    return graph.raw("POST", f"{graph.account}/advideos", files=files)


@case("video_not_ready")
def _(graph: Client) -> Any:
    video = graph.post(f"{graph.account}/advideos", files={"source": ("f.mp4", FILM, "video/mp4")})["id"]
    shown = {"video_data": {"video_id": video, "image_hash": graph.image()}}
    return post(
        graph, f"{graph.account}/adcreatives", {"object_story_spec": {"page_id": page(graph), **shown}}
    )


@case("video_size")
def _(graph: Client) -> Any:
    return post(graph, f"{graph.account}/advideos", {"upload_phase": "start", "file_size": 5 << 30})


@case("video_session")
def _(graph: Client) -> Any:
    return post(graph, f"{graph.account}/advideos", {"upload_phase": "finish", "upload_session_id": "1"})


@case("video_offset")
def _(graph: Client) -> Any:
    edge = f"{graph.account}/advideos"
    session = graph.post(edge, upload_phase="start", file_size=len(FILM))["upload_session_id"]
    return post(graph, edge, {"upload_phase": "finish", "upload_session_id": session})


# -- rules of what an ad shows where


@case("opening")
def _(graph: Client) -> Any:
    top = graph.campaign(objective="OUTCOME_ENGAGEMENT")
    chat = {"optimization_goal": "CONVERSATIONS", "destination_type": "MESSENGER"}
    adset = graph.adset(top, **chat, promoted_object={"page_id": page(graph)})
    fields = {"name": "a", "adset_id": adset, "creative": {"creative_id": graph.creative()}}
    return post(graph, f"{graph.account}/ads", fields)


def products(graph: Client) -> dict[str, str]:
    return {"product_set_id": next(iter(graph.world.meta.product_sets))}


@case("product_missing")
def _(graph: Client) -> Any:
    asked = {"ad_format": "DESKTOP_FEED_STANDARD", "product_item_ids": ["1"]}
    return graph.raw("GET", f"{graph.creative()}/previews", **asked)


@case("product_objective")
def _(graph: Client) -> Any:
    top = graph.campaign(objective="OUTCOME_ENGAGEMENT")
    fields = graph.adset_fields(top) | {"promoted_object": products(graph) | {"page_id": page(graph)}}
    return post(
        graph, f"{graph.account}/adsets",
        fields | {"optimization_goal": "POST_ENGAGEMENT", "destination_type": "ON_POST"},
    )  # fmt: skip


@case("product_promoted")
def _(graph: Client) -> Any:
    template = {"message": "{{product.name}}", "link": "https://lezzet.example/", "name": "{{product.name}}"}
    creative = graph.post(
        f"{graph.account}/adcreatives", name="a", **products(graph),
        object_story_spec={"page_id": page(graph), "template_data": template},
    )["id"]  # fmt: skip
    fields = {"name": "a", "adset_id": graph.adset(graph.campaign()), "creative": {"creative_id": creative}}
    return post(graph, f"{graph.account}/ads", fields)


@case("product_creative")
def _(graph: Client) -> Any:
    adset = graph.adset(graph.campaign(), promoted_object=products(graph))
    fields = {"name": "a", "adset_id": adset, "creative": {"creative_id": graph.creative()}}
    return post(graph, f"{graph.account}/ads", fields)


# -- rules of reports and studies that run


@case("copy_size")
def _(graph: Client) -> Any:
    _, adset, _ = graph.tree(ads=4)
    return post(graph, f"{adset}/copies", {"deep_copy": "true"})


@case("test_lead_exists")
def _(graph: Client) -> Any:
    form = graph.get(f"{page(graph)}/leadgen_forms")["data"][0]["id"]
    graph.post(f"{form}/test_leads")
    return post(graph, f"{form}/test_leads", {})


@case("report_not_ready")
def _(graph: Client) -> Any:
    run = graph.post(f"{graph.account}/insights", level="ad")["report_run_id"]
    return graph.raw("GET", f"{run}/insights")


@case("token_expired")
def _(graph: Client) -> Any:
    graph.admin("POST", "faults", route="GET /me", kind="expired_token", times=1)
    return graph.raw("GET", "me")


@case("too_much_data")
def _(graph: Client) -> Any:
    graph.admin("POST", "faults", route="GET */insights", kind="too_much_data", times=1)
    return graph.raw("GET", f"{graph.account}/insights")


@case("data_per_call")
def _(graph: Client) -> Any:
    graph.admin("POST", "faults", route="GET */insights", kind="too_much_data", code=100, times=1)
    return graph.raw("GET", f"{graph.account}/insights")


@case("study_count")
def _(graph: Client) -> Any:
    sets, store = some_sets(graph), graph.sandbox.meta.graph.store
    for _ in range(100):
        store.create("adstudy", {"start_time": NOW, "end_time": NOW + 99 * DAY}, NOW)
    store.commit()
    return post(graph, f"{graph.world.meta.business}/ad_studies", study(sets))


def begun(graph: Client, days: int) -> str:
    sets = some_sets(graph)
    made = graph.post(f"{graph.world.meta.business}/ad_studies", **study(sets))["id"]
    graph.sandbox.clock.advance(days)
    return str(made)


@case("study_running")
def _(graph: Client) -> Any:
    return post(graph, begun(graph, 3), {"start_time": NOW + 5 * DAY})


@case("study_over")
def _(graph: Client) -> Any:
    return post(graph, begun(graph, 30), {"name": "x"})


# -- permissions, terms and allowances


def only(graph: Client, *scopes: str) -> str:
    return str(graph.admin("POST", "tokens", scopes=list(scopes))["token"])


CASES |= {
    "read_permission": lambda graph: graph.raw("GET", graph.account, access_token=only(graph)),
    "write_permission": lambda graph: graph.raw(
        "POST", f"{graph.account}/adlabels", name="x", access_token=only(graph, "ads_read")
    ),
    "app_permission": lambda graph: graph.raw("GET", page(graph), access_token=only(graph, "ads_read")),
}


def _replaced(graph: Client, *batches: tuple[int, int, bool], later: int = 0) -> Any:
    """The answer to the last of these batches (session, number, last one) of a list of customers."""
    made = post(
        graph,
        f"{graph.account}/customaudiences",
        {"name": "Müşteriler", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"},
    ).json()
    answer = None
    for session, number, last in batches:
        if later and (session, number, last) == batches[-1]:
            graph.sandbox.advance(later)
        marks = {"session_id": session, "batch_seq": number, "last_batch_flag": last}
        given = {"payload": {"schema": ["EMAIL"], "data": [["0" * 64]]}, "session": marks}
        answer = post(graph, f"{made['id']}/usersreplace", given)
    return answer


@case("replace_busy")
def _two_sessions_at_once(graph: Client) -> Any:
    return _replaced(graph, (7, 1, False), (8, 1, False))


@case("replace_first")
def _a_session_without_its_first_batch(graph: Client) -> Any:
    return _replaced(graph, (7, 2, False))


@case("replace_timed_out")
def _a_session_that_takes_too_long(graph: Client) -> Any:
    return _replaced(graph, (7, 1, False), (7, 2, True), later=1)


@case("replace_ended")
def _a_batch_after_the_last(graph: Client) -> Any:
    return _replaced(graph, (7, 1, True), (7, 2, False))


@case("customer_terms")
def _(graph: Client) -> Any:
    graph.admin("POST", "switches", customer_terms=False)
    given = {"name": "liste", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    return post(graph, f"{graph.account}/customaudiences", given)


@case("mutation_rate")
def _(graph: Client) -> Any:
    graph.admin("POST", "switches", mutation_rate=True)
    change = {"method": "POST", "relative_url": graph.creative(), "body": "name=again"}
    for _ in range(3):
        last = part(graph, *[change] * 50)
    return last


def limited(graph: Client, development: bool = True) -> None:
    graph.admin("POST", "switches", quotas=True, development_tier=development)


def exhausted(path: str, use_case: str) -> Case:
    def act(graph: Client) -> Any:
        limited(graph)
        quotas = graph.sandbox.meta._server.quotas
        quotas._hours[use_case] = (quotas._now(), 10**9)
        return graph.raw("GET", graph.account + path)

    return act


@case("score_full")
def _(graph: Client) -> Any:
    limited(graph, development=False)
    quotas = graph.sandbox.meta._server.quotas
    quotas._score.append((quotas._now(), 9000))
    return graph.raw("GET", graph.account)


@case("score_limited")
def _(graph: Client) -> Any:
    limited(graph)
    quotas = graph.sandbox.meta._server.quotas
    quotas._score.append((quotas._now(), 60))
    return graph.raw("GET", graph.account)


CASES |= {
    HOURLY[name].rule: exhausted(path, name)
    for name, path in (
        ("ads_management", ""),
        ("ads_insights", "/insights"),
        ("custom_audience", "/customaudiences"),
    )
}


@pytest.fixture(scope="module")
def secretive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A sandbox whose app has a secret."""
    world = World(meta=MetaWorld(app_secret="f00d"))
    box = Sandbox(tmp_path_factory.mktemp("secretive") / "state", world, "2026-11-30", ["meta"])
    box.start()
    found = box.meta.endpoints()
    client = Client(box, found["url"], found["token"], world)
    yield client
    client.http.close()
    box.stop()


PROOFS: dict[str, Case] = {
    "proof_missing": lambda graph: graph.raw("GET", "me"),
    "proof_wrong": lambda graph: graph.raw("GET", "me", appsecret_proof="0" * 64),
}


def pattern(template: str) -> str:
    """A text of the table as a regular expression, anything in place of its values."""
    return "".join(
        re.escape(text) + (".*" if name is not None else "")
        for text, name, _, _ in Formatter().parse(template)
    )


def breaks(rule: str, answer: Any) -> None:
    """The answer, or the part of a batch, is this rule's refusal and no other's."""
    status, text = (
        (answer["code"], answer["body"]) if isinstance(answer, dict) else (answer.status_code, answer.text)
    )
    assert status >= 400, text
    error, refusal = json.loads(text)["error"], REFUSALS[rule]
    assert (status, error["code"], error.get("error_subcode")) == (
        refusal.http,
        refusal.code,
        refusal.subcode,
    ), error
    assert re.fullmatch(pattern(refusal.message), error["message"], re.DOTALL), error
    assert error.get("error_user_title", "") == refusal.title
    assert re.fullmatch(pattern(refusal.user_message), error.get("error_user_msg", ""), re.DOTALL), error
    assert (error["type"], error["is_transient"]) == (refusal.type, refusal.transient)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_request_that_breaks_a_rule_is_refused_by_it(rule: str, graph: Client) -> None:
    breaks(rule, CASES[rule](graph))


@pytest.mark.parametrize("rule", sorted(PROOFS))
def test_a_request_without_the_apps_proof_is_refused(rule: str, secretive: Client) -> None:
    breaks(rule, PROOFS[rule](secretive))


def test_every_rule_of_the_table_has_a_request_that_breaks_it() -> None:
    assert sorted(REFUSALS) == sorted(CASES | PROOFS)


def test_no_rule_of_the_table_is_without_use() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(sandbox.meta.__file__).parent.glob("*.py")
    )
    assert [rule for rule in REFUSALS if source.count(f'"{rule}"') < 2] == []
