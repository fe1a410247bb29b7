-- what: figures by what names say: one row per account, day, field and value; a field is its highest level's
-- depends: ad_day, dim_account
-- publish: platform, account_id, field, value, date_day
with ad as (
    select distinct platform, account_id, campaign_id, ad_group_id, ad_id from ad_day
),
said as (
    select ad.*, n.field, n.value, 1 as level from ad
    join name_field n on n.platform = ad.platform and n.account_id = ad.account_id
        and n.kind = 'campaign' and n.entity_id = ad.campaign_id
    union all
    select ad.*, n.field, n.value, 2 from ad
    join name_field n on n.platform = ad.platform and n.account_id = ad.account_id
        and n.kind = 'ad_group' and n.entity_id = ad.ad_group_id
    union all
    select ad.*, n.field, n.value, 3 from ad
    join name_field n on n.platform = ad.platform and n.account_id = ad.account_id
        and n.kind = 'ad' and n.entity_id = ad.ad_id
),
once as (
    select platform, account_id, campaign_id, ad_group_id, ad_id, field, arg_min(value, level) as value
    from said group by all
)
select
    a.reported_as as platform, f.date_day, f.account_id, a.account_name, o.field, o.value,
    sum(f.clicks)::bigint as clicks, sum(f.impressions)::bigint as impressions,
    sum(f.spend)::decimal(18, 6) as spend, sum(f.conversions) as conversions,
    sum(f.conversions_value) as conversions_value, f.currency, bool_and(f.is_final) as is_final
from ad_day f
join once o using (platform, account_id, campaign_id, ad_group_id, ad_id)
join dim_account a using (platform, account_id)
group by all
