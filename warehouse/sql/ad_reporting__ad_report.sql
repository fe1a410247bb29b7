-- what: one row per ad and day of every platform; the keys are the YAML's own, NULL on what is not ours
-- depends: ad_day, dim_account, dim_campaign, dim_ad_group, dim_ad
select
    a.reported_as as platform, f.date_day, f.account_id, a.account_name,
    f.campaign_id, campaign.campaign_name,
    f.ad_group_id, ad_group.ad_group_name,
    f.ad_id, ad.ad_name,
    f.clicks, f.impressions, f.spend, f.conversions, f.conversions_value, f.currency, f.is_final,
    coalesce(
        nullif(split_part(ad.path, '/', 1), ''),
        nullif(split_part(ad_group.path, '/', 1), ''),
        nullif(split_part(campaign.path, '/', 1), '')
    ) as campaign_key,
    coalesce(
        nullif(split_part(ad.path, '/', 2), ''),
        nullif(split_part(ad_group.path, '/', 2), ''),
        nullif(split_part(campaign.path, '/', 2), '')
    ) as ad_set_key,
    nullif(split_part(ad.path, '/', 3), '') as ad_key
from ad_day f
join dim_account a using (platform, account_id)
left join dim_campaign campaign
    on campaign.platform = f.platform and campaign.account_id = f.account_id and campaign.campaign_id = f.campaign_id
left join dim_ad_group ad_group
    on ad_group.platform = f.platform and ad_group.account_id = f.account_id and ad_group.ad_group_id = f.ad_group_id
left join dim_ad ad
    on ad.platform = f.platform and ad.account_id = f.account_id and ad.ad_id = f.ad_id
