"""Keys inside nested specifications and the values of enumerations, as data.

Source: Meta's Marketing API reference for v26.0, as its Python SDK 26.0.3 publishes it; `date_format` is left
out (removed from every version on 2026-10-27).
"""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


NESTED = {
    "targeting": names(
        """
        adgroup_id age_max age_min age_range alternate_auto_targeting_option app_install_state
        audience_network_positions behaviors brand_safety_content_filter_levels
        catalog_based_targeting cities college_years connections contextual_targeting_categories
        countries country country_groups custom_audiences device_platforms direct_install_devices
        dynamic_audience_ids education_majors education_schools education_statuses
        effective_audience_network_positions effective_brand_safety_content_filter_levels
        effective_device_platforms effective_facebook_positions effective_instagram_positions
        effective_messenger_positions effective_publisher_platforms effective_threads_positions
        effective_whatsapp_positions engagement_specs ethnic_affinity exclude_reached_since
        excluded_brand_safety_content_types excluded_connections excluded_custom_audiences
        excluded_dynamic_audience_ids excluded_engagement_specs excluded_geo_locations
        excluded_mobile_device_model excluded_product_audience_specs excluded_publisher_categories
        excluded_publisher_list_ids excluded_user_device exclusions facebook_positions family_statuses
        fb_deal_id flexible_spec friends_of_connections genders generation geo_locations
        home_ownership home_type home_value household_composition income industries
        instagram_positions install_state_application instream_video_skippable_excluded interested_in
        interests is_whatsapp_destination_ad keywords life_events locales messenger_positions moms
        net_worth office_type place_page_set_ids political_views politics product_audience_specs
        prospecting_audience publisher_platforms radius regions relationship_statuses site_category
        subscriber_universe targeting_automation targeting_optimization targeting_relaxation_types
        threads_positions user_adclusters user_age_unknown user_device user_event user_os
        whatsapp_positions wireless_carrier work_employers work_positions zips
        """
    ),
    "link_data": names(
        """
        ad_context additional_image_index app_link_spec attachment_style automated_product_tags
        boosted_product_set_id branded_content_shared_to_sponsor_status
        branded_content_sponsor_page_id call_to_action caption child_attachments collection_thumbnails
        customization_rules_spec description event_id force_single_link format_option image_crops
        image_hash image_layer_specs image_overlay_spec is_local_expansion link message
        multi_share_end_card multi_share_optimized name offer_id page_welcome_message picture
        post_click_configuration preferred_image_tags preferred_video_tags retailer_item_ids
        show_multiple_images smart_pse_enabled static_fallback_spec use_flexible_image_aspect_ratio
        """
    ),
    "object_story_spec": names(
        """
        instagram_user_id link_data page_id photo_data product_data template_data text_data video_data
        whats_app_business_phone_number
        """
    ),
    "asset_feed_spec": names(
        """
        ad_formats additional_data app_product_page_id asset_customization_rules audios autotranslate
        bodies call_ads_configuration call_to_action_types call_to_actions captions carousels
        ctwa_consent_data descriptions events groups images link_urls message_extensions
        onsite_destinations optimization_type promotional_metadata reasons_to_shop shops_bundle titles
        translations upcoming_events videos web_destination_spec
        """
    ),
    "promoted_object": names(
        """
        ads_signal_source_type application_id boosted_product_set_id conversion_goal_id
        custom_attribution_source_ids custom_conversion_id custom_event_str custom_event_type
        dataset_split_id dataset_split_ids event_id full_funnel_objective fundraiser_campaign_id
        instagram_actor_id is_catalog_user_acknowledged job_listing_id lead_ads_custom_event_str
        lead_ads_custom_event_type lead_ads_follow_up_event lead_ads_form_event_source_type
        lead_ads_offsite_conversion_type lead_ads_quality_volume_setting lead_ads_selected_pixel_id
        live_video_destination mcme_conversion_id multi_event_product object_store_url
        object_store_urls offer_id offline_conversion_data_set_id offsite_conversion_event_id
        omnichannel_object optimization_product_set_id page_id passback_application_id
        passback_pixel_id pixel_aggregation_rule pixel_id pixel_rule place_page_set place_page_set_id
        product_catalog_id product_item_id product_set product_set_id product_set_optimization
        retention_days smart_pse_enabled smart_pse_setting value_semantic_type variation
        whats_app_business_phone_number_id whatsapp_phone_number
        """
    ),
    "video_data": names(
        """
        additional_image_index branded_content_shared_to_sponsor_status
        branded_content_sponsor_page_id call_to_action collection_thumbnails customization_rules_spec
        image_hash image_url link_description message offer_id page_welcome_message
        post_click_configuration retailer_item_ids targeting title video_id
        """
    ),
    "photo_data": names(
        """
        branded_content_shared_to_sponsor_status branded_content_sponsor_page_id caption image_hash
        page_welcome_message url
        """
    ),
    "text_data": names(
        """
        message
        """
    ),
    "child_attachment": names(
        """
        android_url call_to_action caption description ig_media_id image_crops image_hash ios_url link
        marketing_message_buttons name picture place_data static_card video_id
        """
    ),
    "call_to_action_value": names(
        """
        android_url app_destination app_link application event_id ios_url land_on_whatsapp_catalog
        land_on_whatsapp_profile lead_gen_form_id link link_caption link_format object_store_urls page
        product_link whatsapp_number
        """
    ),
    "geo_locations": names(
        """
        cities countries country_groups custom_locations electoral_districts geo_markets
        large_geo_areas location_cluster_ids location_types medium_geo_areas metro_areas neighborhoods
        places political_districts regions small_geo_areas subcities subneighborhoods zips
        """
    ),
    "creative_features_spec": names(
        """
        adapt_to_placement add_text_overlay ads_with_benefits advantage_plus_creative app_highlights
        audio auto_promotion_tag biz_ai carousel_to_video catalog_feed_tag creative_stickers
        customize_product_recommendation cv_transformation description_automation dha_optimization
        dynamic_cta_text dynamic_partner_content enable_ncs_testimonials enhance_cta fb_feed_tag
        fb_reels_tag fb_story_tag feed_caption_optimization generate_cta hide_price
        hyperlink_formatting ig_feed_tag ig_glados_feed ig_reels_tag ig_stream_tag
        ig_video_native_subtitle image_animation image_auto_crop image_background_gen image_banner
        image_brightness_and_contrast image_end_card image_enhancement image_templates
        image_text_translation image_touchups image_uncrop inline_comment local_store_extension
        media_liquidity_animated_image media_order media_type_automation multi_creative_post_carousel
        multi_photo_to_video music_generation pac_genai_recomposition pac_recomposition pac_relaxation
        product_browsing product_extensions product_metadata_automation product_tags profile_card
        profile_extension replace_media_text reveal_details_over_time show_destination_blurbs
        show_summary site_extensions standard_enhancements standard_enhancements_catalog
        text_extraction_for_headline text_extraction_for_tap_target text_formatting_optimization
        text_generation text_optimizations text_overlay_translation text_translation
        translate_voiceover video_auto_crop video_filtering video_highlight video_highlights
        video_to_image video_uncrop video_uncrop_9x16_to_9x18 video_voiceover wa_mm_image_filtering
        wa_mm_text_truncation_length
        """
    ),
    "degrees_of_freedom_spec": names(
        """
        ad_handle_type creative_features_spec degrees_of_freedom_type image_transformation_types
        multi_media_transformation_type stories_transformation_types text_transformation_types
        video_transformation_types
        """
    ),
}

ENUMS = {
    "call_to_action": names(
        """
        ADD_TO_CART APPLY_NOW ASK_ABOUT_SERVICES ASK_A_QUESTION ASK_FOR_MORE_INFO ASK_US AUDIO_CALL
        BOOK_A_CONSULTATION BOOK_NOW BOOK_TRAVEL BROWSE_SHOP BUY BUY_ACTIVITY_TICKETS BUY_NOW
        BUY_TICKETS BUY_VIA_MESSAGE CALL CALL_ME CALL_NOW CHAT_NOW CHAT_WITH_US CONFIRM CONTACT
        CONTACT_US DONATE DONATE_NOW DOWNLOAD EVENT_RSVP FIND_A_GROUP FIND_OUT_MORE FIND_YOUR_GROUPS
        FOLLOW_NEWS_STORYLINE FOLLOW_PAGE FOLLOW_USER GET_A_QUOTE GET_DETAILS GET_DIRECTIONS
        GET_IN_TOUCH GET_OFFER GET_OFFER_VIEW GET_PROMOTIONS GET_QUOTE GET_SHOWTIMES GET_STARTED
        INQUIRE_NOW INSTAGRAM_MESSAGE INSTALL_APP INSTALL_MOBILE_APP JOIN_CHANNEL JOIN_LIVE_VIDEO
        LEARN_MORE LIKE_PAGE
        LISTEN_MUSIC LISTEN_NOW MAKE_AN_APPOINTMENT MESSAGE_PAGE MOBILE_DOWNLOAD NO_BUTTON
        OPEN_INSTANT_APP OPEN_LINK ORDER_NOW PAY_TO_ACCESS PLAY_GAME PLAY_GAME_ON_FACEBOOK
        PURCHASE_GIFT_CARDS RAISE_MONEY RECORD_NOW REFER_FRIENDS REQUEST_TIME SAY_THANKS SEE_MORE
        SEE_SHOP SELL_NOW SEND_A_GIFT SEND_GIFT_MONEY SEND_UPDATES SHARE SHOP_NOW SHOP_WITH_AI SIGN_UP
        SOTTO_SUBSCRIBE START_A_CHAT START_ORDER STREAM_NOW SUBSCRIBE SWIPE_UP_PRODUCT SWIPE_UP_SHOP
        TRY_DEMO TRY_ON_WITH_AI UPDATE_APP USE_APP USE_MOBILE_APP VIDEO_ANNOTATION VIDEO_CALL
        VIEW_CART VIEW_CHANNEL VIEW_IN_CART VIEW_PRODUCT VISIT_PAGES_FEED VISIT_WEBSITE
        WATCH_LIVE_VIDEO WATCH_MORE WATCH_NOW WATCH_VIDEO WHATSAPP_MESSAGE WOODHENGE_SUPPORT
        """
    ),
    "custom_event_type": names(
        """
        ACHIEVEMENT_UNLOCKED ADD_PAYMENT_INFO ADD_TO_CART ADD_TO_WISHLIST AD_IMPRESSION
        COMPLETE_REGISTRATION CONTACT CONTENT_VIEW CUSTOMIZE_PRODUCT D2_RETENTION D7_RETENTION DONATE
        FIND_LOCATION INITIATED_CHECKOUT LEAD LEVEL_ACHIEVED LISTING_INTERACTION
        MESSAGING_CONVERSATION_STARTED_7D OTHER PURCHASE RATE SCHEDULE SEARCH SERVICE_BOOKING_REQUEST
        SPENT_CREDITS START_TRIAL SUBMIT_APPLICATION SUBSCRIBE TUTORIAL_COMPLETION
        """
    ),
    "destination_type": names(
        """
        APP APPLINKS_AUTOMATIC FACEBOOK FACEBOOK_LIVE FACEBOOK_PAGE IMAGINE INSTAGRAM_DIRECT
        INSTAGRAM_LIVE INSTAGRAM_PROFILE INSTAGRAM_PROFILE_AND_FACEBOOK_PAGE
        MESSAGING_INSTAGRAM_DIRECT_MESSENGER MESSAGING_INSTAGRAM_DIRECT_MESSENGER_WHATSAPP
        MESSAGING_INSTAGRAM_DIRECT_WHATSAPP MESSAGING_MESSENGER_WHATSAPP MESSENGER ON_AD ON_EVENT
        ON_PAGE ON_POST ON_VIDEO SHOP_AUTOMATIC WEBSITE WHATSAPP
        """
    ),
    "audience_subtype": names(
        """
        APP BAG_OF_ACCOUNTS BIDDING CLAIM CUSTOM ENGAGEMENT EXCLUSION FOX LOOKALIKE MANAGED
        MEASUREMENT MESSENGER_SUBSCRIBER_LIST OFFLINE_CONVERSION PARTNER PRIMARY
        REGULATED_CATEGORIES_AUDIENCE STUDY_RULE_AUDIENCE VIDEO WEBSITE
        """
    ),
    "level": names(
        """
        account ad adset campaign
        """
    ),
    "date_preset": names(
        """
        data_maximum last_14d last_28d last_30d last_3d last_7d last_90d last_month last_quarter
        last_week_mon_sun last_week_sun_sat last_year maximum this_month this_quarter
        this_week_mon_today this_week_sun_today this_year today yesterday
        """
    ),
    "action_attribution_windows": names(
        """
        1d_click 1d_ev 1d_sequenced 1d_view 28d_click 28d_sequenced 28d_view 28d_view_all_conversions
        28d_view_first_conversion 7d_click 7d_sequenced 7d_view 7d_view_all_conversions
        7d_view_first_conversion custom dda default incrementality incrementality_all_conversions
        incrementality_first_conversion skan_click skan_click_second_postback
        skan_click_third_postback skan_view skan_view_second_postback skan_view_third_postback
        """
    ),
    "action_report_time": names(
        """
        conversion impression lifetime mixed
        """
    ),
    "customer_file_source": names(
        """
        BOTH_USER_AND_PARTNER_PROVIDED PARTNER_PROVIDED_ONLY USER_PROVIDED_ONLY
        """
    ),
    "optimization_goal": names(
        """
        ADVERTISER_SILOED_VALUE AD_RECALL_LIFT APP_INSTALLS APP_INSTALLS_AND_OFFSITE_CONVERSIONS
        AUTOMATIC_OBJECTIVE CONVERSATIONS DERIVED_EVENTS ENGAGED_PAGE_VIEWS ENGAGED_USERS
        EVENT_RESPONSES IMPRESSIONS IN_APP_VALUE LANDING_PAGE_VIEWS LEAD_GENERATION LINK_CLICKS
        MEANINGFUL_CALL_ATTEMPT MESSAGING_APPOINTMENT_CONVERSION
        MESSAGING_DEEP_CONVERSATION_AND_FOLLOW MESSAGING_PURCHASE_CONVERSION NONE OFFSITE_CONVERSIONS
        PAGE_LIKES POST_ENGAGEMENT PROFILE_AND_PAGE_ENGAGEMENT PROFILE_VISIT QUALITY_CALL QUALITY_LEAD
        REACH REMINDERS_SET SUBSCRIBERS THRUPLAY VALUE VISIT_INSTAGRAM_PROFILE
        """
    ),
    "billing_event": names(
        """
        APP_INSTALLS CLICKS IMPRESSIONS LINK_CLICKS LISTING_INTERACTION NONE OFFER_CLAIMS PAGE_LIKES
        POST_ENGAGEMENT PURCHASE THRUPLAY
        """
    ),
    "applink_treatment": names(
        """
        automatic deeplink_with_appstore_fallback deeplink_with_web_fallback web_only
        """
    ),
    "attribution_count_type": names(
        """
        ALL_CONVERSIONS FIRST_CONVERSION
        """
    ),
    "audience_labels": names(
        """
        APP_USERS AT_RISK CART_ABANDONERS DISENGAGED DISQUALIFIED_LEADS ENGAGED_USERS GENERAL_CUSTOMERS
        HIGH_VALUE_CUSTOMERS LOW_VALUE_CUSTOMERS OTHER_1 OTHER_2 OTHER_3 QUALIFIED_LEADS
        RECENT_PURCHASERS TRIAL_USERS
        """
    ),
    "authorization_category": names(
        """
        NONE POLITICAL POLITICAL_WITH_DIGITALLY_CREATED_MEDIA
        """
    ),
    "automatic_manual_state": names(
        """
        AUTOMATIC MANUAL UNSET
        """
    ),
    "categorization_criteria": names(
        """
        brand category product_type
        """
    ),
    "category_media_source": names(
        """
        CATEGORY MIXED PRODUCTS_COLLAGE PRODUCTS_SLIDESHOW
        """
    ),
    "creative_sequence_repetition_pattern": names(
        """
        FULL_SEQUENCE LAST_AD
        """
    ),
    "dynamic_ad_voice": names(
        """
        DYNAMIC STORY_OWNER
        """
    ),
    "full_funnel_exploration_mode": names(
        """
        EXTENDED_EXPLORATION LIMITED_EXPLORATION NONE_EXPLORATION
        """
    ),
    "multi_optimization_goal_weight": names(
        """
        BALANCED PREFER_EVENT PREFER_INSTALL UNDEFINED
        """
    ),
    "optimization_sub_event": names(
        """
        NONE POST_INTERACTION TRAVEL_INTENT TRAVEL_INTENT_BUCKET_01 TRAVEL_INTENT_BUCKET_02
        TRAVEL_INTENT_BUCKET_03 TRAVEL_INTENT_BUCKET_04 TRAVEL_INTENT_BUCKET_05
        TRAVEL_INTENT_NO_DESTINATION_INTENT TRIP_CONSIDERATION VIDEO_SOUND_ON
        """
    ),
    "regional_regulated_categories": names(
        """
        0 1 10 11 12 13 14 15 16 17 18 19 2 20 21 22 24 25 26 27 3 4 5 6 7 8 9
        """
    ),
    "special_ad_category_country": names(
        """
        AC AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
        BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
        EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY
        HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA
        LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY
        MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
        RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
        """
    ),
    "status_option": names("ACTIVE PAUSED INHERITED_FROM_SOURCE"),
    "unpublished_content_type": names(
        """
        ADS_POST DRAFT INLINE_CREATED PUBLISHED PUBLISH_PENDING REVIEWABLE_BRANDED_CONTENT SCHEDULED
        SCHEDULED_RECURRING
        """
    ),
}

# Keys of objects among the parameters, wherever they are written.
SHAPES = {
    "bid_constraints": names("roas_average_floor"),
    "frequency_control_specs": names("event interval_days max_frequency type"),
    "attribution_spec": names("event_type window_days"),
    "promoted_object": NESTED["promoted_object"],
    "filtering": names("field operator value"),
    "dynamic_customization": names("language country"),
}
