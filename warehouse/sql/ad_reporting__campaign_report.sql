-- what: one row per campaign and day, from the campaign report itself: levels need not add up
-- depends: campaign_day, dim_account, dim_campaign
select
    a.reported_as as platform, f.date_day, f.account_id, a.account_name,
    f.campaign_id, campaign.campaign_name,
    f.clicks, f.impressions, f.spend, f.conversions, f.conversions_value, f.currency, f.is_final,
    nullif(split_part(campaign.path, '/', 1), '') as campaign_key
from campaign_day f
join dim_account a using (platform, account_id)
left join dim_campaign campaign
    on campaign.platform = f.platform and campaign.account_id = f.account_id and campaign.campaign_id = f.campaign_id
