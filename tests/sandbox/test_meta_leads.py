"""Leads through the SDK: one for each that the ledger counts, by ad and by form, and a form's test lead."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.lead import Lead
from facebook_business.adobjects.leadgenform import LeadgenForm
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from tests.sandbox.conftest import Client


@pytest.fixture
def form(graph: Client) -> str:
    return str(graph.get(f"{graph.world.meta.page}/leadgen_forms")["data"][0]["id"])


@pytest.fixture
def ad(graph: Client, form: str) -> str:
    """An ad that opens the form, and a week of its delivery."""
    top = graph.campaign(objective="OUTCOME_LEADS", status="ACTIVE")
    asked = {"optimization_goal": "LEAD_GENERATION", "destination_type": "ON_AD"}
    adset = graph.adset(top, **asked, promoted_object={"page_id": graph.world.meta.page})
    button = {"type": "SIGN_UP", "value": {"lead_gen_form_id": form}}
    made = graph.ad(adset, graph.creative(object_story_spec=graph.story(call_to_action=button)))
    graph.sandbox.advance(7)
    return made


def test_there_is_a_lead_for_each_that_is_counted(
    graph: Client, account: AdAccount, ad: str, form: str, box: Sandbox
) -> None:
    api = account.get_api()
    (row,) = graph.get(f"{ad}/insights", fields="actions", date_preset="maximum")["data"]
    counted = next(int(one["value"]) for one in row["actions"] if one["action_type"] == "lead")
    fields = ["created_time", "ad_id", "ad_name", "campaign_id", "form_id", "field_data", "is_organic"]
    found = list(Ad(ad, api=api).get_leads(fields=fields, params={"limit": 3}))
    assert len(found) == counted > 3
    assert len({one["id"] for one in found}) == counted
    assert {(one["ad_id"], one["ad_name"], one["form_id"]) for one in found} == {(ad, "kadikoy", form)}
    assert [one["created_time"] for one in found] == sorted(
        (one["created_time"] for one in found), reverse=True
    )
    assert [one["id"] for one in LeadgenForm(form, api=api).get_leads()] == [one["id"] for one in found]
    again = Lead(found[0]["id"], api=api).api_get(fields=fields)
    assert again["field_data"] == found[0]["field_data"]


def test_leads_are_chosen_by_their_time_as_the_guide_does(graph: Client, account: AdAccount, ad: str) -> None:
    every = list(Ad(ad, api=account.get_api()).get_leads(fields=["created_time"]))
    moment = graph.sandbox.meta.graph.now() - 3 * 86_400
    asked = {"filtering": [{"field": "time_created", "operator": "GREATER_THAN", "value": moment}]}
    late = list(Ad(ad, api=account.get_api()).get_leads(fields=["created_time"], params=asked))
    shown = graph.sandbox.meta.graph.show_time(moment)
    assert [one["id"] for one in late] == [one["id"] for one in every if one["created_time"] > shown]
    assert 0 < len(late) < len(every)


def test_an_ad_without_a_form_has_no_leads(graph: Client, account: AdAccount, box: Sandbox) -> None:
    _, _, (ad,) = graph.tree(ads=1)
    box.advance(3)
    assert list(Ad(ad, api=account.get_api()).get_leads()) == []


def test_a_form_has_one_test_lead_at_a_time(graph: Client, account: AdAccount, form: str) -> None:
    api = account.get_api()
    answers = [{"name": "email", "values": ["a@b.example"]}]
    made = LeadgenForm(form, api=api).create_test_lead(params={"field_data": answers})
    (listed,) = LeadgenForm(form, api=api).get_test_leads(fields=["field_data", "is_organic"])
    assert (listed["id"], listed["field_data"]) == (made["id"], answers)
    assert [one["id"] for one in LeadgenForm(form, api=api).get_leads()] == [made["id"]]
    with pytest.raises(FacebookRequestError):
        LeadgenForm(form, api=api).create_test_lead()
    Lead(made["id"], api=api).api_delete()
    assert LeadgenForm(form, api=api).create_test_lead()["id"] != made["id"]


@pytest.mark.parametrize("answers", [["x"], [{"name": "email"}], [{"name": "a", "values": "b"}]])
def test_a_test_lead_of_the_wrong_shape_is_refused(graph: Client, form: str, answers: Any) -> None:
    error = graph.raw("POST", f"{form}/test_leads", field_data=answers).json()["error"]
    assert (error["code"], "field_data" in error["message"]) == (100, True)


def test_leads_are_read_with_their_own_permission(graph: Client, ad: str) -> None:
    lead = graph.get(f"{ad}/leads")["data"][0]["id"]
    token = graph.admin("POST", "tokens", scopes=["ads_read", "ads_management"])["token"]
    assert graph.raw("GET", lead, access_token=token).json()["error"]["code"] == 10
    allowed = graph.admin("POST", "tokens", scopes=["leads_retrieval"])["token"]
    assert graph.get(lead, access_token=allowed)["id"] == lead
