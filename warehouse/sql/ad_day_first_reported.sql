-- what: how an ad's day moved since it was first reported: its first figures beside today's, restated days only
-- depends: ad_day
-- publish: platform, account_id, ad_id, date_day
with first_said as (
    select platform, account_id, campaign_id, ad_group_id, ad_id, day as date_day, count(*) as changes,
        arg_min(clicks, load_id) as first_clicks, arg_min(conversions, load_id) as first_conversions,
        arg_min(conversions_value, load_id) as first_conversions_value,
        (arg_min(spend_micros, load_id) * 0.000001::decimal(7, 6))::decimal(18, 6) as first_spend
    from restatement where level = 'ad' group by all
)
select s.*, d.clicks, d.conversions, d.conversions_value, d.spend, d.currency, d.is_final, d.gone_at
from first_said s
join ad_day d using (platform, account_id, campaign_id, ad_group_id, ad_id, date_day)
