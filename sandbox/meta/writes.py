"""Which parameters each write and each report takes: names and types, as data.

Source: Meta's Marketing API reference for v26.0, as its Python SDK 26.0.3 publishes it; `date_format` is left
out (removed from every version on 2026-10-27).
"""

from __future__ import annotations

from sandbox.meta import forms


def _typed(text: str) -> dict[str, str]:
    return dict(word.split(":", 1) for word in text.split())


# Types: s text, u whole number >= 0, i whole number, f number, b true/false, t time, l list, m object,
# e one of ENUMS, E a list of such, x documented, and refused because it is not reproduced.
CREATE = {
    "campaign": _typed(
        """
        adlabels:l bid_strategy:s budget_schedule_specs:x buying_type:s daily_budget:u execution_options:l
        frequency_control_specs:l is_adset_budget_sharing_enabled:b is_budget_schedule_enabled:b
        is_direct_send_campaign:b is_message_campaign:b is_meta_moment_maker_enabled:b is_pca_unified:b
        is_reels_trending_ads_enabled:b is_skadnetwork_attribution:b iterative_split_test_configs:x
        lifetime_budget:u name:s objective:s pacing_type:l promoted_object:m smart_promotion_type:s
        source_campaign_id:s special_ad_categories:l special_ad_category_country:E spend_cap:u start_time:t
        status:s stop_time:t topline_id:s
        """
    ),
    "adset": _typed(
        """
        ad_set_goal:m adlabels:l adset_schedule:l attribution_count_type:e attribution_spec:l
        automatic_manual_state:e bid_adjustments:m bid_amount:i bid_constraints:m bid_strategy:s
        billing_event:s budget_schedule_specs:x budget_source:x budget_split_set_id:x campaign_attribution:m
        campaign_id:s campaign_spec:x creative_sequence:l creative_sequence_repetition_pattern:e
        daily_budget:u daily_imps:x daily_min_spend_target:u daily_spend_cap:u destination_type:s
        dsa_beneficiary:s dsa_payor:s end_time:t execution_options:l existing_customer_budget_percentage:u
        frequency_control_specs:l full_funnel_exploration_mode:e is_ba_skip_delayed_eligible:b
        is_budget_schedule_enabled:b is_dc_follow_optimized:b is_dynamic_creative:b
        is_incremental_attribution_enabled:b is_sac_cfca_terms_certified:x is_sequenced_conversion_creation:b
        lifetime_budget:u lifetime_imps:u lifetime_min_spend_target:u lifetime_spend_cap:u line_number:x
        live_video_ad_campaign_config:m max_budget_spend_percentage:u meta_moment_maker_spec:m
        min_budget_spend_percentage:u multi_event_conversion_attribution_window_seconds:u
        multi_optimization_goal_weight:e name:s optimization_goal:s optimization_sub_event:e pacing_type:l
        placement_soft_opt_out:m promoted_object:m rb_prediction_id:x regional_regulated_categories:E
        regional_regulation_identities:m relative_value:f rf_prediction_id:s source_adset_id:s start_time:t
        status:s targeting:m time_based_ad_rotation_id_blocks:l time_based_ad_rotation_intervals:l
        time_start:x time_stop:x topline_id:x trending_topics_spec:m tune_for_category:x value_rule_set_id:s
        value_rules_applied:b
        """
    ),
    "ad": _typed(
        """
        ad_schedule_end_time:t ad_schedule_start_time:t adlabels:l adset_id:u adset_spec:x audience_id:x
        bid_amount:i conversion_domain:s creative:m creative_asset_groups_spec:m
        creative_audience_pairing_persona:m creative_automation_spec:m dataset_split_specs:x
        display_sequence:u draft_adgroup_id:x engagement_audience:b execution_options:l
        include_demolink_hashes:x name:s priority:u source_ad_id:s status:s tracking_specs:m
        """
    ),
    "adcreative": _typed(
        """
        actor_id:u ad_disclaimer_spec:m adlabels:l applink_treatment:e asset_feed_spec:m
        authorization_category:e body:s branded_content:m branded_content_sponsor_page_id:s
        bundle_folder_id:s call_to_action:m categorization_criteria:e category_media_source:e
        contextual_multi_ads:m creative_sourcing_spec:m degrees_of_freedom_spec:m destination_set_id:s
        destination_spec:m dynamic_ad_voice:e enable_launch_instant_app:b execution_options:l
        existing_post_title:s facebook_branded_content:m format_transformation_spec:l generative_asset_spec:m
        image_crops:m image_file:x image_hash:s image_url:s instagram_branded_content:m
        instagram_permalink_url:s instagram_user_id:s interactive_components_spec:m is_dco_internal:x
        link_og_id:s link_url:s marketing_message_structured_spec:m media_optimization_spec:x
        media_sourcing_spec:m name:s object_id:u object_story_id:s object_story_spec:m object_type:s
        object_url:s omnichannel_link_spec:m page_welcome_message:s place_page_set_id:s
        platform_customizations:m playable_asset_id:s portrait_customizations:m product_set_id:s
        product_suggestion_settings:m recommender_settings:m regional_regulation_disclaimer_spec:m
        source_facebook_post_id:s source_instagram_media_id:s template_url:s template_url_spec:s
        thumbnail_url:s title:s url_tags:s use_page_actor_override:b wamo_whatsapp_identity_spec:m
        """
    ),
    "adlabel": _typed(
        """
        name:s
        """
    ),
    "customaudience": _typed(
        """
        allowed_domains:x associated_audience_id:x audience_labels:E claim_objective:x content_type:x
        countries:x creation_params:x customer_file_source:e dataset_id:x description:s
        enable_fetch_or_create:x event_source_group:x event_sources:x exclusions:x facebook_page_id:x
        inclusionOperator:x inclusions:x is_snapshot:b is_value_based:b list_of_accounts:x lookalike_spec:s
        marketing_message_channels:x name:s opt_out_link:s origin_audience_id:s parent_audience_id:x
        partner_reference_key:x pixel_id:s prefill:b product_set_id:x regulated_audience_spec:s
        retention_days:u rev_share_policy_id:u rule:s rule_aggregation:s subscription_info:x subtype:s
        usage_restriction:x use_for_products:x use_in_campaigns:x video_group_ids:x
        whats_app_business_phone_number_id:x
        """
    ),
}

UPDATE = {
    "campaign": _typed(
        """
        adlabels:l adset_bid_amounts:m adset_budgets:x bid_strategy:s budget_rebalance_flag:b
        budget_schedule_specs:x daily_budget:u execution_options:l frequency_control_specs:l
        is_adset_budget_sharing_enabled:b is_budget_schedule_enabled:b is_direct_send_campaign:b
        is_message_campaign:b is_meta_moment_maker_enabled:b is_pca_unified:b is_reels_trending_ads_enabled:b
        is_skadnetwork_attribution:b iterative_split_test_configs:x lifetime_budget:u
        migrate_to_advantage_plus:x name:s objective:s pacing_type:l promoted_object:m smart_promotion_type:x
        special_ad_categories:l special_ad_category:x special_ad_category_country:E spend_cap:u start_time:t
        status:s stop_time:t
        """
    ),
    "adset": _typed(
        """
        account_id:s ad_set_goal:m adlabels:l adset_schedule:l attribution_spec:l automatic_manual_state:e
        bid_adjustments:m bid_amount:i bid_constraints:m bid_strategy:s billing_event:s
        budget_schedule_specs:x campaign_attribution:m campaign_spec:x creative_sequence:l
        creative_sequence_repetition_pattern:e daily_budget:u daily_imps:x daily_min_spend_target:u
        daily_spend_cap:u destination_type:s dsa_beneficiary:s dsa_payor:s end_time:t execution_options:l
        existing_customer_budget_percentage:u frequency_control_specs:l full_funnel_exploration_mode:e
        is_ba_skip_delayed_eligible:b is_budget_schedule_enabled:b is_dc_follow_optimized:b
        is_incremental_attribution_enabled:b is_sac_cfca_terms_certified:x is_sequenced_conversion_creation:b
        lifetime_budget:u lifetime_imps:u lifetime_min_spend_target:u lifetime_spend_cap:u
        live_video_ad_campaign_config:m max_budget_spend_percentage:u meta_moment_maker_spec:m
        min_budget_spend_percentage:u multi_event_conversion_attribution_window_seconds:u
        multi_optimization_goal_weight:e name:s optimization_goal:s optimization_sub_event:e pacing_type:l
        placement_soft_opt_out:m promoted_object:m rb_prediction_id:x regional_regulated_categories:E
        regional_regulation_identities:m relative_value:f rf_prediction_id:s start_time:t status:s
        targeting:m time_based_ad_rotation_id_blocks:l time_based_ad_rotation_intervals:l time_start:x
        time_stop:x trending_topics_spec:m tune_for_category:x value_rule_set_id:s value_rules_applied:b
        """
    ),
    "ad": _typed(
        """
        ad_schedule_end_time:t ad_schedule_start_time:t adlabels:l adset_spec:x audience_id:x bid_amount:i
        conversion_domain:s creative:m creative_asset_groups_spec:m creative_audience_pairing_persona:m
        creative_automation_spec:m display_sequence:u draft_adgroup_id:x engagement_audience:b
        execution_options:l include_demolink_hashes:x name:s priority:u status:s tracking_specs:m
        """
    ),
    "adcreative": _typed(
        """
        account_id:s adlabels:l name:s status:s
        """
    ),
    "adlabel": _typed(
        """
        name:s
        """
    ),
    "customaudience": _typed(
        """
        acting_account_id:x allowed_domains:x audience_labels:E claim_objective:x content_type:x countries:x
        customer_file_source:e description:s enable_fetch_or_create:x event_source_group:x event_sources:x
        exclusions:x inclusionOperator:x inclusions:x lookalike_spec:s name:s opt_out_link:s
        parent_audience_id:x product_set_id:x retention_days:u rev_share_policy_id:u rule:s
        rule_aggregation:s tags:x use_for_products:x use_in_campaigns:x
        """
    ),
    "adaccount": _typed(
        """
        agency_client_declaration:m attribution_spec:l business_info:x currency:s custom_audience_info:m
        default_dsa_beneficiary:s default_dsa_payor:s end_advertiser:s existing_customers:l
        is_ba_skip_delayed_eligible:b is_notifications_enabled:b media_agency:s name:s partner:s spend_cap:f
        spend_cap_action:s timezone_id:u tos_accepted:m
        """
    ),
}

EDGE = {
    "adpixel_events": _typed(
        """
        data:l namespace_id:x partner_agent:s platforms:x progress:x test_event_code:s trace:x upload_id:s
        upload_source:s upload_tag:s
        """
    ),
    "users": _typed(
        """
        namespace:x payload:m session:m
        """
    ),
    "insights": _typed(
        """
        action_attribution_windows:l action_breakdowns:l action_report_time:s breakdowns:l cpas_only:x
        date_preset:s default_summary:b export_columns:x export_format:x export_name:x fields:l filtering:l
        graph_cache:b level:s limit:i product_id_limit:x sort:l summary:l summary_action_breakdowns:x
        time_increment:s time_range:m time_ranges:l use_account_attribution_setting:b
        use_unified_attribution_setting:b
        """
    ),
}

UPDATE |= {
    "adstudy": forms.STUDY,
    "adstudycell": forms.CELL,
    "adasyncrequestset": forms.REQUEST_SET,
}
