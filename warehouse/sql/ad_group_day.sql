-- what: the ad_group report's fact; gone_at marks rows no longer reported, whose money was spent all the same
-- depends: dim_account
-- publish: date_trunc('month', date_day), account_id, ad_group_id, date_day
select f.platform, f.account_id, f.campaign_id, f.ad_group_id, f.day as date_day,
    f.impressions, f.clicks, (f.spend_micros * 0.000001::decimal(7, 6))::decimal(18, 6) as spend,
    f.conversions, f.conversions_value, a.currency, f.attribution, f.is_final, f.gone_at, f.load_id
from fact_ad_group_day f
left join dim_account a using (platform, account_id)
