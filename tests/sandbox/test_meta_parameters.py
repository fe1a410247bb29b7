"""No parameter passes silently: unknown ones are refused everywhere, documented ones do something, are
checked against their values, or are refused by name."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import facebook_business.adobjects
import pytest

from sandbox.meta.enums import ENUMS
from sandbox.meta.nodes import CANCELED, REMOVED, SOFT_DELETED, UPDATERS
from sandbox.meta.reads import LISTS, NODES
from sandbox.meta.routes import EDGES
from sandbox.meta.writes import CREATE, EDGE, UPDATE
from sandbox.runtime import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import CAMPAIGN, TARGETING, Client
from tests.sandbox.test_meta_every_rule import FILM
from tests.sandbox.test_meta_studies import NOW, cells, study

Place = tuple[str, str, str]  # method, kind of node, edge ("" for the node itself)
CLASSES = {
    "adaccount": "AdAccount", "campaign": "Campaign", "adset": "AdSet", "ad": "Ad",
    "adcreative": "AdCreative", "customaudience": "CustomAudience", "business": "Business", "page": "Page",
    "user": "User",
    "adspixel": "AdsPixel", "adlabel": "AdLabel", "adreportrun": "AdReportRun", "adstudy": "AdStudy",
    "adstudycell": "AdStudyCell", "adasyncrequestset": "AdAsyncRequestSet", "adimage": "AdImage",
    "adasyncrequest": "AdAsyncRequest", "product_catalog": "ProductCatalog", "advideo": "AdVideo",
    "product_set": "ProductSet", "product_item": "ProductItem", "leadgen_form": "LeadgenForm",
    "post": "PagePost", "lead": "Lead",
}  # fmt: skip
NODES_THERE = [
    *(("GET", kind, "") for kind in CLASSES),
    *(("POST", kind, "") for kind in (*UPDATERS, "adaccount")),
    *(("DELETE", kind, "") for kind in (*SOFT_DELETED, *REMOVED, *CANCELED)),
]
PLACES: list[Place] = sorted([*EDGES, *NODES_THERE])
ALWAYS_REFUSED = {("POST", "adaccount", "adspixels")}  # the account has its one pixel


@cache
def documented() -> dict[Place, dict[str, tuple[str, ...]]]:
    """What the SDK, which Meta makes from its reference, says of each place: parameter → values of its
    enumeration, none where it has none."""
    found: dict[Place, dict[str, tuple[str, ...]]] = {}
    folder = Path(next(iter(facebook_business.adobjects.__path__)))
    for kind, name in CLASSES.items():
        tree = ast.parse((folder / f"{name.lower()}.py").read_text(encoding="utf-8"))
        for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
            place, params = _described(function)
            if place:
                found[place[0], kind, place[1]] = params
    return found


def _described(function: ast.FunctionDef) -> tuple[tuple[str, str] | None, dict[str, tuple[str, ...]]]:
    place, types, enums = None, {}, {}
    for part in ast.walk(function):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Dict):
            pairs = zip(part.value.keys, part.value.values, strict=True)
            rows = {ast.literal_eval(key): value for key, value in pairs if key}
            if ast.unparse(part.targets[0]) == "param_types":
                types = {key: ast.literal_eval(value) for key, value in rows.items()}
            elif ast.unparse(part.targets[0]) == "enums":
                enums = {key: _values(value) for key, value in rows.items()}
        elif isinstance(part, ast.Call) and ast.unparse(part.func) == "FacebookRequest":
            given = {each.arg: each.value for each in part.keywords}
            place = ast.literal_eval(given["method"]), ast.literal_eval(given["endpoint"]).strip("/")
    said = {
        name: next((enums[key] for key in enums if key in kind), ())
        for name, kind in types.items()
        if name != "date_format"  # gone from every version
    }
    return place, said


def _values(node: ast.expr) -> tuple[str, ...]:
    """A list of texts, or `Class.Enumeration.__dict__.values()`."""
    if isinstance(node, ast.List):
        return tuple(ast.literal_eval(node))
    module, enumeration = ast.unparse(node).split(".")[:2]
    owner = getattr(importlib.import_module(f"facebook_business.adobjects.{module.lower()}"), module)
    return tuple(v for k, v in vars(getattr(owner, enumeration)).items() if not k.startswith("_"))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, str]]]:
    """An account with one object of each kind, by kind."""
    box = Sandbox(tmp_path_factory.mktemp("full") / "state", World(), "2026-11-30", ["meta"])
    box.start()
    found = box.meta.endpoints()
    client = Client(box, found["url"], found["token"])
    yield client, furnish(client)
    client.http.close()
    box.stop()


def furnish(graph: Client) -> dict[str, str]:
    """One object of each kind that can be made, and those that are there, by kind."""
    meta = graph.world.meta
    campaign, adset, (ad,) = graph.tree(ads=1)
    label = graph.post(f"{graph.account}/adlabels", name="öncelik")["id"]
    for one in (campaign, adset, ad):
        graph.post(one, adlabels=[{"id": label}])
    others = [graph.adset(campaign, name=f"başka {n}") for n in range(2)]
    asked = study(others, cells=cells(others[:1], others[1:]))
    made = graph.post(f"{meta.business}/ad_studies", **asked)["id"]
    tasks = graph.post(
        f"{graph.account}/async_batch_requests", name="x",
        adbatch=[{"name": "a", "relative_url": f"{graph.account}/adlabels", "body": "name=b"}],
    )["id"]  # fmt: skip
    video = graph.post(f"{graph.account}/advideos", files={"source": ("f.mp4", FILM, "video/mp4")})["id"]
    run = graph.post(f"{graph.account}/insights", level="ad")["report_run_id"]
    for _ in range(5):
        graph.get(run)
    form = graph.get(f"{meta.page}/leadgen_forms")["data"][0]["id"]
    return {
        "lead": graph.post(f"{form}/test_leads")["id"],
        "leadgen_form": form,
        "user": "me",
        "adaccount": graph.account,
        "page": meta.page,
        "business": meta.business,
        "adspixel": meta.pixel,
        "product_catalog": meta.catalog,
        "product_set": next(iter(meta.product_sets)),
        "product_item": graph.get(f"{meta.catalog}/products")["data"][0]["id"],
        "post": graph.post(f"{meta.page}/feed", message="merhaba")["id"],
        "campaign": campaign,
        "adset": adset,
        "ad": ad,
        "adlabel": label,
        "adreportrun": run,
        "advideo": video,
        "adcreative": graph.get(ad, fields="creative")["creative"]["id"],
        "adimage": f"{graph.account.removeprefix('act_')}:{graph.image()}",
        "customaudience": graph.post(
            f"{graph.account}/customaudiences", name="liste", subtype="CUSTOM",
            customer_file_source="USER_PROVIDED_ONLY",
        )["id"],
        "adstudy": made, "adstudycell": graph.get(f"{made}/cells")["data"][0]["id"],
        "adasyncrequestset": tasks, "adasyncrequest": graph.get(f"{tasks}/requests")["data"][0]["id"],
    }  # fmt: skip


def base(graph: Client, ids: dict[str, str], place: Place) -> dict[str, Any]:
    """What a request needs, so that one more parameter is all that can be wrong with it."""
    given = ENOUGH.get((place[0], place[2]), {}) | ENOUGH.get(place, {})
    return {name: value(graph, ids) if callable(value) else value for name, value in given.items()}


LABELLED = {"adlabels": lambda graph, ids: [{"id": ids["adlabel"]}]}
ROWS = {"schema": ["EMAIL"], "data": [["0" * 64]]}
ENOUGH: dict[tuple[str, ...], dict[str, Any]] = {
    ("POST", "campaigns"): CAMPAIGN,
    **{(method, kind, "adlabels"): LABELLED for method in ("POST", "DELETE") for kind in SOFT_DELETED},
    ("POST", "business", "ad_studies"): {
        "name": "x", "start_time": NOW, "end_time": NOW + 1,
        "cells": [{"name": "a"}, {"name": "b"}],
    },
    ("POST", "users"): {"payload": ROWS},
    ("DELETE", "users"): {"payload": ROWS},
    ("POST", "usersreplace"): {"payload": ROWS, "session": {"session_id": 1, "batch_seq": 1}},
    ("POST", "adaccount", "adsets"): {
        "name": "x", "billing_event": "IMPRESSIONS", "optimization_goal": "LINK_CLICKS",
        "daily_budget": 60000, "targeting": TARGETING, "campaign_id": lambda graph, ids: ids["campaign"],
    },
    ("POST", "adaccount", "ads"): {
        "name": "x", "adset_id": lambda graph, ids: ids["adset"],
        "creative": lambda graph, ids: {"creative_id": ids["adcreative"]},
    },
    ("POST", "adaccount", "adcreatives"): {"object_story_spec": lambda graph, ids: graph.story()},
    ("POST", "adaccount", "customaudiences"): {
        "name": "x", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY",
    },
    ("POST", "page", "feed"): {"message": "x"},
    ("GET", "adaccount", "generatepreviews"): {
        "ad_format": "MOBILE_FEED_STANDARD",
        "creative": lambda graph, ids: {"creative_id": ids["adcreative"]},
    },
    ("GET", "previews"): {"ad_format": "MOBILE_FEED_STANDARD"},
    ("GET", "delivery_estimate"): {"targeting_spec": TARGETING, "optimization_goal": "REACH"},
    ("GET", "reachestimate"): {"targeting_spec": TARGETING},
}  # fmt: skip


def ask(graph: Client, ids: dict[str, str], place: Place, **params: Any) -> Any:
    method, kind, edge = place
    sent = {name: value for name, value in (base(graph, ids, place) | params).items() if value is not None}
    return graph.raw(method, f"{ids[kind]}/{edge}".rstrip("/"), **sent)


def named(answer: Any, name: str) -> bool:
    """Whether it is a refusal that names a parameter."""
    error = answer.json().get("error", {}) if answer.status_code >= 400 else {}
    return name in json.dumps([error.get("message"), error.get("error_user_msg"), error.get("error_data")])


def shown(place: Place) -> str:
    return " ".join(place).strip()


@pytest.mark.parametrize("place", [one for one in PLACES if one not in ALWAYS_REFUSED], ids=shown)
def test_an_unknown_parameter_is_refused_by_its_name(place: Place, there: Any) -> None:
    assert named(ask(*there, place, frobnicate="1"), "frobnicate")


ENUMERATED = [one for one in PLACES if any(documented().get(one, {}).values())]


@pytest.mark.parametrize("place", ENUMERATED, ids=shown)
def test_a_value_that_an_enumeration_does_not_have_is_refused(place: Place, there: Any) -> None:
    enumerated = [name for name, values in documented()[place].items() if values]
    passed = [name for name in enumerated if not named(ask(*there, place, **{name: "NO_SUCH"}), name)]
    assert passed == []


# -- writes: what is taken is read back, or does what another test shows

FUTURE = NOW + 30 * 86_400
LETTERS: dict[str, Any] = {
    "s": "metin", "u": 7, "i": 7, "f": 1.5, "b": True, "t": FUTURE, "l": [{"a": "b"}], "m": {"a": "b"},
}  # fmt: skip
FITTING: dict[str, Any] = {  # what rules ask of a value, by parameter
    "attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 1}],
    "bid_strategy": "LOWEST_COST_WITHOUT_CAP", "buying_type": "AUCTION", "special_ad_categories": ["HOUSING"],
    "daily_budget": 70_000, "spend_cap": 5_000_000, "status": "PAUSED", "stop_time": FUTURE + 86_400,
    "frequency_control_specs": [{"event": "IMPRESSIONS", "interval_days": 7, "max_frequency": 2}],
    "billing_event": "IMPRESSIONS", "end_time": FUTURE + 3 * 86_400, "optimization_goal": "LINK_CLICKS",
    "destination_type": "WEBSITE", "targeting": TARGETING | {"age_min": 18}, "pacing_type": ["standard"],
    "special_ad_category_country": ["TR"], "smart_promotion_type": "GUIDED_CREATION", "retention_days": 30,
    "objective": "OUTCOME_SALES", "notification_mode": "ON_COMPLETE", "start_time": FUTURE, "name": "yeni",
}  # fmt: skip
# Parameters that are not simply kept: what shows that they work, as a test of this folder.
SHOWN_BY: dict[str, str] = {
    "adlabels": "test_labels_are_added_replaced_and_removed",
    "execution_options": "test_validate_only_checks_and_makes_nothing",
    "adset_bid_amounts": "test_a_capped_campaign_needs_bids_on_its_ad_sets",
    "is_adset_budget_sharing_enabled": "test_budget_sharing_can_be_switched_off_but_not_on",
    "lifetime_budget": "test_a_campaign_budget_is_shared_and_a_lifetime_budget_is_never_exceeded",
    "adset_schedule": "test_hours_are_kept_for_a_lifetime_budget",
    "bid_amount": "test_a_capped_campaign_needs_bids_on_its_ad_sets",
    "bid_constraints": "test_a_floor_for_the_return_is_kept",
    "promoted_object": "test_a_tree_made_by_the_sdk_reads_back_as_written",
    "daily_min_spend_target": "test_limits_of_ad_sets_are_shares_of_their_campaigns_budget",
    "daily_spend_cap": "test_limits_of_ad_sets_are_shares_of_their_campaigns_budget",
    "lifetime_min_spend_target": "test_limits_of_ad_sets_are_shares_of_their_campaigns_budget",
    "lifetime_spend_cap": "test_limits_of_ad_sets_are_shares_of_their_campaigns_budget",
    "campaign_id": "test_edges_lead_down_the_tree",
    "adset_id": "test_edges_lead_down_the_tree",
    "creative": "test_an_inline_creative_is_made_with_its_ad",
    "asset_feed_spec": "test_a_multi_text_creative_with_an_asset_feed_is_accepted",
    "object_story_spec": "test_a_carousel_reads_back_in_its_order",
    "object_story_id": "test_a_post_of_the_page_can_be_boosted_and_another_cannot",
    "degrees_of_freedom_spec": "test_an_ad_of_products_is_built_and_says_what_meta_does_by_itself",
    "product_set_id": "test_an_ad_of_products_is_built_and_says_what_meta_does_by_itself",
    "account_id": "test_a_creative_never_changes_but_for_name_status_and_labels",
    "rule": "test_a_website_audience_needs_a_rule_of_the_accounts_pixel",
    "lookalike_spec": "test_a_lookalike_tells_its_origin_and_all_its_countries",
    "origin_audience_id": "test_a_lookalike_tells_its_origin_and_all_its_countries",
    "prefill": "test_an_audience_takes_those_who_were_there_before_or_is_refused",
    "subtype": "test_a_customer_list_counts_members_and_keeps_none_of_them",
    "special_ad_categories": "test_a_special_category_with_its_country_is_accepted",
    "spend_cap": "test_spending_limits_of_campaign_and_account_hold",
    "cells": "test_what_has_begun_keeps_its_start_and_cells_and_what_is_over_changes_no_more",
    "type": "test_a_study_that_cannot_be_is_refused",
    "spend_cap_action": "test_the_amount_spent_can_be_reset_and_the_limit_deleted",
}


def kept(graph: Client, id_: str, name: str, sent: Any) -> bool:
    """Whether a value is read back as it was sent: numbers as texts, times in the account's zone."""
    told = graph.get(id_, fields=name).get(name)
    if isinstance(told, str) and isinstance(sent, int) and "T" in told:
        return told == graph.sandbox.meta.graph.show_time(sent)
    if isinstance(sent, dict) and isinstance(told, dict):
        return all(told.get(key) is not None for key in sent)
    return str(told).lower() == str(sent).lower() or told == sent


def sample(name: str, letter: str) -> Any:
    if name in FITTING:
        return FITTING[name]
    if letter in ("e", "E"):
        first = min(ENUMS[name])
        return [first] if letter == "E" else first
    return LETTERS[letter]


@pytest.mark.parametrize("kind", sorted(CREATE))
def test_what_a_new_object_is_given_is_read_back_or_refused(kind: str, there: Any) -> None:
    graph, ids = there
    place = ("POST", "adaccount", f"{kind}s")
    lost = []
    for name, letter in CREATE[kind].items():
        if letter == "x":
            assert named(ask(graph, ids, place, **{name: "[]"}), f"{name} is documented"), name
        elif name not in SHOWN_BY:
            sent = sample(name, letter)
            answer = ask(graph, ids, place, **(BESIDE.get((kind, name), {}) | {name: sent}))
            if answer.status_code >= 400 or not kept(graph, answer.json()["id"], name, sent):
                lost.append((name, answer.text))
    assert lost == []


BUDGETED = {"is_adset_budget_sharing_enabled": None, "daily_budget": 70_000}
BESIDE: dict[tuple[str, str], dict[str, Any]] = {
    ("campaign", "daily_budget"): BUDGETED,
    ("campaign", "bid_strategy"): BUDGETED,
}

ALSO_FITTING = {("adcreative", "status"): "ACTIVE", ("adlabel", "name"): "bir daha"}


FIXED = {("adset", "optimization_goal"), ("adset", "promoted_object")}  # once an ad set is published


@pytest.mark.parametrize("kind", sorted(set(UPDATE) - {"adaccount", "adstudycell"}))
def test_what_an_object_is_changed_to_is_read_back_or_refused(kind: str, there: Any) -> None:
    graph, ids = there
    lost = []
    for name, letter in UPDATE[kind].items():
        if letter == "x":
            assert named(ask(graph, ids, ("POST", kind, ""), **{name: "[]"}), f"{name} is documented"), name
        elif name not in SHOWN_BY and (kind, name) not in BESIDE:
            sent = ALSO_FITTING.get((kind, name), sample(name, letter))
            answer = ask(graph, ids, ("POST", kind, ""), **{name: sent})
            if (kind, name) in FIXED:
                assert answer.json()["error"]["error_subcode"] == 3260011, name
                continue
            if answer.status_code >= 400 or not kept(graph, ids[kind], name, sent):
                lost.append((name, answer.text))
    assert lost == []


@pytest.mark.parametrize("name", sorted(UPDATE["adaccount"]))
def test_what_the_account_is_changed_to_is_read_back_or_refused(name: str, there: Any) -> None:
    graph, ids = there
    place = ("POST", "adaccount", "")
    if name in ("name", "default_dsa_beneficiary", "default_dsa_payor"):
        assert ask(graph, ids, place, **{name: "Lezzet"}).json() == {"success": True}
        assert graph.get(graph.account, fields=name)[name] == "Lezzet"
    elif name not in SHOWN_BY:
        letter = UPDATE["adaccount"][name]
        answer = ask(graph, ids, place, **{name: "[]" if letter in "lx" else LETTERS[letter]})
        assert named(answer, f"{name} is documented" if letter == "x" else f"{name} cannot be changed")


# -- reads: what each parameter of a list does

SHOWN_OF_READS: dict[str, str] = {
    "limit": "test_pages_have_cursors_both_ways_and_links_only_where_there_is_more",
    "after": "test_pages_have_cursors_both_ways_and_links_only_where_there_is_more",
    "before": "test_pages_have_cursors_both_ways_and_links_only_where_there_is_more",
    "summary": "test_a_summary_counts_what_the_list_holds",
    "filtering": "test_filters_compare_own_fields_and_the_parents",
    "date_preset": "test_the_days_of_insights_among_the_fields_may_be_named_beside_them",
    "time_range": "test_the_days_of_insights_among_the_fields_may_be_named_beside_them",
    "effective_status": "test_lists_hide_what_is_archived_or_deleted_unless_asked",
    "updated_since": "test_a_list_may_leave_out_what_did_not_change",
    "is_completed": "test_a_list_may_hold_only_what_has_come_to_its_end",
    "hashes": "test_images_are_found_by_hash_and_name_and_deleted_by_hash",
    "name": "test_images_are_found_by_hash_and_name_and_deleted_by_hash",
    "minheight": "test_images_are_found_by_hash_and_name_and_deleted_by_hash",
    "minwidth": "test_images_are_found_by_hash_and_name_and_deleted_by_hash",
    "title": "test_videos_are_found_by_their_title",
    "pixel_id": "test_audiences_are_found_by_their_pixel",
}
SHOWN_OF_REPORTS: dict[str, str] = {
    "action_attribution_windows": "test_windows_nest_and_retired_ones_are_silently_empty",
    "action_breakdowns": "test_action_breakdowns_say_where_an_action_leads_and_change_no_number",
    "breakdowns": "test_a_breakdown_sums_to_its_level_on_every_day",
    "date_preset": "test_presets_end_yesterday_and_a_summary_covers_all_pages",
    "default_summary": "test_a_summary_of_a_report_holds_what_is_asked_for",
    "summary": "test_a_summary_of_a_report_holds_what_is_asked_for",
    "fields": "test_numbers_are_texts_and_rates_follow_from_them",
    "filtering": "test_filters_choose_objects_and_numbers",
    "level": "test_levels_add_up_to_each_other",
    "limit": "test_pages_of_a_breakdown_neither_lose_nor_repeat_rows",
    "sort": "test_a_report_is_sorted_through_all_its_pages_by_what_it_may_not_even_show",
    "time_increment": "test_time_increments_cut_the_range",
    "time_range": "test_a_report_that_cannot_be_made_is_refused",
    "time_ranges": "test_a_report_may_be_of_several_ranges",
}
# Taken and without effect on the platform too: since 2025-06-10 attribution always follows the ad set and
# actions are told at the time that the platform chooses; `graph_cache` asks for nothing that can be seen.
WITHOUT_EFFECT = {
    "action_report_time", "use_account_attribution_setting", "use_unified_attribution_setting", "graph_cache",
}  # fmt: skip


def shown_here() -> set[str]:
    folder = Path(__file__).parent
    return {
        word.split("(")[0].removeprefix("def ")
        for path in folder.glob("test_*.py")
        for word in path.read_text(encoding="utf-8").splitlines()
        if word.startswith("def test_")
    }


def test_each_parameter_that_is_taken_has_a_test_that_shows_what_it_does() -> None:
    lists = {name for table in LISTS.values() for name, letter in table.items() if letter != "x"}
    spans = {name for table in NODES.values() for name, letter in table.items() if letter != "x"}
    reports = {name for name, letter in EDGE["insights"].items() if letter != "x"}
    assert lists | spans | {"limit", "after", "before", "summary", "filtering"} == set(SHOWN_OF_READS)
    assert reports == set(SHOWN_OF_REPORTS) | WITHOUT_EFFECT
    claimed = {*SHOWN_BY.values(), *SHOWN_OF_READS.values(), *SHOWN_OF_REPORTS.values()}
    assert claimed - shown_here() == set()
