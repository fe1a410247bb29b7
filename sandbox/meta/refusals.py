"""Graph's refusals of what stands beside the campaign tree; errors.py joins them to its own table."""

from __future__ import annotations

from sandbox.meta.refusal import INVALID, Refusal

# No source names a subcode for any of these, so that they have none; the limits of studies are Meta's
# (marketing-api/guides/split-testing), the rest of what is refused is a choice where it says so in docs.
STUDIES = {
    "study_type": Refusal(
        100, None, INVALID, "Kind of study", "type {value} is not reproduced; SPLIT_TEST is."
    ),
    "study_cells": Refusal(
        100, None, INVALID, "Cells of a study", "A split test has {least} to {most} cells (given: {given})."
    ),
    "study_cell": Refusal(100, None, INVALID, "Cell of a study", "Cell {name}: {detail}"),
    "study_percent": Refusal(
        100, None, INVALID, "Percentages of a study",
        "The cells' treatment_percentage are whole numbers from 1 that add up to at most 100: {detail}",
    ),
    "study_twice": Refusal(
        100, None, INVALID, "One object in two cells", "{id} is in the cells of {other} already."
    ),
    "study_times": Refusal(100, None, INVALID, "Times of a study", "{detail}"),
    "study_count": Refusal(
        100, None, INVALID, "Too many studies", "At most {limit} studies run at the same time."
    ),
    "study_running": Refusal(
        100, None, INVALID, "The study has begun", "{name} cannot be changed once a study has begun."
    ),
    "study_over": Refusal(
        100, None, INVALID, "The study is over", "A study that has ended or was canceled cannot be changed."
    ),
}  # fmt: skip
ASYNC = {
    "async_shape": Refusal(
        100, None, "(#100) adbatch must be a non-empty array of requests with name and relative_url: {detail}"
    ),
    "async_size": Refusal(100, None, "(#100) adbatch takes at most {limit} requests (given: {given})."),
}
# Texts as public reports have them. The codes: error reference, "Securing Requests", "Rate Limiting".
ACCESS = {
    "read_permission": Refusal(
        200, None, "(#200) Ad account owner has NOT grant ads_management or ads_read permission", http=403
    ),
    "write_permission": Refusal(
        200, None, "(#200) Requires ads_management permission to manage the object", http=403
    ),
    "app_permission": Refusal(10, None, "(#10) Application does not have permission for this action"),
    "proof_missing": Refusal(
        100, None, "API calls from the server require an appsecret_proof argument",
        type="GraphMethodException",
    ),
    "proof_wrong": Refusal(
        100, None, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException"
    ),
    "customer_terms": Refusal(
        200, 1870034, "Permissions error", "Custom Audience Terms Not Accepted",
        "The terms of customer lists must be accepted for this ad account first.", http=403,
    ),
}  # fmt: skip
_TOO_MANY = "There have been too many calls"
QUOTAS = {
    "score_limited": Refusal(
        17,
        2446079,
        "User request limit reached",
        "Too many calls to the ad account",
        "Calls to this ad account have exceeded its limit. Wait a bit and try again.",
        transient=True,
    ),
    "score_full": Refusal(
        613, 1487742, f"(#613) {_TOO_MANY} from this ad-account. Wait a bit and try again.", transient=True
    ),
    "buc_management": Refusal(
        80004, 2446079, f"(#80004) {_TOO_MANY} to this ad-account. Wait a bit and try again.", transient=True
    ),
    "buc_insights": Refusal(
        80000, 2446079, f"(#80000) {_TOO_MANY} from this ad-account for insights.", transient=True
    ),
    "buc_audience": Refusal(
        80003, 2446079, f"(#80003) {_TOO_MANY} to this ad-account's audiences.", transient=True
    ),
}
AUDIENCES = {
    "audience_source": Refusal(
        100, None, INVALID, "Source of an audience", "Event source {id} ({kind}) is not accessible."
    ),
    "audience_event": Refusal(
        100, None, INVALID, "Event of an audience", "{event} is not an event of a {kind}; use {allowed}."
    ),
    "audience_days": Refusal(
        100, None, INVALID, "Retention of an audience",
        "retention_seconds of a {kind} must be a second to {most} days.",
    ),
    # All errors of usersreplace are 2650: Customer File Custom Audiences, "Replace users API common errors".
    "replace_busy": Refusal(
        2650, 1870145, "Failed to update the custom audience", "Audience Update In Progress",
        "You can't replace a customer list custom audience that is in the process of being updated.",
    ),
    "replace_first": Refusal(
        2650, 1870147, "Failed to update the custom audience", "Invalid Upload Batch for Replace",
        "The first batch_seq was not detected. You must start your batch_seq at integer 1.",
    ),
    "replace_timed_out": Refusal(
        2650, 1870158, "Failed to update the custom audience", "Replace Session Timed Out",
        "The 90-minute limit of the session was reached. The list is what was uploaded so far.",
    ),
    "replace_ended": Refusal(
        2650, 1870159, "Failed to update the custom audience", "Replace Session Finished",
        "This replace operation is already finished: a batch had last_batch_flag.",
    ),
}  # fmt: skip
PARAMETERS = {
    "not_reproduced": Refusal(
        100, None, "(#100) The parameter {name} is documented, and this sandbox does not reproduce it."
    ),
    "option_alone": Refusal(
        100, None, INVALID, "Option cannot stand alone", "{name} needs another of the execution_options."
    ),
    "test_lead_exists": Refusal(
        100, None, INVALID, "A test lead exists", "Form {id} has a test lead already: delete it first."
    ),
    # The subcode as public tools report it for copies that are too deep.
    "copy_size": Refusal(
        100,
        1885194,
        INVALID,
        "Too much to copy at once",
        "A copy takes at most {limit} children along (given: {given}).",
    ),
    "subfields": Refusal(2500, None, "Subfields are not supported by {name}"),
    "modifier": Refusal(100, None, "(#100) {name} cannot be modified by {modifier}"),
}
SHOWN = {
    "video_missing": Refusal(
        100, None, INVALID, "Video doesn't exist", "{where}: video {id} is not in this account's library."
    ),
    "video_not_ready": Refusal(
        100, 1885252, INVALID, "Video not ready for use in an ad",
        "The video is still being processed. Wait until its video_status is ready.",
    ),
    "video_format": Refusal(
        352, None, "Sorry, the video file you selected is in a format that we don't support."
    ),
    "video_size": Refusal(
        100, None, INVALID, "Video size", "file_size must be 1 to {limit} bytes (given: {given})."
    ),
    "video_session": Refusal(
        100, None, INVALID, "Upload session", "There is no upload session {id}, or it is finished."
    ),
    # The subcode is the one after which Meta's SDK goes on at the offsets of error_data.
    "video_offset": Refusal(
        100, 1363037, INVALID, "Wrong offset",
        "The next part begins at {start_offset} and ends before {end_offset}."
    ),
    "product_set_missing": Refusal(
        100, None, INVALID, "Product set doesn't exist",
        "{where}: {id} is not a product set of this business.",
    ),
    "product_missing": Refusal(
        100, None, INVALID, "Product doesn't exist", "{id} is not a product of this business's catalogue."
    ),
    "product_objective": Refusal(
        100, None, INVALID, "Objective without catalog ads",
        "A product set cannot be promoted with objective {objective}.",
    ),
    "product_promoted": Refusal(
        100, None, INVALID, "No products are promoted",
        "A creative of product set {id} needs an ad set that promotes one: promoted_object.product_set_id.",
    ),
    "product_creative": Refusal(
        100, None, INVALID, "Creative without the ad set's products",
        "The ad set promotes product set {id}: its ads need a creative with that product_set_id.",
    ),
}  # fmt: skip
MORE = SHOWN | PARAMETERS | STUDIES | ASYNC | ACCESS | QUOTAS | AUDIENCES
