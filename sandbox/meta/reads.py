"""Which parameters reading takes beyond its fields and its pages: by node, and by what an edge lists.

Source: Meta's Marketing API reference for v26.0, as its Python SDK 26.0.3 publishes it; the letters are those
of writes.py.
"""

from __future__ import annotations

# The days of the insights that stand among the fields.
SPAN = {"date_preset": "e", "time_range": "r"}


def _not_reproduced(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "x")


_DELIVERING = SPAN | _not_reproduced("am_call_tags from_adtable")
NODES = {
    "campaign": _DELIVERING,
    "adset": _DELIVERING,
    "ad": _DELIVERING | _not_reproduced("review_feedback_breakdown"),
    "adcreative": _not_reproduced("thumbnail_height thumbnail_width"),
    "customaudience": _not_reproduced(
        "acting_account_id ad_account_id special_ad_categories special_ad_category_countries target_countries"
    ),
    "page": _not_reproduced("account_linking_token"),
    "post": _not_reproduced("primary_fb_page_id primary_ig_user_id"),
    "product_catalog": _not_reproduced("segment_use_cases"),
    "product_item": _not_reproduced("catalog_id image_height image_width override_country override_language"),
}
LISTS = {
    "campaign": SPAN | {"effective_status": "l", "is_completed": "b"},
    "adset": SPAN | {"effective_status": "l", "is_completed": "b", "updated_since": "t"},
    "ad": SPAN | {"effective_status": "l", "updated_since": "t"},
    "adimage": {"hashes": "l", "name": "s", "minheight": "u", "minwidth": "u"}
    | _not_reproduced("biz_tag_id business_id selected_hashes"),
    "advideo": {"title": "s"}
    | _not_reproduced(
        "max_aspect_ratio maxheight maxlength maxwidth min_aspect_ratio minheight minlength minwidth"
    ),
    "customaudience": {"pixel_id": "s"} | _not_reproduced("business_id fetch_primary_audience"),
    "adasyncrequestset": {"is_completed": "b"},
    "adspixel": _not_reproduced("id_filter name_filter sort_by"),
    "adaccount": _not_reproduced("include_shared_ad_accounts search_query"),
    "page": _not_reproduced("ad_id is_place is_promotable"),
    "post": _not_reproduced("include_hidden q show_expired with"),
    "product_set": _not_reproduced("ancestor_id has_children parent_id retailer_id"),
    "product_item": _not_reproduced(
        "bulk_pagination error_priority error_type filter return_only_approved_products"
    ),
}
