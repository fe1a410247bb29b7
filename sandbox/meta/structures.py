"""Structured values in answers: the names of their types, the keys asked for, and no others."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sandbox.meta import fields
from sandbox.meta.context import Call
from sandbox.meta.enums import NESTED, names
from sandbox.meta.errors import refuse
from sandbox.meta.fields import Field
from sandbox.meta.params import convert
from sandbox.meta.shapes import FIELDS

TYPES = {  # Graph's names of the node types, as its messages write them
    "campaign": "AdCampaignGroup", "adset": "AdCampaign", "ad": "Adgroup", "adcreative": "AdCreative",
    "adaccount": "AdAccount", "adimage": "AdImage", "adlabel": "AdLabel", "customaudience": "CustomAudience",
    "advideo": "Video", "adreportrun": "AdReportRun", "adspixel": "AdsPixel", "page": "Page",
    "business": "Business", "user": "User", "post": "PagePost", "leadgen_form": "LeadGenData",
    "insights": "AdsInsights", "product_catalog": "ProductCatalog", "product_set": "ProductSet",
    "product_item": "ProductItem", "adstudy": "AdStudy", "adstudycell": "AdStudyCell",
    "adasyncrequestset": "AdAsyncRequestSet", "adasyncrequest": "AdAsyncRequest",
    "minimumbudget": "MinimumBudget", "deliveryestimate": "AdAccountDeliveryEstimate",
    "reachestimate": "AdAccountReachEstimate", "adpreview": "AdPreview", "permission": "Permission",
    "targetingoption": "AdAccountTargetingUnified", "lead": "UserLeadGenInfo",
}  # fmt: skip
INSIDE = NESTED | {  # keys of structured values that need not be there
    "business": FIELDS["business"],
    "owner_business": FIELDS["business"],
    "product_catalog": FIELDS["product_catalog"],
    "account": FIELDS["adaccount"],
    "learning_stage_info": names(
        """
        attribution_windows cas_segment conversions current_budget_prediction
        dynamic_lp_conversions_threshold dynamic_lp_days_threshold dynamic_lp_status
        is_one_to_one_cbo_budget last_sig_edit_ts recommended_budget_prediction sigedit_removal status
        """
    ),
    "lookalike_spec": names(
        """
        country is_created_by_recommended_dfca is_financial_service is_parent_lal origin
        origin_event_name origin_event_source_name origin_event_source_type product_set_name ratio
        starting_ratio target_countries target_country_names type
        """
    ),
    "call_to_action": frozenset({"type", "value"}),
    "value": NESTED["call_to_action_value"],
    "template_data": NESTED["link_data"],
    "child_attachments": NESTED["child_attachment"],
    "data_source": frozenset({"creation_params", "sub_type", "type"}),
    "status": frozenset(
        ["video_status", "processing_progress", "uploading_phase", "processing_phase", "publishing_phase"]
    ),
}


def select(name: str, value: Any, children: list[Field] | None) -> Any:
    """A structured value with only the keys asked for. Raises GraphError for keys that it cannot have, and
    where there is no structure at all."""
    if not children or value is None:
        return value
    if isinstance(value, list):
        return [select(name, one, children) for one in value]
    if not isinstance(value, dict):
        raise refuse("subfields", "fields", name=name)
    for child in children:
        if child.name not in value and child.name not in INSIDE.get(name, ()):
            raise refuse("field", name=child.name, kind=name)
    return {
        child.name: select(child.name, value[child.name], child.children)
        for child in children
        if child.name in value
    }


def chosen(kind: str, row: dict[str, Any], call: Call) -> dict[str, Any]:
    """What is no object of its own, with the fields asked for; all of it where none are."""
    if not call.params.get("fields"):
        return row
    found = {}
    for one in fields.parse(call.params["fields"]):
        if one.name not in FIELDS[kind]:
            raise refuse("field", name=one.name, kind=TYPES[kind])
        value = cut(one, select(one.name, row.get(one.name), one.children))
        if value is not None:
            found[one.modifiers.get("as", one.name)] = value
    return found


def cut(one: Field, value: Any) -> Any:
    """A list within its `.limit(n)`; raises GraphError for other modifiers than that and `.as(name)`."""
    for modifier, text in one.modifiers.items():
        if modifier == "limit" and (value is None or isinstance(value, list)):
            value = value and value[: convert("limit", text, "u", ZoneInfo("UTC"))]
        elif modifier != "as":
            raise refuse("modifier", "fields", name=one.name, modifier=modifier)
    return value
