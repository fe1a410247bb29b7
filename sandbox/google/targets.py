"""Custom audiences, the parameters of ads, and recommendations, of which there are none."""

from __future__ import annotations

import re

from sandbox.google.context import Operation
from sandbox.google.errors import Problem, Refusal
from sandbox.google.messages import Message, enum_name, message

RETIRED = {"INTEREST", "PURCHASE_INTENT"}  # docstring of CustomAudience.type: not for new ones
# CustomAudienceMemberTypeEnum → the field that holds its value: docstring of CustomAudienceMember.
MEMBERS = {"KEYWORD": "keyword", "URL": "url", "PLACE_CATEGORY": "place_category", "APP": "app"}
INDEXES = (1, 2)  # docstring of AdParameter.parameter_index
# Docstring of AdParameter.insertion_text: numbers with separators, currency signs or codes, %, +, -, /.
INSERTION = re.compile(r"[-+]?(?:[A-Z]{3}|[^\w\s.,/%+-])?[\d.,]+(?:/[\d.,]+)?(?:[A-Z]{3}|[^\w\s.,/+-])?[-+]?")
AUDIENCE = "custom_audience_error"


def check_custom_audience(op: Operation) -> None:
    """Its type, and members whose value is of their type, each once."""
    kind, seen = enum_name(op.new, "type_"), set[bytes]()
    if op.creating and kind in RETIRED:
        text = "AUTO is used in place of this type."
        op.refuse("enum_error", "ENUM_VALUE_NOT_PERMITTED", text, "type", trigger=kind)
    if op.old is not None and op.touches("type_") and op.old.type_ != op.new.type_:
        op.refuse(AUDIENCE, "INVALID_TYPE_CHANGE", "The type cannot be changed.", "type", trigger=kind)
    if not op.touches("members"):
        return
    for index, member in enumerate(op.new.members):
        place, sort = ("members", index), enum_name(member, "member_type")
        if sort not in MEMBERS:
            op.refuse(AUDIENCE, "INVALID_MEMBER_TYPE", "The member's type is not valid.", place)
        elif member.WhichOneof("value") != MEMBERS[sort]:
            code, text = "MEMBER_TYPE_AND_VALUE_DOES_NOT_MATCH", "The value is not of the member's type."
            op.refuse(AUDIENCE, code, text, place, trigger=sort)
        elif (key := member.SerializeToString()) in seen:
            code, text = "MEMBER_TYPE_AND_PARAMETER_ALREADY_EXISTED", "The member stands there twice."
            op.refuse(AUDIENCE, code, text, place)
        else:
            seen.add(key)


def check_ad_parameter(op: Operation) -> None:
    """A number for a place in an ad, kept at a keyword."""
    keyword = op.parent("ad_group_criterion")
    if keyword is not None and not keyword.HasField("keyword"):
        code, text = "AD_GROUP_CRITERION_MUST_BE_KEYWORD", "The criterion is no keyword."
        op.refuse("ad_parameter_error", code, text, "ad_group_criterion")
    if op.creating and op.new.parameter_index not in INDEXES:
        code = "TOO_HIGH" if op.new.parameter_index > INDEXES[-1] else "TOO_LOW"
        op.refuse("range_error", code, "1 or 2.", "parameter_index", trigger=str(op.new.parameter_index))
    if not INSERTION.fullmatch(op.new.insertion_text):
        code, text = "INVALID_INSERTION_TEXT_FORMAT", "It is no number."
        op.refuse("ad_parameter_error", code, text, "insertion_text", trigger=op.new.insertion_text)


def recommendations(request: Message) -> Message:
    """RecommendationService.GenerateRecommendations: the sandbox never has one."""
    if not request.recommendation_types:
        code, text = "RECOMMENDATION_TYPES_CANNOT_BE_EMPTY", "No type is asked for."
        raise Refusal(Problem("recommendation_error", code, text, ("recommendation_types",)))
    return message("services.types.recommendation_service", "GenerateRecommendationsResponse")()


def no_recommendation(request: Message) -> Message:
    """ApplyRecommendation and DismissRecommendation: what is named does not exist."""
    if not request.operations:
        raise Refusal(Problem("recommendation_error", "NO_OPERATIONS", "No operations.", ("operations",)))
    text = "Resource was not found."
    raise Refusal(
        *(
            Problem("mutate_error", "RESOURCE_NOT_FOUND", text, (("operations", index), "resource_name"))
            for index, _ in enumerate(request.operations)
        )
    )
