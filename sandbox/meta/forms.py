"""Fields and parameters of what stands beside the campaign tree: ad studies and asynchronous requests.

Source: Meta's Marketing API reference for v26.0, as its Python SDK 26.0.3 publishes it.
"""

from __future__ import annotations

from sandbox.meta.enums import names

FIELDS = {
    "adstudy": names(
        """
        business canceled_time cells client_business confidence_level cooldown_start_time created_by
        created_time creative_test_config description end_time id measurement_contact name objectives
        observation_end_time
        results_first_available_date sales_contact start_time type updated_by updated_time viewers
        """
    ),
    "adstudycell": names(
        "ad_entities_count ad_ids control_percentage exclusion_geo id name treatment_percentage"
    ),
    "adasyncrequestset": names(
        """
        canceled_count created_time error_count id in_progress_count initial_count is_completed name
        notification_mode notification_result notification_status notification_uri owner_id success_count
        total_count updated_time
        """
    ),
    "adasyncrequest": names(
        "async_request_set created_time id input result scope_object_id status type updated_time"
    ),
    "lead": names(
        """
        ad_id ad_name adset_id adset_name campaign_id campaign_name created_time custom_disclaimer_responses
        field_data form_id home_listing id is_organic partner_name platform post
        post_submission_check_result retailer_item_id vehicle
        """
    ),
    "minimumbudget": names(
        """
        currency min_daily_budget_high_freq min_daily_budget_imp min_daily_budget_low_freq
        min_daily_budget_video_views
        """
    ),
    "deliveryestimate": names(
        "estimate_mau_lower_bound estimate_mau_upper_bound estimate_ready targeting_optimization_types"
    ),
    "reachestimate": names("estimate_ready users_lower_bound users_upper_bound"),
    "adpreview": names("body transformation_spec"),
    "permission": names("permission status"),
    "targetingoption": names(
        """
        audience_size_lower_bound audience_size_upper_bound country_code country_name description id key name
        path region region_id supports_city supports_region topic type valid
        """
    ),
}
STUDY = {
    "cells": "l", "client_business": "s", "confidence_level": "f", "cooldown_start_time": "t",
    "creative_test_config": "m", "description": "s", "end_time": "t", "name": "s", "objectives": "l",
    "observation_end_time": "t", "start_time": "t", "type": "s", "viewers": "l",
}  # fmt: skip
CELL = {
    "adaccounts": "x", "ads": "x", "adsets": "l", "campaigns": "l", "creation_template": "x",
    "description": "s", "name": "s",
}  # fmt: skip
BATCH = {"adbatch": "l", "name": "s"}
REQUEST_SET = {"name": "s", "notification_mode": "s", "notification_uri": "s"}
REQUESTS = {"statuses": "l"}
