"""Graph's refusals: every rule's code and subcode as one table, and the error envelope they travel in."""

from __future__ import annotations

import json
from typing import Any

from sandbox.meta.refusal import INVALID, Refusal
from sandbox.meta.refusals import MORE

# Codes and subcodes are Meta's (error reference; public reports). Where the subcode is None no source for
# one was found: the stand-in leaves it out rather than invent it. Texts are our own.
REFUSALS = {
    "token": Refusal(190, None, "Invalid OAuth access token - Cannot parse access token"),
    # Handling errors guide: OAuth subcode 463, "Expired".
    "token_expired": Refusal(
        190, 463, "Error validating access token: Session has expired. The current time is past its end."
    ),
    "no_token": Refusal(
        2500, None, "An active access token must be used to query information about the current user."
    ),
    "missing_object": Refusal(
        100, 33,
        "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        type="GraphMethodException",
    ),
    "path": Refusal(2500, None, "Unknown path components: /{path}"),
    "version": Refusal(
        2635, None,
        "You are calling a deprecated version of the Ads API. Please update to the latest version: v26.0."
    ),
    "root_ids": Refusal(100, None, "(#100) The ids parameter on the root endpoint is no longer supported"),
    "method": Refusal(
        100, None, "Unsupported {method} request on /{path}", type="GraphMethodException"
    ),
    "gone_parameter": Refusal(100, None, "(#100) The parameter {name} is no longer supported"),
    "field": Refusal(100, None, "(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"),
    "syntax": Refusal(2500, None, "Syntax error: {detail}"),
    "parameter": Refusal(100, None, "(#100) Unknown parameter: {name}"),
    "required": Refusal(100, None, "(#100) The parameter {name} is required."),
    "type": Refusal(100, None, "(#100) Param {name} must be {want}."),
    "one_of": Refusal(100, None, "(#100) Param {name} must be one of {{{allowed}}}"),
    "length": Refusal(100, None, "(#100) Param {name} must be at most {limit} characters long."),
    "nested": Refusal(100, None, INVALID, "Unknown key", "{name} is not a key of {where}."),
    "nested_value": Refusal(100, None, INVALID, "Invalid value", "{name}: {detail}"),
    "objective": Refusal(100, None, "(#100) Objective {value} is invalid. Use one of: {allowed}."),
    "smart_promotion": Refusal(
        100, None, INVALID, "Advantage+ campaigns are not made this way",
        "smart_promotion_type {value} cannot be used to create campaigns since v24.0.",
    ),
    "credit_category": Refusal(
        100, None, INVALID, "Category replaced", "CREDIT is replaced by FINANCIAL_PRODUCTS_SERVICES."
    ),
    "category_country": Refusal(
        100, 2909034, INVALID, "Country of the special ad category",
        "special_ad_category_country must name the countries of the special ad category {category}.",
    ),
    "sharing_missing": Refusal(
        100, 4834011, INVALID, "Ad set budget sharing",
        "Must specify True or False in is_adset_budget_sharing_enabled field "
        "if you are not using campaign budget.",
    ),
    "sharing_with_campaign_budget": Refusal(
        100, 4834002, INVALID, "Ad set budget sharing",
        "A campaign with its own budget cannot share ad set budgets."
    ),
    "sharing_without_strategy": Refusal(
        100, 4834005, INVALID, "Ad set budget sharing", "Budget sharing needs a bid strategy on the campaign."
    ),
    "sharing_on": Refusal(
        100, 3858418, INVALID, "Ad set budget sharing",
        "Budget sharing can be switched off, not on, after creation."
    ),
    "sharing_strategy_change": Refusal(
        100, 4834006, INVALID, "Ad set budget sharing",
        "The bid strategy cannot change while budgets are shared."
    ),
    "two_budgets": Refusal(
        100, None, INVALID, "Two budgets", "Set daily_budget or lifetime_budget, not both."
    ),
    "budget_both_levels": Refusal(
        100, 1885621, INVALID, "Budget at two levels",
        "You can only set an ad set budget or a campaign budget: {detail}",
    ),
    "budget_missing": Refusal(
        100, None, INVALID, "No budget",
        "An ad set needs daily_budget or lifetime_budget where its campaign has none."
    ),
    "budget_switch": Refusal(
        100, None, INVALID, "Budget type",
        "A daily budget cannot become a lifetime budget or the other way round."
    ),
    "budget_low": Refusal(
        100, 1885272, INVALID, "Your budget is too low",
        "Your budget must be at least {least} in the currency's minor unit (given: {given}).",
    ),
    "budget_low_change": Refusal(
        100, 1885650, INVALID, "Your budget is too low",
        "The changed budget must be at least {least} in the currency's minor unit (given: {given}).",
    ),
    "limit_without_budget": Refusal(
        100, None, INVALID, "Spend limit without campaign budget", "{name} needs {budget} on the campaign."
    ),
    "limit_high": Refusal(
        100, None, INVALID, "Spend limit above campaign budget",
        "{name} may be {most} at most (given: {given})."
    ),
    "limit_order": Refusal(
        100, None, INVALID, "Minimum above maximum", "The minimum {least} is above the maximum {most}."
    ),
    "lifetime_high": Refusal(
        100, 1885261, INVALID, "Your lifetime budget is too high", "The most is {most} (given: {given})."
    ),
    "spend_cap_low": Refusal(
        100, 2446307, INVALID, "Campaign spending limit too low", "The least is {least} (given: {given})."
    ),
    "account_cap_rate": Refusal(
        17, 1885172, "User request limit reached", "Too many changes",
        "The spending limit changes 10 times a day."
    ),
    "bid_amount": Refusal(
        100, 1815857, INVALID, "Bid amount required", "bid_strategy {strategy} needs a bid amount: {detail}"
    ),
    "bid_unwanted": Refusal(
        100, None, INVALID, "Bid amount without cap",
        "bid_amount needs a bid strategy with a bid or cost cap."
    ),
    "roas_floor": Refusal(
        100, None, INVALID, "ROAS floor required",
        "LOWEST_COST_WITH_MIN_ROAS needs bid_constraints.roas_average_floor."
    ),
    "strategy_level": Refusal(
        100, None, INVALID, "Bid strategy on the wrong level", "The bid strategy belongs on the {level}."
    ),
    "goal": Refusal(
        100, 2490408, INVALID, "Performance goal isn't available",
        "optimization_goal {goal} is not available for objective {objective} with destination {destination}.",
    ),
    "billing": Refusal(
        100, None, INVALID, "Billing event isn't available",
        "billing_event {billing} is not available with optimization_goal {goal}; use one of {allowed}.",
    ),
    "destination": Refusal(
        100, 2446509, INVALID, "Destination isn't available",
        "destination_type {destination} is not available for objective {objective}.",
    ),
    "promoted_object": Refusal(
        100, None, INVALID, "Promoted object required",
        "optimization_goal {goal} needs promoted_object with {keys}."
    ),
    "promoted_foreign": Refusal(
        100, None, INVALID, "Promoted object not accessible",
        "promoted_object.{key} {value} is not this account's."
    ),
    "custom_event": Refusal(
        100, None, "(#100) promoted_object[custom_event_type] must be one of the following values: {allowed}"
    ),
    "app_store": Refusal(
        100, 1487678, INVALID, "Operating system",
        "targeting.user_os must match the store of the promoted app."
    ),
    "attribution": Refusal(
        100, 1885501, INVALID, "Attribution not available",
        "attribution_spec {spec} is not available with optimization_goal {goal}.",
    ),
    "campaign_missing": Refusal(
        100, None, INVALID, "Campaign doesn't exist", "campaign_id {id} is not a campaign of this account."
    ),
    "adset_missing": Refusal(
        100, None, INVALID, "Ad set doesn't exist", "adset_id {id} is not an ad set of this account."
    ),
    "creative_missing": Refusal(
        100, None, INVALID, "Creative doesn't exist", "creative_id {id} is not a creative of this account."
    ),
    "parent_gone": Refusal(
        100, 1487056, INVALID, "The parent is archived or deleted",
        "Nothing can be added to the {status} {kind} {id}."
    ),
    "edit_gone": Refusal(
        100, 1487056, INVALID, "The object is archived or deleted",
        "Of {status} objects only {allowed} can be changed."
    ),
    "status": Refusal(
        100, None, INVALID, "Invalid status", "On creation status must be ACTIVE or PAUSED (given: {value})."
    ),
    "immutable": Refusal(
        100, None, INVALID, "Field cannot be changed", "{name} cannot be changed after creation."
    ),
    "published": Refusal(
        100, 3260011, INVALID, "Can't Make Edits to Published Ad Set",
        "Pixel, conversion event, custom conversion and optimization of an ad set cannot be edited once it is"
        " published. Create a new ad set for other ones."
    ),
    "end_past": Refusal(
        100, 1487033, INVALID, "End time in the past", "The end time {value} must lie in the future."
    ),
    "end_before_start": Refusal(
        100, None, INVALID, "End before start", "end_time {end} must be after start_time {start}."
    ),
    "end_missing": Refusal(
        100, None, INVALID, "End time required", "A lifetime budget needs an end_time."
    ),
    "too_short": Refusal(
        100, None, INVALID, "Schedule too short", "A daily budget needs a schedule of more than 24 hours."
    ),
    "geo_missing": Refusal(
        100, None, INVALID, "Location required", "targeting.geo_locations must name at least one location."
    ),
    "geo_unknown": Refusal(
        100, 1487694, INVALID, "Targeting no longer available",
        "{where}: {key} is not a location that can be targeted."
    ),
    "interest_unknown": Refusal(
        100, 1487694, INVALID, "Targeting no longer available", "{where}: {key} can't be targeted."
    ),
    "location_types": Refusal(
        100, 1870199, INVALID, "Location types", "location_types can no longer be chosen: leave it out."
    ),
    "advantage_flag": Refusal(
        100, None, INVALID, "Advantage audience flag required",
        "ADS_TARGETING__REQUIRE_EXPLICIT_ADVANTAGE_AUDIENCE_FLAG: set targeting.targeting_automation."
        "advantage_audience to 0 or 1.",
    ),
    "targeting_value": Refusal(100, None, INVALID, "Invalid targeting", "targeting.{name}: {detail}"),
    "placement_gone": Refusal(
        100, None, INVALID, "Placement no longer available",
        "targeting.{name}: {value} is no longer available."
    ),
    "dsa_beneficiary": Refusal(
        100, 3858081, INVALID, "No advertiser is indicated",
        "Ad sets reaching the European Union need dsa_beneficiary.", type="FacebookApiException",
    ),
    "dsa_payor": Refusal(
        100, 3858079, INVALID, "No payer is indicated",
        "Ad sets reaching the European Union need dsa_payor.", type="FacebookApiException",
    ),
    "page": Refusal(
        100, 1885029, INVALID, "Page not accessible", "{where}: page {id} is not one of this account's pages."
    ),
    "creative_kind": Refusal(
        100, None, INVALID, "Creative without content",
        "Give one of object_story_spec, object_story_id, asset_feed_spec, product_set_id.",
    ),
    "creative_link": Refusal(
        100, 2446383, INVALID, "A website URL is required", "{where} must be an http or https address."
    ),
    "image_missing": Refusal(
        100, None, INVALID, "Image doesn't exist", "{where}: image {hash} is not in this account's library."
    ),
    "image_unreadable": Refusal(
        100, None, INVALID, "Image can't be read", "{name} is not a JPEG, PNG or GIF image."
    ),
    "post_missing": Refusal(
        100, None, INVALID, "Post doesn't exist", "{where}: {id} is not a post of this account's page."
    ),
    "form_missing": Refusal(
        100, None, INVALID, "Lead form doesn't exist",
        "{where}: {id} is not a lead form of this account's page.",
    ),
    "opening": Refusal(
        100, None, INVALID, "The creative doesn't lead where its ad set does",
        "An ad set with destination_type {destination} needs a creative whose call_to_action {need}.",
    ),
    "ad_creative": Refusal(
        100, None, INVALID, "Creative required",
        "An ad needs creative with creative_id or a creative's fields."
    ),
    "label_missing": Refusal(
        100, None, INVALID, "Label doesn't exist", "adlabels: {id} is not a label of this account."
    ),
    "label_name": Refusal(100, None, INVALID, "Label exists", "There is a label {name} already."),
    "label_count": Refusal(
        100, None, INVALID, "Too many labels", "An object carries at most {limit} labels."
    ),
    "pixel_exists": Refusal(
        6200, None, "(#6200) A pixel already exists for this account"
    ),
    "event": Refusal(
        100, 2804050, INVALID, "Invalid event", "data[{index}]: {detail}"
    ),
    "audience_name": Refusal(100, None, INVALID, "Audience", "{detail}"),
    "audience_rows": Refusal(
        100, None, INVALID, "Too many rows", "A call takes at most {limit} rows (given: {given})."
    ),
    "budget_rate": Refusal(
        613, 1487632, "Calls to this api have exceeded the rate limit.", "Ad set budget changed too often",
        "An ad set's budget can change {limit} times an hour.",
    ),
    "mutation_rate": Refusal(
        613, 5044001, "Calls to this api have exceeded the rate limit.", "Too many changes",
        "More than {limit} changes a second for one app and ad account.", transient=True,
    ),
    "batch_shape": Refusal(100, None, "(#100) batch must be a non-empty JSON array of requests: {detail}"),
    "batch_size": Refusal(
        100, None, "Too many requests in batch message. Maximum batch size is {limit}"
    ),
    "batch_adsets": Refusal(
        100, None, INVALID, "Several ad sets of one campaign",
        "Batch requests cannot include multiple ad sets under the same campaign ({id}).",
    ),
    "batch_dependency": Refusal(100, None, "(#100) Batch request {name}: {detail}"),
    "insights_range": Refusal(
        3018, None,
        "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
    ),
    "cursor": Refusal(100, None, "(#100) Invalid cursors values"),
    "insights_value": Refusal(100, None, "(#100) {name}: {detail}"),
    "breakdown_pair": Refusal(
        100, None, "(#100) Current combination of data breakdown columns ({names}) is invalid"
    ),
    # Insights API, "Limits and Best Practices": data-per-call limits, synchronous and asynchronous alike.
    "data_per_call": Refusal(
        100, 1487534, INVALID, "Too much data", "Ask for fewer days, fewer objects or fewer metrics."
    ),
    "too_much_data": Refusal(
        1, 99, "Please reduce the amount of data you're asking for, then retry your request", http=500
    ),
    "report_not_ready": Refusal(
        2601, None, "(#2601) Loading Async Ads report is not completed: report {id} is {status}"
    ),
}  # fmt: skip
REFUSALS |= MORE


class GraphError(Exception):
    """A refusal on its way to the client; `http` is the status it is answered with."""

    def __init__(self, refusal: Refusal, blame: list[list[str]], values: dict[str, Any]) -> None:
        super().__init__(refusal.message.format(**values))
        self.refusal = refusal
        self.blame = blame
        self.values = values
        self.http = refusal.http
        self.told: dict[str, Any] = {}
        self.original: dict[str, Any] | None = None

    def after(self, answer: dict[str, Any]) -> GraphError:
        """Of reading back what was written, which stays written: the answer is told along with the error."""
        self.original = answer
        return self

    def telling(self, told: dict[str, Any]) -> GraphError:
        """With these in error_data, as an object."""
        self.told = told
        return self

    def envelope(self, trace: str) -> dict[str, Any]:
        """The answer's body; error_data is a JSON text, as the platform sends it."""
        refusal = self.refusal
        error: dict[str, Any] = {"message": str(self), "type": refusal.type, "code": refusal.code}
        if self.told:
            error["error_data"] = self.told
        elif self.blame:
            error["error_data"] = json.dumps({"blame_field_specs": self.blame})
        if refusal.subcode is not None:
            error["error_subcode"] = refusal.subcode
        error["is_transient"] = refusal.transient
        if refusal.title:
            error["error_user_title"] = refusal.title
            error["error_user_msg"] = refusal.user_message.format(**self.values)
        error["fbtrace_id"] = trace
        if self.original is not None:
            error["original_response"] = self.original
        return {"error": error}


def refuse(rule: str, *blame: str, **values: Any) -> GraphError:
    """The error of a rule of REFUSALS; `blame` names the parameters at fault, nested ones by dotted paths."""
    return GraphError(REFUSALS[rule], [path.split(".") for path in blame], values)


def injected(
    code: int, subcode: int | None = None, message: str = "", http: int = 400, transient: bool = False
) -> GraphError:
    """Any Graph error, for fault injection."""
    text = (message or f"(#{code}) Injected by the sandbox").replace("{", "{{").replace("}", "}}")
    refusal = Refusal(
        code, subcode, text, "Injected", "A fault of the sandbox.", http=http, transient=transient
    )
    return GraphError(refusal, [], {})
