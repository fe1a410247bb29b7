"""Leads: what people filled into the page's forms, made up from the ledger, and the test leads of a form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sandbox.meta import lists, openings, posts, responses
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import parse
from sandbox.meta.store import Node

TEST = {"field_data": "l", "custom_disclaimer_responses": "x"}
ANSWER = ("name", "values")
TAIL = "yymmddnnnn"  # what the id of a lead adds to its ad's: the day and a number
KEPT_DAYS = 90  # a form's leads can be read for 90 days (Lead Ads, "Retrieving")
SAMPLE = [
    {"name": "full_name", "values": ["<test lead: dummy data for full_name>"]},
    {"name": "email", "values": ["test@meta.example"]},
]


def of(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {ad}/leads and {form}/leads: one for each lead that the ledger counts by now, newest first."""
    owner = "ad_id" if node.kind == "ad" else "form_id"
    found = [lead for lead in _all(graph) if lead.data[owner] == node.id]
    if node.kind == "leadgen_form":
        found += [lead for lead in graph.store.every("lead") if lead.data["form_id"] == node.id]
    ordered = sorted(found, key=lambda lead: (lead.created, lead.id))
    numbered = [
        Node(n, one.id, one.kind, one.created, one.updated, one.data) for n, one in enumerate(ordered, 1)
    ]
    return lists.page(graph, call, "lead", numbered, responses.render)


def tests_of(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {form}/test_leads."""
    found = [lead for lead in graph.store.every("lead") if lead.data["form_id"] == node.id]
    return lists.page(graph, call, "lead", found, responses.render)


def test(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """POST {form}/test_leads: one at a time, to be deleted before the next (Testing Lead Ads)."""
    values = parse(call.params, TEST, graph.zone)
    if any(lead.data["form_id"] == node.id for lead in graph.store.every("lead")):
        raise refuse("test_lead_exists", id=node.id)
    answers = values.get("field_data", SAMPLE)
    for one in answers:
        if not isinstance(one, dict) or set(one) != set(ANSWER) or not isinstance(one["values"], list):
            want = "a list of objects with name and values"
            raise refuse("type", "field_data", name="field_data", want=want)
    data = {"form_id": node.id, "field_data": answers, "is_organic": True, "platform": "fb"}
    return {"id": graph.store.create("lead", data, graph.now()).id}


def find(graph: Graph, id_: str) -> Node | None:
    """One that the ledger counts; test leads are in the store."""
    if graph.store.get(id_[: -len(TAIL)], "ad") is None:
        return None
    return next((lead for lead in _all(graph) if lead.id == id_), None)


def _all(graph: Graph) -> Iterator[Node]:
    today = graph.today()
    for row in graph.ledger.rows("meta", today - timedelta(days=KEPT_DAYS), today, today):
        ad = graph.store.get(row.ad_id, "ad")
        form = ad and _form(graph, ad)
        if ad is None or form is None or "lead" not in row.conversions:
            continue
        about = _about(graph, ad) | {"form_id": form, "is_organic": False, "platform": "fb"}
        noon = int(datetime.combine(row.day, time(12), graph.zone).timestamp())
        for n in range(row.conversions["lead"].count):
            id_ = f"{ad.id}{row.day:%y%m%d}{n:04}"
            answers = [
                {"name": "full_name", "values": [f"Kişi {n + 1}"]},
                {"name": "email", "values": [f"lead-{id_}@sandbox.invalid"]},
            ]
            yield Node(0, id_, "lead", noon + n, noon + n, about | {"field_data": answers})


def _form(graph: Graph, ad: Node) -> str | None:
    """The form that an ad's button opens."""
    creative = graph.store.get(ad.data["creative_id"], "adcreative")
    buttons = openings.buttons(creative.data) if creative else []
    forms = [str(one.get("value", {}).get("lead_gen_form_id", "")) for one in buttons]
    return next((form for form in forms if posts.form(form)), None)


def _about(graph: Graph, ad: Node) -> dict[str, Any]:
    adset = graph.node(ad.data["adset_id"])
    campaign = graph.node(adset.data["campaign_id"])
    return {
        f"{kind}_{part}": node.id if part == "id" else node.data["name"]
        for kind, node in (("ad", ad), ("adset", adset), ("campaign", campaign))
        for part in ("id", "name")
    }
